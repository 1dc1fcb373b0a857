// SPDX-License-Identifier: GPL-2.0
/*
 * What was stored through a shared mapping comes to the disk after munmap, with the next fsync of
 * whatever descriptor of the file.
 */
#include "kselftest_harness.h"
#include "lib/expect.h"
#include "lib/loopfs.h"
#include "lib/syscalls.h"

FIXTURE(file)
{
	struct loopfs fs;
	int fd; /* two pages of 'f' */
	off_t place; /* on the disk */
	char *p; /* shared; 's' was stored to the first page */
};
FIXTURE_SETUP(file)
{
	MOUNT_DISK(&self->fs, "ext4", 0, "");
	self->fd = loopfs_file(&self->fs, "file", O_RDWR | O_CREAT);
	SETUP(self->fd >= 0 && object_fill(self->fd, 0, pages(2), 'f') && !fsync(self->fd));
	self->place = loopfs_place(self->fd, 0, pages(2));
	SETUP(self->place > 0);
	self->p = sys_mmap(NULL, pages(2), PROT_READ | PROT_WRITE, MAP_SHARED, self->fd, 0);
	SETUP(self->p != MAP_FAILED);
	memset(self->p, 's', pages(1));
}
FIXTURE_TEARDOWN(file)
{
	sys_munmap(self->p, pages(2));
	close(self->fd);
	loopfs_close(&self->fs);
}

/* clause: munmap.data.shared-durable-later */
TEST_F(file, stores_are_written_after_the_mapping_is_gone)
{
	int late;

	EXPECT_OK(sys_munmap(self->p, pages(2)));
	SETUP(!close(self->fd));
	late = loopfs_file(&self->fs, "file", O_RDONLY);
	SETUP(late >= 0);
	EXPECT_OK(fsync(late));
	EXPECT_FILE_BYTES('s', self->fs.disk, (size_t)self->place, pages(1));
	EXPECT_FILE_BYTES('f', self->fs.disk, (size_t)self->place + pages(1), pages(1));
	SETUP(!close(late));

	SETUP(loopfs_unmount(&self->fs) && loopfs_mount(&self->fs, 0, "")); /* out of memory */
	self->fd = loopfs_file(&self->fs, "file", O_RDONLY);
	EXPECT_FILE_BYTES('s', self->fd, 0, pages(1));
	EXPECT_FILE_BYTES('f', self->fd, pages(1), pages(1));
}

TEST_HARNESS_MAIN
