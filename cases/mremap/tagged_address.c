// SPDX-License-Identifier: GPL-2.0
/*
 * On arm64 mremap ignores a tag in the old address, and refuses one in the new.
 */
#include "kselftest_harness.h"
#include "lib/arena.h"
#include "lib/arm64.h"
#include "lib/expect.h"
#include "lib/letters.h"
#include "lib/syscalls.h"

#define FIXED (MREMAP_MAYMOVE | MREMAP_FIXED)

FIXTURE(mapping)
{
	struct arena arena; /* |a|b|..|..|..|..| */
	char *p, *to;
};
FIXTURE_VARIANT(mapping)
{
	unsigned char tag;
};
/* clang-format off */
FIXTURE_VARIANT_ADD(mapping, lowest_bit)	{ 0x01 };
FIXTURE_VARIANT_ADD(mapping, highest_bit)	{ 0x80 };
FIXTURE_VARIANT_ADD(mapping, all_bits)		{ 0xff };
/* clang-format on */
FIXTURE_SETUP(mapping)
{
	NEED(ARM64, "an arm64 program");
	NEED_OWN_PROCESS("it asks for tagged addresses");
	NEED_FEATURE(arm64_allow_tags(), "tagged addresses");
	SETUP(arena_init(&self->arena, 6));
	SETUP(arena_map(&self->arena, 0, 2, "rw"));
	self->p = slot(&self->arena, 0);
	self->to = slot(&self->arena, 4);
	memset(self->p, 'a', pages(1));
	memset(self->p + pages(1), 'b', pages(1));
}
FIXTURE_TEARDOWN(mapping)
{
	arena_free(&self->arena);
}

/* clause: mremap.compat.tagged-address */
TEST_F(mapping, tag_in_the_old_address_is_ignored)
{
	char *tagged = arm64_tag(self->p, variant->tag);

	EXPECT_ADDR(self->p, sys_mremap(tagged, pages(2), pages(3), 0, NULL));
	EXPECT_STREQ("ab0", letters_at(self->p, 3));
	EXPECT_ADDR(self->p, sys_mremap(tagged, pages(3), pages(2), 0, NULL));
	EXPECT_ADDR(self->to, sys_mremap(tagged, pages(2), pages(2), FIXED, self->to));
	EXPECT_STREQ("....ab", letters_at(self->p, 6));
}

/* clause: mremap.compat.tagged-address */
TEST_F(mapping, tag_in_the_new_address_is_refused)
{
	char *tagged = arm64_tag(self->p, variant->tag);

	EXPECT_ERRNO(EINVAL, sys_mremap(self->p, pages(2), pages(2), FIXED,
					arm64_tag(self->to, variant->tag)));
	EXPECT_ERRNO(EINVAL, sys_mremap(tagged, pages(2), pages(2), FIXED,
					arm64_tag(self->to, variant->tag)));
	EXPECT_LAYOUT("rw rw .. .. .. ..", &self->arena);
	EXPECT_STREQ("ab....", letters_at(self->p, 6));
}

TEST_HARNESS_MAIN
