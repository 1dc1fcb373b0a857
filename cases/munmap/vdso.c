// SPDX-License-Identifier: GPL-2.0
/*
 * What the kernel itself maps into a process is removed whole, or not at all; the vsyscall page of
 * x86-64 is none of its mappings.
 */
#include "kselftest_harness.h"
#include "lib/arena.h"
#include "lib/expect.h"
#include "lib/named_area.h"
#include "lib/smaps.h"
#include "lib/space.h"
#include "lib/syscalls.h"
#include "lib/x86.h"

#define VSYSCALL ((char *)(uintptr_t)0xffffffffff600000)

FIXTURE(area)
{
	char *p;
	size_t length;
};
FIXTURE_VARIANT(area)
{
	const char *name;
};
/* clang-format off */
FIXTURE_VARIANT_ADD(area, vdso)	{ "[vdso]" };
FIXTURE_VARIANT_ADD(area, vvar)	{ "[vvar]" };
/* clang-format on */
FIXTURE_SETUP(area)
{
	struct vma vma;

	NEED_OWN_PROCESS("it forks");
	NEED_MAPS();
	NEED(named_area(variant->name, &vma), variant->name);
	self->p = (char *)vma.start;
	self->length = vma.end - vma.start;
	NEED(!smaps_marked(self->p, "sl"), "a kernel that leaves its own mappings unsealed");
}
FIXTURE_TEARDOWN(area)
{
}

/* clause: munmap.vdso.part-einval */
TEST_F(area, part_is_refused)
{
	NEED(self->length > pages(1), "an area of several pages");
	CHILD(other) {
		x86_plain_syscalls();
		EXPECT_ERRNO(EINVAL, sys_munmap(self->p, pages(1)));
		EXPECT_ERRNO(EINVAL, sys_munmap(self->p + self->length - pages(1), pages(1)));
		EXPECT_TRUE(named_area_is_at(variant->name, self->p, self->length));
	}
	EXPECT_CHILD_OK(other);
}

/* clause: munmap.vdso.whole-ok */
TEST_F(area, whole_is_removed_and_system_calls_go_on)
{
	CHILD(other) { /* which must not ask for the time by way of it any more */
		x86_plain_syscalls();
		EXPECT_OK(sys_munmap(self->p, self->length));
		EXPECT_EQ(0, maps_count((uintptr_t)self->p, (uintptr_t)self->p + self->length));
		EXPECT_FAULT(SIGSEGV, SEGV_MAPERR, FAULT_READ, self->p);
		EXPECT_LT(0, syscall(SYS_getppid));
	}
	EXPECT_CHILD_OK(other);
	EXPECT_TRUE(named_area_is_at(variant->name, self->p, self->length));
}

/* clause: munmap.vsyscall.einval */
TEST(vsyscall_page_lies_above_all_that_can_be_unmapped)
{
	NEED(space_end() && VSYSCALL > space_end(), "x86-64");
	EXPECT_ERRNO(EINVAL, sys_munmap(VSYSCALL, pages(1)));
	EXPECT_ERRNO(EINVAL, sys_munmap(VSYSCALL, 1));
}

TEST_HARNESS_MAIN
