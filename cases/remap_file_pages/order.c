// SPDX-License-Identifier: GPL-2.0
/*
 * What remap_file_pages looks at first: prot, then the mapping at the start, then whether the
 * offset can be.
 */
#include "kselftest_harness.h"
#include "lib/arena.h"
#include "lib/expect.h"
#include "lib/letters.h"
#include "lib/syscalls.h"
#include "window.h"

/* clause: remap_file_pages.order.prot-first */
TEST_F(window, prot_is_refused_before_anything_is_looked_up)
{
	void *mapped = slot(&self->arena, 0), *hole = slot(&self->arena, 5);

	EXPECT_ERRNO(EINVAL, sys_remap_file_pages(hole, pages(1), PROT_READ, 0, 0));
	EXPECT_ERRNO(EINVAL, sys_remap_file_pages(mapped, pages(1), PROT_READ, SIZE_MAX - 1, 0));
	EXPECT_OK(sys_remap_file_pages(mapped, pages(1), 0, 0, 0));
}

/* clause: remap_file_pages.order.target-before-eoverflow */
TEST_F(window, unsuitable_target_counts_more_than_an_impossible_offset)
{
	size_t impossible = SIZE_MAX - 1;

	NEED(sizeof(long) == 8, "a 64-bit machine");
	SETUP(arena_map_file(&self->arena, 4, 1, "rw", self->fd, 0));
	SETUP(arena_map(&self->arena, 5, 1, "rw"));

	EXPECT_ERRNO(EOVERFLOW,
		     sys_remap_file_pages(slot(&self->arena, 0), pages(1), 0, impossible, 0));
	for (long n = 4; n < 7; n++) { /* private file, private anonymous, unmapped */
		TH_LOG("slot %ld", n);
		EXPECT_ERRNO(EINVAL,
			     sys_remap_file_pages(slot(&self->arena, n), pages(1), 0, 0, 0));
		EXPECT_ERRNO(EINVAL, sys_remap_file_pages(slot(&self->arena, n), pages(1), 0,
							  impossible, 0));
	}
	EXPECT_STREQ("ABCDA0..", letters_at(slot(&self->arena, 0), 8));
	EXPECT_LAYOUT("rws rws rws rws rw rw .. ..", &self->arena);
}

TEST_HARNESS_MAIN
