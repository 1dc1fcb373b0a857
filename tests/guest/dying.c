// SPDX-License-Identifier: GPL-2.0
/* Tests that end the machine that they run on. */
#include <stddef.h>
#include <sys/ptrace.h>
#include <sys/reboot.h>
#include <sys/user.h>
#include <sys/wait.h>

#include "guest.h"

TEST(passes_before)
{
}

TEST(panics)
{
	NEED_GUEST();
	SETUP(write_to("/proc/sysrq-trigger", "c"));
}

TEST(passes_after_a_panic)
{
}

TEST(reboots)
{
	NEED_GUEST();
	reboot(RB_AUTOBOOT);
}

TEST(resets)
{
	NEED_GUEST();
	SETUP(write_to("/proc/sysrq-trigger", "b"));
}

TEST(powers_off)
{
	NEED_GUEST();
	reboot(RB_POWER_OFF);
}

/*
 * Signals do not reach process 1 as long as it does not want them; an address that it cannot return
 * to does.
 */
TEST(crashes_init)
{
	NEED_GUEST();
	SETUP(!ptrace(PTRACE_ATTACH, 1, NULL, NULL));
	SETUP(waitpid(1, NULL, __WALL) == 1);
	SETUP(!ptrace(PTRACE_POKEUSER, 1, offsetof(struct user, regs.rip), NULL));
	SETUP(!ptrace(PTRACE_DETACH, 1, NULL, NULL));
	pause();
}

TEST(kills_everything)
{
	NEED_GUEST();
	kill(-1, SIGKILL);
	kill(1, SIGKILL);
}

TEST(terminates_everything)
{
	NEED_GUEST();
	kill(1, SIGTERM);
	pause();
}

TEST(passes_after_all_that)
{
}

TEST_HARNESS_MAIN
