// SPDX-License-Identifier: GPL-2.0
/*
 * On a file system that cannot be written, no mapping of a file writes to it: private ones may be
 * written, shared ones not.
 */
#include <sys/mount.h>

#include "kselftest_harness.h"
#include "lib/arena.h"
#include "lib/expect.h"
#include "lib/loopfs.h"
#include "lib/syscalls.h"

#define RW (PROT_READ | PROT_WRITE)

FIXTURE(file)
{
	struct loopfs fs;
	struct arena arena;
	int fd;
	char bytes[8192]; /* of the file */
};
FIXTURE_SETUP(file)
{
	MOUNT_DISK(&self->fs, "squashfs", MS_RDONLY, "");
	SETUP(loopfs_file(&self->fs, "data", O_RDWR) < 0 && errno == EROFS);
	self->fd = loopfs_file(&self->fs, "data", O_RDONLY);
	SETUP(self->fd >= 0 &&
	      pread(self->fd, self->bytes, sizeof(self->bytes), 0) == (ssize_t)sizeof(self->bytes));
	SETUP(arena_init(&self->arena, 8));
}
FIXTURE_TEARDOWN(file)
{
	arena_free(&self->arena);
	close(self->fd);
	loopfs_close(&self->fs);
}

/* clause: mmap.kind.ro-only-fs-shared-write */
TEST_F(file, private_mapping_is_writable_and_shared_is_not)
{
	char *shared = slot(&self->arena, 0), *private = slot(&self->arena, 2);
	void *at = slot(&self->arena, 4);

	EXPECT_OK(sys_mmap(shared, sizeof(self->bytes), PROT_READ, MAP_SHARED | MAP_FIXED, self->fd,
			   0));
	EXPECT_OK(sys_mmap(private, sizeof(self->bytes), RW, MAP_PRIVATE | MAP_FIXED, self->fd, 0));
	EXPECT_COPY(self->bytes, shared, sizeof(self->bytes));
	EXPECT_COPY(self->bytes, private, sizeof(self->bytes));

	EXPECT_ERRNO(EACCES, sys_mmap(at, pages(1), RW, MAP_SHARED | MAP_FIXED, self->fd, 0));
	EXPECT_ERRNO(EACCES, sys_mprotect(shared, pages(1), RW));
	EXPECT_FAULT(SIGSEGV, SEGV_ACCERR, FAULT_WRITE, shared);
	EXPECT_NO_FAULT(FAULT_WRITE, private);
	EXPECT_BYTES('!', private, 1);
	EXPECT_COPY(self->bytes, shared, sizeof(self->bytes));
}

TEST_HARNESS_MAIN
