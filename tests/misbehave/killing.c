// SPDX-License-Identifier: GPL-2.0
/* Tests that turn on the harness: for the suite, which goes on behind them. */
#include "kselftest_harness.h"
#include "lib/expect.h"

TEST(passes_before)
{
}

TEST(kills_its_parent)
{
	kill(getppid(), SIGKILL);
	pause();
}

TEST(passes_between)
{
}

TEST(stops_its_parent)
{
	kill(getppid(), SIGSTOP);
	pause();
}

TEST(passes_after)
{
}

TEST_HARNESS_MAIN
