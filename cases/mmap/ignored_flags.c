// SPDX-License-Identifier: GPL-2.0
/*
 * Flags that have a name and no effect: MAP_DENYWRITE, MAP_EXECUTABLE, and MAP_STACK where there is
 * no stack to make.
 */
#include <fcntl.h>

#include "kselftest_harness.h"
#include "lib/arena.h"
#include "lib/expect.h"
#include "lib/scratch.h"
#include "lib/syscalls.h"

#define RW (PROT_READ | PROT_WRITE)

FIXTURE(mapping)
{
	struct arena arena;
	int fd; /* two pages of 'f' */
	char path[SCRATCH_PATH_MAX];
};
FIXTURE_VARIANT(mapping)
{
	unsigned long flags;
	const char *two_pages;
};
/* clang-format off */
FIXTURE_VARIANT_ADD(mapping, private_file)	{ MAP_PRIVATE, ".. rw rw .." };
FIXTURE_VARIANT_ADD(mapping, shared_file)	{ MAP_SHARED, ".. rws rws .." };
FIXTURE_VARIANT_ADD(mapping, private_anon)	{ MAP_PRIVATE | MAP_ANONYMOUS, ".. rw rw .." };
FIXTURE_VARIANT_ADD(mapping, shared_anon)	{ MAP_SHARED | MAP_ANONYMOUS, ".. rws rws .." };
/* clang-format on */
FIXTURE_SETUP(mapping)
{
	NEED(scratch_path(self->path, "file"), "a scratch folder that can be written to");
	self->fd = open(self->path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	SETUP(self->fd >= 0);
	SETUP(object_fill(self->fd, 0, pages(2), 'f'));
	SETUP(arena_init(&self->arena, 4));
}
FIXTURE_TEARDOWN(mapping)
{
	arena_free(&self->arena);
	unlink(self->path);
	close(self->fd);
}

/* clause: mmap.ignored.denywrite */
TEST_F(mapping, denywrite_does_not_keep_writers_out)
{
	char *p = slot(&self->arena, 1);
	int writer;

	EXPECT_ADDR(p, sys_mmap(p, pages(2), RW, variant->flags | MAP_FIXED | MAP_DENYWRITE,
				self->fd, 0));
	EXPECT_LAYOUT(variant->two_pages, &self->arena);
	EXPECT_OK(writer = open(self->path, O_WRONLY | O_CLOEXEC));
	EXPECT_EQ(1, pwrite(writer, "w", 1, 0));
	EXPECT_FILE_BYTES('w', self->fd, 0, 1);
	EXPECT_EQ(variant->flags & MAP_ANONYMOUS ? 0 : 'w', p[0]);
	close(writer);
}

/*
 * The two pages merge: they differ in nothing.
 * clause: mmap.ignored.executable
 */
TEST_F(mapping, executable_changes_neither_access_nor_attributes)
{
	char *p = slot(&self->arena, 1), *q = slot(&self->arena, 2);

	NEED_MAPS();

	EXPECT_ADDR(p, sys_mmap(p, pages(1), RW, variant->flags | MAP_FIXED | MAP_EXECUTABLE,
				self->fd, 0));
	EXPECT_ADDR(q, sys_mmap(q, pages(1), RW, variant->flags | MAP_FIXED, self->fd, pages(1)));
	EXPECT_LAYOUT(variant->two_pages, &self->arena);
	EXPECT_VMAS(variant->flags == (MAP_SHARED | MAP_ANONYMOUS) ? 2 : 1, &self->arena);
}

/* clause: mmap.ignored.stack */
TEST_F(mapping, stack_does_not_grow)
{
	char *p = slot(&self->arena, 1);

	EXPECT_ADDR(p,
		    sys_mmap(p, pages(2), RW, variant->flags | MAP_FIXED | MAP_STACK, self->fd, 0));
	EXPECT_FAULT(SIGSEGV, SEGV_MAPERR, FAULT_WRITE, p - 1);
	EXPECT_FAULT(SIGSEGV, SEGV_MAPERR, FAULT_READ, p - pages(1));
	EXPECT_LAYOUT(variant->two_pages, &self->arena);
}

TEST_HARNESS_MAIN
