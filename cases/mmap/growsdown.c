// SPDX-License-Identifier: GPL-2.0
/*
 * A MAP_GROWSDOWN mapping grows down to a page below it that is touched, by a load, a store or a
 * system call, whatever its protection.
 */
#include <sys/uio.h>

#include "kselftest_harness.h"
#include "lib/expect.h"
#include "lib/page.h"
#include "lib/syscalls.h"

GROWING_FIXTURE;

/* clause: mmap.growsdown.touch-below-extends */
TEST_F(growing, load_or_store_just_below_extends_it)
{
	EXPECT_EQ(1, growing_pages(&self->area));
	EXPECT_NO_FAULT(FAULT_WRITE, self->g - 1);
	EXPECT_EQ(2, growing_pages(&self->area));
	EXPECT_BYTES('!', self->g - 1, 1);
	EXPECT_NO_FAULT(FAULT_READ, self->g - pages(1) - 1);
	EXPECT_EQ(3, growing_pages(&self->area));
	EXPECT_BYTES(0, self->g - pages(2), pages(2) - 1);
}

/* clause: mmap.growsdown.touch-far-extends */
TEST_F(growing, touch_far_below_takes_all_pages_in_between)
{
	EXPECT_NO_FAULT(FAULT_WRITE, self->g - pages(100));
	EXPECT_EQ(101, growing_pages(&self->area));
	EXPECT_BYTES(0, self->g - pages(99), pages(100));
}

/* clause: mmap.growsdown.readonly-store */
TEST_F(growing, refused_store_extends_a_read_only_one)
{
	SETUP(!sys_mprotect(self->g, pages(1), PROT_READ));

	EXPECT_FAULT(SIGSEGV, SEGV_ACCERR, FAULT_WRITE, self->g - 5);
	EXPECT_EQ(2, growing_pages(&self->area));
	EXPECT_BYTES(0, self->g - pages(2), pages(2));
	EXPECT_EQ(3, growing_pages(&self->area));
}

/* clause: mmap.growsdown.none-accerr */
TEST_F(growing, refused_load_extends_one_without_access)
{
	SETUP(!sys_mprotect(self->g, pages(1), PROT_NONE));

	EXPECT_FAULT(SIGSEGV, SEGV_ACCERR, FAULT_READ, self->g - 5);
	EXPECT_EQ(2, growing_pages(&self->area));
}

/* clause: mmap.growsdown.kernel-access-extends */
TEST_F(growing, system_call_that_stores_below_extends_it)
{
	char *p = self->g - pages(3);
	int fds[2];

	SETUP(!pipe(fds) && write(fds[1], "k", 1) == 1);
	EXPECT_EQ(1, read(fds[0], p, 1));
	EXPECT_EQ(4, growing_pages(&self->area));
	EXPECT_BYTES('k', p, 1);
	close(fds[0]);
	close(fds[1]);
}

/* clause: mmap.growsdown.proc-mem-extends */
TEST_F(growing, store_through_proc_mem_extends_it)
{
	int mem = open("/proc/self/mem", O_RDWR | O_CLOEXEC);

	NEED(mem >= 0, "/proc/self/mem");
	EXPECT_EQ(1, pwrite(mem, "m", 1, (off_t)(uintptr_t)(self->g - 1)));
	EXPECT_EQ(2, growing_pages(&self->area));
	EXPECT_BYTES('m', self->g - 1, 1);
	close(mem);
}

/* clause: mmap.growsdown.process-vm-no-extend */
TEST_F(growing, process_vm_readv_does_not)
{
	char byte;
	struct iovec there = { self->g, 1 }, here = { &byte, 1 };

	errno = 0;
	NEED_FEATURE(process_vm_readv(getpid(), &here, 1, &there, 1, 0) == 1 || errno != ENOSYS,
		     "process_vm_readv");
	NEED(!errno, "leave to use process_vm_readv");
	there.iov_base = self->g - 1;
	EXPECT_ERRNO(EFAULT, process_vm_readv(getpid(), &here, 1, &there, 1, 0));
	EXPECT_EQ(1, growing_pages(&self->area));
}

TEST_HARNESS_MAIN
