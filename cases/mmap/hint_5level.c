// SPDX-License-Identifier: GPL-2.0
/*
 * With five levels of page tables, x86-64 gives addresses above the 47 bits of four levels only to
 * those who ask there.
 */
#include "kselftest_harness.h"
#include "lib/expect.h"
#include "lib/page.h"
#include "lib/space.h"
#include "lib/syscalls.h"
#include "lib/x86.h"

#define RW (PROT_READ | PROT_WRITE)
#define BORDER ((char *)(uintptr_t)(UINT64_C(1) << SPACE_4LEVEL_BITS))
#define ABOVE ((char *)(uintptr_t)(UINT64_C(2) << SPACE_4LEVEL_BITS))

static bool is_above(const char *p)
{
	return (uint64_t)(uintptr_t)p >> SPACE_4LEVEL_BITS;
}

FIXTURE(request)
{
	int fd; /* two pages of 0 */
};
MAPPING_VARIANTS(request);
FIXTURE_SETUP(request)
{
	NEED(sizeof(long) == 8 && x86_cpu_flag("la57"), "x86-64 with 5-level page tables");
	OPEN_OBJECT(self->fd, OBJECT_MEMFD, pages(2), 0);
}
FIXTURE_TEARDOWN(request)
{
	close(self->fd);
}

/* clause: mmap.hint.above-47-bits-5level */
TEST_F(request, hint_above_47_bits_opens_what_is_above)
{
	char *hint = ABOVE, *p, *q;

	EXPECT_ADDR(hint, sys_mmap(hint, pages(2), RW, variant->flags, self->fd, 0));
	EXPECT_BYTES(0, hint, pages(2));
	ASSERT_OK(p = sys_mmap(hint, pages(2), RW, variant->flags, self->fd, 0)); /* taken */
	EXPECT_TRUE(is_above(p));
	ASSERT_OK(q = sys_mmap((void *)-1, pages(2), RW, variant->flags, self->fd, 0));
	EXPECT_TRUE(is_above(q));
	EXPECT_OK(sys_munmap(hint, pages(2)));
	EXPECT_OK(sys_munmap(p, pages(2)));
	EXPECT_OK(sys_munmap(q, pages(2)));

	ASSERT_OK(p = sys_mmap(NULL, pages(2), RW, variant->flags, self->fd, 0));
	EXPECT_FALSE(is_above(p + pages(2)));
	EXPECT_OK(sys_munmap(p, pages(2)));
}

/* clause: mmap.hint.crossing-47-bits */
TEST_F(request, hint_for_a_range_across_47_bits_is_ignored)
{
	char *const hints[] = { BORDER - pages(1), BORDER - pages(2) };

	for (int i = 0; i < 2; i++) {
		char *p;

		ASSERT_OK(p = sys_mmap(hints[i], pages(2), RW, variant->flags, self->fd, 0));
		EXPECT_NE(hints[i], p);
		EXPECT_FALSE(is_above(p + pages(2)));
		EXPECT_OK(sys_munmap(p, pages(2)));
	}
}

TEST_HARNESS_MAIN
