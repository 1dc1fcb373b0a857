// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "scratch.h"

/* The process that was there before every test: it names the folder, and removes it. */
static pid_t owner;

static void __attribute__((constructor)) remember_owner(void)
{
	owner = getpid();
}

static int folder(char path[SCRATCH_PATH_MAX], bool make)
{
	const char *base = getenv("MMAPCONF_DIR");
	int length;

	if (!base || !*base)
		base = getenv("TMPDIR");
	if (!base || !*base)
		base = "/tmp";
	length = snprintf(path, SCRATCH_PATH_MAX, "%.*s/mmapconf-%ld", (int)strcspn(base, ":"),
			  base, (long)owner);
	if (length >= SCRATCH_PATH_MAX) {
		errno = ENAMETOOLONG;
		return -1;
	}
	if (make && mkdir(path, 0755) && errno != EEXIST)
		return -1;
	return length;
}

static int remove_entry(const char *path, const struct stat *status, int kind, struct FTW *place)
{
	(void)status;
	(void)kind;
	(void)place;
	return remove(path);
}

static void __attribute__((destructor)) remove_folder(void)
{
	char path[SCRATCH_PATH_MAX];

	if (getpid() != owner || folder(path, false) < 0 || !rmdir(path) || errno == ENOENT)
		return;
	nftw(path, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
}

bool scratch_path(char path[SCRATCH_PATH_MAX], const char *name)
{
	static unsigned int count;
	int length = folder(path, true);

	if (length < 0)
		return false;
	length += snprintf(path + length, SCRATCH_PATH_MAX - (size_t)length, "/%ld-%u-%s",
			   (long)getpid(), count++, name);
	if (length < SCRATCH_PATH_MAX)
		return true;
	errno = ENAMETOOLONG;
	return false;
}

int scratch_file(int flags)
{
	char path[SCRATCH_PATH_MAX];
	int fd;

	if (!scratch_path(path, "file"))
		return -1;
	fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | flags, 0644);
	if (fd >= 0)
		unlink(path);
	return fd;
}

int scratch_directory(void)
{
	char path[SCRATCH_PATH_MAX];

	if (folder(path, true) < 0)
		return -1;
	return open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}
