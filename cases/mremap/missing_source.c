// SPDX-License-Identifier: GPL-2.0
/*
 * The old address has to lie in a mapping; the old range need not, as long as nothing is to be
 * grown or moved.
 */
#include "kselftest_harness.h"
#include "lib/arena.h"
#include "lib/expect.h"
#include "lib/syscalls.h"

FIXTURE(call)
{
	struct arena arena; /* |rw|..|..|r-|..|..|..|..| */
};
FIXTURE_VARIANT(call)
{
	unsigned long flags;
};
/* clang-format off */
FIXTURE_VARIANT_ADD(call, stay)		{ 0 };
FIXTURE_VARIANT_ADD(call, maymove)	{ MREMAP_MAYMOVE };
FIXTURE_VARIANT_ADD(call, fixed)	{ MREMAP_MAYMOVE | MREMAP_FIXED };
/* clang-format on */
FIXTURE_SETUP(call)
{
	SETUP(arena_init(&self->arena, 8));
	SETUP(arena_map(&self->arena, 0, 1, "rw"));
	SETUP(arena_map(&self->arena, 3, 1, "r-"));
	memset(slot(&self->arena, 0), 's', pages(1));
}
FIXTURE_TEARDOWN(call)
{
	arena_free(&self->arena);
}

/* clause: mremap.efault.unmapped-old */
TEST_F(call, unmapped_old_address_is_refused_for_every_size)
{
	void *to = slot(&self->arena, 6);

	for (int n = 1; n <= 2; n++) {
		char *hole = slot(&self->arena, n);

		EXPECT_ERRNO(EFAULT, sys_mremap(hole, pages(1), pages(1), variant->flags, to));
		EXPECT_ERRNO(EFAULT, sys_mremap(hole, pages(1), pages(2), variant->flags, to));
		EXPECT_ERRNO(EFAULT, sys_mremap(hole, pages(3), pages(1), variant->flags, to));
		EXPECT_ERRNO(EFAULT, sys_mremap(hole, pages(3), pages(3), variant->flags, to));
	}
	EXPECT_LAYOUT("rw .. .. r- .. .. .. ..", &self->arena);
	EXPECT_BYTES('s', slot(&self->arena, 0), pages(1));
}

FIXTURE(kept)
{
	struct arena arena; /* |rw|rw|r-|r-|..|..|..|..| */
	char *p;
};
FIXTURE_VARIANT(kept)
{
	unsigned long flags;
};
/* clang-format off */
FIXTURE_VARIANT_ADD(kept, stay)		{ 0 };
FIXTURE_VARIANT_ADD(kept, maymove)	{ MREMAP_MAYMOVE };
/* clang-format on */
FIXTURE_SETUP(kept)
{
	SETUP(arena_init(&self->arena, 8));
	SETUP(arena_map(&self->arena, 0, 2, "rw"));
	SETUP(arena_map(&self->arena, 2, 2, "r-"));
	self->p = slot(&self->arena, 0);
	memset(self->p, 's', pages(2));
}
FIXTURE_TEARDOWN(kept)
{
	arena_free(&self->arena);
}

/* clause: mremap.efault.grow-crosses-vma-end */
TEST_F(kept, growing_over_the_end_of_the_mapping_is_refused)
{
	char *last = slot(&self->arena, 3);

	EXPECT_ERRNO(EFAULT, sys_mremap(self->p, pages(3), pages(6), variant->flags, NULL));
	EXPECT_ERRNO(EFAULT, sys_mremap(self->p, pages(4), pages(5), variant->flags, NULL));
	EXPECT_ERRNO(EFAULT, sys_mremap(last, pages(2), pages(3), variant->flags, NULL));
	EXPECT_LAYOUT("rw rw r- r- .. .. .. ..", &self->arena);
	EXPECT_BYTES('s', self->p, pages(2));
}

/*
 * clause: mremap.noop.same-size-no-range-check
 * clause: mremap.noop.maymove-does-not-move
 */
TEST_F(kept, same_size_stays_whatever_lies_in_the_range)
{
	char *last = slot(&self->arena, 3);

	EXPECT_ADDR(self->p, sys_mremap(self->p, pages(2), pages(2), variant->flags, NULL));
	EXPECT_ADDR(self->p, sys_mremap(self->p, pages(4), pages(4), variant->flags, NULL));
	EXPECT_ADDR(self->p, sys_mremap(self->p, pages(7), pages(7), variant->flags, NULL));
	EXPECT_ADDR(last, sys_mremap(last, pages(4), pages(4), variant->flags, NULL));
	EXPECT_LAYOUT("rw rw r- r- .. .. .. ..", &self->arena);
	EXPECT_BYTES('s', self->p, pages(2));
}

TEST_HARNESS_MAIN
