// SPDX-License-Identifier: GPL-2.0
/*
 * munmap removes huge pages whole: a range that ends or begins inside one is refused, and its
 * length is not rounded.
 */
#include "kselftest_harness.h"
#include "lib/arena.h"
#include "lib/expect.h"
#include "lib/syscalls.h"

EXCLUSIVE("vm.nr_hugepages");

HUGE_FIXTURE(4, 4);

/* clause: munmap.hugetlb.part-einval */
TEST_F(huge, part_of_a_huge_page_is_not_removed)
{
	char *p = slot(&self->arena, 0);

	SETUP(arena_map_huge(&self->arena, 0, 2, "rw")); /* |rw|rw|..|..| */
	memset(p, 'x', 2 * self->size);

	EXPECT_ERRNO(EINVAL, sys_munmap(p, pages(1)));
	EXPECT_ERRNO(EINVAL, sys_munmap(p + pages(1), pages(1)));
	EXPECT_ERRNO(EINVAL, sys_munmap(p, self->size / 2));
	EXPECT_ERRNO(EINVAL, sys_munmap(p + self->size / 2, self->size));
	EXPECT_LAYOUT("rw rw .. ..", &self->arena);
	EXPECT_BYTES('x', p, 2 * self->size);
}

/* clause: munmap.hugetlb.whole-ok */
TEST_F(huge, whole_huge_page_goes_back_to_the_pool)
{
	SETUP(arena_map_huge(&self->arena, 0, 2, "rw"));
	memset(slot(&self->arena, 0), 'x', 2 * self->size);
	SETUP(hugepage_free() == 2);

	EXPECT_OK(sys_munmap(slot(&self->arena, 0), self->size));
	EXPECT_LAYOUT(".. rw .. ..", &self->arena);
	EXPECT_EQ(3, hugepage_free());
	EXPECT_BYTES('x', slot(&self->arena, 1), self->size);
}

/* clause: munmap.hugetlb.unrounded-len-einval */
TEST_F(huge, length_is_not_rounded_to_huge_pages)
{
	SETUP(arena_map_huge(&self->arena, 0, 2, "rw"));

	EXPECT_ERRNO(EINVAL, sys_munmap(slot(&self->arena, 0), self->size + pages(1)));
	EXPECT_LAYOUT("rw rw .. ..", &self->arena);
}

/* clause: munmap.hugetlb.single-len-1-einval */
TEST_F(huge, length_of_one_byte_is_refused)
{
	SETUP(arena_map_huge(&self->arena, 0, 1, "rw"));

	EXPECT_ERRNO(EINVAL, sys_munmap(slot(&self->arena, 0), 1));
	EXPECT_LAYOUT("rw .. .. ..", &self->arena);
}

TEST_HARNESS_MAIN
