// SPDX-License-Identifier: GPL-2.0
/*
 * What the kernel stores into a private page for a process is the process's own as what it stores
 * itself: the file does not see it, nor does the other side of a fork; and it needs the right to
 * store.
 */
#include <sys/uio.h>

#include "kselftest_harness.h"
#include "lib/arena.h"
#include "lib/child.h"
#include "lib/expect.h"
#include "lib/scratch.h"
#include "lib/syscalls.h"

EACH_FILESYSTEM;

enum way { READ, DIRECT, VM_WRITEV, PROC_MEM };

FIXTURE(memory)
{
	struct arena arena;
	int fd; /* two pages of 'f' */
	int source; /* a page of 'k'; /proc/self/mem */
	size_t count; /* of the bytes written at once */
};
FIXTURE_VARIANT(memory)
{
	enum way way;
	/* a page that it may not store to; /proc/self/mem overrides private ones */
	const char *read_only;
	int error;
};
/* clang-format off */
FIXTURE_VARIANT_ADD(memory, read)		{ READ, "r-", EFAULT };
FIXTURE_VARIANT_ADD(memory, direct_read)	{ DIRECT, "r-", EFAULT };
FIXTURE_VARIANT_ADD(memory, process_vm_writev)	{ VM_WRITEV, "r-", EFAULT };
FIXTURE_VARIANT_ADD(memory, proc_mem)		{ PROC_MEM, "r-s", EIO };
/* clang-format on */

/*
 * Has the kernel store count times 'k' at p; what the call returned. /proc/self is whoever calls.
 */
static ssize_t store(enum way way, int source, void *p, size_t count)
{
	static char bytes[64 * 1024];
	struct iovec here = { bytes, count }, there = { p, count };
	ssize_t stored = -1;
	int error;

	memset(bytes, 'k', sizeof(bytes));
	switch (way) {
	case READ:
	case DIRECT:
		return pread(source, p, count, 0);
	case VM_WRITEV:
		return process_vm_writev(getpid(), &here, 1, &there, 1, 0);
	case PROC_MEM:
		source = open("/proc/self/mem", O_RDWR | O_CLOEXEC);
		if (source >= 0)
			stored = pwrite(source, bytes, count, (off_t)(uintptr_t)p);
		error = errno;
		close(source);
		errno = error;
	}
	return stored;
}

FIXTURE_SETUP(memory)
{
	char *trial;

	OPEN_OBJECT(self->fd, OBJECT_SCRATCH_FILE, pages(2), 'f');
	SETUP(arena_init(&self->arena, 6));
	self->count = variant->way == DIRECT ? page_size() : 10;
	self->source = scratch_file(0);
	SETUP(self->source >= 0 && object_fill(self->source, 0, page_size(), 'k'));
	if (variant->way == DIRECT) {
		int flags = fcntl(self->source, F_GETFL);

		NEED(!fcntl(self->source, F_SETFL, flags | O_DIRECT),
		     "direct reads of this file system");
	}
	SETUP(arena_map(&self->arena, 0, 1, "rw"));
	trial = slot(&self->arena, 0);
	memset(trial, 't', pages(1));
	errno = 0;
	NEED_FEATURE(store(variant->way, self->source, trial, self->count) >= 0 || errno != ENOSYS,
		     "process_vm_writev");
	/* An overlayfs takes O_DIRECT whatever its layers can. */
	NEED(variant->way != DIRECT || *trial == 'k', "direct reads of this file system");
	NEED(variant->way != VM_WRITEV || *trial == 'k', "leave to use process_vm_writev");
	NEED(variant->way != PROC_MEM || errno != ENOENT, "/proc/self/mem");
	NEED_FEATURE(variant->way != PROC_MEM || *trial == 'k', "writing through /proc/self/mem");
	SETUP(*trial == 'k');
	SETUP(!sys_munmap(trial, pages(1)));
}
FIXTURE_TEARDOWN(memory)
{
	arena_free(&self->arena);
	close(self->source);
	close(self->fd);
}

/* clause: mmap.private.kernel-write-cow */
TEST_F(memory, page_of_a_file_is_copied)
{
	char *p = slot(&self->arena, 0), *shared = slot(&self->arena, 3);

	SETUP(arena_map_file(&self->arena, 0, 2, "rw", self->fd, 0));
	SETUP(arena_map_file(&self->arena, 3, 2, "r-s", self->fd, 0));
	EXPECT_BYTES('f', p + pages(1), pages(1)); /* one page untouched, one loaded */

	for (int i = 0; i < 2; i++, p += pages(1)) {
		EXPECT_EQ((ssize_t)self->count, store(variant->way, self->source, p, self->count));
		EXPECT_BYTES('k', p, self->count);
		EXPECT_BYTES('f', p + self->count, pages(1) - self->count);
	}
	EXPECT_FILE_BYTES('f', self->fd, 0, pages(2));
	EXPECT_BYTES('f', shared, pages(2));
	SETUP(object_fill(self->fd, 0, pages(2), 'w'));
	EXPECT_BYTES('k', slot(&self->arena, 0), self->count); /* it is a copy for good */
}

/* clause: mmap.life.fork-private-kernel-write */
TEST_F(memory, other_side_of_a_fork_does_not_see_it)
{
	char *p = slot(&self->arena, 0);
	struct gate stored;

	NEED_OWN_PROCESS("it forks");
	SETUP(gate_init(&stored));
	SETUP(arena_map(&self->arena, 0, 3, "rw"));
	memset(p, 'a', pages(3));

	CHILD(other) {
		EXPECT_EQ((ssize_t)self->count,
			  store(variant->way, self->source, p + pages(2), self->count));
		gate_open(&stored);
		EXPECT_BYTES('k', p + pages(2), self->count);
		EXPECT_BYTES('a', p, pages(1));
	}
	gate_wait(&stored);
	EXPECT_BYTES('a', p, pages(3));
	EXPECT_CHILD_OK(other);
	CHILD(later) {
		SETUP(gate_init(&stored));
		CHILD(grandchild) {
			gate_wait(&stored);
			EXPECT_BYTES('a', p, pages(3));
		}
		EXPECT_EQ((ssize_t)self->count, store(variant->way, self->source, p, self->count));
		gate_open(&stored);
		EXPECT_CHILD_OK(grandchild);
		EXPECT_BYTES('k', p, self->count);
	}
	EXPECT_CHILD_OK(later);
	EXPECT_BYTES('a', p, pages(3));
}

/*
 * clause: mmap.private.kernel-write-readonly-efault
 * clause: mmap.shared.proc-mem-readonly-eio
 */
TEST_F(memory, read_only_page_is_refused)
{
	char *p = slot(&self->arena, 0);

	SETUP(arena_map_file(&self->arena, 0, 2, variant->read_only, self->fd, 0));
	EXPECT_BYTES('f', p + pages(1), pages(1)); /* one page untouched, one loaded */

	for (int i = 0; i < 2; i++)
		EXPECT_ERRNO(variant->error,
			     store(variant->way, self->source, p + pages(i), self->count));
	EXPECT_BYTES('f', p, pages(2));
	EXPECT_FILE_BYTES('f', self->fd, 0, pages(2));
}

TEST_HARNESS_MAIN
