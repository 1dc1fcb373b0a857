// SPDX-License-Identifier: GPL-2.0
/*
 * Droppable memory counts as private: it grows, and there is no second view of it.
 */
#include "kselftest_harness.h"
#include "lib/arena.h"
#include "lib/expect.h"
#include "lib/syscalls.h"

#define FIXED (MREMAP_MAYMOVE | MREMAP_FIXED)

ARENA_FIXTURE(6);

/* clause: mremap.droppable.grow-and-dup */
TEST_F(arena, droppable_memory_grows_and_has_no_second_view)
{
	char *p = slot(&self->arena, 0), *to = slot(&self->arena, 4), *grown;
	char *got = sys_mmap(p, pages(1), PROT_READ | PROT_WRITE,
			     MAP_DROPPABLE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);

	NEED_FEATURE(got == p, "MAP_DROPPABLE");
	SETUP(arena_map(&self->arena, 1, 1, "r-")); /* |rw|r-|..|..|..|..| */

	ASSERT_OK(grown = sys_mremap(p, pages(1), pages(2), MREMAP_MAYMOVE, NULL));
	EXPECT_NE(p, grown);
	EXPECT_NO_FAULT(FAULT_WRITE, grown + pages(1));
	EXPECT_ERRNO(EINVAL, sys_mremap(grown, 0, pages(1), MREMAP_MAYMOVE, NULL));
	EXPECT_ERRNO(EINVAL, sys_mremap(grown, 0, pages(1), FIXED, to));
	EXPECT_LAYOUT(".. r- .. .. .. ..", &self->arena);
	EXPECT_NO_FAULT(FAULT_WRITE, grown + pages(1));
	sys_munmap(grown, pages(2));
}

TEST_HARNESS_MAIN
