// SPDX-License-Identifier: GPL-2.0
/*
 * memfd_secret: memory that processes may share, and that the kernel itself reads for nobody else.
 */
#include <sys/uio.h>

#include "kselftest_harness.h"
#include "lib/arena.h"
#include "lib/expect.h"
#include "lib/smaps.h"
#include "lib/syscalls.h"

#define RW (PROT_READ | PROT_WRITE)
#define FLAGS (MAP_SHARED | MAP_FIXED)

FIXTURE(secret)
{
	struct arena arena;
	char *p; /* its slot 1 */
	int fd; /* two pages */
};
FIXTURE_SETUP(secret)
{
	NEED_OWN_PROCESS("it forks");
	OPEN_OBJECT(self->fd, OBJECT_SECRETMEM, pages(2), 0);
	SETUP(arena_init(&self->arena, 4));
	self->p = slot(&self->arena, 1);
}
FIXTURE_TEARDOWN(secret)
{
	arena_free(&self->arena);
	close(self->fd);
}

/* clause: mmap.kind.secretmem-private-einval */
TEST_F(secret, no_private_mapping)
{
	unsigned long flags = MAP_PRIVATE | MAP_FIXED;

	EXPECT_ERRNO(EINVAL, sys_mmap(self->p, pages(1), RW, flags, self->fd, 0));
	EXPECT_ERRNO(EINVAL, sys_mmap(self->p, pages(1), PROT_READ, flags, self->fd, 0));
	EXPECT_LAYOUT(".. .. .. ..", &self->arena);
}

/* clause: mmap.kind.secretmem-exec-eperm */
TEST_F(secret, no_code)
{
	EXPECT_ERRNO(EPERM, sys_mmap(self->p, pages(1), PROT_READ | PROT_EXEC, FLAGS, self->fd, 0));
	EXPECT_ERRNO(EPERM, sys_mmap(self->p, pages(1), RW | PROT_EXEC, FLAGS, self->fd, 0));
	EXPECT_LAYOUT(".. .. .. ..", &self->arena);
}

/* clause: mmap.kind.secretmem-shared */
TEST_F(secret, is_shared_with_a_child_and_with_no_dump)
{
	char flags[SMAPS_FLAGS_MAX];

	NEED(smaps_flags(self, flags), "/proc/self/smaps with VmFlags");
	EXPECT_ADDR(self->p, sys_mmap(self->p, pages(2), RW, FLAGS, self->fd, 0));
	EXPECT_LAYOUT(".. rws rws ..", &self->arena);
	EXPECT_TRUE(smaps_marked(self->p, "dd"));
	EXPECT_BYTES(0, self->p, pages(2));
	memset(self->p, 'P', pages(1));
	CHILD(other) {
		EXPECT_BYTES('P', self->p, pages(1));
		memset(self->p + pages(1), 'C', pages(1));
	}
	EXPECT_CHILD_OK(other);
	EXPECT_BYTES('C', self->p + pages(1), pages(1));
}

/* clause: mmap.kind.secretmem-no-gup */
TEST_F(secret, kernel_copies_for_this_process_and_pins_for_nobody)
{
	int ends[2], memory = open("/proc/self/mem", O_RDWR | O_CLOEXEC);
	struct iovec page = { self->p, pages(1) };
	char byte = '?';

	NEED(memory >= 0, "/proc/self/mem");
	SETUP(!pipe(ends));
	SETUP(sys_mmap(self->p, pages(2), RW, FLAGS, self->fd, 0) == self->p);
	memset(self->p, 's', pages(2));

	EXPECT_ERRNO(EIO, pread(memory, &byte, 1, (off_t)(uintptr_t)self->p));
	EXPECT_ERRNO(EIO, pwrite(memory, &byte, 1, (off_t)(uintptr_t)self->p));
	EXPECT_ERRNO(EFAULT, vmsplice(ends[1], &page, 1, 0));
	EXPECT_BYTES('s', self->p, pages(2));
	EXPECT_EQ('?', byte);

	EXPECT_EQ(2, write(ends[1], self->p, 2));
	self->p[1] = 't';
	EXPECT_EQ(2, read(ends[0], self->p + 1, 2));
	EXPECT_BYTES('s', self->p, pages(2));
	close(memory);
	close(ends[0]);
	close(ends[1]);
}

TEST_HARNESS_MAIN
