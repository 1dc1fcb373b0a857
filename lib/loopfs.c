// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "loopfs.h"
#include "page.h"
#include "uapi.h"

#define FILLER "filler"
#define TRIES 100 /* for a free loop device, which another process may take first */

static bool copy_image(int from, int to)
{
	static char bytes[1 << 16];
	ssize_t n;

	while ((n = read(from, bytes, sizeof(bytes))) > 0)
		if (write(to, bytes, (size_t)n) != n)
			return false;
	return !n;
}

/* A copy on a tmpfs that has room for it and nothing else; -1: as loopfs_attach(). */
static int copy_on_tmpfs(struct loopfs *fs)
{
	const char *images = getenv("MMAPCONF_IMAGES");
	char options[32], name[32];
	struct stat status;
	int image, copy = -1;

	snprintf(name, sizeof(name), "%s.img", fs->type);
	image = images && *images ? mount_open(images, name, O_RDONLY) : -1;
	if (image < 0) {
		fs->missing = "an image of the file system in MMAPCONF_IMAGES";
		return -1;
	}
	if (!fstat(image, &status)) {
		snprintf(options, sizeof(options), "size=%lld",
			 (long long)status.st_size + (long long)pages(4));
		if (mount_new(fs->store, "disk", "tmpfs", 0, options))
			copy = mount_open(fs->store, "disk", O_RDWR | O_CREAT);
	}
	if (copy >= 0 && !copy_image(image, copy)) {
		close(copy);
		copy = -1;
	}
	close(image);
	return copy;
}

/* Puts the disk on a free loop device, which is given up with its last user. */
static int loop_device(struct loopfs *fs)
{
	struct loop_config config = { .fd = (uint32_t)fs->disk,
				      .info.lo_flags = LO_FLAGS_AUTOCLEAR };
	int control = open("/dev/loop-control", O_RDWR | O_CLOEXEC), device = -1;

	if (control < 0) {
		fs->missing = "loop devices";
		return -1;
	}
	for (int tries = 0; device < 0 && tries < TRIES; tries++) {
		int number = ioctl(control, LOOP_CTL_GET_FREE);

		if (number < 0)
			break;
		snprintf(fs->device, sizeof(fs->device), "/dev/loop%d", number);
		device = open(fs->device, O_RDWR | O_CLOEXEC);
		if (device < 0) {
			fs->missing = "loop devices";
			break;
		}
		if (ioctl(device, LOOP_CONFIGURE, &config)) {
			int error = errno;

			close(device);
			device = -1;
			errno = error;
			if (error != EBUSY)
				break;
		}
	}
	close(control);
	return device;
}

bool loopfs_attach(struct loopfs *fs, const char *type)
{
	*fs = (struct loopfs){ .type = type, .disk = -1, .device_fd = -1 };
	if (!mounts_private()) {
		fs->missing = "the right to mount";
		return false;
	}
	if (!strcmp(type, "tmpfs")) {
		snprintf(fs->device, sizeof(fs->device), "tmpfs");
		return true;
	}
	fs->disk = copy_on_tmpfs(fs);
	if (fs->disk < 0)
		return false;
	fs->device_fd = loop_device(fs);
	return fs->device_fd >= 0;
}

bool loopfs_attach_file(struct loopfs *fs, const char *type, int file)
{
	*fs = (struct loopfs){ .type = type, .disk = file };
	fs->device_fd = loop_device(fs);
	return fs->device_fd >= 0;
}

bool loopfs_mount(struct loopfs *fs, unsigned long flags, const char *options)
{
	if (mount_new(fs->folder, fs->device, fs->type, flags, options))
		return true;
	if (errno == ENODEV)
		fs->missing = "a kernel with the file system";
	return false;
}

bool loopfs_open(struct loopfs *fs, const char *type, unsigned long flags, const char *options)
{
	return loopfs_attach(fs, type) && loopfs_mount(fs, flags, options);
}

bool loopfs_unmount(struct loopfs *fs)
{
	return !umount2(fs->folder, 0);
}

void loopfs_close(struct loopfs *fs)
{
	umount2(fs->folder, MNT_DETACH);
	if (fs->disk < 0)
		return;
	close(fs->device_fd);
	close(fs->disk);
	umount2(fs->store, MNT_DETACH);
}

int loopfs_file(const struct loopfs *fs, const char *name, int flags)
{
	return mount_open(fs->folder, name, flags);
}

off_t loopfs_place(int fd, size_t offset, size_t count)
{
	int block_size, first = 0;

	if (ioctl(fd, FIGETBSZ, &block_size) || block_size <= 0)
		return -1;
	for (size_t n = offset / (size_t)block_size; n * (size_t)block_size < offset + count; n++) {
		int block = (int)n;

		if (ioctl(fd, FIBMAP, &block) || !block)
			return -1;
		if (!first)
			first = block - (int)(n - offset / (size_t)block_size);
		if (block != first + (int)(n - offset / (size_t)block_size))
			return -1;
	}
	return (off_t)first * block_size + (off_t)(offset % (size_t)block_size);
}

bool loopfs_fail_writes(struct loopfs *fs, off_t place, size_t count)
{
	off_t mask = ~((off_t)page_size() - 1);
	off_t start = (place + ~mask) & mask, end = (place + (off_t)count) & mask;
	struct statvfs status;
	bool filled;
	int filler;

	/* A hole in the disk, on a file system that has no room to fill it. */
	if (start >= end ||
	    fallocate(fs->disk, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, start, end - start))
		return false;
	filler = mount_open(fs->store, FILLER, O_RDWR | O_CREAT);
	filled = filler >= 0 && !fstatvfs(filler, &status) &&
		 !fallocate(filler, 0, 0, (off_t)(status.f_bavail * status.f_frsize));
	close(filler);
	return filled;
}

int loopfs_write_error(const struct loopfs *fs, off_t place)
{
	static char block[4096] __attribute__((aligned(4096)));
	int device = open(fs->device, O_WRONLY | O_DIRECT | O_CLOEXEC), error = 0;

	if (device < 0 || pwrite(device, block, sizeof(block), place) < 0)
		error = errno;
	close(device);
	return error;
}

bool loopfs_mend(struct loopfs *fs)
{
	char path[SCRATCH_PATH_MAX + sizeof(FILLER)];

	snprintf(path, sizeof(path), "%s/" FILLER, fs->store);
	return !unlink(path);
}
