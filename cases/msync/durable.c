// SPDX-License-Identifier: GPL-2.0
/*
 * What was stored before MS_SYNC returned is there after a power cut, with all that is needed to
 * read it back, whoever stored it.
 */
#include <sys/stat.h>

#include "kselftest_harness.h"
#include "lib/expect.h"
#include "lib/frail.h"
#include "lib/letters.h"
#include "lib/syscalls.h"

#define RW (PROT_READ | PROT_WRITE)

FIXTURE(file)
{
	struct frail disk;
	struct loopfs after; /* what the disk keeps when the power is cut */
	int fd; /* pages ABCD, which are on the disk */
	char *p; /* shared, of eight pages */
};
FIXTURE_SETUP(file)
{
	MOUNT_FRAIL(&self->disk, "ext4");
	self->fd = loopfs_file(&self->disk.fs, "file", O_RDWR | O_CREAT);
	SETUP(self->fd >= 0 && letters_write(self->fd, "ABCD"));
	SETUP(frail_settle(&self->disk));
	self->p = sys_mmap(NULL, pages(8), RW, MAP_SHARED, self->fd, 0);
	SETUP(self->p != MAP_FAILED);
}
FIXTURE_TEARDOWN(file)
{
	sys_munmap(self->p, pages(8));
	close(self->fd);
	loopfs_close(&self->after);
	frail_close(&self->disk);
}

/* The file after the power was cut; -1: errno says why. */
static int cut_power(struct frail *disk, struct loopfs *after)
{
	return frail_cut(disk, after) ? loopfs_file(after, "file", O_RDONLY) : -1;
}

/* clause: msync.sync.durable */
TEST_F(file, stores_survive)
{
	int fd;

	memset(self->p + pages(1), 's', pages(2));
	EXPECT_OK(sys_msync(self->p + pages(1), pages(2), MS_SYNC));
	ASSERT_OK(fd = cut_power(&self->disk, &self->after));
	EXPECT_STREQ("AssD", letters_in(fd, 4));
	close(fd);
}

/* clause: msync.sync.size-metadata-durable */
TEST_F(file, size_and_new_blocks_survive)
{
	struct stat status;
	int fd;

	SETUP(!ftruncate(self->fd, (off_t)pages(8)));
	memset(self->p + pages(6), 's', pages(1));
	EXPECT_OK(sys_msync(self->p + pages(6), pages(1), MS_SYNC));
	ASSERT_OK(fd = cut_power(&self->disk, &self->after));
	SETUP(!fstat(fd, &status));
	EXPECT_EQ((off_t)pages(8), status.st_size);
	EXPECT_STREQ("ABCD00s0", letters_in(fd, 8));
	close(fd);
}

/* clause: msync.sync.other-writers-included */
TEST_F(file, what_others_wrote_survives)
{
	int fd = loopfs_file(&self->disk.fs, "file", O_RDWR);

	SETUP(fd >= 0);
	CHILD(other) {
		memset(self->p + pages(1), 'c', pages(1));
	}
	EXPECT_CHILD_OK(other);
	SETUP(object_fill(fd, pages(2), pages(1), 'w'));
	close(fd);
	EXPECT_OK(sys_msync(self->p, pages(4), MS_SYNC));
	ASSERT_OK(fd = cut_power(&self->disk, &self->after));
	EXPECT_STREQ("AcwD", letters_in(fd, 4));
	close(fd);
}

TEST_HARNESS_MAIN
