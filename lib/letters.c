// SPDX-License-Identifier: GPL-2.0
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fault.h"
#include "letters.h"
#include "object.h"
#include "page.h"

bool letters_write(int fd, const char *letters)
{
	for (size_t n = 0; letters[n]; n++)
		if (!object_fill(fd, pages(n), page_size(), letters[n]))
			return false;
	return true;
}

static char sign(const char *page)
{
	struct fault fault = fault_probe(FAULT_READ, page);
	struct byte_probe probe;

	if (fault.signal)
		return fault.signal == SIGBUS && fault.code == BUS_ADRERR ? '!' : '.';
	probe = fault_probe_bytes((unsigned char)*page, page, page_size());
	if (!probe.equal)
		return '?';
	return *page ? *page : '0';
}

const char *letters_at(const void *p, size_t count)
{
	static char picture[LETTERS_MAX + 1];
	size_t n;

	for (n = 0; n < count && n < LETTERS_MAX; n++)
		picture[n] = sign((const char *)p + pages(n));
	picture[n] = '\0';
	return picture;
}

const char *letters_in(int fd, size_t count)
{
	static char picture[LETTERS_MAX + 1];
	char *page = malloc(page_size());
	size_t n;

	for (n = 0; n < count && n < LETTERS_MAX; n++) {
		ssize_t got = page ? pread(fd, page, page_size(), (off_t)pages(n)) : -1;

		picture[n] = got == (ssize_t)page_size() ? sign(page) : '.';
	}
	free(page);
	picture[n] = '\0';
	return picture;
}
