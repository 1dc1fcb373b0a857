// SPDX-License-Identifier: GPL-2.0
/*
 * To map a file is to access it: st_atime changes with the call, as with a read, and not with the
 * loads that follow.
 */
#include <sys/mount.h>

#include "kselftest_harness.h"
#include "lib/expect.h"
#include "lib/filetimes.h"
#include "lib/loopfs.h"
#include "lib/syscalls.h"

#define RW (PROT_READ | PROT_WRITE)
#define HOUR 3600

FIXTURE(file)
{
	struct loopfs fs;
	int fd; /* a page of 'f' */
};
DISK_MAPPING_VARIANTS(file);
FIXTURE_SETUP(file)
{
	MOUNT_DISK(&self->fs, variant->type, MS_RELATIME, "");
	self->fd = loopfs_file(&self->fs, "file", O_RDWR | O_CREAT);
	SETUP(self->fd >= 0 && object_fill(self->fd, 0, pages(1), 'f'));
}
FIXTURE_TEARDOWN(file)
{
	close(self->fd);
	loopfs_close(&self->fs);
}

/* clause: mmap.time.atime-on-mmap */
TEST_F(file, mapping_it_is_an_access_and_loading_is_none)
{
	time_t later = time(NULL) + HOUR;
	char *p;

	SETUP(filetimes_set(self->fd, LONG_AGO, LONG_AGO));
	ASSERT_OK(p = sys_mmap(NULL, pages(1), PROT_READ, variant->flags, self->fd, 0));
	EXPECT_LT(LONG_AGO, file_atime(self->fd));

	SETUP(filetimes_set(self->fd, LONG_AGO, LONG_AGO));
	EXPECT_BYTES('f', p, pages(1));
	EXPECT_EQ(LONG_AGO, file_atime(self->fd));

	/*
	 * As relatime has it: later than the other two, st_atime is left alone; before either, it
	 * is not.
	 */
	SETUP(filetimes_set(self->fd, later, LONG_AGO));
	EXPECT_OK(sys_mmap(NULL, pages(1), RW, variant->flags, self->fd, 0));
	EXPECT_EQ(later, file_atime(self->fd));
	SETUP(filetimes_set(self->fd, later, later + HOUR));
	EXPECT_OK(sys_mmap(NULL, pages(1), RW, variant->flags, self->fd, 0));
	EXPECT_GT(later, file_atime(self->fd));
}

FIXTURE(unnoticed)
{
	struct loopfs fs;
	int fd;
};
FIXTURE_VARIANT(unnoticed)
{
	const char *type;
	unsigned long mount_flags;
	int open_flags;
};
/* clang-format off */
FIXTURE_VARIANT_ADD(unnoticed, tmpfs_mount)		{ "tmpfs", MS_NOATIME, 0 };
FIXTURE_VARIANT_ADD(unnoticed, tmpfs_descriptor)	{ "tmpfs", 0, O_NOATIME };
FIXTURE_VARIANT_ADD(unnoticed, ext4_mount)		{ "ext4", MS_NOATIME, 0 };
FIXTURE_VARIANT_ADD(unnoticed, ext4_descriptor)		{ "ext4", 0, O_NOATIME };
/* clang-format on */
FIXTURE_SETUP(unnoticed)
{
	MOUNT_DISK(&self->fs, variant->type, variant->mount_flags, "");
	self->fd = loopfs_file(&self->fs, "file", O_RDWR | O_CREAT | variant->open_flags);
	SETUP(self->fd >= 0 && object_fill(self->fd, 0, pages(1), 'f'));
	SETUP(filetimes_set(self->fd, LONG_AGO, LONG_AGO));
}
FIXTURE_TEARDOWN(unnoticed)
{
	close(self->fd);
	loopfs_close(&self->fs);
}

/* clause: mmap.time.atime-suppressed */
TEST_F(unnoticed, noatime_holds_for_mapping_too)
{
	EXPECT_OK(sys_mmap(NULL, pages(1), PROT_READ, MAP_SHARED, self->fd, 0));
	EXPECT_OK(sys_mmap(NULL, pages(1), RW, MAP_PRIVATE, self->fd, 0));
	EXPECT_EQ(LONG_AGO, file_atime(self->fd));
}

TEST_HARNESS_MAIN
