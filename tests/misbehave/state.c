// SPDX-License-Identifier: GPL-2.0
/* What an EXCLUSIVE case changed is put back, however the case ends. */
#include <fcntl.h>
#include <signal.h>

#include "kselftest_harness.h"
#include "lib/expect.h"

EXCLUSIVE(getenv("STATE_FILE") ? getenv("STATE_FILE") : "nothing");

TEST(is_killed_after_a_change)
{
	int fd = open(getenv("STATE_FILE"), O_WRONLY | O_CLOEXEC);

	SETUP(fd >= 0 && write(fd, "change", 6) == 6);
	raise(SIGKILL);
}

TEST_HARNESS_MAIN
