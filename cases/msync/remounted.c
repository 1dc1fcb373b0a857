// SPDX-License-Identifier: GPL-2.0
/*
 * On a file system that made itself read-only over an error, MS_SYNC fails with EROFS, and what was
 * stored stays in memory.
 */
#include "kselftest_harness.h"
#include "lib/expect.h"
#include "lib/loopfs.h"
#include "lib/syscalls.h"

/* Has ext4 find an error in itself. */
static bool make_error(const struct loopfs *fs)
{
	char path[80];
	int fd;
	bool made;

	snprintf(path, sizeof(path), "/sys/fs/ext4/%s/trigger_fs_error",
		 fs->device + strlen("/dev/"));
	fd = open(path, O_WRONLY | O_CLOEXEC);
	made = fd >= 0 && write(fd, "1", 1) == 1;
	close(fd);
	return made;
}

FIXTURE(file)
{
	struct loopfs fs;
	int fd, idle; /* two files, a page of 'f' in each */
	char *p, *q; /* shared, of each; 's' was stored to the first, and the second is clean */
};
FIXTURE_SETUP(file)
{
	MOUNT_DISK(&self->fs, "ext4", 0, "errors=remount-ro");
	self->fd = loopfs_file(&self->fs, "file", O_RDWR | O_CREAT);
	self->idle = loopfs_file(&self->fs, "idle", O_RDWR | O_CREAT);
	SETUP(self->fd >= 0 && self->idle >= 0);
	SETUP(object_fill(self->fd, 0, pages(1), 'f') && !fsync(self->fd));
	SETUP(object_fill(self->idle, 0, pages(1), 'f') && !fsync(self->idle));
	self->p = sys_mmap(NULL, pages(1), PROT_READ | PROT_WRITE, MAP_SHARED, self->fd, 0);
	self->q = sys_mmap(NULL, pages(1), PROT_READ | PROT_WRITE, MAP_SHARED, self->idle, 0);
	SETUP(self->p != MAP_FAILED && self->q != MAP_FAILED);
	memset(self->p, 's', pages(1));
	NEED(make_error(&self->fs), "/sys/fs/ext4/DEVICE/trigger_fs_error");
}
FIXTURE_TEARDOWN(file)
{
	sys_munmap(self->q, pages(1));
	sys_munmap(self->p, pages(1));
	close(self->idle);
	close(self->fd);
	loopfs_close(&self->fs);
}

/* clause: msync.rofs.remounted */
TEST_F(file, sync_fails_again_and_again)
{
	EXPECT_ERRNO(EROFS, sys_msync(self->p, pages(1), MS_SYNC));
	EXPECT_ERRNO(EROFS, sys_msync(self->p, pages(1), MS_SYNC));
	EXPECT_ERRNO(EROFS, sys_msync(self->q, pages(1), MS_SYNC)); /* nothing to write there */
	EXPECT_OK(sys_msync(self->p, pages(1), MS_ASYNC));
	EXPECT_BYTES('s', self->p, pages(1));
	EXPECT_FILE_BYTES('s', self->fd, 0, pages(1));
}

TEST_HARNESS_MAIN
