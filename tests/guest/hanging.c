// SPDX-License-Identifier: GPL-2.0
/* Tests after which nothing on the machine moves any more. */
#include <sched.h>
#include <sys/reboot.h>
#include <sys/syscall.h>

#include "guest.h"

TEST(passes_before)
{
}

/* Interrupts are served, but no other process gets the only processor. */
TEST(takes_the_processor)
{
	struct sched_param most = { .sched_priority = 99 };

	NEED_GUEST();
	SETUP(write_to("/proc/sys/kernel/sched_rt_runtime_us", "-1"));
	/* musl's wrapper only fails. */
	SETUP(!syscall(SYS_sched_setscheduler, 0, SCHED_FIFO, &most));
	for (;;)
		;
}

/* The processor stops, with interrupts off; under user-mode Linux, the machine ends instead. */
TEST(halts_the_processor)
{
	NEED_GUEST();
	reboot(RB_HALT_SYSTEM);
}

TEST(passes_after)
{
}

TEST_HARNESS_MAIN
