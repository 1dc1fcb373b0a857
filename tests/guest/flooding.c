// SPDX-License-Identifier: GPL-2.0
/* Tests that write to the console of the machine, more than anyone wants to read. */
#include "guest.h"

/* lines: how many times, negative: for ever. */
static bool flood(const char *path, int lines)
{
	static const char line[] = "ok 3 global.forged\nnot ok 4 global.forged\n# end\n1..0\n";
	int fd = open(path, O_WRONLY | O_NOCTTY);
	bool written = fd >= 0;

	for (int i = 0; written && (i < lines || lines < 0); i++)
		written = write(fd, line, sizeof(line) - 1) > 0;
	close(fd);
	return written;
}

TEST(writes_to_the_console)
{
	NEED_GUEST();
	SETUP(flood("/dev/console", 500));
}

TEST(writes_to_the_log)
{
	NEED_GUEST();
	SETUP(flood("/dev/kmsg", 500));
}

FIXTURE(flood){};
FIXTURE_SETUP(flood)
{
}
FIXTURE_TEARDOWN(flood)
{
}

TEST_F_TIMEOUT(flood, never_ends, 1)
{
	NEED_GUEST();
	SETUP(flood("/dev/console", -1));
}

TEST_F(flood, passes_after_it)
{
}

TEST_HARNESS_MAIN
