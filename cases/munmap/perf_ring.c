// SPDX-License-Identifier: GPL-2.0
/*
 * The ring of a perf event is removed whole, or not at all.
 */
#include "kselftest_harness.h"
#include "lib/arena.h"
#include "lib/expect.h"
#include "lib/syscalls.h"

ARENA_FIXTURE(4);

/* clause: munmap.perf.part-einval */
TEST_F(arena, part_of_a_ring_stays_and_the_whole_goes)
{
	char *p = slot(&self->arena, 0);
	int fd;

	OPEN_OBJECT(fd, OBJECT_PERF_EVENT, 0, 0);
	NEED(arena_map_file(&self->arena, 0, 3, "rws", fd, 0), "leave to lock the pages of a ring");
	close(fd);

	EXPECT_ERRNO(EINVAL, sys_munmap(p, pages(1)));
	EXPECT_ERRNO(EINVAL, sys_munmap(p + pages(1), pages(1)));
	EXPECT_ERRNO(EINVAL, sys_munmap(p + pages(1), pages(3)));
	EXPECT_LAYOUT("rws rws rws ..", &self->arena);
	EXPECT_NO_FAULT(FAULT_READ, p);
	EXPECT_OK(sys_munmap(p, pages(3)));
	EXPECT_LAYOUT(".. .. .. ..", &self->arena);
}

TEST_HARNESS_MAIN
