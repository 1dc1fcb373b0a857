// SPDX-License-Identifier: GPL-2.0
/*
 * msync of a file of overlayfs writes its upper layer to the disk.
 */
#include "kselftest_harness.h"
#include "lib/expect.h"
#include "lib/overlay.h"
#include "lib/syscalls.h"

FIXTURE(file)
{
	struct overlay overlay;
	int fd; /* a page of 'u', copied up */
	off_t place; /* of its upper layer on the disk */
	char *p; /* shared; 's' was stored to it */
};
FIXTURE_SETUP(file)
{
	int upper;

	MOUNT_OVERLAY(&self->overlay, "ext4", 'l', pages(1));
	self->fd = mount_open(self->overlay.folder, "file", O_RDWR);
	SETUP(self->fd >= 0 && object_fill(self->fd, 0, pages(1), 'u') && !fsync(self->fd));
	upper = loopfs_file(&self->overlay.layers, "upper/file", O_RDONLY);
	SETUP(upper >= 0);
	self->place = loopfs_place(upper, 0, pages(1));
	close(upper);
	SETUP(self->place > 0);
	self->p = sys_mmap(NULL, pages(1), PROT_READ | PROT_WRITE, MAP_SHARED, self->fd, 0);
	SETUP(self->p != MAP_FAILED);
	memset(self->p, 's', pages(1));
}
FIXTURE_TEARDOWN(file)
{
	sys_munmap(self->p, pages(1));
	close(self->fd);
	overlay_close(&self->overlay);
}

/* clause: msync.overlay.syncs-upper */
TEST_F(file, stores_come_to_the_disk_of_the_upper_layer)
{
	EXPECT_OK(sys_msync(self->p, pages(1), MS_ASYNC));
	EXPECT_FILE_BYTES('u', self->overlay.layers.disk, (size_t)self->place, pages(1));
	EXPECT_OK(sys_msync(self->p, pages(1), MS_SYNC));
	EXPECT_FILE_BYTES('s', self->overlay.layers.disk, (size_t)self->place, pages(1));
	EXPECT_FILE_BYTES('l', self->overlay.lower, 0, pages(1));
}

TEST_HARNESS_MAIN
