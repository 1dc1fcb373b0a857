// SPDX-License-Identifier: GPL-2.0
/*
 * With MREMAP_FIXED, what is moved and where it is moved to may touch, but not overlap, not even in
 * what would be cut off.
 */
#include "kselftest_harness.h"
#include "lib/arena.h"
#include "lib/expect.h"
#include "lib/syscalls.h"

#define FIXED (MREMAP_MAYMOVE | MREMAP_FIXED)

/* Pages 3 to 5 are to be moved. */
FIXTURE(range)
{
	struct arena arena; /* |..|..|..|rw|rw|rw|..|..|..| */
	char *p;
};
FIXTURE_VARIANT(range)
{
	int to;
	size_t new_pages;
};
/* clang-format off */
FIXTURE_VARIANT_ADD(range, onto_itself)			{ 3, 3 };
FIXTURE_VARIANT_ADD(range, one_page_up)			{ 4, 3 };
FIXTURE_VARIANT_ADD(range, one_page_down)		{ 2, 3 };
FIXTURE_VARIANT_ADD(range, onto_the_last_page)		{ 5, 3 };
FIXTURE_VARIANT_ADD(range, onto_the_first_page)		{ 1, 3 };
FIXTURE_VARIANT_ADD(range, growing_around)		{ 2, 5 };
FIXTURE_VARIANT_ADD(range, growing_in_place)		{ 3, 4 };
FIXTURE_VARIANT_ADD(range, shrinking_in_place)		{ 3, 1 };
/* clang-format on */
FIXTURE_SETUP(range)
{
	SETUP(arena_init(&self->arena, 9));
	SETUP(arena_map(&self->arena, 3, 3, "rw"));
	self->p = slot(&self->arena, 3);
	memset(self->p, 's', pages(3));
}
FIXTURE_TEARDOWN(range)
{
	arena_free(&self->arena);
}

/* clause: mremap.fixed.overlap-einval */
TEST_F(range, overlap_is_refused_and_changes_nothing)
{
	EXPECT_ERRNO(EINVAL, sys_mremap(self->p, pages(3), pages(variant->new_pages), FIXED,
					slot(&self->arena, variant->to)));
	EXPECT_LAYOUT(".. .. .. rw rw rw .. .. ..", &self->arena);
	EXPECT_BYTES('s', self->p, pages(3));
}

FIXTURE(neighbour)
{
	struct arena arena;
	char *p;
};
FIXTURE_VARIANT(neighbour)
{
	int to;
	const char *layout;
};
/* clang-format off */
FIXTURE_VARIANT_ADD(neighbour, after)	{ 5, ".. .. .. .. .. rw rw .. .." };
FIXTURE_VARIANT_ADD(neighbour, before)	{ 1, ".. rw rw .. .. .. .. .. .." };
/* clang-format on */
FIXTURE_SETUP(neighbour)
{
	SETUP(arena_init(&self->arena, 9));
	SETUP(arena_map(&self->arena, 3, 2, "rw"));
	self->p = slot(&self->arena, 3);
	memset(self->p, 's', pages(2));
}
FIXTURE_TEARDOWN(neighbour)
{
	arena_free(&self->arena);
}

/* clause: mremap.fixed.adjacent-ok */
TEST_F(neighbour, adjacent_place_is_no_overlap)
{
	char *to = slot(&self->arena, variant->to);

	EXPECT_ADDR(to, sys_mremap(self->p, pages(2), pages(2), FIXED, to));
	EXPECT_LAYOUT(variant->layout, &self->arena);
	EXPECT_BYTES('s', to, pages(2));
}

ARENA_FIXTURE(8);

/* clause: mremap.fixed.overlap-uses-full-oldlen */
TEST_F(arena, what_would_be_cut_off_counts)
{
	char *p = slot(&self->arena, 0), *to = slot(&self->arena, 4);

	SETUP(arena_map(&self->arena, 0, 6, "rw"));
	memset(p, 's', pages(6));

	EXPECT_ERRNO(EINVAL, sys_mremap(p, pages(6), pages(2), FIXED, to));
	EXPECT_LAYOUT("rw rw rw rw rw rw .. ..", &self->arena);
	EXPECT_BYTES('s', p, pages(6));
}

/* clause: mremap.fixed.overlap-oldlen0-destroys */
TEST_F(arena, duplicate_onto_its_own_start_fails_and_loses_it)
{
	char *p = slot(&self->arena, 0);

	SETUP(arena_map(&self->arena, 0, 4, "rws"));
	memset(p, 's', pages(4));

	EXPECT_ERRNO(EFAULT, sys_mremap(p, 0, pages(2), FIXED, p));
	EXPECT_LAYOUT(".. .. rws rws .. .. .. ..", &self->arena);
	EXPECT_BYTES('s', p + pages(2), pages(2));
}

TEST_HARNESS_MAIN
