// SPDX-License-Identifier: GPL-2.0
/*
 * At vm.max_map_count munmap may not make one VMA of one more: it refuses to remove the middle of
 * one, and nothing else.
 */
#include "kselftest_harness.h"
#include "lib/arena.h"
#include "lib/expect.h"
#include "lib/syscalls.h"

EXCLUSIVE("vm.max_map_count");

CROWD_FIXTURE(6);

/* clause: munmap.limit.split-at-max-enomem */
TEST_F(crowd, middle_is_not_removed_at_the_limit_nor_above)
{
	SETUP(arena_map(&self->arena, 0, 3, "rw")); /* |rw|rw|rw|..|..|..| */
	memset(slot(&self->arena, 0), 'x', pages(3));
	SETUP(crowd_fill(&self->crowd, 0));

	EXPECT_ERRNO(ENOMEM, sys_munmap(slot(&self->arena, 1), pages(1)));
	EXPECT_LAYOUT("rw rw rw .. .. ..", &self->arena);
	EXPECT_OK(sys_mmap(slot(&self->arena, 4), pages(1), PROT_READ,
			   MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0));
	EXPECT_ERRNO(ENOMEM, sys_munmap(slot(&self->arena, 1), pages(1)));
	EXPECT_LAYOUT("rw rw rw .. r- ..", &self->arena);
	EXPECT_BYTES('x', slot(&self->arena, 0), pages(3));
}

/* clause: munmap.limit.split-at-max-enomem */
TEST_F(crowd, middle_is_removed_one_below_the_limit)
{
	SETUP(arena_map(&self->arena, 0, 3, "rw"));
	SETUP(crowd_fill(&self->crowd, 1));

	EXPECT_OK(sys_munmap(slot(&self->arena, 1), pages(1)));
	EXPECT_LAYOUT("rw .. rw .. .. ..", &self->arena);
}

/* clause: munmap.limit.edge-at-max-ok */
TEST_F(crowd, head_tail_and_whole_are_removed_at_the_limit)
{
	SETUP(arena_map(&self->arena, 0, 3, "rw")); /* |rw|rw|rw|r-|..|..| */
	SETUP(arena_map(&self->arena, 3, 1, "r-"));
	SETUP(crowd_fill(&self->crowd, 0));

	EXPECT_OK(sys_munmap(slot(&self->arena, 0), pages(1)));
	EXPECT_OK(sys_munmap(slot(&self->arena, 2), pages(1)));
	EXPECT_LAYOUT(".. rw .. r- .. ..", &self->arena);
	EXPECT_EQ(CROWD_LIMIT, crowd_count());
	EXPECT_OK(sys_munmap(slot(&self->arena, 3), pages(1)));
	EXPECT_LAYOUT(".. rw .. .. .. ..", &self->arena);
}

/* clause: munmap.limit.two-partial-at-max-ok */
TEST_F(crowd, tail_of_one_and_head_of_the_next_are_removed_at_the_limit)
{
	SETUP(arena_map(&self->arena, 0, 2, "rw")); /* |rw|rw|r-|r-|..|..| */
	SETUP(arena_map(&self->arena, 2, 2, "r-"));
	SETUP(crowd_fill(&self->crowd, 0));

	EXPECT_OK(sys_munmap(slot(&self->arena, 1), pages(2)));
	EXPECT_LAYOUT("rw .. .. r- .. ..", &self->arena);
	EXPECT_EQ(CROWD_LIMIT, crowd_count());
}

TEST_HARNESS_MAIN
