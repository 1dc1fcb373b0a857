// SPDX-License-Identifier: GPL-2.0
/*
 * msync writes what is dirty in the file of a shared mapping: also of one that cannot be stored to,
 * if its descriptor could write; but a mapping of a read-only descriptor does not count as shared.
 */
#include "kselftest_harness.h"
#include "lib/expect.h"
#include "lib/loopfs.h"
#include "lib/syscalls.h"

FIXTURE(file)
{
	struct loopfs fs;
	/* descriptions of three pages; the middle one is 'f' on the disk, 'w' in memory */
	int fd, reader;
	off_t place; /* of the middle page on the disk */
	char *p, *r; /* it, shared and read-only, of each */
};
FIXTURE_SETUP(file)
{
	MOUNT_DISK(&self->fs, "ext4", 0, "");
	self->fd = loopfs_file(&self->fs, "file", O_RDWR | O_CREAT);
	self->reader = loopfs_file(&self->fs, "file", O_RDONLY);
	SETUP(self->fd >= 0 && self->reader >= 0);
	SETUP(object_fill(self->fd, 0, pages(3), 'f') && !fsync(self->fd));
	self->place = loopfs_place(self->fd, pages(1), pages(1));
	SETUP(self->place > 0);
	self->p = sys_mmap(NULL, pages(1), PROT_READ, MAP_SHARED, self->fd, pages(1));
	self->r = sys_mmap(NULL, pages(1), PROT_READ, MAP_SHARED, self->reader, pages(1));
	SETUP(self->p != MAP_FAILED && self->r != MAP_FAILED);
	SETUP(object_fill(self->fd, pages(1), pages(1), 'w'));
}
FIXTURE_TEARDOWN(file)
{
	sys_munmap(self->r, pages(1));
	sys_munmap(self->p, pages(1));
	close(self->reader);
	close(self->fd);
	loopfs_close(&self->fs);
}

/* clause: msync.sync.readonly-prot-syncs */
TEST_F(file, mapping_without_write_access_is_written)
{
	EXPECT_OK(sys_msync(self->p, pages(1), MS_SYNC));
	EXPECT_FILE_BYTES('w', self->fs.disk, (size_t)self->place, pages(1));
}

/*
 * On a disk that refuses to be written, too, there is nothing to report: nothing was tried.
 * clause: msync.sync.readonly-fd-skipped
 */
TEST_F(file, mapping_of_a_read_only_descriptor_is_not)
{
	int error;

	EXPECT_OK(sys_msync(self->r, pages(1), MS_SYNC));
	EXPECT_FILE_BYTES('f', self->fs.disk, (size_t)self->place, pages(1));

	SETUP(loopfs_fail_writes(&self->fs, self->place - (off_t)pages(1), pages(3)));
	error = loopfs_write_error(&self->fs, self->place);
	SETUP(error);
	EXPECT_OK(sys_msync(self->r, pages(1), MS_SYNC));
	EXPECT_ERRNO(error, sys_msync(self->p, pages(1), MS_SYNC));
	EXPECT_OK(sys_msync(self->r, pages(1), MS_SYNC));
	EXPECT_ERRNO(error, fsync(self->reader));
}

TEST_HARNESS_MAIN
