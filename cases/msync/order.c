// SPDX-License-Identifier: GPL-2.0
/*
 * What msync looks at first: its arguments by themselves, and then the range.
 */
#include "kselftest_harness.h"
#include "lib/arena.h"
#include "lib/expect.h"
#include "lib/syscalls.h"

FIXTURE(bad_flags)
{
	struct arena arena; /* |..|rw|..|..| */
};
FIXTURE_VARIANT(bad_flags)
{
	int flags;
};
/* clang-format off */
FIXTURE_VARIANT_ADD(bad_flags, async_sync)	{ MS_ASYNC | MS_SYNC };
FIXTURE_VARIANT_ADD(bad_flags, all_known)	{ MS_ASYNC | MS_SYNC | MS_INVALIDATE };
FIXTURE_VARIANT_ADD(bad_flags, unknown)		{ 8 };
FIXTURE_VARIANT_ADD(bad_flags, unknown_sync)	{ 8 | MS_SYNC };
FIXTURE_VARIANT_ADD(bad_flags, all_bits)	{ -1 };
/* clang-format on */
FIXTURE_SETUP(bad_flags)
{
	SETUP(arena_init(&self->arena, 4));
	SETUP(arena_map(&self->arena, 1, 1, "rw"));
}
FIXTURE_TEARDOWN(bad_flags)
{
	arena_free(&self->arena);
}

/* clause: msync.order.flags-before-len0 */
TEST_F(bad_flags, are_refused_on_an_empty_range_too)
{
	EXPECT_ERRNO(EINVAL, sys_msync(slot(&self->arena, 1), 0, variant->flags));
	EXPECT_ERRNO(EINVAL, sys_msync(slot(&self->arena, 2), 0, variant->flags));
}

ARENA_FIXTURE(4);

/* Each call deserves both errors; the calls before it show each of them alone. */

/* clause: msync.order.einval-before-enomem */
TEST_F(arena, bad_flags_and_unaligned_addresses_count_more_than_holes)
{
	static const int bad[] = { MS_ASYNC | MS_SYNC, 8, -1 };
	char *mapped = slot(&self->arena, 0), *hole = slot(&self->arena, 1);
	size_t wrapping = (size_t)0 - pages(1);

	SETUP(arena_map(&self->arena, 0, 1, "rw"));

	EXPECT_ERRNO(ENOMEM, sys_msync(hole, pages(1), MS_SYNC));
	EXPECT_ERRNO(ENOMEM, sys_msync(mapped, wrapping, MS_SYNC));
	EXPECT_ERRNO(EINVAL, sys_msync(mapped + 1, pages(1), MS_SYNC));
	EXPECT_ERRNO(EINVAL, sys_msync(hole + 1, pages(1), MS_SYNC));
	EXPECT_ERRNO(EINVAL, sys_msync(mapped + 1, wrapping, MS_SYNC));
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		TH_LOG("flags %d", bad[i]);
		EXPECT_ERRNO(EINVAL, sys_msync(mapped, pages(1), bad[i]));
		EXPECT_ERRNO(EINVAL, sys_msync(hole, pages(1), bad[i]));
		EXPECT_ERRNO(EINVAL, sys_msync(mapped, wrapping, bad[i]));
	}
}

TEST_HARNESS_MAIN
