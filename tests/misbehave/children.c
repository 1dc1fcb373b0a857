// SPDX-License-Identifier: GPL-2.0
/* What happens in a process that a test forks is told of the test. */
#include "kselftest_harness.h"
#include "lib/expect.h"

TEST(expectation_fails_in_the_child)
{
	CHILD(child) {
		EXPECT_EQ('a', 'b');
	}
	EXPECT_CHILD_OK(child);
}

TEST(assertion_fails_in_the_child)
{
	CHILD(child) {
		ASSERT_EQ('a', 'b');
		TH_LOG("not reached");
	}
	EXPECT_CHILD_OK(child);
}

TEST(child_crashes)
{
	CHILD(child) {
		abort();
	}
	EXPECT_CHILD_OK(child);
}

TEST(child_exits)
{
	CHILD(child) {
		_exit(7);
	}
	EXPECT_CHILD_OK(child);
}

TEST(set_up_fails_in_the_child)
{
	CHILD(child) {
		SETUP(false);
	}
	EXPECT_CHILD_OK(child);
}

TEST(nobody_waits_for_the_child)
{
	struct gate gate;

	SETUP(gate_init(&gate));
	CHILD(child) {
		EXPECT_EQ('a', 'b');
		gate_open(&gate);
	}
	gate_wait(&gate);
}

TEST(child_passes)
{
	CHILD(child) {
		EXPECT_EQ('a', 'a');
	}
	EXPECT_CHILD_OK(child);
}

TEST_HARNESS_MAIN
