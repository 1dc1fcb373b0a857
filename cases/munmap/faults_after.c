// SPDX-License-Identifier: GPL-2.0
/*
 * What munmap removed is gone at once: for loads and stores, and for the kernel's own copies.
 */
#include "kselftest_harness.h"
#include "lib/arena.h"
#include "lib/expect.h"
#include "lib/syscalls.h"

ARENA_FIXTURE(4);

/* clause: munmap.fault.load-maperr */
TEST_F(arena, access_raises_sigsegv_at_its_address)
{
	char *p = slot(&self->arena, 1);

	SETUP(arena_map(&self->arena, 0, 3, "rw"));
	memset(slot(&self->arena, 0), 'x', pages(3));

	EXPECT_OK(sys_munmap(p, pages(1)));
	EXPECT_FAULT(SIGSEGV, SEGV_MAPERR, FAULT_READ, p + 9);
	EXPECT_FAULT(SIGSEGV, SEGV_MAPERR, FAULT_READ, p);
	EXPECT_FAULT(SIGSEGV, SEGV_MAPERR, FAULT_WRITE, p + pages(1) - 1);
	EXPECT_NO_FAULT(FAULT_READ, p - 1);
	EXPECT_NO_FAULT(FAULT_READ, p + pages(1));
}

/* clause: munmap.fault.syscall-efault */
TEST_F(arena, system_calls_give_efault)
{
	char *p = slot(&self->arena, 1);
	int ends[2];

	SETUP(arena_map(&self->arena, 0, 3, "rw"));
	memset(slot(&self->arena, 0), 'x', pages(3));
	SETUP(!pipe(ends) && write(ends[1], p, 1) == 1);

	EXPECT_OK(sys_munmap(p, pages(1)));
	EXPECT_ERRNO(EFAULT, write(ends[1], p, 1));
	EXPECT_ERRNO(EFAULT, write(ends[1], p + pages(1) - 1, 1));
	EXPECT_ERRNO(EFAULT, read(ends[0], p + 9, 1));
	close(ends[0]);
	close(ends[1]);
}

TEST_HARNESS_MAIN
