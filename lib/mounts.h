/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Mounts of this process's own: nobody else sees them, and they are gone when it ends, however it
 * ends.
 */
#ifndef LIB_MOUNTS_H
#define LIB_MOUNTS_H

#include <stdbool.h>

#include "scratch.h"

/*
 * From now on, what this process mounts is its own. False: errno says why; without the privilege,
 * EPERM.
 */
bool mounts_private(void);

/*
 * Mounts a file system on a new folder below the scratch folder, whose path it writes. False: errno
 * says why; ENODEV when the kernel has no such file system.
 */
bool mount_new(char folder[SCRATCH_PATH_MAX], const char *source, const char *type,
	       unsigned long flags, const char *options);

/*
 * Opens the file of this name there, O_CLOEXEC, with mode 0644 where it is created; -1: errno says
 * why.
 */
int mount_open(const char *folder, const char *name, int flags);

#endif
