/* SPDX-License-Identifier: GPL-2.0 */
/*
 * For programs that take the whole machine down: they do it in a guest of the targets only, whose
 * root has this file.
 */
#ifndef TESTS_GUEST_H
#define TESTS_GUEST_H

#include <fcntl.h>
#include <stdbool.h>

#include "kselftest_harness.h"
#include "lib/expect.h"

#define NEED_GUEST() \
	NEED(!access("/mmapconf.args", F_OK) && !access("/init", X_OK), "a guest of its own")

static inline bool write_to(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY);
	bool written = fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text);

	close(fd);
	return written;
}

#endif
