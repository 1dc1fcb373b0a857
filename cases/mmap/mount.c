// SPDX-License-Identifier: GPL-2.0
/*
 * A mapping holds what it is of: the blocks of a file without a name, the mount, and the right to
 * write to it.
 */
#include <sys/mount.h>
#include <sys/statvfs.h>

#include "kselftest_harness.h"
#include "lib/expect.h"
#include "lib/loopfs.h"
#include "lib/syscalls.h"

#define RW (PROT_READ | PROT_WRITE)
#define LENGTH (1 << 20)

FIXTURE(file)
{
	struct loopfs fs;
	char *p; /* a file of 'f', and the only thing that uses it */
};
DISK_MAPPING_VARIANTS(file);
FIXTURE_SETUP(file)
{
	int fd;

	MOUNT_DISK(&self->fs, variant->type, 0, "");
	fd = loopfs_file(&self->fs, "file", O_RDWR | O_CREAT);
	SETUP(fd >= 0 && object_fill(fd, 0, LENGTH, 'f') && !fsync(fd));
	self->p = sys_mmap(NULL, LENGTH, RW, variant->flags, fd, 0);
	SETUP(self->p != MAP_FAILED && !close(fd));
}
FIXTURE_TEARDOWN(file)
{
	sys_munmap(self->p, LENGTH);
	loopfs_close(&self->fs);
}

static long long bytes_free(const char *folder)
{
	struct statvfs status;

	return statvfs(folder, &status) ? -1 : (long long)(status.f_bfree * status.f_frsize);
}

/* clause: mmap.life.unlink-keeps */
TEST_F(file, blocks_of_a_file_without_a_name_are_kept)
{
	long long before = bytes_free(self->fs.folder);
	char path[sizeof(self->fs.folder) + 8];

	snprintf(path, sizeof(path), "%s/file", self->fs.folder);
	SETUP(before >= 0 && !unlink(path));
	EXPECT_BYTES('f', self->p, LENGTH);
	memset(self->p, 's', LENGTH / 2);
	EXPECT_BYTES('s', self->p, LENGTH / 2);
	EXPECT_GE(before, bytes_free(self->fs.folder));

	SETUP(!sys_munmap(self->p, LENGTH / 2));
	EXPECT_GE(before, bytes_free(self->fs.folder));
	SETUP(!sys_munmap(self->p + LENGTH / 2, LENGTH / 2));
	EXPECT_LE(before + LENGTH, bytes_free(self->fs.folder));
}

/* clause: mmap.life.holds-mount */
TEST_F(file, mount_is_busy)
{
	EXPECT_ERRNO(EBUSY, umount2(self->fs.folder, 0));
	EXPECT_BYTES('f', self->p, LENGTH);

	SETUP(!sys_munmap(self->p, LENGTH));
	EXPECT_OK(umount2(self->fs.folder, 0));
}

/* clause: mmap.life.blocks-remount-ro */
TEST_F(file, mount_cannot_be_made_read_only)
{
	const unsigned long read_only = MS_REMOUNT | MS_RDONLY;

	EXPECT_ERRNO(EBUSY, mount(NULL, self->fs.folder, NULL, read_only, NULL));
	EXPECT_NO_FAULT(FAULT_WRITE, self->p);

	SETUP(!sys_munmap(self->p, LENGTH));
	EXPECT_OK(mount(NULL, self->fs.folder, NULL, read_only, NULL));
}

TEST_HARNESS_MAIN
