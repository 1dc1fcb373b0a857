/* SPDX-License-Identifier: GPL-2.0 */
/*
 * An overlayfs of a test's own, over two folders of a file system of its own, with a file on the
 * lower layer.
 */
#ifndef LIB_OVERLAY_H
#define LIB_OVERLAY_H

#include <stdbool.h>
#include <stddef.h>

#include "loopfs.h"

struct overlay {
	struct loopfs layers; /* with the folders lower, upper and work */
	char folder[SCRATCH_PATH_MAX]; /* where it is mounted */
	int lower; /* the file "file" of the lower layer */
	const char *missing; /* as in struct loopfs */
};

/*
 * Makes both layers on a file system of this type, count bytes of fill in the file, and mounts.
 * False: as loopfs_open().
 */
bool overlay_open(struct overlay *overlay, const char *type, int fill, size_t count);

void overlay_close(struct overlay *overlay);

#endif
