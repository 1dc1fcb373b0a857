// SPDX-License-Identifier: GPL-2.0
/*
 * vm.max_map_count: a process may have one VMA more than that; then no request is granted any more,
 * not even one that would merge. A split is refused one VMA earlier.
 */
#include "kselftest_harness.h"
#include "lib/arena.h"
#include "lib/expect.h"
#include "lib/syscalls.h"

#define ANON (MAP_PRIVATE | MAP_ANONYMOUS)

EXCLUSIVE("vm.max_map_count");

CROWD_FIXTURE(6);

/* clause: mmap.limit.mapcount-enomem */
TEST_F(crowd, one_mapping_above_the_limit_is_the_last)
{
	SETUP(crowd_fill(&self->crowd, 0));

	EXPECT_ADDR(slot(&self->arena, 0),
		    sys_mmap(slot(&self->arena, 0), pages(1), PROT_READ, ANON | MAP_FIXED, -1, 0));
	EXPECT_EQ(CROWD_LIMIT + 1, crowd_count());
	EXPECT_ERRNO(ENOMEM,
		     sys_mmap(slot(&self->arena, 2), pages(1), PROT_READ, ANON | MAP_FIXED, -1, 0));
	EXPECT_ERRNO(ENOMEM, sys_mmap(NULL, pages(1), PROT_READ, ANON, -1, 0));
	EXPECT_LAYOUT("r- .. .. .. .. ..", &self->arena);
	EXPECT_EQ(CROWD_LIMIT + 1, crowd_count());
}

/* clause: mmap.limit.mapcount-merge-no-exempt */
TEST_F(crowd, mapping_that_would_merge_is_refused_too)
{
	SETUP(arena_map(&self->arena, 0, 1, "rw"));
	SETUP(crowd_fill(&self->crowd, 0));
	SETUP(arena_map(&self->arena, 3, 1, "r-"));

	EXPECT_ERRNO(ENOMEM, sys_mmap(slot(&self->arena, 1), pages(1), PROT_READ | PROT_WRITE,
				      ANON | MAP_FIXED, -1, 0));
	EXPECT_LAYOUT("rw .. .. r- .. ..", &self->arena);
}

/* clause: mmap.limit.mapcount-fixed-middle */
TEST_F(crowd, replacing_the_middle_of_a_mapping_is_refused_at_the_limit)
{
	SETUP(arena_map(&self->arena, 0, 3, "rw")); /* |rw|rw|rw| */
	memset(slot(&self->arena, 0), 'x', pages(3));
	SETUP(crowd_fill(&self->crowd, 0));

	EXPECT_ERRNO(ENOMEM,
		     sys_mmap(slot(&self->arena, 1), pages(1), PROT_READ, ANON | MAP_FIXED, -1, 0));
	EXPECT_LAYOUT("rw rw rw .. .. ..", &self->arena);
	EXPECT_VMAS(1, &self->arena);
	EXPECT_BYTES('x', slot(&self->arena, 0), pages(3));
}

/* clause: mmap.order.len0-before-mapcount */
TEST_F(crowd, length_of_zero_comes_before_the_limit)
{
	SETUP(crowd_fill(&self->crowd, 0));
	SETUP(arena_map(&self->arena, 0, 1, "r-"));

	EXPECT_ERRNO(EINVAL, sys_mmap(NULL, 0, PROT_READ, ANON, -1, 0));
}

/* clause: mmap.order.mapcount-before-addr */
TEST_F(crowd, limit_comes_before_an_unaligned_address)
{
	SETUP(crowd_fill(&self->crowd, 0));
	SETUP(arena_map(&self->arena, 0, 1, "r-"));

	EXPECT_ERRNO(ENOMEM, sys_mmap((char *)slot(&self->arena, 2) + 1, pages(1), PROT_READ,
				      ANON | MAP_FIXED, -1, 0));
	EXPECT_LAYOUT("r- .. .. .. .. ..", &self->arena);
}

TEST_HARNESS_MAIN
