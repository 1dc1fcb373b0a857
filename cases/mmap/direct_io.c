// SPDX-License-Identifier: GPL-2.0
/*
 * Direct I/O and a shared mapping of the same file see each other's bytes.
 */
#include "kselftest_harness.h"
#include "lib/expect.h"
#include "lib/loopfs.h"
#include "lib/syscalls.h"

#define RW (PROT_READ | PROT_WRITE)

FIXTURE(file)
{
	struct loopfs fs;
	int direct; /* four pages of 'f', opened with O_DIRECT */
	char *p, *q; /* shared, of a usual descriptor; the former's pages were touched */
	char *buffer; /* a page */
};
FIXTURE_SETUP(file)
{
	int fd;

	MOUNT_DISK(&self->fs, "ext4", 0, "");
	fd = loopfs_file(&self->fs, "file", O_RDWR | O_CREAT);
	self->direct = loopfs_file(&self->fs, "file", O_RDWR | O_DIRECT);
	SETUP(fd >= 0 && self->direct >= 0);
	SETUP(object_fill(fd, 0, pages(4), 'f') && !fsync(fd));
	self->p = sys_mmap(NULL, pages(4), RW, MAP_SHARED | MAP_POPULATE, fd, 0);
	self->q = sys_mmap(NULL, pages(4), RW, MAP_SHARED, fd, 0);
	self->buffer = sys_mmap(NULL, pages(1), RW, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	SETUP(self->p != MAP_FAILED && self->q != MAP_FAILED && self->buffer != MAP_FAILED);
	close(fd);
}
FIXTURE_TEARDOWN(file)
{
	sys_munmap(self->buffer, pages(1));
	sys_munmap(self->q, pages(4));
	sys_munmap(self->p, pages(4));
	close(self->direct);
	loopfs_close(&self->fs);
}

/* clause: mmap.shared.odirect-read-sees-store */
TEST_F(file, read_sees_what_was_just_stored)
{
	for (char letter = 'A'; letter <= 'D'; letter++) {
		memset(self->p + pages(1), letter, pages(1));
		EXPECT_EQ((ssize_t)pages(1),
			  pread(self->direct, self->buffer, pages(1), (off_t)pages(1)));
		EXPECT_BYTES(letter, self->buffer, pages(1));
	}
	EXPECT_EQ((ssize_t)pages(1), pread(self->direct, self->buffer, pages(1), 0));
	EXPECT_BYTES('f', self->buffer, pages(1));
}

/* clause: mmap.shared.odirect-write-seen */
TEST_F(file, what_was_written_is_in_the_mapping)
{
	for (char letter = 'A'; letter <= 'D'; letter++) {
		memset(self->buffer, letter, pages(1));
		ASSERT_EQ((ssize_t)pages(1),
			  pwrite(self->direct, self->buffer, pages(1), (off_t)pages(1)));
		EXPECT_BYTES(letter, self->p + pages(1), pages(1));
		EXPECT_BYTES(letter, self->q + pages(1), pages(1));
		memset(self->p + pages(1), 'x', pages(1)); /* dirty when the next one comes */
	}
	EXPECT_BYTES('f', self->p, pages(1));
	EXPECT_BYTES('f', self->p + pages(2), pages(2));
}

TEST_HARNESS_MAIN
