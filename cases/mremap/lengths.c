// SPDX-License-Identifier: GPL-2.0
/*
 * The old range and the new length of mremap: whole pages, a new length of at least one and of at
 * most the address space.
 */
#include "kselftest_harness.h"
#include "lib/arena.h"
#include "lib/expect.h"
#include "lib/space.h"
#include "lib/syscalls.h"

FIXTURE(call)
{
	struct arena arena;
	char *p, *nowhere, *to; /* its three pages of 's'; a free page; a free place */
};
FIXTURE_VARIANT(call)
{
	unsigned long flags;
};
/* clang-format off */
FIXTURE_VARIANT_ADD(call, stay)		{ 0 };
FIXTURE_VARIANT_ADD(call, maymove)	{ MREMAP_MAYMOVE };
FIXTURE_VARIANT_ADD(call, fixed)	{ MREMAP_MAYMOVE | MREMAP_FIXED };
FIXTURE_VARIANT_ADD(call, dontunmap)	{ MREMAP_MAYMOVE | MREMAP_DONTUNMAP };
/* clang-format on */
FIXTURE_SETUP(call)
{
	SETUP(arena_init(&self->arena, 8));
	SETUP(arena_map(&self->arena, 0, 3, "rw")); /* |rw|rw|rw|..|..|..|..|..| */
	self->p = slot(&self->arena, 0);
	self->nowhere = slot(&self->arena, 4);
	self->to = slot(&self->arena, 6);
	memset(self->p, 's', pages(3));
}
FIXTURE_TEARDOWN(call)
{
	arena_free(&self->arena);
}

#define UNTOUCHED "rw rw rw .. .. .. .. .."

/* clause: mremap.args.oldaddr-unaligned */
TEST_F(call, old_address_inside_a_page_is_refused)
{
	const size_t inside[] = { 1, page_size() / 2, page_size() - 1 };

	for (int i = 0; i < 3; i++) {
		char *mapped = self->p + inside[i], *unmapped = self->nowhere + inside[i];

		EXPECT_ERRNO(EINVAL, sys_mremap(mapped, 1, 1, variant->flags, self->to));
		EXPECT_ERRNO(EINVAL,
			     sys_mremap(mapped, pages(2), pages(1), variant->flags, self->to));
		EXPECT_ERRNO(EINVAL,
			     sys_mremap(mapped, pages(1), pages(2), variant->flags, self->to));
		EXPECT_ERRNO(EINVAL, sys_mremap(unmapped, 1, 1, variant->flags, self->to));
	}
	EXPECT_LAYOUT(UNTOUCHED, &self->arena);
	EXPECT_BYTES('s', self->p, pages(3));
}

/* clause: mremap.args.newlen-zero */
TEST_F(call, new_length_of_zero_is_refused)
{
	EXPECT_ERRNO(EINVAL, sys_mremap(self->p, pages(2), 0, variant->flags, self->to));
	EXPECT_ERRNO(EINVAL, sys_mremap(self->p, 0, 0, variant->flags, self->to));
	EXPECT_ERRNO(EINVAL, sys_mremap(self->nowhere, pages(1), 0, variant->flags, self->to));
	EXPECT_ERRNO(EINVAL, sys_mremap(self->nowhere, 0, 0, variant->flags, self->to));
	EXPECT_LAYOUT(UNTOUCHED, &self->arena);
	EXPECT_BYTES('s', self->p, pages(3));
}

/* clause: mremap.args.newlen-wraps-zero */
TEST_F(call, new_length_that_rounds_up_to_zero_is_refused)
{
	NEED(space_words_match(), "a kernel with words of the program's size");

	EXPECT_ERRNO(EINVAL, sys_mremap(self->p, pages(2), SIZE_MAX, variant->flags, self->to));
	EXPECT_ERRNO(EINVAL,
		     sys_mremap(self->p, pages(2), -page_size() + 1, variant->flags, self->to));
	EXPECT_ERRNO(EINVAL, sys_mremap(self->p, 0, SIZE_MAX, variant->flags, self->to));
	EXPECT_LAYOUT(UNTOUCHED, &self->arena);
	EXPECT_BYTES('s', self->p, pages(3));
}

/* clause: mremap.args.newlen-over-tasksize */
TEST_F(call, new_length_above_the_address_space_is_refused)
{
	size_t limit = (size_t)space_end();

	NEED(limit, "a machine whose address space is known");

	EXPECT_ERRNO(EINVAL, sys_mremap(self->p, pages(3), limit + 1, variant->flags, self->to));
	EXPECT_ERRNO(EINVAL, sys_mremap(self->p, pages(3), -page_size(), variant->flags, self->to));
	EXPECT_ERRNO(EINVAL,
		     sys_mremap(self->nowhere, pages(1), limit + 1, variant->flags, self->to));
	EXPECT_LAYOUT(UNTOUCHED, &self->arena);
	EXPECT_BYTES('s', self->p, pages(3));
}

ARENA_FIXTURE(8);

/* clause: mremap.args.newlen-over-tasksize */
TEST_F(arena, new_length_of_the_whole_address_space_is_not_refused_as_such)
{
	char *p = slot(&self->arena, 0), *nowhere = slot(&self->arena, 4);
	size_t limit = (size_t)space_end();

	NEED(limit, "a machine whose address space is known");
	SETUP(arena_map(&self->arena, 0, 1, "rw"));

	EXPECT_ERRNO(ENOMEM, sys_mremap(p, pages(1), limit, 0, NULL));
	EXPECT_ERRNO(ENOMEM, sys_mremap(p, pages(1), limit, MREMAP_MAYMOVE, NULL));
	EXPECT_ERRNO(EFAULT, sys_mremap(nowhere, pages(1), limit, MREMAP_MAYMOVE, NULL));
	EXPECT_LAYOUT("rw .. .. .. .. .. .. ..", &self->arena);
}

/* clause: mremap.args.oldlen-huge-einval */
TEST_F(arena, old_length_past_the_address_space_unmaps_nothing)
{
	char *p = slot(&self->arena, 0);

	SETUP(arena_map(&self->arena, 0, 3, "rw"));
	memset(p, 's', pages(3));

	EXPECT_ERRNO(EINVAL, sys_mremap(p, -page_size(), pages(1), 0, NULL));
	EXPECT_ERRNO(EINVAL, sys_mremap(p, -page_size(), pages(1), MREMAP_MAYMOVE, NULL));
	EXPECT_LAYOUT(UNTOUCHED, &self->arena);
	EXPECT_BYTES('s', p, pages(3));
}

/* clause: mremap.args.oldlen-wraps-zero */
TEST_F(arena, old_length_that_rounds_up_to_zero_asks_for_a_duplicate)
{
	char *private = slot(&self->arena, 0), *shared = slot(&self->arena, 2);
	unsigned long fixed = MREMAP_MAYMOVE | MREMAP_FIXED;

	NEED(space_words_match(), "a kernel with words of the program's size");
	SETUP(arena_map(&self->arena, 0, 1, "rw"));
	SETUP(arena_map(&self->arena, 2, 1, "rws")); /* |rw|..|rws|..|..|..|..|..| */

	EXPECT_ERRNO(EINVAL, sys_mremap(private, SIZE_MAX, pages(1), 0, NULL));
	EXPECT_ERRNO(EINVAL, sys_mremap(private, SIZE_MAX, pages(1), MREMAP_MAYMOVE, NULL));
	EXPECT_LAYOUT("rw .. rws .. .. .. .. ..", &self->arena);

	EXPECT_ADDR(slot(&self->arena, 5),
		    sys_mremap(shared, SIZE_MAX, pages(1), fixed, slot(&self->arena, 5)));
	EXPECT_LAYOUT("rw .. rws .. .. rws .. ..", &self->arena);
}

/* clause: mremap.args.len-rounding */
TEST_F(arena, both_lengths_are_rounded_up_to_pages)
{
	char *p = slot(&self->arena, 0);

	SETUP(arena_map(&self->arena, 0, 3, "rw"));

	EXPECT_ADDR(p, sys_mremap(p, pages(2) + 1, 1, 0, NULL));
	EXPECT_LAYOUT("rw .. .. .. .. .. .. ..", &self->arena);
	EXPECT_ADDR(p, sys_mremap(p, 1, pages(1) + 1, 0, NULL));
	EXPECT_LAYOUT("rw rw .. .. .. .. .. ..", &self->arena);
	EXPECT_ADDR(p, sys_mremap(p, pages(1) + 1, pages(2) - 1, 0, NULL));
	EXPECT_LAYOUT("rw rw .. .. .. .. .. ..", &self->arena);
}

TEST_HARNESS_MAIN
