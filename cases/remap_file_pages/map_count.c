// SPDX-License-Identifier: GPL-2.0
/*
 * Above vm.max_map_count remap_file_pages fails and the page stays as it was.
 */
#include "kselftest_harness.h"
#include "lib/arena.h"
#include "lib/expect.h"
#include "lib/syscalls.h"

EXCLUSIVE("vm.max_map_count");

CROWD_FIXTURE(6);

/* clause: remap_file_pages.limit.mapcount-enomem */
TEST_F(crowd, page_stays_above_the_limit)
{
	int fd;

	OPEN_OBJECT(fd, OBJECT_MEMFD, 0, 0);
	SETUP(object_fill(fd, 0, pages(1), 'a') && object_fill(fd, pages(1), pages(2), 'b'));
	SETUP(arena_map_file(&self->arena, 0, 3, "rws", fd, 0)); /* |a|b|b|..|..|..| */
	NEED_FEATURE(!sys_remap_file_pages(slot(&self->arena, 0), pages(1), 0, 0, 0),
		     "remap_file_pages");
	SETUP(crowd_fill(&self->crowd, 0));
	SETUP(arena_map(&self->arena, 4, 1, "r-"));

	EXPECT_ERRNO(ENOMEM, sys_remap_file_pages(slot(&self->arena, 1), pages(1), 0, 0, 0));
	EXPECT_LAYOUT("rws rws rws .. r- ..", &self->arena);
	EXPECT_BYTES('a', slot(&self->arena, 0), pages(1));
	EXPECT_BYTES('b', slot(&self->arena, 1), pages(2));
	close(fd);
}

TEST_HARNESS_MAIN
