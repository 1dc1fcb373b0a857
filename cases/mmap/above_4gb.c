// SPDX-License-Identifier: GPL-2.0
/*
 * MAP_ABOVE4G of x86-64 keeps the kernel's choice at or above 4 GiB, and leaves the caller's choice
 * alone.
 */
#include "kselftest_harness.h"
#include "lib/expect.h"
#include "lib/page.h"
#include "lib/syscalls.h"

#if defined(__x86_64__) && defined(__LP64__)
#define X86_64 1
#else
#define X86_64 0
#ifndef MAP_ABOVE4G
#define MAP_ABOVE4G 0
#endif
#endif

#define RW (PROT_READ | PROT_WRITE)

FIXTURE(request)
{
	int fd; /* two pages of 0 */
	void *low; /* free addresses of two pages below 4 GiB */
};
MAPPING_VARIANTS(request);

static void *free_low_address(void)
{
	for (uintptr_t wanted = 0x50001000; wanted < 0xf0000000; wanted += 0x1000000) {
		void *p = sys_mmap((void *)wanted, pages(2), PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS,
				   -1, 0);

		if (p != MAP_FAILED)
			sys_munmap(p, pages(2));
		if (p == (void *)wanted)
			return p;
	}
	return NULL;
}

FIXTURE_SETUP(request)
{
	NEED(X86_64, "x86-64");
	OPEN_OBJECT(self->fd, OBJECT_MEMFD, pages(2), 0);
	self->low = free_low_address();
}
FIXTURE_TEARDOWN(request)
{
	close(self->fd);
}

/*
 * clause: mmap.above4g.result
 */
TEST_F(request, kernel_chooses_above)
{
	char *p;

	ASSERT_OK(p = sys_mmap(NULL, pages(2), RW, variant->flags | MAP_ABOVE4G, self->fd, 0));
	EXPECT_TRUE((uintptr_t)p >= UINT64_C(1) << 32);
	EXPECT_BYTES(0, p, pages(2));
	EXPECT_OK(sys_munmap(p, pages(2)));
}

/* clause: mmap.above4g.low-hint-used */
TEST_F(request, free_hint_below_is_used)
{
	NEED(self->low, "free addresses below 4 GiB");

	EXPECT_ADDR(self->low,
		    sys_mmap(self->low, pages(2), RW, variant->flags | MAP_ABOVE4G, self->fd, 0));
	EXPECT_BYTES(0, self->low, pages(2));
	EXPECT_OK(sys_munmap(self->low, pages(2)));
}

TEST_HARNESS_MAIN
