// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include "mounts.h"

bool mounts_private(void)
{
	return !unshare(CLONE_NEWNS) && !mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL);
}

bool mount_new(char folder[SCRATCH_PATH_MAX], const char *source, const char *type,
	       unsigned long flags, const char *options)
{
	return scratch_path(folder, type) && !mkdir(folder, 0755) &&
	       !mount(source, folder, type, flags, options);
}

int mount_open(const char *folder, const char *name, int flags)
{
	char path[SCRATCH_PATH_MAX];

	if (snprintf(path, sizeof(path), "%s/%s", folder, name) >= (int)sizeof(path)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	return open(path, flags | O_CLOEXEC, 0644);
}
