// SPDX-License-Identifier: GPL-2.0
/*
 * MAP_32BIT of x86-64 asks for an address below 2 GiB, in the second GiB if the kernel chooses it.
 */
#include "kselftest_harness.h"
#include "lib/arena.h"
#include "lib/expect.h"
#include "lib/syscalls.h"

#if defined(__x86_64__) && defined(__LP64__)
#define X86_64 1
#else
#define X86_64 0
#ifndef MAP_32BIT
#define MAP_32BIT 0
#define MAP_ABOVE4G 0
#endif
#endif

#define RW (PROT_READ | PROT_WRITE)
#define GIB ((uintptr_t)1 << 30)

FIXTURE(request)
{
	struct arena arena; /* above 2 GiB */
	int fd; /* two pages */
};
FIXTURE_VARIANT(request)
{
	unsigned long flags; /* without MAP_ANONYMOUS: of the file */
	const char *two_mapped;
};
/* clang-format off */
FIXTURE_VARIANT_ADD(request, private_anon)	{ MAP_PRIVATE | MAP_ANONYMOUS, "rw rw .. .." };
FIXTURE_VARIANT_ADD(request, shared_anon)	{ MAP_SHARED | MAP_ANONYMOUS, "rws rws .. .." };
FIXTURE_VARIANT_ADD(request, private_file)	{ MAP_PRIVATE, "rw rw .. .." };
FIXTURE_VARIANT_ADD(request, shared_file)	{ MAP_SHARED, "rws rws .. .." };
/* clang-format on */
FIXTURE_SETUP(request)
{
	NEED(X86_64, "x86-64");
	OPEN_OBJECT(self->fd, OBJECT_MEMFD, pages(2), 0);
	SETUP(arena_init(&self->arena, 4));
}
FIXTURE_TEARDOWN(request)
{
	arena_free(&self->arena);
	close(self->fd);
}

/* clause: mmap.32bit.range */
TEST_F(request, kernel_chooses_in_the_second_gib)
{
	char *p;

	ASSERT_OK(p = sys_mmap(NULL, pages(2), RW, variant->flags | MAP_32BIT, self->fd, 0));
	EXPECT_TRUE((uintptr_t)p >= GIB);
	EXPECT_TRUE((uintptr_t)p <= 2 * GIB - pages(2));
	EXPECT_BYTES(0, p, pages(2));
	EXPECT_OK(sys_munmap(p, pages(2)));
}

/* clause: mmap.32bit.fixed-ignored */
TEST_F(request, fixed_address_above_is_taken)
{
	void *p = slot(&self->arena, 0);

	EXPECT_ADDR(p,
		    sys_mmap(p, pages(2), RW, variant->flags | MAP_32BIT | MAP_FIXED, self->fd, 0));
	EXPECT_LAYOUT(variant->two_mapped, &self->arena);
}

/* clause: mmap.32bit.high-hint-ignored */
TEST_F(request, free_hint_above_is_not_used)
{
	void *hint = slot(&self->arena, 0), *p;

	ASSERT_OK(p = sys_mmap(hint, pages(2), RW, variant->flags | MAP_32BIT, self->fd, 0));
	EXPECT_TRUE((uintptr_t)p <= 2 * GIB - pages(2));
	EXPECT_LAYOUT(".. .. .. ..", &self->arena);
	EXPECT_OK(sys_munmap(p, pages(2)));
}

/* Two free pages in the first GiB; NULL: this program has it all. */
static void *free_low_address(void)
{
	for (uintptr_t wanted = 0x30000000; wanted < GIB; wanted += 0x1000000) {
		void *p = sys_mmap((void *)wanted, pages(2), PROT_NONE,
				   MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);

		if (p != MAP_FAILED)
			sys_munmap(p, pages(2));
		if (p == (void *)wanted)
			return p;
	}
	return NULL;
}

/* clause: mmap.32bit.low-hint-used */
TEST_F(request, free_hint_in_the_first_gib_is_used)
{
	void *hint = free_low_address();

	NEED(hint, "free addresses below 1 GiB");

	EXPECT_ADDR(hint, sys_mmap(hint, pages(2), RW, variant->flags | MAP_32BIT, self->fd, 0));
	EXPECT_BYTES(0, hint, pages(2));
	EXPECT_OK(sys_munmap(hint, pages(2)));
}

/* clause: mmap.32bit.exhausted-enomem */
TEST_F(request, more_than_the_second_gib_holds_is_out_of_memory)
{
	unsigned long flags = variant->flags | MAP_NORESERVE;
	void *p;

	ASSERT_OK(p = sys_mmap(NULL, GIB + pages(1), PROT_NONE, flags, self->fd, 0));
	EXPECT_OK(sys_munmap(p, GIB + pages(1)));
	EXPECT_ERRNO(ENOMEM,
		     sys_mmap(NULL, GIB + pages(1), PROT_NONE, flags | MAP_32BIT, self->fd, 0));
}

/* clause: mmap.above4g.loses-to-32bit */
TEST_F(request, above_4_gib_at_the_same_time_is_ignored)
{
	unsigned long both = variant->flags | MAP_32BIT | MAP_ABOVE4G;
	void *hint = slot(&self->arena, 0), *p, *q;

	ASSERT_OK(p = sys_mmap(NULL, pages(2), RW, both, self->fd, 0));
	EXPECT_TRUE((uintptr_t)p >= GIB);
	EXPECT_TRUE((uintptr_t)p <= 2 * GIB - pages(2));
	ASSERT_OK(q = sys_mmap(hint, pages(2), RW, both, self->fd, 0));
	EXPECT_TRUE((uintptr_t)q <= 2 * GIB - pages(2));
	EXPECT_OK(sys_munmap(p, pages(2)));
	EXPECT_OK(sys_munmap(q, pages(2)));
}

TEST_HARNESS_MAIN
