// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <unistd.h>

#include "init.h"

bool init_is_us(const char *name)
{
	const char *slash = strrchr(name, '/');

	return getpid() == 1 && !strcmp(slash ? slash + 1 : name, "init");
}

static void mount_at(const char *folder, const char *filesystem)
{
	/* A kernel that has no such file system or no mount() goes without. */
	if (!mkdir(folder, 0755) || errno == EEXIST)
		mount(filesystem, folder, filesystem, 0, NULL);
}

void init_prepare(void)
{
	mount_at("/dev", "devtmpfs");
	mount_at("/proc", "proc");
	mount_at("/sys", "sysfs");
	mount_at("/tmp", "tmpfs");
	if (fcntl(STDOUT_FILENO, F_GETFD) < 0) {
		int console = open("/dev/console", O_RDWR);

		for (int fd = STDIN_FILENO; console >= 0 && fd <= STDERR_FILENO; fd++)
			if (fd != console)
				dup2(console, fd);
	}
}

void init_power_off(void)
{
	sync();
	reboot(RB_POWER_OFF);
}
