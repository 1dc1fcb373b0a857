// SPDX-License-Identifier: GPL-2.0
/*
 * Flags that MAP_HUGETLB goes with and those that it does not, with huge pages there to be had.
 */
#include "kselftest_harness.h"
#include "lib/arena.h"
#include "lib/expect.h"
#include "lib/syscalls.h"

#define RW (PROT_READ | PROT_WRITE)
#define HUGE_SIZE(log2) ((unsigned long)(log2) << MAP_HUGE_SHIFT)

EXCLUSIVE("vm.nr_hugepages");

HUGE_FIXTURE(2, 2);

/* clause: mmap.hugetlb.validate-anon-ok */
TEST_F(huge, shared_validate_is_taken_with_huge_pages_and_not_without)
{
	unsigned long flags = MAP_SHARED_VALIDATE | MAP_ANONYMOUS | MAP_FIXED;

	EXPECT_ERRNO(EINVAL, sys_mmap(slot(&self->arena, 0), self->size, RW, flags, -1, 0));
	EXPECT_LAYOUT(".. ..", &self->arena);
	EXPECT_ADDR(slot(&self->arena, 0),
		    sys_mmap(slot(&self->arena, 0), self->size, RW, flags | MAP_HUGETLB, -1, 0));
	EXPECT_LAYOUT("rws ..", &self->arena);
	EXPECT_NO_FAULT(FAULT_WRITE, slot(&self->arena, 0));
}

/* clause: mmap.growsdown.hugetlb-einval */
TEST_F(huge, growsdown_is_refused)
{
	EXPECT_ERRNO(EINVAL,
		     sys_mmap(slot(&self->arena, 0), self->size, RW,
			      MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB | MAP_GROWSDOWN | MAP_FIXED,
			      -1, 0));
	EXPECT_ERRNO(EINVAL,
		     sys_mmap(slot(&self->arena, 0), self->size, RW,
			      MAP_SHARED | MAP_ANONYMOUS | MAP_HUGETLB | MAP_GROWSDOWN | MAP_FIXED,
			      -1, 0));
	EXPECT_LAYOUT(".. ..", &self->arena);
	EXPECT_EQ(2, hugepage_free());
}

/* clause: mmap.droppable.hugetlb-einval */
TEST_F(huge, droppable_is_refused)
{
	NEED_FEATURE(sys_mmap(slot(&self->arena, 0), pages(1), RW,
			      MAP_DROPPABLE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) != MAP_FAILED,
		     "MAP_DROPPABLE");
	EXPECT_ERRNO(EINVAL,
		     sys_mmap(slot(&self->arena, 1), self->size, RW,
			      MAP_DROPPABLE | MAP_ANONYMOUS | MAP_HUGETLB | MAP_FIXED, -1, 0));
	EXPECT_EQ(1, arena_vmas(&self->arena));
	EXPECT_EQ(2, hugepage_free());
}

/* clause: mmap.hugetlb.len0-einval */
TEST_F(huge, length_of_zero_is_refused)
{
	EXPECT_ERRNO(EINVAL,
		     sys_mmap(slot(&self->arena, 0), 0, RW,
			      MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB | MAP_FIXED, -1, 0));
	EXPECT_ERRNO(EINVAL, sys_mmap(slot(&self->arena, 0), 0, RW,
				      MAP_SHARED | MAP_ANONYMOUS | MAP_HUGETLB | MAP_FIXED, -1, 0));
	EXPECT_LAYOUT(".. ..", &self->arena);
}

/* clause: mmap.hugetlb.bad-size-einval */
TEST_F(huge, size_that_there_is_not_is_refused)
{
	unsigned long flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB | MAP_FIXED;

	NEED(access("/sys/kernel/mm/hugepages/hugepages-4096kB", F_OK),
	     "a machine without huge pages of 4 MiB");
	EXPECT_ERRNO(EINVAL,
		     sys_mmap(slot(&self->arena, 0), self->size, RW, flags | HUGE_SIZE(12), -1, 0));
	EXPECT_ERRNO(EINVAL,
		     sys_mmap(slot(&self->arena, 0), self->size, RW, flags | HUGE_SIZE(22), -1, 0));
	EXPECT_LAYOUT(".. ..", &self->arena);
}

/* clause: mmap.hugetlb.size-field-ignored-without-flag */
TEST_F(huge, size_means_nothing_without_the_flag)
{
	unsigned long flags = MAP_ANONYMOUS | MAP_FIXED | HUGE_SIZE(22);

	EXPECT_ADDR(slot(&self->arena, 0),
		    sys_mmap(slot(&self->arena, 0), pages(1), RW, flags | MAP_PRIVATE, -1, 0));
	EXPECT_ADDR(slot(&self->arena, 1),
		    sys_mmap(slot(&self->arena, 1), pages(1), RW, flags | MAP_SHARED, -1, 0));
	EXPECT_NO_FAULT(FAULT_WRITE, slot(&self->arena, 0));
	EXPECT_FAULT(SIGSEGV, SEGV_MAPERR, FAULT_READ, (char *)slot(&self->arena, 0) + pages(1));
	EXPECT_EQ(2, hugepage_free());
}

TEST_HARNESS_MAIN
