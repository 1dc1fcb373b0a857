// SPDX-License-Identifier: GPL-2.0
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <link.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include "init.h"
#include "modules.h"

#define ARGUMENTS_FILE "/mmapconf.args"
#define ARGUMENTS_BYTES (1 << 18)
#define ARGUMENTS_MAX 4096
#define DISK_WAIT 500 /* hundredths of a second */

typedef ElfW(Phdr) segment_header;

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

/*
 * The device of a disk that goes by this name: its own path, or the serial number that its
 * controller says.
 */
static bool find_disk(const char *name, char path[PATH_MAX])
{
	bool is_path = *name == '/', is_dax = !strcmp(name, "dax"), found = false;
	struct dirent *entry;
	char said[64];
	DIR *blocks;

	if (is_path || is_dax) {
		snprintf(path, PATH_MAX, "%s", is_dax ? "/dev/pmem0" : name);
		return !access(path, F_OK);
	}
	blocks = opendir("/sys/block");
	while (blocks && !found && (entry = readdir(blocks))) {
		FILE *file;

		snprintf(path, PATH_MAX, "/sys/block/%s/device/serial", entry->d_name);
		file = fopen(path, "re");
		found = file && fscanf(file, "%63s", said) == 1 && !strcmp(said, name);
		if (file)
			fclose(file);
		snprintf(path, PATH_MAX, "/dev/%s", entry->d_name);
	}
	if (blocks)
		closedir(blocks);
	return found && !access(path, F_OK);
}

/* An overlay whose layers lie on a tmpfs of their own. */
static int mount_overlay(const char *folder)
{
	mkdir("/overlay", 0755);
	if (mount("tmpfs", "/overlay", "tmpfs", 0, NULL))
		return -1;
	mkdir("/overlay/lower", 0755);
	mkdir("/overlay/upper", 0755);
	mkdir("/overlay/work", 0755);
	return mount("overlay", folder, "overlay", 0,
		     "lowerdir=/overlay/lower,upperdir=/overlay/upper,workdir=/overlay/work");
}

/* An ext4 without a page cache: what passes for persistent memory gets the image of one. */
static int mount_dax(const char *device, const char *folder)
{
	static char bytes[1 << 16];
	int from = open("/images/ext4.img", O_RDONLY | O_CLOEXEC),
	    to = open(device, O_WRONLY | O_CLOEXEC);
	bool copied = from >= 0 && to >= 0;
	ssize_t n;

	while (copied && (n = read(from, bytes, sizeof(bytes))))
		copied = n > 0 && write(to, bytes, (size_t)n) == n;
	close(from);
	close(to);
	return copied ? mount(device, folder, "ext4", 0, "dax") : -1;
}

static int mount_device(const char *device, const char *folder, const char *name)
{
	static const char *const filesystems[] = { "ext4", "xfs", "btrfs", "f2fs", "ext2", "vfat" };
	int status;

	if (!strcmp(name, "dax"))
		return mount_dax(device, folder);
	/* The kernel complains of each that it is not: what the disk is named by comes first. */
	status = mount(device, folder, name, 0, NULL);
	for (size_t i = 0; status && i < sizeof(filesystems) / sizeof(filesystems[0]); i++)
		status = mount(device, folder, filesystems[i], 0, NULL);
	return status;
}

static void mount_disk(const char *name)
{
	const char *others = getenv("MMAPCONF_DIR"), *slash = strrchr(name, '/');
	char device[PATH_MAX], folder[PATH_MAX], folders[2 * PATH_MAX];
	bool overlay = !strcmp(name, "overlay");

	/* A controller may still be looking for its disks. */
	for (int tries = 0; !overlay && !find_disk(name, device) && tries < DISK_WAIT; tries++)
		usleep(10000);
	snprintf(folder, sizeof(folder), "/disk/%s", slash ? slash + 1 : name);
	mkdir("/disk", 0755);
	mkdir(folder, 0755);
	if (overlay ? mount_overlay(folder) : mount_device(device, folder, name)) {
		fprintf(stderr, "mmapconf: MMAPCONF_DISK: %s cannot be mounted: %s\n", name,
			strerror(errno));
		return;
	}
	chmod(folder, 01777);
	snprintf(folders, sizeof(folders), "%s:%s", others && *others ? others : "/tmp", folder);
	setenv("MMAPCONF_DIR", folders, 1);
}

/*
 * A fork leaves it to the child to find what is mapped of a file, by faults. User-mode Linux takes
 * one for each page of the program that a test touches, and they are dear. Where the process has
 * stored to a private mapping, though, a fork copies all that it knows of it.
 */
static void copy_segment_on_fork(const segment_header *segment)
{
	uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE),
		  end = segment->p_vaddr + segment->p_memsz;
	volatile char *start = (volatile char *)(segment->p_vaddr & -page);
	int prot = PROT_READ | (segment->p_flags & PF_X ? PROT_EXEC : 0);

	if (mprotect((void *)start, end - (uintptr_t)start, prot | PROT_WRITE))
		return;
	*start = *start;
	for (volatile char *p = start; (uintptr_t)p < end; p += page)
		(void)*p;
	mprotect((void *)start, end - (uintptr_t)start, prot);
}

static void copy_text_on_fork(void)
{
	const segment_header *segments = (const segment_header *)getauxval(AT_PHDR);

	for (size_t i = 0; segments && i < getauxval(AT_PHNUM); i++)
		if (segments[i].p_type == PT_LOAD && !(segments[i].p_flags & PF_W))
			copy_segment_on_fork(&segments[i]);
}

void init_prepare(void)
{
	const char *results, *disks;
	char names[PATH_MAX];

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
	if (getenv("MMAPCONF_COPY_TEXT"))
		copy_text_on_fork();
	modules_load("start");
	disks = getenv("MMAPCONF_DISK");
	snprintf(names, sizeof(names), "%s", disks ? disks : "");
	for (char *rest, *name = strtok_r(names, "+", &rest); name;
	     name = strtok_r(NULL, "+", &rest))
		mount_disk(name);
	if (!access("/images", F_OK))
		setenv("MMAPCONF_IMAGES", "/images", 1);
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
