// SPDX-License-Identifier: GPL-2.0
/*
 * What msync leaves of the bytes: all of them, but those that a file system does not take past the
 * end of the file.
 */
#include "kselftest_harness.h"
#include "lib/expect.h"
#include "lib/object.h"
#include "lib/syscalls.h"

EACH_FILESYSTEM;

FIXTURE(file)
{
	int fd; /* one page of 'f' */
	char *p; /* shared */
	char *copy; /* private */
};
FILE_VARIANTS(file);
FIXTURE_SETUP(file)
{
	OPEN_OBJECT(self->fd, variant->kind, pages(1), 'f');
	self->p = sys_mmap(NULL, pages(1), PROT_READ | PROT_WRITE, MAP_SHARED, self->fd, 0);
	SETUP(self->p != MAP_FAILED);
	self->copy = sys_mmap(NULL, pages(1), PROT_READ | PROT_WRITE, MAP_PRIVATE, self->fd, 0);
	SETUP(self->copy != MAP_FAILED);
}
FIXTURE_TEARDOWN(file)
{
	sys_munmap(self->copy, pages(1));
	sys_munmap(self->p, pages(1));
	close(self->fd);
}

/* clause: msync.invalidate.private-kept */
TEST_F(file, invalidate_keeps_private_copies)
{
	memset(self->copy, 'c', pages(1) / 2);

	EXPECT_OK(sys_msync(self->copy, pages(1), MS_INVALIDATE));
	EXPECT_BYTES('c', self->copy, pages(1) / 2);
	EXPECT_BYTES('f', self->copy + pages(1) / 2, pages(1) / 2);
	EXPECT_FILE_BYTES('f', self->fd, 0, pages(1));
}

/* clause: msync.invalidate.shared-kept */
TEST_F(file, invalidate_keeps_stores_that_are_not_yet_written)
{
	memset(self->p, 's', pages(1) / 2);

	EXPECT_OK(sys_msync(self->p, pages(1), MS_INVALIDATE));
	EXPECT_BYTES('s', self->p, pages(1) / 2);
	EXPECT_BYTES('f', self->p + pages(1) / 2, pages(1) / 2);
	EXPECT_FILE_BYTES('s', self->fd, 0, pages(1) / 2);
}

/* clause: msync.data.mapping-stays-writable */
TEST_F(file, stores_between_and_after_syncs_are_kept)
{
	for (char letter = 'A'; letter <= 'D'; letter++) {
		memset(self->p, letter, pages(1));
		EXPECT_OK(sys_msync(self->p, pages(1), MS_SYNC));
		EXPECT_FILE_BYTES(letter, self->fd, 0, pages(1));
	}
	self->p[0] = 'E';
	EXPECT_EQ('E', self->p[0]);
	EXPECT_FILE_BYTES('E', self->fd, 0, 1);
	EXPECT_FILE_BYTES('D', self->fd, 1, pages(1) - 1);
	EXPECT_BYTES('E', self->copy, 1); /* another mapping, whose copy was never made */
}

FIXTURE(short_file)
{
	int fd; /* 100 bytes of 'f' */
	char *p;
};
FIXTURE_VARIANT(short_file)
{
	enum object_kind kind;
	unsigned long file_system; /* the magic number that the kind has to have */
	char left; /* of a 't' stored past the end */
};
/* clang-format off */
FIXTURE_VARIANT_ADD(short_file, ext4)	{ OBJECT_SCRATCH_FILE, FS_MAGIC_EXT4, 0 };
FIXTURE_VARIANT_ADD(short_file, tmpfs)	{ OBJECT_TMPFS_FILE, FS_MAGIC_TMPFS, 't' };
FIXTURE_VARIANT_ADD(short_file, memfd)	{ OBJECT_MEMFD, FS_MAGIC_TMPFS, 't' };
/* clang-format on */
FIXTURE_SETUP(short_file)
{
	OPEN_OBJECT(self->fd, variant->kind, 100, 'f');
	NEED(object_filesystem(self->fd) == variant->file_system,
	     "a file on the file system that the rule is about");
	self->p = sys_mmap(NULL, pages(1), PROT_READ | PROT_WRITE, MAP_SHARED, self->fd, 0);
	SETUP(self->p != MAP_FAILED);
}
FIXTURE_TEARDOWN(short_file)
{
	sys_munmap(self->p, pages(1));
	close(self->fd);
}

/* clause: msync.data.eof-tail-ext4 */
TEST_F(short_file, bytes_past_the_end_are_zeroed_by_ext4_and_kept_by_tmpfs_and_dax)
{
	memset(self->p, 's', 100);
	memset(self->p + 100, 't', 100);

	EXPECT_OK(sys_msync(self->p, pages(1), MS_SYNC));
	EXPECT_BYTES(object_is_dax(self->fd) ? 't' : variant->left, self->p + 100, 100);
	EXPECT_BYTES('s', self->p, 100);
	EXPECT_FILE_BYTES('s', self->fd, 0, 100);
}

TEST_HARNESS_MAIN
