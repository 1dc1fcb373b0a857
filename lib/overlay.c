// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "object.h"
#include "overlay.h"

static bool make_folder(const char *parent, const char *name)
{
	char path[SCRATCH_PATH_MAX + 16];

	snprintf(path, sizeof(path), "%s/%s", parent, name);
	return !mkdir(path, 0755);
}

bool overlay_open(struct overlay *overlay, const char *type, int fill, size_t count)
{
	const char *layers = overlay->layers.folder;
	char options[3 * SCRATCH_PATH_MAX + 64];
	bool opened = loopfs_open(&overlay->layers, type, 0, "");

	overlay->missing = overlay->layers.missing;
	if (!opened || !make_folder(layers, "lower") || !make_folder(layers, "upper") ||
	    !make_folder(layers, "work"))
		return false;
	overlay->lower = mount_open(layers, "lower/file", O_RDWR | O_CREAT);
	if (overlay->lower < 0 || !object_fill(overlay->lower, 0, count, fill))
		return false;
	snprintf(options, sizeof(options), "lowerdir=%s/lower,upperdir=%s/upper,workdir=%s/work",
		 layers, layers, layers);
	if (mount_new(overlay->folder, "overlay", "overlay", 0, options))
		return true;
	if (errno == ENODEV)
		overlay->missing = "overlayfs";
	return false;
}

void overlay_close(struct overlay *overlay)
{
	umount2(overlay->folder, MNT_DETACH);
	close(overlay->lower);
	loopfs_close(&overlay->layers);
}
