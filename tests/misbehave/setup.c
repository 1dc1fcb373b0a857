// SPDX-License-Identifier: GPL-2.0
/* Set-up that fails, skips or asserts, and which parts of a fixture then run. */
#include "kselftest_harness.h"
#include "lib/expect.h"
#include "lib/syscalls.h"

enum fate { FAILS, ASSERTS, SKIPS, SKIPS_FOR_A_FEATURE, HOLDS };

FIXTURE(fixture)
{
	int value;
};
FIXTURE_VARIANT(fixture)
{
	enum fate fate;
};
/* clang-format off */
FIXTURE_VARIANT_ADD(fixture, fails)	{ FAILS };
FIXTURE_VARIANT_ADD(fixture, asserts)	{ ASSERTS };
FIXTURE_VARIANT_ADD(fixture, skips)	{ SKIPS };
FIXTURE_VARIANT_ADD(fixture, absent)	{ SKIPS_FOR_A_FEATURE };
FIXTURE_VARIANT_ADD(fixture, holds)	{ HOLDS };
/* clang-format on */
FIXTURE_SETUP(fixture)
{
	EXPECT_EQ(0, self->value);
	self->value = 1;
	if (variant->fate == FAILS)
		SETUP(!sys_munmap(NULL, 0));
	if (variant->fate == ASSERTS)
		ASSERT_EQ(1, 0);
	NEED(variant->fate != SKIPS, "something");
	NEED_FEATURE(variant->fate != SKIPS_FOR_A_FEATURE, "something");
}
FIXTURE_TEARDOWN(fixture)
{
	TH_LOG("teardown");
}

TEST_F(fixture, body_runs)
{
	TH_LOG("body");
	EXPECT_EQ(1, self->value);
}

TEST_F(fixture, teardown_runs_after_a_failed_assertion)
{
	ASSERT_EQ(2, self->value);
}

TEST_HARNESS_MAIN
