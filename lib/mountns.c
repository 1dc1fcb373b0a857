// SPDX-License-Identifier: GPL-2.0
#include <sched.h>
#include <stddef.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include "mountns.h"

bool mountns_enter(void)
{
	return !unshare(CLONE_NEWNS) && !mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL);
}

bool mountns_tmpfs(const char *path, unsigned long flags, const char *options)
{
	return !mkdir(path, 0755) && !mount("tmpfs", path, "tmpfs", flags, options);
}
