// SPDX-License-Identifier: GPL-2.0
/*
 * vm.overcommit_memory and mremap: in mode 2 growth beyond the commit limit is refused to memory
 * that counts, in mode 0 only an increase that is by itself more than all there is.
 */
#include "kselftest_harness.h"
#include "lib/expect.h"
#include "lib/meminfo.h"
#include "lib/syscalls.h"

#define RW (PROT_READ | PROT_WRITE)

EXCLUSIVE("vm.overcommit_memory");

FIXTURE(machine)
{
	int64_t before; /* vm.overcommit_memory */
	size_t all; /* bytes of memory and swap, in whole pages */
};
FIXTURE_SETUP(machine)
{
	uint64_t memory, swap;

	NEED(sysctl_read("vm.overcommit_memory", &self->before) &&
		     sysctl_write("vm.overcommit_memory", self->before),
	     "leave to set vm.overcommit_memory");
	NEED(meminfo_read("MemTotal", &memory) && meminfo_read("SwapTotal", &swap),
	     "/proc/meminfo");
	NEED(sizeof(long) == 8, "a 64-bit address space");
	self->all = (size_t)(memory + swap) * 1024 / page_size() * page_size();
}
FIXTURE_TEARDOWN(machine)
{
	sysctl_write("vm.overcommit_memory", self->before);
}

/* clause: mremap.limit.commit-grow */
TEST_F(machine, mode_2_refuses_growth_of_writable_memory_beyond_the_limit)
{
	char *rw, *ro;

	SETUP(sysctl_write("vm.overcommit_memory", 2));
	ASSERT_OK(rw = sys_mmap(NULL, pages(4), RW, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
	ASSERT_OK(ro = sys_mmap(NULL, pages(4), PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
	memset(rw, 'x', pages(4));

	EXPECT_ERRNO(ENOMEM, sys_mremap(rw, pages(4), 4 * self->all, MREMAP_MAYMOVE, NULL));
	EXPECT_BYTES('x', rw, pages(4));
	EXPECT_OK(ro = sys_mremap(ro, pages(4), 4 * self->all, MREMAP_MAYMOVE, NULL));
	if (ro != MAP_FAILED)
		sys_munmap(ro, 4 * self->all);
	sys_munmap(rw, pages(4));
}

/* clause: mremap.limit.commit-guess */
TEST_F(machine, mode_0_looks_at_the_increase_alone)
{
	size_t half = self->all / page_size() / 2 * page_size(), length = 2 * half;
	char *p;

	SETUP(sysctl_write("vm.overcommit_memory", 0));
	ASSERT_OK(p = sys_mmap(NULL, half, RW, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
	*p = 'x';

	EXPECT_ERRNO(ENOMEM,
		     sys_mremap(p, half, half + self->all + pages(1), MREMAP_MAYMOVE, NULL));
	EXPECT_BYTES('x', p, 1);
	/* Three halves in the end, each of which was little enough. */
	for (int i = 0; i < 2 && !TEST_FAILED(); i++, length += half)
		EXPECT_OK(p = sys_mremap(p, length - half, length, MREMAP_MAYMOVE, NULL));
	if (p != MAP_FAILED) {
		EXPECT_BYTES('x', p, 1);
		sys_munmap(p, 3 * half);
	}
}

TEST_HARNESS_MAIN
