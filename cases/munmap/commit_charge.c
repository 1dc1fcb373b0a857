// SPDX-License-Identifier: GPL-2.0
/*
 * Private writable memory is charged when it is mapped and given back when it is unmapped: seen in
 * the number that the kernel tells, and in mode 2 by a loop that maps more than the limit in sum.
 */
#include "kselftest_harness.h"
#include "lib/expect.h"
#include "lib/meminfo.h"
#include "lib/syscalls.h"

#define ROUNDS 8

EXCLUSIVE("vm.overcommit_memory");

FIXTURE(machine)
{
	int64_t before; /* vm.overcommit_memory */
	uint64_t committed; /* kB at the start */
	size_t length; /* bytes: a quarter of what may be committed */
};
FIXTURE_SETUP(machine)
{
	uint64_t limit;

	NEED(sysctl_read("vm.overcommit_memory", &self->before) &&
		     sysctl_write("vm.overcommit_memory", self->before),
	     "leave to set vm.overcommit_memory");
	/* The counter is in parts, one a processor, which are small in this mode only. */
	SETUP(sysctl_write("vm.overcommit_memory", 2));
	NEED(meminfo_read("CommitLimit", &limit) && meminfo_read("Committed_AS", &self->committed),
	     "/proc/meminfo");
	NEED(limit > self->committed, "memory that is not committed");
	self->length = (size_t)(limit - self->committed) * 1024 / 4 / page_size() * page_size();
	NEED(sizeof(long) == 8 || self->length < 1 << 28, "a 64-bit address space");
}
FIXTURE_TEARDOWN(machine)
{
	sysctl_write("vm.overcommit_memory", self->before);
}

static void *map(size_t length)
{
	return sys_mmap(NULL, length, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

/* clause: mmap.limit.committed-as */
TEST_F(machine, charge_rises_by_the_length_and_falls_back)
{
	uint64_t kib = self->length / 1024, mapped = 0, unmapped = 0;
	void *p;

	ASSERT_OK(p = map(self->length));
	EXPECT_TRUE(meminfo_read("Committed_AS", &mapped));
	EXPECT_OK(sys_munmap(p, self->length));
	EXPECT_TRUE(meminfo_read("Committed_AS", &unmapped));
	/*
	 * Others map and unmap meanwhile; the parts of the counter are off by less than an eighth.
	 */
	EXPECT_GE(mapped, self->committed + kib - kib / 8);
	EXPECT_LE(mapped, self->committed + kib + kib / 8);
	EXPECT_LE(unmapped, self->committed + kib / 8);
	EXPECT_GE(unmapped + kib / 8, self->committed);
}

/* clause: munmap.acct.commit-returned */
TEST_F(machine, mapping_and_unmapping_more_than_the_limit_in_sum_succeeds)
{
	void *p;

	for (int i = 0; i < ROUNDS && !TEST_FAILED(); i++) {
		EXPECT_OK(p = map(self->length));
		if (p != MAP_FAILED)
			EXPECT_OK(sys_munmap(p, self->length));
	}
	EXPECT_ERRNO(ENOMEM, map(ROUNDS * self->length));
}

TEST_HARNESS_MAIN
