// SPDX-License-Identifier: GPL-2.0
/*
 * The flags of mremap: three bits and no other, and what MREMAP_FIXED and MREMAP_DONTUNMAP ask of
 * the rest.
 */
#include "kselftest_harness.h"
#include "lib/arena.h"
#include "lib/expect.h"
#include "lib/syscalls.h"

FIXTURE(source)
{
	struct arena arena;
	char *p, *to; /* its two pages of 's'; a free place with room for three */
};
FIXTURE_SETUP(source)
{
	SETUP(arena_init(&self->arena, 8));
	SETUP(arena_map(&self->arena, 0, 2, "rw")); /* |rw|rw|..|..|..|..|..|..| */
	self->p = slot(&self->arena, 0);
	self->to = slot(&self->arena, 4);
	memset(self->p, 's', pages(2));
}
FIXTURE_TEARDOWN(source)
{
	arena_free(&self->arena);
}

#define UNTOUCHED "rw rw .. .. .. .. .. .."

/* clause: mremap.args.unknown-flag-einval */
TEST_F(source, unknown_flag_is_refused_and_nothing_resized_or_moved)
{
	char *p = self->p, *to = self->to;

	for (unsigned int bit = 3; bit < 8 * sizeof(long); bit++) {
		unsigned long flag = 1UL << bit;

		EXPECT_ERRNO(EINVAL, sys_mremap(p, pages(2), pages(2), flag, to));
		EXPECT_ERRNO(EINVAL, sys_mremap(p, pages(2), pages(1), flag, to));
		EXPECT_ERRNO(EINVAL, sys_mremap(p, pages(2), pages(3), flag | MREMAP_MAYMOVE, to));
		EXPECT_ERRNO(EINVAL, sys_mremap(p, pages(2), pages(2),
						flag | MREMAP_MAYMOVE | MREMAP_FIXED, to));
	}
	EXPECT_LAYOUT(UNTOUCHED, &self->arena);
	EXPECT_BYTES('s', p, pages(2));
}

/* clause: mremap.args.fixed-needs-maymove */
TEST_F(source, fixed_without_maymove_is_refused)
{
	unsigned long both = MREMAP_FIXED | MREMAP_DONTUNMAP;

	EXPECT_ERRNO(EINVAL, sys_mremap(self->p, pages(2), pages(2), MREMAP_FIXED, self->to));
	EXPECT_ERRNO(EINVAL, sys_mremap(self->p, pages(2), pages(1), MREMAP_FIXED, self->to));
	EXPECT_ERRNO(EINVAL, sys_mremap(self->p, pages(2), pages(2), both, self->to));
	EXPECT_LAYOUT(UNTOUCHED, &self->arena);
	EXPECT_BYTES('s', self->p, pages(2));

	/* It could have been moved. */
	EXPECT_ADDR(self->to, sys_mremap(self->p, pages(2), pages(2), MREMAP_MAYMOVE | MREMAP_FIXED,
					 self->to));
}

/* clause: mremap.args.dontunmap-needs-maymove */
TEST_F(source, dontunmap_without_maymove_is_refused)
{
	EXPECT_ERRNO(EINVAL, sys_mremap(self->p, pages(2), pages(2), MREMAP_DONTUNMAP, self->to));
	EXPECT_ERRNO(EINVAL, sys_mremap(self->p, pages(2), pages(2), MREMAP_DONTUNMAP, NULL));
	EXPECT_LAYOUT(UNTOUCHED, &self->arena);
	EXPECT_BYTES('s', self->p, pages(2));
}

FIXTURE(dontunmap)
{
	struct arena arena;
	char *p, *to;
};
FIXTURE_VARIANT(dontunmap)
{
	unsigned long flags;
};
/* clang-format off */
FIXTURE_VARIANT_ADD(dontunmap, hint)	{ MREMAP_MAYMOVE | MREMAP_DONTUNMAP };
FIXTURE_VARIANT_ADD(dontunmap, fixed)	{ MREMAP_MAYMOVE | MREMAP_DONTUNMAP | MREMAP_FIXED };
/* clang-format on */
FIXTURE_SETUP(dontunmap)
{
	SETUP(arena_init(&self->arena, 8));
	SETUP(arena_map(&self->arena, 0, 2, "rw"));
	self->p = slot(&self->arena, 0);
	self->to = slot(&self->arena, 4);
	memset(self->p, 's', pages(2));
}
FIXTURE_TEARDOWN(dontunmap)
{
	arena_free(&self->arena);
}

/* clause: mremap.args.dontunmap-resize-einval */
TEST_F(dontunmap, different_lengths_are_refused)
{
	EXPECT_ERRNO(EINVAL, sys_mremap(self->p, pages(1), pages(2), variant->flags, self->to));
	EXPECT_ERRNO(EINVAL, sys_mremap(self->p, pages(2), pages(3), variant->flags, self->to));
	EXPECT_ERRNO(EINVAL, sys_mremap(self->p, pages(2), pages(1), variant->flags, self->to));
	EXPECT_LAYOUT(UNTOUCHED, &self->arena);
	EXPECT_BYTES('s', self->p, pages(2));
}

/* clause: mremap.args.dontunmap-rounding-compare */
TEST_F(dontunmap, lengths_of_as_many_pages_are_equal)
{
	size_t less = page_size() - 1;

	EXPECT_ADDR(self->to, sys_mremap(self->p, less, pages(1), variant->flags, self->to));
	EXPECT_ADDR(self->to + pages(1), sys_mremap(self->p + pages(1), pages(1), less,
						    variant->flags, self->to + pages(1)));
	EXPECT_LAYOUT("rw rw .. .. rw rw .. ..", &self->arena);
	EXPECT_BYTES('s', self->to, pages(2));
	EXPECT_BYTES(0, self->p, pages(2));
}

TEST_HARNESS_MAIN
