// SPDX-License-Identifier: GPL-2.0
/* 512 tests that do next to nothing: what they cost is the harness. */
#include "kselftest_harness.h"

FIXTURE(fixture)
{
	int value;
};
FIXTURE_VARIANT(fixture)
{
	int value;
};

#define EIGHT(m, a) m(a##0) m(a##1) m(a##2) m(a##3) m(a##4) m(a##5) m(a##6) m(a##7)
#define VARIANT(name) FIXTURE_VARIANT_ADD(fixture, name){ .value = 1 };
/* clang-format off */
EIGHT(VARIANT, v0) EIGHT(VARIANT, v1) EIGHT(VARIANT, v2) EIGHT(VARIANT, v3)
EIGHT(VARIANT, v4) EIGHT(VARIANT, v5) EIGHT(VARIANT, v6) EIGHT(VARIANT, v7)
	/* clang-format on */

	FIXTURE_SETUP(fixture)
{
	self->value = variant->value;
}
FIXTURE_TEARDOWN(fixture)
{
}

#define CASE(name)                         \
	TEST_F(fixture, name)              \
	{                                  \
		EXPECT_EQ(1, self->value); \
	}
EIGHT(CASE, test)

TEST_HARNESS_MAIN
