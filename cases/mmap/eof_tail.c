// SPDX-License-Identifier: GPL-2.0
/*
 * What is stored past end of file in its last page stays in memory as long as nothing is written
 * back, and never comes to the disk.
 */
#include "kselftest_harness.h"
#include "lib/expect.h"
#include "lib/loopfs.h"
#include "lib/syscalls.h"

#define RW (PROT_READ | PROT_WRITE)
#define SIZE 100 /* of the file */

FIXTURE(file)
{
	struct loopfs fs;
	int fd; /* SIZE bytes of 'f' */
	char *p; /* shared; behind the end, a 't' was stored to each byte */
};
DISK_VARIANTS(file);
FIXTURE_SETUP(file)
{
	MOUNT_DISK(&self->fs, variant->type, 0, "");
	self->fd = loopfs_file(&self->fs, "file", O_RDWR | O_CREAT);
	SETUP(self->fd >= 0 && object_fill(self->fd, 0, SIZE, 'f') && !fsync(self->fd));
	self->p = sys_mmap(NULL, pages(1), RW, MAP_SHARED, self->fd, 0);
	SETUP(self->p != MAP_FAILED);
	memset(self->p + SIZE, 't', pages(1) - SIZE);
}
FIXTURE_TEARDOWN(file)
{
	sys_munmap(self->p, pages(1));
	close(self->fd);
	loopfs_close(&self->fs);
}

/* clause: mmap.eof.tail-survives-close */
TEST_F(file, stays_after_unmapping_and_closing)
{
	SETUP(!sys_munmap(self->p, pages(1)) && !close(self->fd));
	self->fd = loopfs_file(&self->fs, "file", O_RDWR);
	self->p = sys_mmap(NULL, pages(1), RW, MAP_SHARED, self->fd, 0);
	SETUP(self->p != MAP_FAILED);

	EXPECT_BYTES('t', self->p + SIZE, pages(1) - SIZE);
	EXPECT_BYTES('f', self->p, SIZE);
}

/*
 * clause: mmap.eof.tail-zeroed-by-msync-ext4
 * clause: mmap.eof.tail-kept-by-msync-tmpfs
 */
TEST_F(file, is_zeroed_by_msync_where_that_writes)
{
	bool written = !strcmp(variant->type, "ext4");

	EXPECT_OK(sys_msync(self->p, pages(1), MS_SYNC));
	EXPECT_BYTES(written ? 0 : 't', self->p + SIZE, pages(1) - SIZE);
	EXPECT_BYTES('f', self->p, SIZE);
}

FIXTURE(disk)
{
	struct loopfs fs;
	int fd; /* SIZE bytes */
	char *p; /* shared */
};
FIXTURE_SETUP(disk)
{
	MOUNT_DISK(&self->fs, "ext4", 0, "");
	self->fd = loopfs_file(&self->fs, "file", O_RDWR | O_CREAT);
	SETUP(self->fd >= 0 && object_fill(self->fd, 0, SIZE, 'f') && !fsync(self->fd));
	self->p = sys_mmap(NULL, pages(1), RW, MAP_SHARED, self->fd, 0);
	SETUP(self->p != MAP_FAILED);
}
FIXTURE_TEARDOWN(disk)
{
	sys_munmap(self->p, pages(1));
	close(self->fd);
	loopfs_close(&self->fs);
}

/* clause: mmap.eof.tail-store-not-written */
TEST_F(disk, never_gets_what_was_stored_past_the_end)
{
	off_t place = loopfs_place(self->fd, 0, SIZE);

	SETUP(place > 0);
	memset(self->p, 's', SIZE);
	memset(self->p + SIZE, 't', pages(1) - SIZE);
	EXPECT_OK(fsync(self->fd));
	EXPECT_FILE_BYTES('s', self->fs.disk, (size_t)place, SIZE);
	EXPECT_FILE_BYTES(0, self->fs.disk, (size_t)place + SIZE, 1024 - SIZE); /* a block */

	memset(self->p + SIZE, 't', pages(1) - SIZE); /* and unmount writes as well */
	SETUP(!sys_munmap(self->p, pages(1)) && !close(self->fd));
	SETUP(loopfs_unmount(&self->fs) && loopfs_mount(&self->fs, 0, ""));
	self->fd = loopfs_file(&self->fs, "file", O_RDWR);
	self->p = sys_mmap(NULL, pages(1), RW, MAP_SHARED, self->fd, 0);
	SETUP(self->p != MAP_FAILED);
	EXPECT_BYTES('s', self->p, SIZE);
	EXPECT_BYTES(0, self->p + SIZE, pages(1) - SIZE);
	EXPECT_EQ((off_t)SIZE, lseek(self->fd, 0, SEEK_END));
}

TEST_HARNESS_MAIN
