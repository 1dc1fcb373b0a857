// SPDX-License-Identifier: GPL-2.0
/* Expectations that do not hold, in every form, and what comes after them. */
#include "kselftest_harness.h"
#include "lib/expect.h"
#include "lib/syscalls.h"

TEST(first_failure_is_the_outcome)
{
	EXPECT_EQ(1, 2);
	EXPECT_EQ(3, 4);
}

TEST(failed_assertion_ends_the_test)
{
	ASSERT_TRUE(false);
	TH_LOG("not reached");
}

TEST(handler_block_runs)
{
	EXPECT_EQ(1, 1) TH_LOG("not reached");
	EXPECT_NE(1, 1)
	{
		TH_LOG("reached");
	}
}

TEST(relations)
{
	EXPECT_LT(2, 2);
}

TEST(relations_le)
{
	EXPECT_LE(3, 2);
}

TEST(relations_gt)
{
	EXPECT_GT(2u, 2u);
}

TEST(relations_ge)
{
	EXPECT_GE(-2, -1);
}

TEST(pointers_have_no_address)
{
	int here;

	EXPECT_NULL(&here);
}

TEST(texts)
{
	EXPECT_STREQ("a # b", "a\nc");
}

TEST(call_that_should_fail)
{
	EXPECT_ERRNO(EINVAL, sys_munmap(NULL, pages(1)));
}

TEST(call_that_should_not_fail)
{
	void *p;

	ASSERT_OK(p = sys_mmap(NULL, 0, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
	TH_LOG("not reached: %p", p);
}

TEST(skip_after_a_failure)
{
	EXPECT_TRUE(0);
	SKIP(return, "env: too late");
}

TEST(crash_after_a_failure)
{
	EXPECT_FALSE(1);
	abort();
}

TEST(error_after_a_failure)
{
	EXPECT_EQ(5, 6);
	SETUP(false);
}

TEST(passes)
{
	EXPECT_STREQ("same", "same");
}

TEST_HARNESS_MAIN
