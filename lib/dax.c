// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "dax.h"
#include "object.h"

#define CHUNK (1 << 16)

bool dax_open(struct dax *dax)
{
	*dax = (struct dax){ .fd = -1, .after.disk = -1 };
	if (!scratch_path(dax->path, "dax"))
		return false;
	dax->fd = open(dax->path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
	if (dax->fd >= 0 && !object_is_dax(dax->fd)) {
		dax->missing = "a scratch folder on a DAX mount";
		return false;
	}
	if (dax->fd >= 0 && !mounts_private()) {
		dax->missing = "the right to mount";
		return false;
	}
	return dax->fd >= 0 && !fsync(dax->fd);
}

/* The device of the file system: by a name that nobody else has. */
static int open_device(const struct dax *dax)
{
	char path[SCRATCH_PATH_MAX];
	struct stat status;

	if (fstat(dax->fd, &status) || !scratch_path(path, "device") ||
	    mknod(path, S_IFBLK | 0600, status.st_dev))
		return -1;
	/* O_DIRECT: what is on the device, not what its cache has. */
	return open(path, O_RDONLY | O_DIRECT | O_CLOEXEC);
}

/* A copy on a tmpfs, with holes where there are only zeros. */
static bool copy_device(int from, int to)
{
	static char bytes[CHUNK] __attribute__((aligned(4096)));
	static const char zeros[CHUNK];
	off_t at = 0;
	ssize_t n;

	while ((n = pread(from, bytes, sizeof(bytes), at)) > 0) {
		if (memcmp(bytes, zeros, (size_t)n) && pwrite(to, bytes, (size_t)n, at) != n)
			return false;
		at += n;
	}
	return !n && !ftruncate(to, at);
}

/* The part of the path below the mount. */
static const char *below_mount(const struct dax *dax)
{
	char path[SCRATCH_PATH_MAX];
	struct stat file, folder;
	const char *slash = dax->path;

	while (!fstat(dax->fd, &file) && (slash = strchr(slash + 1, '/'))) {
		snprintf(path, sizeof(path), "%.*s", (int)(slash - dax->path), dax->path);
		if (!stat(path, &folder) && folder.st_dev == file.st_dev)
			return slash + 1;
	}
	return NULL;
}

int dax_cut(struct dax *dax)
{
	char folder[SCRATCH_PATH_MAX];
	int device = open_device(dax), copy = -1;
	const char *name = below_mount(dax);

	if (device >= 0 && name && mount_new(folder, "dax", "tmpfs", 0, NULL))
		copy = mount_open(folder, "copy", O_RDWR | O_CREAT);
	if (copy < 0 || !copy_device(device, copy) ||
	    !loopfs_attach_file(&dax->after, "ext4", copy) || !loopfs_mount(&dax->after, 0, "")) {
		close(copy);
		copy = -1;
	}
	close(device);
	return copy < 0 ? -1 : loopfs_file(&dax->after, name, O_RDONLY);
}

void dax_close(struct dax *dax)
{
	loopfs_close(&dax->after);
	close(dax->fd);
}
