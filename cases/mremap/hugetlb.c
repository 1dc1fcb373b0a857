// SPDX-License-Identifier: GPL-2.0
/*
 * mremap of huge pages: both addresses are those of huge pages, the lengths are rounded up to them;
 * they move and shrink but never grow.
 */
#include "kselftest_harness.h"
#include "lib/arena.h"
#include "lib/expect.h"
#include "lib/syscalls.h"

EXCLUSIVE("vm.nr_hugepages");

HUGE_FIXTURE(6, 3);

/* clause: mremap.hugetlb.unaligned */
TEST_F(huge, addresses_inside_a_huge_page_are_refused)
{
	char *p = slot(&self->arena, 0), *to = slot(&self->arena, 3);

	SETUP(arena_map_huge(&self->arena, 0, 2, "rw")); /* |rw|rw|..|..|..|..| */
	memset(p, 'x', 2 * self->size);

	EXPECT_ERRNO(EINVAL, sys_mremap(p + pages(1), self->size, self->size, 0, NULL));
	EXPECT_ERRNO(EINVAL, sys_mremap(p, self->size, self->size, MREMAP_MAYMOVE | MREMAP_FIXED,
					to + pages(1)));
	EXPECT_LAYOUT("rw rw .. .. .. ..", &self->arena);
	EXPECT_BYTES('x', p, 2 * self->size);
}

/* clause: mremap.hugetlb.unaligned */
TEST_F(huge, lengths_are_rounded_up_to_huge_pages)
{
	char *p = slot(&self->arena, 0);

	SETUP(arena_map_huge(&self->arena, 0, 2, "rw"));
	memset(p, 'x', 2 * self->size);

	EXPECT_ADDR(p, sys_mremap(p, self->size + 1, pages(1), 0, NULL));
	EXPECT_LAYOUT("rw .. .. .. .. ..", &self->arena);
	EXPECT_EQ(2, hugepage_free());
	EXPECT_ADDR(slot(&self->arena, 3),
		    sys_mremap(p, pages(1), pages(2), MREMAP_MAYMOVE | MREMAP_FIXED,
			       slot(&self->arena, 3)));
	EXPECT_LAYOUT(".. .. .. rw .. ..", &self->arena);
	EXPECT_BYTES('x', slot(&self->arena, 3), self->size);
}

/* clause: mremap.hugetlb.grow-einval */
TEST_F(huge, growing_is_refused)
{
	char *p = slot(&self->arena, 0);

	SETUP(arena_map_huge(&self->arena, 0, 2, "rw"));
	memset(p, 'x', 2 * self->size);

	EXPECT_ERRNO(EINVAL, sys_mremap(p, 2 * self->size, 3 * self->size, 0, NULL));
	EXPECT_ERRNO(EINVAL, sys_mremap(p, 2 * self->size, 3 * self->size, MREMAP_MAYMOVE, NULL));
	EXPECT_LAYOUT("rw rw .. .. .. ..", &self->arena);
	EXPECT_BYTES('x', p, 2 * self->size);
}

/* clause: mremap.hugetlb.grow-einval */
TEST_F(huge, duplicating_is_refused)
{
	SETUP(arena_map_huge(&self->arena, 0, 1, "rws"));

	EXPECT_ERRNO(EINVAL, sys_mremap(slot(&self->arena, 0), 0, self->size,
					MREMAP_MAYMOVE | MREMAP_FIXED, slot(&self->arena, 3)));
	EXPECT_LAYOUT("rws .. .. .. .. ..", &self->arena);
}

/* clause: mremap.hugetlb.move */
TEST_F(huge, huge_pages_move_with_their_bytes)
{
	SETUP(arena_map_huge(&self->arena, 0, 2, "rw"));
	memset(slot(&self->arena, 0), 'x', self->size);
	memset(slot(&self->arena, 1), 'y', self->size);

	EXPECT_ADDR(slot(&self->arena, 3),
		    sys_mremap(slot(&self->arena, 0), 2 * self->size, 2 * self->size,
			       MREMAP_MAYMOVE | MREMAP_FIXED, slot(&self->arena, 3)));
	EXPECT_LAYOUT(".. .. .. rw rw ..", &self->arena);
	EXPECT_BYTES('x', slot(&self->arena, 3), self->size);
	EXPECT_BYTES('y', slot(&self->arena, 4), self->size);
	EXPECT_EQ(1, hugepage_free());
}

TEST_HARNESS_MAIN
