// SPDX-License-Identifier: GPL-2.0
/*
 * Text on its way to standard output. No stdio streams: their buffers would be copied into every
 * forked test.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "harness.h"

static char buffer[16384];
static size_t used;
static bool indent_lines, within_line;
static int destination = STDOUT_FILENO, confirmation = -1;

void out_check(void)
{
	static const char complaint[] =
		"standard output is closed: there is nowhere to report to\n";

	if (write(STDOUT_FILENO, "", 0) == 0 || errno != EBADF)
		return;
	if (write(STDERR_FILENO, complaint, sizeof(complaint) - 1) < 0)
		_exit(KSFT_FAIL);
	_exit(KSFT_FAIL);
}

void out_flush(void)
{
	size_t written = 0;

	while (written < used) {
		ssize_t n = write(destination, buffer + written, used - written);

		if (n < 0 && errno != EINTR)
			_exit(KSFT_FAIL);
		if (n > 0)
			written += (size_t)n;
	}
	used = 0;
}

void out_flush_through(void)
{
	char byte;

	out_flush();
	while (confirmation >= 0 && read(confirmation, &byte, 1) < 0 && errno == EINTR)
		;
}

void out_to(int fd, int passed_on)
{
	destination = fd;
	confirmation = passed_on;
	indent_lines = false;
}

void out_indent(bool indent)
{
	indent_lines = indent;
}

static void put(const char *bytes, size_t count)
{
	while (count) {
		size_t room = sizeof(buffer) - used, n = count < room ? count : room;

		memcpy(buffer + used, bytes, n);
		used += n;
		bytes += n;
		count -= n;
		if (used == sizeof(buffer))
			out_flush();
	}
}

void out_bytes(const char *bytes, size_t count)
{
	while (count) {
		const char *newline = memchr(bytes, '\n', count);
		size_t n = newline ? (size_t)(newline - bytes) + 1 : count;

		if (indent_lines && !within_line)
			put("  ", 2);
		within_line = !newline;
		put(bytes, n);
		bytes += n;
		count -= n;
	}
}

void out(const char *fmt, ...)
{
	char line[1024];
	va_list args;
	int n;

	va_start(args, fmt);
	n = vsnprintf(line, sizeof(line), fmt, args);
	va_end(args);
	if (n < 0)
		return;
	if ((size_t)n >= sizeof(line)) {
		n = sizeof(line) - 1;
		line[n - 1] = '\n';
	}
	out_bytes(line, (size_t)n);
}
