// SPDX-License-Identifier: GPL-2.0
/*
 * What stops a MAP_GROWSDOWN mapping: a mapping below it, no nearer than the guard gap, and
 * limits.
 */
#include "kselftest_harness.h"
#include "lib/expect.h"
#include "lib/limits.h"
#include "lib/page.h"
#include "lib/syscalls.h"

GROWING_FIXTURE;

/* clause: mmap.growsdown.gap-256 */
TEST_F(growing, guard_gap_to_a_lower_mapping_stays_free)
{
	char *lower_end = self->g - pages(GROWING_GAP + 2);

	SETUP(growing_put_below(&self->area, GROWING_GAP + 2, PROT_READ, 0));

	EXPECT_FAULT(SIGSEGV, SEGV_MAPERR, FAULT_READ, lower_end + pages(GROWING_GAP - 1));
	EXPECT_FAULT(SIGSEGV, SEGV_MAPERR, FAULT_WRITE, lower_end + pages(GROWING_GAP) - 1);
	EXPECT_EQ(1, growing_pages(&self->area));
	EXPECT_NO_FAULT(FAULT_WRITE, lower_end + pages(GROWING_GAP));
	EXPECT_EQ(3, growing_pages(&self->area));
	EXPECT_FAULT(SIGSEGV, SEGV_MAPERR, FAULT_READ, lower_end + pages(GROWING_GAP) - 1);
}

/* clause: mmap.growsdown.gap-none-ignored */
TEST_F(growing, mapping_without_access_has_no_gap)
{
	SETUP(growing_put_below(&self->area, 2, PROT_READ, 0));
	EXPECT_FAULT(SIGSEGV, SEGV_MAPERR, FAULT_WRITE, self->g - 1);
	EXPECT_OK(sys_mprotect(self->g - pages(3), pages(1), PROT_NONE));

	EXPECT_NO_FAULT(FAULT_WRITE, self->g - 1);
	EXPECT_NO_FAULT(FAULT_WRITE, self->g - pages(2));
	EXPECT_EQ(3, growing_pages(&self->area));
	EXPECT_FAULT(SIGSEGV, SEGV_ACCERR, FAULT_READ, self->g - pages(3));
}

/* clause: mmap.growsdown.gap-growsdown-ignored */
TEST_F(growing, mapping_that_grows_itself_has_no_gap)
{
	SETUP(growing_put_below(&self->area, 2, PROT_READ, MAP_GROWSDOWN));

	EXPECT_NO_FAULT(FAULT_WRITE, self->g - 1);
	EXPECT_NO_FAULT(FAULT_WRITE, self->g - pages(2));
	EXPECT_EQ(3, growing_pages(&self->area));
}

/* clause: mmap.growsdown.mapping-in-gap-stops */
TEST_F(growing, mapping_put_into_the_gap_stops_it)
{
	EXPECT_NO_FAULT(FAULT_WRITE, self->g - 1);
	SETUP(growing_put_below(&self->area, 9, PROT_READ, 0)); /* eight free pages are left */

	EXPECT_FAULT(SIGSEGV, SEGV_MAPERR, FAULT_WRITE, self->g - pages(1) - 1);
	EXPECT_EQ(2, growing_pages(&self->area));
}

/* clause: mmap.growsdown.rlimit-stack */
TEST_F(growing, limit_of_the_stack_bounds_it)
{
	NEED(limit_set(RLIMIT_STACK, pages(200)), "a stack limit of 200 pages");

	EXPECT_FAULT(SIGSEGV, SEGV_MAPERR, FAULT_WRITE, self->g - pages(199) - 1);
	EXPECT_EQ(1, growing_pages(&self->area));
	EXPECT_NO_FAULT(FAULT_WRITE, self->g - pages(199));
	EXPECT_EQ(200, growing_pages(&self->area));
}

/* clause: mmap.growsdown.rlimit-as */
TEST_F(growing, limit_of_address_space_bounds_it)
{
	uint64_t mapped;

	NEED(address_space_bytes(&mapped), "/proc/self/statm");
	SETUP(limit_set(RLIMIT_AS, mapped + pages(2)));

	EXPECT_FAULT(SIGSEGV, SEGV_MAPERR, FAULT_WRITE, self->g - pages(2) - 1);
	EXPECT_EQ(1, growing_pages(&self->area));
	EXPECT_NO_FAULT(FAULT_WRITE, self->g - pages(2));
	EXPECT_EQ(3, growing_pages(&self->area));
}

/* clause: mmap.growsdown.min-addr */
TEST_F(growing, lowest_address_bounds_it)
{
	struct growing low = { 0 };
	int64_t least;
	char *p;

	NEED(sysctl_read("vm.mmap_min_addr", &least), "vm.mmap_min_addr");
	NEED(least >= (int64_t)page_size() && !(least % (int64_t)page_size()),
	     "vm.mmap_min_addr of whole pages");
	low.start = p = (char *)(uintptr_t)least + pages(16);
	SETUP(sys_mmap(p, pages(1), PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED | MAP_GROWSDOWN, -1, 0) == p);

	EXPECT_NO_FAULT(FAULT_WRITE, p - 1);
	EXPECT_FAULT(SIGSEGV, SEGV_MAPERR, FAULT_WRITE, (char *)(uintptr_t)least - 1);
	EXPECT_EQ(2, growing_pages(&low));
	SETUP(!sys_munmap(p - pages(1), pages(2)));
}

TEST_HARNESS_MAIN
