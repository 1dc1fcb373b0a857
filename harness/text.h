/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What `mmapconf compare` needs of strings, memory and files. It runs on a host: a failed
 * allocation ends the program with exit status 2, after one line.
 */
#ifndef MMAPCONF_TEXT_H
#define MMAPCONF_TEXT_H

#include <stdbool.h>
#include <stddef.h>

void *must_alloc(size_t size); /* zeroed */
void *must_realloc(void *memory, size_t size);
char *must_copy(const char *bytes, size_t length); /* with a NUL added */
char *must_format(const char *fmt, ...) __attribute__((format(printf, 1, 2), nonnull(1)));

/* A list that grows: makes room for one more item, of which it returns the zeroed place. */
void *list_add(void *list_pointer, size_t *count, size_t item_size);

/* A string that grows. bytes is NUL-terminated once something was added. */
struct text {
	char *bytes;
	size_t length, size;
};

void text_add(struct text *t, const char *bytes, size_t length);
void text_puts(struct text *t, const char *string);
void text_printf(struct text *t, const char *fmt, ...)
	__attribute__((format(printf, 2, 3), nonnull(2)));
void text_free(struct text *t);

/*
 * Adds the bytes as printable ASCII, all others as \xHH; at most limit bytes of output, then "...".
 */
void text_add_printable(struct text *t, const char *bytes, size_t length, size_t limit);

/*
 * Adds the bytes as a JSON string in its quotes: control characters as \u00XX, what is no valid
 * UTF-8 as U+FFFD.
 */
void text_add_json(struct text *t, const char *bytes, size_t length);

/* The whole file, NUL-terminated; NULL with errno set. */
char *file_read(const char *path, size_t *length);

bool is_folder(const char *path);

/*
 * Files that appear whole or not at all: all are written beside their places, then all are renamed.
 */
struct staged_files {
	struct staged_file {
		char *path, *temporary; /* no temporary: the file is to be removed */
	} * file;
	size_t count;
};

/* Writes the content beside path, and creates the folders that it needs. False with errno set. */
bool staged_add(struct staged_files *s, const char *path, const char *bytes, size_t length);
void staged_remove(struct staged_files *s, const char *path);
/*
 * Puts all files in their places. False with errno set; *failed is the path that could not be
 * placed.
 */
bool staged_commit(struct staged_files *s, const char **failed);
/* Removes what was not put in place, and frees. */
void staged_free(struct staged_files *s);

#endif
