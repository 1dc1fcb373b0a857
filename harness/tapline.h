/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What one line of a result stream says (docs/tap.md). Lines hold any bytes; no NUL ends them.
 */
#ifndef MMAPCONF_TAPLINE_H
#define MMAPCONF_TAPLINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "inventory.h"

bool starts(const char *line, size_t length, const char *with);
bool equals(const char *line, size_t length, const char *with);

/* How a test ended, as its result line says (the table in docs/tap.md). */
enum result {
	RESULT_NONE,
	RESULT_PASS,
	RESULT_FAIL,
	RESULT_SKIP,
	RESULT_TIMEOUT,
	RESULT_CRASH,
	RESULT_ERROR,
};

/*
 * Reads a result line without its indentation and line end. False: it is none. text is what follows
 * '#', past the word that the result stands for.
 */
struct result_line {
	unsigned int number;
	const char *name;
	size_t name_length;
	enum result result;
	const char *text;
	size_t text_length;
};
bool parse_result_line(const char *line, size_t length, struct result_line *parsed);

/* The arguments of "# done": "ID VERDICT CRC [SECONDS]". */
struct done_line {
	const char *id;
	size_t id_length;
	enum result verdict;
	uint32_t crc;
	double seconds;
	bool whole; /* nothing is missing, nothing is too much */
	size_t signed_length; /* of "ID VERDICT" */
};

void parse_done(const char *args, size_t length, struct done_line *d);

/* "1..N" */
bool parse_plan(const char *line, size_t length, unsigned int *plan);

/* "KTAP version 1" and what else opens a document. */
bool is_version_line(const char *line, size_t length);

/* The bytes of a kernel's timestamp before the line: "<6>[   12.345678][    T1] ". */
size_t timestamp(const char *line, size_t length);

#endif
