// SPDX-License-Identifier: GPL-2.0
/*
 * The descriptor: open, unless the memory is anonymous, and a number of 32 bits.
 */
#include "kselftest_harness.h"
#include "lib/arena.h"
#include "lib/expect.h"
#include "lib/syscalls.h"

#define RW (PROT_READ | PROT_WRITE)

FIXTURE(file)
{
	struct arena arena; /* |rw|rw|..|..|, of 'o' */
	int fd; /* two pages of 'f' */
	int closed; /* a number that no descriptor has */
};
FIXTURE_VARIANT(file)
{
	unsigned long flags;
};
/* clang-format off */
FIXTURE_VARIANT_ADD(file, private)	{ MAP_PRIVATE | MAP_FIXED };
FIXTURE_VARIANT_ADD(file, shared)	{ MAP_SHARED | MAP_FIXED };
/* clang-format on */
FIXTURE_SETUP(file)
{
	OPEN_OBJECT(self->fd, OBJECT_MEMFD, pages(2), 'f');
	self->closed = dup(self->fd);
	SETUP(self->closed >= 0);
	close(self->closed);
	SETUP(arena_init(&self->arena, 4));
	SETUP(arena_map(&self->arena, 0, 2, "rw"));
	memset(slot(&self->arena, 0), 'o', pages(2));
}
FIXTURE_TEARDOWN(file)
{
	arena_free(&self->arena);
	close(self->fd);
}

/* clause: mmap.fd.bad-ebadf */
TEST_F(file, one_that_is_not_open_is_refused)
{
	void *p = slot(&self->arena, 0);

	EXPECT_ERRNO(EBADF, sys_mmap(p, pages(1), RW, variant->flags, self->closed, 0));
	EXPECT_ERRNO(EBADF, sys_mmap(p, pages(1), RW, variant->flags, -1, 0));
	EXPECT_ERRNO(EBADF, sys_mmap(p, pages(1), RW, variant->flags, INT32_MAX, 0));
	EXPECT_ERRNO(EBADF, sys_mmap(p, pages(1), RW, variant->flags, INT32_MIN, 0));
	EXPECT_BYTES('o', p, pages(2));
	EXPECT_LAYOUT("rw rw .. ..", &self->arena);
}

/* clause: mmap.fd.opath-ebadf */
TEST_F(file, one_opened_for_its_path_is_refused)
{
	void *p = slot(&self->arena, 0);
	int fd;

	OPEN_OBJECT(fd, OBJECT_PATH_FILE, pages(1), 'f');

	EXPECT_ERRNO(EBADF, sys_mmap(p, pages(1), PROT_READ, variant->flags, fd, 0));
	EXPECT_ERRNO(EBADF, sys_mmap(p, pages(1), PROT_NONE, variant->flags, fd, 0));
	EXPECT_BYTES('o', p, pages(2));
	EXPECT_LAYOUT("rw rw .. ..", &self->arena);
	close(fd);
}

/* clause: mmap.fd.anon-ignored */
TEST_F(file, anonymous_memory_has_none)
{
	const long fds[] = { -1, self->closed, self->fd };
	void *p = slot(&self->arena, 0);

	for (int i = 0; i < 3; i++) {
		memset(p, 'o', pages(1));
		EXPECT_ADDR(p,
			    sys_mmap(p, pages(1), RW, variant->flags | MAP_ANONYMOUS, fds[i], 0));
		EXPECT_BYTES(0, p, pages(1));
	}
	memset(p, 'n', pages(1));
	EXPECT_FILE_BYTES('f', self->fd, 0, pages(2));
}

/* clause: mmap.fd.high-bits-ignored */
TEST_F(file, bits_above_31_are_ignored)
{
	void *p = slot(&self->arena, 2);

	NEED(sizeof(long) == 8, "a 64-bit machine");

	for (int bit = 32; bit < 64; bit++) {
		uint64_t high = (uint64_t)1 << bit;

		EXPECT_ADDR(p,
			    sys_mmap(p, pages(2), RW, variant->flags, (long)(self->fd | high), 0));
		EXPECT_BYTES('f', p, pages(2));
		EXPECT_ERRNO(EBADF, sys_mmap(slot(&self->arena, 0), pages(1), RW, variant->flags,
					     (long)((uint64_t)self->closed | high), 0));
		SETUP(!sys_munmap(p, pages(2)));
	}
}

TEST_HARNESS_MAIN
