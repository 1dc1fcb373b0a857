// SPDX-License-Identifier: GPL-2.0
/*
 * Tests with a process beside them that makes the kernel print, for a console that the results
 * share with the kernel.
 */
#include <sched.h>
#include <stdio.h>

#include "guest.h"

FIXTURE(beside){};
FIXTURE_VARIANT(beside)
{
	int number;
};
FIXTURE_SETUP(beside)
{
}
FIXTURE_TEARDOWN(beside)
{
}

/* clang-format off */
#define FOUR(a, b, c, d) ONE(a) ONE(b) ONE(c) ONE(d)
#define ONE(n) FIXTURE_VARIANT_ADD(beside, variant_##n) { n };
FOUR(1, 2, 3, 4) FOUR(5, 6, 7, 8) FOUR(9, 10, 11, 12) FOUR(13, 14, 15, 16) FOUR(17, 18, 19, 20)
FOUR(21, 22, 23, 24) FOUR(25, 26, 27, 28) FOUR(29, 30, 31, 32) FOUR(33, 34, 35, 36) FOUR(37, 38, 39, 40)
	/* clang-format on */

	/*
	 * Until all are over: the process is in a session of its own, so that nobody finds it to
	 * kill it.
	 */
	static void make_noise(void)
{
	int fd = open("/dev/kmsg", O_WRONLY);
	pid_t child = fork();

	if (child) {
		/* What is left of the test's own group ends with the test. */
		while (child > 0 && getpgid(child) != child)
			sched_yield();
		return;
	}
	setsid();
	alarm(5);
	for (;;) {
		if (write(fd, "noise of the kernel\n", 20) < 0)
			_exit(1);
		usleep(500);
	}
}

TEST_F(beside, passes)
{
	NEED_GUEST();
	if (variant->number % 10 == 1)
		make_noise();
}

TEST_F(beside, fails)
{
	NEED_GUEST();
	EXPECT_EQ(variant->number, 0);
}

/* The word stands alone in the file of arguments when what was lost runs again. */
static bool runs_again(const char *id)
{
	char line[256];
	FILE *file = fopen("/mmapconf.args", "re");
	bool found = false;

	while (file && !found && fgets(line, sizeof(line), file)) {
		line[strcspn(line, "\n")] = '\0';
		found = !strcmp(line, id);
	}
	if (file)
		fclose(file);
	return found;
}

TEST(is_lost_once)
{
	NEED_GUEST();
	if (!runs_again("guest/noise/global.is_lost_once"))
		SETUP(write_to("/dev/console", "half a line of "));
}

TEST(fails_and_is_lost_once)
{
	NEED_GUEST();
	if (!runs_again("guest/noise/global.fails_and_is_lost_once"))
		SETUP(write_to("/dev/console", "half a line of "));
	EXPECT_TRUE(false);
}

TEST(is_always_lost)
{
	NEED_GUEST();
	SETUP(write_to("/dev/console", "half a line of "));
}

TEST_HARNESS_MAIN
