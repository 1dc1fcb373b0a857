// SPDX-License-Identifier: GPL-2.0
/*
 * munmap of a part of a mapping leaves its file in use, to the last page.
 */
#include <sys/mount.h>

#include "kselftest_harness.h"
#include "lib/expect.h"
#include "lib/loopfs.h"
#include "lib/syscalls.h"

FIXTURE(file)
{
	struct loopfs fs;
	char *p; /* five pages of 'f', and the only thing that uses the file */
};
FIXTURE_VARIANT(file)
{
	unsigned long flags;
};
/* clang-format off */
FIXTURE_VARIANT_ADD(file, shared)	{ MAP_SHARED };
FIXTURE_VARIANT_ADD(file, private)	{ MAP_PRIVATE };
/* clang-format on */
FIXTURE_SETUP(file)
{
	int fd;

	MOUNT_DISK(&self->fs, "tmpfs", 0, "");
	fd = loopfs_file(&self->fs, "file", O_RDWR | O_CREAT);
	SETUP(fd >= 0 && object_fill(fd, 0, pages(5), 'f'));
	self->p = sys_mmap(NULL, pages(5), PROT_READ | PROT_WRITE, variant->flags, fd, 0);
	SETUP(self->p != MAP_FAILED && !close(fd));
}
FIXTURE_TEARDOWN(file)
{
	sys_munmap(self->p, pages(5));
	loopfs_close(&self->fs);
}

/* clause: munmap.life.partial-keeps-file */
TEST_F(file, is_in_use_as_long_as_a_page_is_mapped)
{
	EXPECT_OK(sys_munmap(self->p, pages(2)));
	EXPECT_ERRNO(EBUSY, umount2(self->fs.folder, 0));
	EXPECT_OK(sys_munmap(self->p + pages(3), pages(2)));
	EXPECT_ERRNO(EBUSY, umount2(self->fs.folder, 0));
	EXPECT_BYTES('f', self->p + pages(2), pages(1));

	EXPECT_OK(sys_munmap(self->p + pages(2), pages(1)));
	EXPECT_OK(umount2(self->fs.folder, 0));
}

TEST_HARNESS_MAIN
