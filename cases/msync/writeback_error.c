// SPDX-License-Identifier: GPL-2.0
/*
 * A write to the disk that fails is told by MS_SYNC and by fsync, with the disk's own errno, once
 * for each open file description; what was stored stays in memory. One disk is broken, the other
 * one has no room left below it.
 */
#include "kselftest_harness.h"
#include "lib/expect.h"
#include "lib/frail.h"
#include "lib/loopfs.h"
#include "lib/syscalls.h"

#define RW (PROT_READ | PROT_WRITE)
#define LENGTH pages(16)
#define BAD pages(8) /* a page of the file that cannot be written */

FIXTURE(file)
{
	struct frail frail; /* the broken one; of the full one ->fs alone is used */
	struct loopfs *disk;
	int fd, other, reader; /* descriptions of a file of 'f', the last read-only */
	int error; /* errno of the disk */
	char *p, *q, *r; /* shared, of each of them; 's' was stored to the bad page */
};
FIXTURE_VARIANT(file)
{
	bool broken;
};
/* clang-format off */
FIXTURE_VARIANT_ADD(file, full)		{ false };
FIXTURE_VARIANT_ADD(file, broken)	{ true };
/* clang-format on */
FIXTURE_SETUP(file)
{
	off_t place;

	self->disk = &self->frail.fs;
	if (variant->broken)
		MOUNT_FRAIL(&self->frail, "ext4");
	else
		MOUNT_DISK(self->disk, "ext4", 0, "");
	self->fd = loopfs_file(self->disk, "file", O_RDWR | O_CREAT);
	self->other = loopfs_file(self->disk, "file", O_RDWR);
	self->reader = loopfs_file(self->disk, "file", O_RDONLY);
	SETUP(self->fd >= 0 && self->other >= 0 && self->reader >= 0);
	SETUP(object_fill(self->fd, 0, LENGTH, 'f') && !fsync(self->fd));
	place = loopfs_place(self->fd, 0, LENGTH);
	SETUP(place > 0);
	if (variant->broken)
		frail_fail_writes(&self->frail, place, LENGTH);
	else
		SETUP(loopfs_fail_writes(self->disk, place, LENGTH));
	self->error = loopfs_write_error(self->disk, place + (off_t)BAD);
	SETUP(self->error == EIO || (self->error == ENOSPC && !variant->broken));
	self->p = sys_mmap(NULL, LENGTH, RW, MAP_SHARED, self->fd, 0);
	self->q = sys_mmap(NULL, LENGTH, RW, MAP_SHARED, self->other, 0);
	self->r = sys_mmap(NULL, LENGTH, PROT_READ, MAP_SHARED, self->reader, 0);
	SETUP(self->p != MAP_FAILED && self->q != MAP_FAILED && self->r != MAP_FAILED);
	memset(self->p + BAD, 's', pages(1));
}
FIXTURE_TEARDOWN(file)
{
	sys_munmap(self->r, LENGTH);
	sys_munmap(self->q, LENGTH);
	sys_munmap(self->p, LENGTH);
	close(self->reader);
	close(self->other);
	close(self->fd);
	if (variant->broken)
		frail_close(&self->frail);
	else
		loopfs_close(self->disk);
}

/*
 * clause: msync.error.writeback-reported
 * clause: msync.error.once-per-description
 */
TEST_F(file, sync_tells_each_failure_once)
{
	for (int again = 0; again < 2; again++) {
		memset(self->p + BAD, 's', pages(1));
		EXPECT_ERRNO(self->error, sys_msync(self->p, LENGTH, MS_SYNC));
		EXPECT_OK(sys_msync(self->p, LENGTH, MS_SYNC));
	}
}

/* clause: msync.error.shared-with-fsync */
TEST_F(file, what_one_of_msync_and_fsync_told_the_other_does_not)
{
	EXPECT_ERRNO(self->error, sys_msync(self->p, LENGTH, MS_SYNC));
	EXPECT_OK(fsync(self->fd));

	memset(self->p + BAD, 's', pages(1));
	EXPECT_ERRNO(self->error, fsync(self->fd));
	EXPECT_OK(sys_msync(self->p, LENGTH, MS_SYNC));
}

/* clause: msync.error.other-description */
TEST_F(file, another_description_tells_it_once_more)
{
	EXPECT_ERRNO(self->error, sys_msync(self->p, LENGTH, MS_SYNC));

	EXPECT_ERRNO(self->error, fsync(self->other));
	EXPECT_OK(fsync(self->other));
	EXPECT_OK(sys_msync(self->q, LENGTH, MS_SYNC));
	EXPECT_OK(sys_msync(self->p, LENGTH, MS_SYNC));
}

/* clause: msync.error.new-description-clean */
TEST_F(file, one_opened_after_it_was_told_does_not)
{
	int late;

	EXPECT_ERRNO(self->error, sys_msync(self->p, LENGTH, MS_SYNC));
	late = loopfs_file(self->disk, "file", O_RDWR);
	SETUP(late >= 0);

	EXPECT_OK(fsync(late));
	close(late);
}

/* clause: msync.error.readonly-mapping-silent */
TEST_F(file, mapping_of_a_read_only_description_does_not_tell_it)
{
	EXPECT_ERRNO(self->error, sys_msync(self->p, LENGTH, MS_SYNC));

	EXPECT_OK(sys_msync(self->r, LENGTH, MS_SYNC));
	EXPECT_ERRNO(self->error, fsync(self->reader));
	EXPECT_OK(fsync(self->reader));
}

/* clause: msync.error.async-silent */
TEST_F(file, async_leaves_it_to_the_next_sync)
{
	EXPECT_OK(sys_msync(self->p, LENGTH, MS_ASYNC));
	EXPECT_ERRNO(self->error, sys_msync(self->q, LENGTH, MS_SYNC)); /* the write fails */

	EXPECT_OK(sys_msync(self->p, LENGTH, MS_ASYNC));
	EXPECT_ERRNO(self->error, sys_msync(self->p, LENGTH, MS_SYNC));
}

/* clause: msync.error.data-still-mapped */
TEST_F(file, what_was_stored_is_not_lost_from_memory)
{
	EXPECT_ERRNO(self->error, sys_msync(self->p, LENGTH, MS_SYNC));

	EXPECT_BYTES('s', self->p + BAD, pages(1));
	EXPECT_BYTES('s', self->r + BAD, pages(1));
	EXPECT_FILE_BYTES('s', self->other, BAD, pages(1));
	EXPECT_BYTES('f', self->p, BAD);
}

TEST_HARNESS_MAIN
