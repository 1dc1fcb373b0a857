// SPDX-License-Identifier: GPL-2.0
/*
 * The vdso is moved whole, or not at all; the vsyscall page of x86-64 is no mapping, and not moved.
 */
#include <time.h>

#include "kselftest_harness.h"
#include "lib/arena.h"
#include "lib/expect.h"
#include "lib/named_area.h"
#include "lib/smaps.h"
#include "lib/space.h"
#include "lib/syscalls.h"
#include "lib/x86.h"

#define FIXED (MREMAP_MAYMOVE | MREMAP_FIXED)
#define VSYSCALL ((char *)(uintptr_t)0xffffffffff600000)

FIXTURE(vdso)
{
	struct arena arena;
	char *p, *to;
	size_t length;
	char head[64];
};
FIXTURE_SETUP(vdso)
{
	struct vma vma;

	NEED_OWN_PROCESS("it forks");
	NEED_MAPS();
	NEED(named_area("[vdso]", &vma), "[vdso]");
	SETUP(arena_init(&self->arena, 16));
	self->p = (char *)vma.start;
	self->length = vma.end - vma.start;
	self->to = slot(&self->arena, 0);
	SETUP(self->length <= pages(16));
	NEED(!smaps_marked(self->p, "sl"), "a kernel that leaves its own mappings unsealed");
	memcpy(self->head, self->p, sizeof(self->head));
}
FIXTURE_TEARDOWN(vdso)
{
	arena_free(&self->arena);
}

/* clause: mremap.move.vdso-whole-ok */
TEST_F(vdso, whole_is_moved_and_the_process_goes_on)
{
	struct timespec now = { 0 };

	CHILD(other) { /* which must not ask for the time by way of it any more */
		x86_plain_syscalls();
		EXPECT_ADDR(self->to,
			    sys_mremap(self->p, self->length, self->length, FIXED, self->to));
		EXPECT_COPY(self->head, self->to, sizeof(self->head));
		EXPECT_FAULT(SIGSEGV, SEGV_MAPERR, FAULT_READ, self->p);
		EXPECT_TRUE(named_area_is_at("[vdso]", self->to, self->length));
		EXPECT_EQ(0, syscall(SYS_clock_gettime, CLOCK_MONOTONIC, &now));
		EXPECT_TRUE(now.tv_sec || now.tv_nsec);
	}
	EXPECT_CHILD_OK(other);
}

/* clause: mremap.move.vdso-part-einval */
TEST_F(vdso, part_is_refused)
{
	char *last = self->p + self->length - pages(1);

	NEED(self->length > pages(1), "a vdso of several pages");
	CHILD(other) {
		x86_plain_syscalls();
		EXPECT_ERRNO(EINVAL, sys_mremap(self->p, pages(1), pages(1), FIXED, self->to));
		EXPECT_ERRNO(EINVAL, sys_mremap(last, pages(1), pages(1), FIXED, self->to));
		EXPECT_TRUE(named_area_is_at("[vdso]", self->p, self->length));
		EXPECT_COPY(self->head, self->p, sizeof(self->head));
		EXPECT_EQ(0, arena_vmas(&self->arena));
	}
	EXPECT_CHILD_OK(other);
}

/* clause: mremap.move.vsyscall-efault */
TEST_F(vdso, vsyscall_page_is_no_mapping)
{
	NEED(space_end() && VSYSCALL > space_end(), "x86-64");
	EXPECT_ERRNO(EFAULT, sys_mremap(VSYSCALL, pages(1), pages(1), 0, NULL));
	EXPECT_ERRNO(EFAULT, sys_mremap(VSYSCALL, pages(1), pages(1), MREMAP_MAYMOVE, NULL));
	EXPECT_ERRNO(EFAULT, sys_mremap(VSYSCALL, pages(1), pages(1), FIXED, self->to));
	EXPECT_ERRNO(EFAULT, sys_mremap(VSYSCALL, pages(1), pages(2), MREMAP_MAYMOVE, NULL));
	EXPECT_EQ(0, arena_vmas(&self->arena));
}

TEST_HARNESS_MAIN
