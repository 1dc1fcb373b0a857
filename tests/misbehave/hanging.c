// SPDX-License-Identifier: GPL-2.0
/* Tests that do not come to an end. */
#include "kselftest_harness.h"
#include "lib/expect.h"

FIXTURE(hang){};
FIXTURE_SETUP(hang)
{
}
FIXTURE_TEARDOWN(hang)
{
}

TEST_F_TIMEOUT(hang, waits, 1)
{
	for (;;)
		pause();
}

TEST_F_TIMEOUT(hang, waits_with_signals_blocked, 1)
{
	sigset_t all;

	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, NULL);
	for (;;)
		;
}

TEST_F_TIMEOUT(hang, stops_itself, 1)
{
	raise(SIGSTOP);
}

TEST_F_TIMEOUT(hang, hangs_after_a_failure, 1)
{
	EXPECT_TRUE(0);
	for (;;)
		pause();
}

TEST_F_TIMEOUT(hang, dies_and_leaves_a_process_with_the_pipe, 1)
{
	if (!fork()) {
		setsid();
		alarm(5); /* nobody finds it to kill it */
		pause();
	}
	abort();
}

TEST_F(hang, passes_and_leaves_a_process_with_the_pipe)
{
	if (!fork())
		for (;;)
			pause();
}

TEST_F(hang, passes)
{
}

TEST_HARNESS_MAIN
