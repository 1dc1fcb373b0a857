// SPDX-License-Identifier: GPL-2.0
/*
 * Strings, memory and files of `mmapconf compare`.
 */
#include "text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

void *must_alloc(size_t size)
{
	void *memory = calloc(1, size ? size : 1);

	if (!memory) {
		fputs("mmapconf compare: out of memory\n", stderr);
		exit(2);
	}
	return memory;
}

void *must_realloc(void *memory, size_t size)
{
	memory = realloc(memory, size ? size : 1);
	if (!memory) {
		fputs("mmapconf compare: out of memory\n", stderr);
		exit(2);
	}
	return memory;
}

char *must_copy(const char *bytes, size_t length)
{
	char *copy = must_alloc(length + 1);

	if (length)
		memcpy(copy, bytes, length);
	return copy;
}

char *must_format(const char *fmt, ...)
{
	va_list args;
	char *string;
	int n;

	va_start(args, fmt);
	n = vsnprintf(NULL, 0, fmt, args);
	va_end(args);
	string = must_alloc((size_t)n + 1);
	va_start(args, fmt);
	vsnprintf(string, (size_t)n + 1, fmt, args);
	va_end(args);
	return string;
}

void *list_add(void *list_pointer, size_t *count, size_t item_size)
{
	char *list;

	memcpy(&list, list_pointer, sizeof(list));
	/* The capacity is the next power of two, so it need not be kept. */
	if (!(*count & (*count - 1))) {
		list = must_realloc(list, (*count ? *count * 2 : 1) * item_size);
		memcpy(list_pointer, &list, sizeof(list));
	}
	return memset(list + (*count)++ * item_size, 0, item_size);
}

static void text_reserve(struct text *t, size_t more)
{
	if (t->size - t->length > more)
		return;
	t->size = (t->size + more + 64) * 2;
	t->bytes = must_realloc(t->bytes, t->size);
}

void text_add(struct text *t, const char *bytes, size_t length)
{
	text_reserve(t, length);
	if (length)
		memcpy(t->bytes + t->length, bytes, length);
	t->length += length;
	t->bytes[t->length] = '\0';
}

void text_puts(struct text *t, const char *string)
{
	text_add(t, string, strlen(string));
}

void text_printf(struct text *t, const char *fmt, ...)
{
	va_list args;
	int n;

	va_start(args, fmt);
	n = vsnprintf(NULL, 0, fmt, args);
	va_end(args);
	text_reserve(t, (size_t)n);
	va_start(args, fmt);
	vsnprintf(t->bytes + t->length, (size_t)n + 1, fmt, args);
	va_end(args);
	t->length += (size_t)n;
}

void text_free(struct text *t)
{
	free(t->bytes);
	memset(t, 0, sizeof(*t));
}

void text_add_printable(struct text *t, const char *bytes, size_t length, size_t limit)
{
	size_t end = t->length + limit;

	for (size_t i = 0; i < length; i++) {
		unsigned char c = (unsigned char)bytes[i];

		if (t->length + 4 > end && length - i > 1) {
			text_puts(t, "...");
			return;
		}
		if (c >= ' ' && c < 0x7f)
			text_add(t, bytes + i, 1);
		else
			text_printf(t, "\\x%02x", c);
	}
	text_add(t, "", 0);
}

/* The length of the valid UTF-8 sequence at s, or 0. */
static size_t utf8_length(const unsigned char *s, size_t length)
{
	size_t n = s[0] < 0x80 ? 1 :
		   s[0] < 0xc2 ? 0 :
		   s[0] < 0xe0 ? 2 :
		   s[0] < 0xf0 ? 3 :
		   s[0] < 0xf5 ? 4 :
				 0;

	if (!n || n > length)
		return 0;
	for (size_t i = 1; i < n; i++)
		if ((s[i] & 0xc0) != 0x80)
			return 0;
	/* Overlong forms, surrogates, and what is above U+10FFFF. */
	if ((s[0] == 0xe0 && s[1] < 0xa0) || (s[0] == 0xed && s[1] > 0x9f) ||
	    (s[0] == 0xf0 && s[1] < 0x90) || (s[0] == 0xf4 && s[1] > 0x8f))
		return 0;
	return n;
}

void text_add_json(struct text *t, const char *bytes, size_t length)
{
	text_puts(t, "\"");
	for (size_t i = 0; i < length;) {
		const unsigned char *s = (const unsigned char *)bytes + i;
		size_t n = utf8_length(s, length - i);

		if (!n) {
			text_puts(t, "\xef\xbf\xbd");
			n = 1;
		} else if (s[0] < ' ' || s[0] == 0x7f) {
			text_printf(t, "\\u%04x", s[0]);
		} else {
			if (s[0] == '"' || s[0] == '\\')
				text_puts(t, "\\");
			text_add(t, bytes + i, n);
		}
		i += n;
	}
	text_puts(t, "\"");
}

char *file_read(const char *path, size_t *length)
{
	struct text t = { 0 };
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n;

	if (fd < 0)
		return NULL;
	do {
		text_reserve(&t, 65536);
		n = read(fd, t.bytes + t.length, 65536);
		if (n > 0)
			t.length += (size_t)n;
	} while (n > 0 || (n < 0 && errno == EINTR));
	if (n < 0) {
		int error = errno;

		close(fd);
		text_free(&t);
		errno = error;
		return NULL;
	}
	close(fd);
	t.bytes[t.length] = '\0';
	*length = t.length;
	return t.bytes;
}

bool is_folder(const char *path)
{
	struct stat status;

	return !stat(path, &status) && S_ISDIR(status.st_mode);
}

static bool make_folders_for(const char *path)
{
	char *copy = must_copy(path, strlen(path));
	bool made = true;

	for (char *slash = strchr(copy + 1, '/'); slash && made; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		made = !mkdir(copy, 0777) || errno == EEXIST;
		*slash = '/';
	}
	free(copy);
	return made;
}

static bool write_all(int fd, const char *bytes, size_t length)
{
	while (length) {
		ssize_t n = write(fd, bytes, length);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return false;
		bytes += n;
		length -= (size_t)n;
	}
	return true;
}

bool staged_add(struct staged_files *s, const char *path, const char *bytes, size_t length)
{
	char *temporary = must_format("%s.tmp.%ld", path, (long)getpid());
	struct staged_file *file;
	int fd, error;
	bool written;

	if (!make_folders_for(path)) {
		free(temporary);
		return false;
	}
	fd = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	if (fd < 0) {
		error = errno;
		free(temporary);
		errno = error;
		return false;
	}
	file = list_add(&s->file, &s->count, sizeof(*file));
	file->path = must_copy(path, strlen(path));
	file->temporary = temporary;
	written = write_all(fd, bytes, length);
	error = errno;
	if (close(fd) && written) {
		written = false;
		error = errno;
	}
	errno = error;
	return written;
}

void staged_remove(struct staged_files *s, const char *path)
{
	struct staged_file *file = list_add(&s->file, &s->count, sizeof(*file));

	file->path = must_copy(path, strlen(path));
}

bool staged_commit(struct staged_files *s, const char **failed)
{
	for (size_t i = 0; i < s->count; i++) {
		struct staged_file *file = &s->file[i];

		*failed = file->path;
		if (file->temporary ? rename(file->temporary, file->path) :
				      unlink(file->path) && errno != ENOENT)
			return false;
		free(file->temporary);
		file->temporary = NULL;
	}
	return true;
}

void staged_free(struct staged_files *s)
{
	for (size_t i = 0; i < s->count; i++) {
		if (s->file[i].temporary)
			unlink(s->file[i].temporary);
		free(s->file[i].temporary);
		free(s->file[i].path);
	}
	free(s->file);
	memset(s, 0, sizeof(*s));
}
