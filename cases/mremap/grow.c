// SPDX-License-Identifier: GPL-2.0
/*
 * mremap to a larger size grows the end of a mapping in place where there is room behind it; else
 * it moves, or fails, as the flags say.
 */
#include "kselftest_harness.h"
#include "lib/arena.h"
#include "lib/expect.h"
#include "lib/syscalls.h"

FIXTURE(room)
{
	struct arena arena; /* |rw|rw|..|..|..|..|..|..| */
	char *p;
};
FIXTURE_VARIANT(room)
{
	unsigned long flags;
};
/* clang-format off */
FIXTURE_VARIANT_ADD(room, stay)		{ 0 };
FIXTURE_VARIANT_ADD(room, maymove)	{ MREMAP_MAYMOVE };
/* clang-format on */
FIXTURE_SETUP(room)
{
	SETUP(arena_init(&self->arena, 8));
	SETUP(arena_map(&self->arena, 0, 2, "rw"));
	self->p = slot(&self->arena, 0);
	memset(self->p, 'g', pages(2));
}
FIXTURE_TEARDOWN(room)
{
	arena_free(&self->arena);
}

/*
 * clause: mremap.grow.in-place
 * clause: mremap.grow.in-place-zero-filled
 */
TEST_F(room, mapping_grows_at_its_address_by_zeros)
{
	EXPECT_ADDR(self->p, sys_mremap(self->p, pages(2), pages(5), variant->flags, NULL));
	EXPECT_LAYOUT("rw rw rw rw rw .. .. ..", &self->arena);
	EXPECT_BYTES('g', self->p, pages(2));
	EXPECT_BYTES(0, self->p + pages(2), pages(3));
	EXPECT_NO_FAULT(FAULT_WRITE, self->p + pages(5) - 1);
}

/* clause: mremap.grow.from-middle-to-tail */
TEST_F(room, old_range_may_be_the_end_of_the_mapping_alone)
{
	char *tail = self->p + pages(1);

	EXPECT_ADDR(tail, sys_mremap(tail, pages(1), pages(3), variant->flags, NULL));
	EXPECT_LAYOUT("rw rw rw rw .. .. .. ..", &self->arena);
	EXPECT_BYTES('g', self->p, pages(2));
	EXPECT_BYTES(0, tail + pages(1), pages(2));
}

/* clause: mremap.grow.merges-with-next */
TEST_F(room, growing_up_to_a_like_mapping_joins_it)
{
	NEED_MAPS();
	SETUP(arena_map(&self->arena, 0, 5, "rw"));
	memset(self->p, 'g', pages(5));
	SETUP(!sys_munmap(self->p + pages(2), pages(1))); /* |rw|rw|..|rw|rw|..|..|..| */

	EXPECT_ADDR(self->p, sys_mremap(self->p, pages(2), pages(3), variant->flags, NULL));
	EXPECT_VMAS(1, &self->arena);
	EXPECT_LAYOUT("rw rw rw rw rw .. .. ..", &self->arena);
	EXPECT_BYTES(0, self->p + pages(2), pages(1));
	EXPECT_BYTES('g', self->p + pages(3), pages(2));
}

ARENA_FIXTURE(8);

/* clause: mremap.grow.blocked-flags0 */
TEST_F(arena, neighbour_in_the_way_is_out_of_memory)
{
	char *p = slot(&self->arena, 0), *neighbour = slot(&self->arena, 3);

	SETUP(arena_map(&self->arena, 0, 2, "rw"));
	SETUP(arena_map(&self->arena, 3, 1, "rw")); /* |rw|rw|..|rw|..|..|..|..| */
	memset(p, 'g', pages(2));
	memset(neighbour, 'n', pages(1));

	EXPECT_ERRNO(ENOMEM, sys_mremap(p, pages(2), pages(4), 0, NULL));
	EXPECT_ERRNO(ENOMEM, sys_mremap(p, pages(2), pages(6), 0, NULL));
	EXPECT_LAYOUT("rw rw .. rw .. .. .. ..", &self->arena);
	EXPECT_BYTES('g', p, pages(2));
	EXPECT_BYTES('n', neighbour, pages(1));
}

/* clause: mremap.grow.blocked-maymove */
TEST_F(arena, with_leave_to_move_it_goes_elsewhere)
{
	char *p = slot(&self->arena, 0), *moved;

	SETUP(arena_map(&self->arena, 0, 2, "rw"));
	SETUP(arena_map(&self->arena, 2, 1, "r-")); /* |rw|rw|r-|..|..|..|..|..| */
	memset(p, 'g', pages(2));

	ASSERT_OK(moved = sys_mremap(p, pages(2), pages(4), MREMAP_MAYMOVE, NULL));
	EXPECT_NE(p, moved);
	EXPECT_LAYOUT(".. .. r- .. .. .. .. ..", &self->arena);
	EXPECT_FAULT(SIGSEGV, SEGV_MAPERR, FAULT_READ, p);
	EXPECT_BYTES('g', moved, pages(2));
	EXPECT_BYTES(0, moved + pages(2), pages(2));
	sys_munmap(moved, pages(4));
}

/* clause: mremap.grow.not-tail-flags0 */
TEST_F(arena, range_that_is_not_the_end_of_its_mapping_cannot_stay)
{
	char *p = slot(&self->arena, 0);

	SETUP(arena_map(&self->arena, 0, 3, "rw"));
	memset(p, 'g', pages(3));

	EXPECT_ERRNO(ENOMEM, sys_mremap(p, pages(2), pages(3), 0, NULL));
	EXPECT_ERRNO(ENOMEM, sys_mremap(p, pages(2), pages(4), 0, NULL));
	EXPECT_LAYOUT("rw rw rw .. .. .. .. ..", &self->arena);
	EXPECT_BYTES('g', p, pages(3));
}

/* clause: mremap.grow.not-tail-maymove */
TEST_F(arena, range_that_is_not_the_end_of_its_mapping_is_cut_out)
{
	char *p = slot(&self->arena, 1), *moved;

	SETUP(arena_map(&self->arena, 0, 4, "rw"));
	for (int n = 0; n < 4; n++)
		memset(slot(&self->arena, n), 'a' + n, pages(1));

	ASSERT_OK(moved = sys_mremap(p, pages(2), pages(4), MREMAP_MAYMOVE, NULL));
	EXPECT_LAYOUT("rw .. .. rw .. .. .. ..", &self->arena);
	EXPECT_BYTES('a', slot(&self->arena, 0), pages(1));
	EXPECT_BYTES('d', slot(&self->arena, 3), pages(1));
	EXPECT_BYTES('b', moved, pages(1));
	EXPECT_BYTES('c', moved + pages(1), pages(1));
	EXPECT_BYTES(0, moved + pages(2), pages(2));
	sys_munmap(moved, pages(4));
}

TEST_HARNESS_MAIN
