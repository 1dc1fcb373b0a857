// SPDX-License-Identifier: GPL-2.0
#include <sys/stat.h>

#include "filetimes.h"

#define NANOSECONDS 1000000000LL

bool filetimes_set(int fd, time_t atime, time_t mtime)
{
	const struct timespec times[] = { { .tv_sec = atime }, { .tv_sec = mtime } };

	return !futimens(fd, times);
}

time_t file_atime(int fd)
{
	struct stat status;

	return fstat(fd, &status) ? -1 : status.st_atime;
}

time_t file_mtime(int fd)
{
	struct stat status;

	return fstat(fd, &status) ? -1 : status.st_mtime;
}

long long file_ctime(int fd)
{
	struct stat status;

	return fstat(fd, &status) ? -1 :
				    status.st_ctim.tv_sec * NANOSECONDS + status.st_ctim.tv_nsec;
}

bool file_ctime_passed(int fd)
{
	long long changed = file_ctime(fd);
	struct timespec now;

	do
		if (changed < 0 || clock_gettime(CLOCK_REALTIME_COARSE, &now))
			return false;
	while (now.tv_sec * NANOSECONDS + now.tv_nsec <= changed);
	return true;
}
