// SPDX-License-Identifier: GPL-2.0
/*
 * For munmap, too, the addresses of an i386 program on a 64-bit kernel end two pages below 4 GiB.
 */
#include "kselftest_harness.h"
#include "lib/arena.h"
#include "lib/expect.h"
#include "lib/space.h"
#include "lib/syscalls.h"
#include "lib/x86.h"

#define END ((char *)(uintptr_t)0xffffe000)

FIXTURE(top)
{
	char *last; /* the last page below, of 'x' */
};
FIXTURE_SETUP(top)
{
	char *last = END - pages(1);

	NEED(I386 && !space_words_match(), "an i386 program on a 64-bit kernel");
	self->last = sys_mmap(last, pages(1), PROT_READ | PROT_WRITE,
			      MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
	NEED(self->last == last, "a last page that is free and can be mapped");
	memset(last, 'x', pages(1));
}
FIXTURE_TEARDOWN(top)
{
	sys_munmap(self->last, pages(1));
}

/* clause: munmap.compat.i386-range */
TEST_F(top, range_that_leaves_the_address_space_is_refused_whole)
{
	EXPECT_ERRNO(EINVAL, sys_munmap(self->last, pages(1) + 1));
	EXPECT_ERRNO(EINVAL, sys_munmap(self->last, pages(2)));
	EXPECT_ERRNO(EINVAL, sys_munmap(self->last, 0xffffffff));
	EXPECT_ERRNO(EINVAL, sys_munmap(END, 1));
	EXPECT_ERRNO(EINVAL, sys_munmap(END, pages(1)));
	EXPECT_ERRNO(EINVAL, sys_munmap(END + pages(1), pages(1)));
	EXPECT_BYTES('x', self->last, pages(1));
}

/* clause: munmap.compat.i386-range */
TEST_F(top, last_page_below_is_unmapped)
{
	EXPECT_OK(sys_munmap(self->last, pages(1)));
	EXPECT_FAULT(SIGSEGV, SEGV_MAPERR, FAULT_READ, self->last);
	EXPECT_OK(sys_munmap(self->last, pages(1)));
}

TEST_HARNESS_MAIN
