// SPDX-License-Identifier: GPL-2.0
/*
 * /proc/self/mem stores where the mapping itself would not let the process, into private memory,
 * unless the kernel is told not to let it; never into a shared mapping.
 */
#include "kselftest_harness.h"
#include "lib/arena.h"
#include "lib/expect.h"
#include "lib/syscalls.h"

FIXTURE(memory)
{
	struct arena arena;
	int fd; /* a page of 'f' */
	int mem; /* /proc/self/mem */
	bool forces; /* it overrides protection in this process: by boot option, or build */
};
FIXTURE_SETUP(memory)
{
	char *p;

	OPEN_OBJECT(self->fd, OBJECT_MEMFD, pages(1), 'f');
	SETUP(arena_init(&self->arena, 4));
	self->mem = open("/proc/self/mem", O_RDWR | O_CLOEXEC);
	NEED(self->mem >= 0, "/proc/self/mem");
	SETUP(arena_map(&self->arena, 0, 1, "rw"));
	p = slot(&self->arena, 0);
	NEED_FEATURE(pwrite(self->mem, "w", 1, (off_t)(uintptr_t)p) == 1 && *p == 'w',
		     "writing through /proc/self/mem");
	SETUP(!sys_mprotect(p, pages(1), PROT_READ));
	self->forces = pwrite(self->mem, "x", 1, (off_t)(uintptr_t)p) == 1;
	arena_free(&self->arena);
}
FIXTURE_TEARDOWN(memory)
{
	arena_free(&self->arena);
	close(self->mem);
	close(self->fd);
}

/* clause: mmap.private.proc-mem-force-cow */
TEST_F(memory, private_read_only_page_is_copied_or_refused)
{
	char *p = slot(&self->arena, 1);

	SETUP(arena_map_file(&self->arena, 1, 1, "r-", self->fd, 0));

	if (self->forces) {
		EXPECT_EQ(1, pwrite(self->mem, "M", 1, (off_t)(uintptr_t)p));
		EXPECT_BYTES('M', p, 1);
		EXPECT_BYTES('f', p + 1, pages(1) - 1);
	} else {
		EXPECT_ERRNO(EIO, pwrite(self->mem, "M", 1, (off_t)(uintptr_t)p));
		EXPECT_BYTES('f', p, pages(1));
	}
	EXPECT_FILE_BYTES('f', self->fd, 0, pages(1));
	EXPECT_LAYOUT(".. r- .. ..", &self->arena);
	EXPECT_FAULT(SIGSEGV, SEGV_ACCERR, FAULT_WRITE, p);
}

/* clause: mmap.shared.proc-mem-readonly-eio */
TEST_F(memory, shared_read_only_page_is_refused)
{
	char *p = slot(&self->arena, 1);

	SETUP(arena_map_file(&self->arena, 1, 1, "r-s", self->fd, 0));

	EXPECT_ERRNO(EIO, pwrite(self->mem, "M", 1, (off_t)(uintptr_t)p));
	EXPECT_BYTES('f', p, pages(1));
	EXPECT_FILE_BYTES('f', self->fd, 0, pages(1));
}

/* clause: mmap.none.proc-mem-rw */
TEST_F(memory, page_without_access_is_read_and_written_or_refused)
{
	char *p = slot(&self->arena, 1);
	char seen = 0;

	SETUP(arena_map(&self->arena, 1, 1, "--"));

	if (self->forces) {
		EXPECT_EQ(1, pwrite(self->mem, "M", 1, (off_t)(uintptr_t)p));
		EXPECT_EQ(1, pread(self->mem, &seen, 1, (off_t)(uintptr_t)p));
		EXPECT_EQ('M', seen);
	} else {
		EXPECT_ERRNO(EIO, pwrite(self->mem, "M", 1, (off_t)(uintptr_t)p));
		EXPECT_ERRNO(EIO, pread(self->mem, &seen, 1, (off_t)(uintptr_t)p));
	}
	EXPECT_LAYOUT(".. -- .. ..", &self->arena);
	EXPECT_FAULT(SIGSEGV, SEGV_ACCERR, FAULT_READ, p);
}

TEST_HARNESS_MAIN
