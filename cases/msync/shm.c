// SPDX-License-Identifier: GPL-2.0
/*
 * MS_SYNC is accepted on System V shared memory.
 */
#include <sys/shm.h>

#include "kselftest_harness.h"
#include "lib/expect.h"
#include "lib/syscalls.h"
#include "lib/sysv.h"

/* clause: msync.sync.shm-ok */
TEST(attachment_is_synced)
{
	struct sysv segment;
	bool made = sysv_make(&segment, IPC_PRIVATE, pages(2));

	NEED_FEATURE(made || errno != ENOSYS, "System V shared memory");
	SETUP(made);
	memset(segment.keeper, 's', pages(1));

	EXPECT_EQ(0, sys_msync(segment.keeper, pages(2), MS_SYNC));
	EXPECT_BYTES('s', segment.keeper, pages(1));
	shmdt(segment.keeper);
}

TEST_HARNESS_MAIN
