// SPDX-License-Identifier: GPL-2.0
/*
 * A range over several files is synced in the order of addresses, and no further than the first
 * error.
 */
#include "kselftest_harness.h"
#include "lib/arena.h"
#include "lib/expect.h"
#include "lib/loopfs.h"
#include "lib/syscalls.h"

#define LENGTH pages(3) /* of a file; its middle page is mapped */

FIXTURE(files)
{
	struct loopfs fs;
	struct arena arena; /* |rws|rws|rws|, 's' on each; 'f' is on the disk */
	off_t places[3]; /* of each slot on the disk */
	int error; /* with which the disk refuses to write the bad file */
};
FIXTURE_VARIANT(files)
{
	int order[3]; /* the file at each slot, numbered as they were made */
	int bad; /* the file that cannot be written */
};
/* clang-format off */
FIXTURE_VARIANT_ADD(files, in_order)		{ { 0, 1, 2 }, 1 };
FIXTURE_VARIANT_ADD(files, in_reverse)		{ { 2, 1, 0 }, 1 };
FIXTURE_VARIANT_ADD(files, bad_was_first)	{ { 1, 0, 2 }, 0 };
FIXTURE_VARIANT_ADD(files, bad_was_last)	{ { 1, 2, 0 }, 2 };
/* clang-format on */
FIXTURE_SETUP(files)
{
	static const char *const names[] = { "0", "1", "2" };
	off_t bad = -1;

	MOUNT_DISK(&self->fs, "ext4", 0, "");
	SETUP(arena_init(&self->arena, 3));
	for (int file = 0; file < 3; file++) {
		int fd = loopfs_file(&self->fs, names[file], O_RDWR | O_CREAT);

		SETUP(fd >= 0 && object_fill(fd, 0, LENGTH, 'f') && !fsync(fd));
		for (int at = 0; at < 3; at++) {
			if (variant->order[at] != file)
				continue;
			self->places[at] = loopfs_place(fd, pages(1), pages(1));
			SETUP(self->places[at] > 0);
			SETUP(arena_map_file(&self->arena, at, 1, "rws", fd, 1));
		}
		if (file == variant->bad)
			bad = loopfs_place(fd, 0, LENGTH);
		close(fd);
	}
	SETUP(loopfs_fail_writes(&self->fs, bad, LENGTH));
	self->error = loopfs_write_error(&self->fs, bad + (off_t)pages(1));
	SETUP(self->error);
	memset(slot(&self->arena, 0), 's', pages(3));
}
FIXTURE_TEARDOWN(files)
{
	arena_free(&self->arena);
	loopfs_close(&self->fs);
}

/*
 * clause: msync.sync.multi-file-order
 * clause: msync.error.stops-early
 */
TEST_F(files, those_before_the_bad_one_are_synced_and_those_behind_not)
{
	EXPECT_ERRNO(self->error, sys_msync(slot(&self->arena, 0), pages(3), MS_SYNC));
	EXPECT_FILE_BYTES('s', self->fs.disk, (size_t)self->places[0], pages(1));
	EXPECT_FILE_BYTES('f', self->fs.disk, (size_t)self->places[2], pages(1));

	EXPECT_OK(sys_msync(slot(&self->arena, 0), pages(3), MS_SYNC));
	EXPECT_FILE_BYTES('s', self->fs.disk, (size_t)self->places[2], pages(1));
}

TEST_HARNESS_MAIN
