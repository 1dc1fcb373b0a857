// SPDX-License-Identifier: GPL-2.0
/*
 * Below vm.mmap_min_addr only a process with CAP_SYS_RAWIO gets memory, address 0 included; at it,
 * anybody does.
 */
#include "kselftest_harness.h"
#include "lib/caps.h"
#include "lib/expect.h"
#include "lib/limits.h"
#include "lib/page.h"
#include "lib/syscalls.h"

#define ANON (MAP_PRIVATE | MAP_ANONYMOUS)

/* clause: mmap.fixed.zero-with-cap */
TEST(address_zero_is_given_to_a_process_with_the_capability)
{
	NEED(caps_have(CAPS_SYS_RAWIO), "CAP_SYS_RAWIO");
	EXPECT_ADDR(NULL, sys_mmap(NULL, pages(1), PROT_READ, ANON | MAP_FIXED, -1, 0));
	EXPECT_OK(sys_munmap(NULL, pages(1)));
}

FIXTURE(minimum)
{
	char *least; /* the lowest address open to everybody */
};
FIXTURE_VARIANT(minimum)
{
	unsigned long fixed;
};
/* clang-format off */
FIXTURE_VARIANT_ADD(minimum, fixed)		{ MAP_FIXED };
FIXTURE_VARIANT_ADD(minimum, noreplace)		{ MAP_FIXED_NOREPLACE };
/* clang-format on */
FIXTURE_SETUP(minimum)
{
	int64_t least;

	NEED_OWN_PROCESS("it drops CAP_SYS_RAWIO");
	NEED(sysctl_read("vm.mmap_min_addr", &least), "vm.mmap_min_addr");
	NEED(least > 0, "a lowest address above 0");
	NEED(caps_known() && caps_drop(CAPS_SYS_RAWIO), "leave to drop CAP_SYS_RAWIO");
	self->least = (char *)(((uintptr_t)least + page_size() - 1) & -page_size());
}
FIXTURE_TEARDOWN(minimum)
{
}

/* clause: mmap.fixed.zero-without-cap-eperm */
TEST_F(minimum, below_it_there_is_no_permission)
{
	char *below = self->least - pages(1);

	EXPECT_ERRNO(EPERM, sys_mmap(NULL, pages(1), PROT_READ, ANON | variant->fixed, -1, 0));
	EXPECT_ERRNO(EPERM, sys_mmap(NULL, pages(1), PROT_NONE, ANON | variant->fixed, -1, 0));
	EXPECT_ERRNO(EPERM, sys_mmap(below, pages(2), PROT_READ, ANON | variant->fixed, -1, 0));
	EXPECT_FAULT(SIGSEGV, SEGV_MAPERR, FAULT_READ, below);
	EXPECT_FAULT(SIGSEGV, SEGV_MAPERR, FAULT_READ, self->least);
}

/* clause: mmap.fixed.min-addr-ok */
TEST_F(minimum, at_it_memory_is_given)
{
	EXPECT_ADDR(self->least,
		    sys_mmap(self->least, pages(1), PROT_READ, ANON | variant->fixed, -1, 0));
	EXPECT_BYTES(0, self->least, pages(1));
	EXPECT_FAULT(SIGSEGV, SEGV_MAPERR, FAULT_READ, self->least - 1);
}

TEST_HARNESS_MAIN
