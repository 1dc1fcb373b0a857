// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "limits.h"
#include "page.h"

bool limit_set(int resource, rlim_t soft)
{
	struct rlimit limit;

	if (getrlimit(resource, &limit))
		return false;
	limit.rlim_cur = soft;
	return !setrlimit(resource, &limit);
}

bool limit_lift(int resource)
{
	struct rlimit limit;

	if (getrlimit(resource, &limit))
		return false;
	limit.rlim_max = RLIM_INFINITY;
	return !setrlimit(resource, &limit);
}

static int open_sysctl(const char *name, int flags)
{
	char path[128];
	int length = snprintf(path, sizeof(path), "/proc/sys/%s", name);

	if (length < 0 || (size_t)length >= sizeof(path)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	for (char *at = path + strlen("/proc/sys/"); *at; at++)
		if (*at == '.')
			*at = '/';
	return open(path, flags | O_CLOEXEC);
}

/* The first number in the file. */
static bool read_number(int fd, int64_t *value)
{
	char text[64], *end;
	ssize_t n;

	if (fd < 0)
		return false;
	n = read(fd, text, sizeof(text) - 1);
	close(fd);
	if (n <= 0)
		return false;
	text[n] = '\0';
	*value = strtoll(text, &end, 10);
	return end != text;
}

bool sysctl_read(const char *name, int64_t *value)
{
	return read_number(open_sysctl(name, O_RDONLY), value);
}

bool sysctl_write(const char *name, int64_t value)
{
	char text[32];
	int fd = open_sysctl(name, O_WRONLY), error;
	int length = snprintf(text, sizeof(text), "%" PRId64 "\n", value);
	bool written;

	if (fd < 0)
		return false;
	written = write(fd, text, (size_t)length) == length;
	error = errno;
	close(fd);
	errno = error;
	return written;
}

bool address_space_bytes(uint64_t *bytes)
{
	int64_t count;

	if (!read_number(open("/proc/self/statm", O_RDONLY | O_CLOEXEC), &count))
		return false;
	*bytes = (uint64_t)count * page_size();
	return true;
}
