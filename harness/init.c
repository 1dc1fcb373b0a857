// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include "init.h"

#define ARGUMENTS_FILE "/mmapconf.args"
#define ARGUMENTS_BYTES (1 << 18)
#define ARGUMENTS_MAX 4096
#define DISK_WAIT 500 /* hundredths of a second */

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

static void open_results(const char *path)
{
	struct termios mode;
	int fd = open(path, O_WRONLY | O_NOCTTY);

	if (fd < 0) {
		fprintf(stderr, "mmapconf: MMAPCONF_RESULTS: %s: %s\n", path, strerror(errno));
		return;
	}
	if (!tcgetattr(fd, &mode)) {
		cfmakeraw(&mode);
		tcsetattr(fd, TCSANOW, &mode);
	}
	dup2(fd, STDOUT_FILENO);
	if (fd != STDOUT_FILENO)
		close(fd);
}

static void mount_disk(const char *device)
{
	static const char *const filesystems[] = { "ext4", "xfs", "btrfs", "ext2", "vfat" };
	const char *others = getenv("MMAPCONF_DIR");
	char folders[2048];

	/* A controller may still be looking for its disks. */
	for (int tries = 0; access(device, F_OK) && tries < DISK_WAIT; tries++)
		usleep(10000);
	mkdir("/disk", 0755);
	for (size_t i = 0; i < sizeof(filesystems) / sizeof(filesystems[0]); i++) {
		if (mount(device, "/disk", filesystems[i], 0, NULL))
			continue;
		chmod("/disk", 01777);
		snprintf(folders, sizeof(folders), "%s:/disk", others && *others ? others : "/tmp");
		setenv("MMAPCONF_DIR", folders, 1);
		return;
	}
	fprintf(stderr, "mmapconf: MMAPCONF_DISK: %s cannot be mounted: %s\n", device,
		strerror(errno));
}

void init_prepare(void)
{
	const char *results, *disk;

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
	results = getenv("MMAPCONF_RESULTS");
	if (results && *results)
		open_results(results);
	disk = getenv("MMAPCONF_DISK");
	if (disk && *disk)
		mount_disk(disk);
}

int init_arguments(char ***argv)
{
	static char bytes[ARGUMENTS_BYTES], *words[ARGUMENTS_MAX + 2] = { "init" };
	int fd = open(ARGUMENTS_FILE, O_RDONLY | O_CLOEXEC), count = 1;
	size_t used = 0;
	ssize_t n;

	if (fd < 0)
		return 0;
	while ((n = read(fd, bytes + used, sizeof(bytes) - used)) > 0)
		used += (size_t)n;
	close(fd);
	if (used == sizeof(bytes))
		return -1;
	for (char *at = bytes, *end = bytes + used; at < end; at += strlen(at) + 1) {
		char *newline = memchr(at, '\n', (size_t)(end - at));

		if (newline)
			*newline = '\0';
		if (count > ARGUMENTS_MAX)
			return -1;
		words[count++] = at;
	}
	*argv = words;
	return count;
}

void init_power_off(int status)
{
	tcdrain(STDOUT_FILENO);
	fprintf(stderr, "mmapconf: exit status %d\n", status);
	tcdrain(STDERR_FILENO);
	sync();
	reboot(RB_POWER_OFF);
}
