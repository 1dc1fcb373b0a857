// SPDX-License-Identifier: GPL-2.0
/*
 * What the C library's mmap adds to the system call: how it tells a failure, and what it refuses by
 * itself.
 */
#include "kselftest_harness.h"
#include "lib/arena.h"
#include "lib/caps.h"
#include "lib/expect.h"
#include "lib/libc.h"
#include "lib/limits.h"
#include "lib/syscalls.h"

#define RW (PROT_READ | PROT_WRITE)
#define ANON (MAP_PRIVATE | MAP_ANONYMOUS)

ARENA_FIXTURE(2);

/* clause: mmap.ret.failed-value */
TEST_F(arena, failure_is_minus_one_with_errno_and_success_is_not)
{
	char *top = (char *)-pages(1);

	EXPECT_EQ((void *)-1, MAP_FAILED);
	errno = 0;
	EXPECT_ERRNO(EBADF, mmap(NULL, pages(1), PROT_READ, MAP_SHARED, -1, 0));
	errno = 0;
	EXPECT_ERRNO(EINVAL, mmap(NULL, 0, PROT_READ, ANON, -1, 0));
	errno = 0;
	EXPECT_ERRNO(ENOMEM, mmap(top, pages(1), PROT_READ, ANON | MAP_FIXED, -1, 0));

	for (size_t n = 1; n <= 64; n *= 2) {
		char *p = mmap(NULL, pages(n), RW, ANON, -1, 0);

		EXPECT_NE(MAP_FAILED, p);
		EXPECT_NO_FAULT(FAULT_WRITE, p + pages(n) - 1);
		EXPECT_OK(munmap(p, pages(n)));
	}
}

/*
 * The bad descriptor tells that the kernel was not asked.
 * clause: mmap.compat.musl-ptrdiff-max
 */
TEST(musl_refuses_a_length_of_half_the_addresses_by_itself)
{
	const size_t lengths[] = { PTRDIFF_MAX, (size_t)PTRDIFF_MAX + 1, SIZE_MAX };

	NEED(MUSL, "musl");

	EXPECT_ERRNO(EBADF, mmap(NULL, PTRDIFF_MAX - 1, PROT_READ, MAP_SHARED, -1, 0));
	for (int i = 0; i < 3; i++) {
		EXPECT_ERRNO(ENOMEM, mmap(NULL, lengths[i], PROT_READ, MAP_SHARED, -1, 0));
		EXPECT_ERRNO(ENOMEM, mmap(NULL, lengths[i], PROT_READ, ANON, -1, 0));
	}
}

/* clause: mmap.compat.musl-eperm-to-enomem */
TEST_F(arena, musl_takes_a_locking_limit_of_zero_for_a_lack_of_memory)
{
	unsigned long locked = ANON | MAP_LOCKED;
	char *hint = slot(&self->arena, 0);

	NEED(MUSL, "musl");
	NEED_OWN_PROCESS("it lowers a limit");
	NEED(caps_drop(CAPS_IPC_LOCK), "capabilities that can be dropped");
	SETUP(limit_set(RLIMIT_MEMLOCK, 0));
	NEED(sys_mmap(NULL, pages(1), RW, locked, -1, 0) == MAP_FAILED && errno == EPERM,
	     "a kernel that holds mmap to RLIMIT_MEMLOCK");

	EXPECT_ERRNO(ENOMEM, mmap(NULL, pages(1), RW, (int)locked, -1, 0));
	EXPECT_ERRNO(EPERM, mmap(hint, pages(1), RW, (int)locked, -1, 0));
	EXPECT_ERRNO(EPERM, mmap(hint, pages(1), RW, (int)locked | MAP_FIXED, -1, 0));
	EXPECT_ERRNO(EPERM, mmap(NULL, pages(1), RW, (int)locked | MAP_FIXED, -1, 0));
	EXPECT_LAYOUT(".. ..", &self->arena);
}

/*
 * The bad descriptor tells that the kernel was not asked.
 * clause: mmap.compat.glibc-off-32bit
 */
TEST(glibc_for_32_bits_refuses_an_offset_that_mmap2_cannot_express)
{
	const off_t limit = (off_t)((uint64_t)1 << 44);

	NEED(GLIBC && sizeof(long) == 4, "glibc for 32 bits");

	EXPECT_ERRNO(EINVAL, mmap(NULL, pages(1), PROT_READ, MAP_SHARED, -1, limit));
	EXPECT_ERRNO(EINVAL, mmap(NULL, pages(1), PROT_READ, MAP_SHARED, -1, 2 * limit));
	EXPECT_ERRNO(EINVAL, mmap(NULL, pages(1), PROT_READ, MAP_SHARED, -1, -(off_t)pages(1)));
	EXPECT_ERRNO(EINVAL, mmap(NULL, pages(1), PROT_READ, MAP_SHARED, -1, 1));
	EXPECT_ERRNO(EINVAL, mmap(NULL, pages(1), PROT_READ, MAP_SHARED, -1, 4095));
	EXPECT_ERRNO(EINVAL, mmap(NULL, pages(1), PROT_READ, ANON, -1, limit));
	EXPECT_ERRNO(EBADF, mmap(NULL, pages(1), PROT_READ, MAP_SHARED, -1, limit - 4096));
	EXPECT_ERRNO(EBADF, mmap(NULL, pages(1), PROT_READ, MAP_SHARED, -1, 0));
}

TEST_HARNESS_MAIN
