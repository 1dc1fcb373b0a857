/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The suite's cases and tests as `mmapconf compare` looks them up: by the id of a result, by the
 * name in a baseline.
 */
#ifndef MMAPCONF_INVENTORY_H
#define MMAPCONF_INVENTORY_H

#include <stdbool.h>
#include <stddef.h>

#define FILESYSTEM_MAX 33 /* bytes of a file system's name, with its final NUL */
#define NO_TEST ((size_t)-1)

struct inventory {
	struct inventory_case {
		const char *name;
		bool each_filesystem;
		struct inventory_test {
			char *name;
			const char *clauses; /* blank-separated ids */
		} * tests; /* in the order of the plan */
		size_t count;
		size_t *by_name; /* indices of tests, by name */
	} * cases; /* by name, ascending; the index is that of shards */
	size_t count;
};

void inventory_make(struct inventory *suite);
void inventory_free(struct inventory *suite);

/* The index of the case of this name, or NO_TEST. */
size_t inventory_case(const struct inventory *suite, const char *name, size_t length);

/* The index of the test of this name in the plan of the case, or NO_TEST. */
size_t inventory_test(const struct inventory_case *c, const char *name, size_t length);

/*
 * Splits "CASE" or "CASE@FILESYSTEM" and looks the case up: its index, or NO_TEST where there is no
 * such case, or the case does not run on several file systems. fs is "" without one.
 */
size_t inventory_label(const struct inventory *suite, const char *label, size_t length,
		       char fs[FILESYSTEM_MAX]);

/*
 * A test as an id names it: "CASE/NAME" or "CASE@FILESYSTEM/NAME". False: it is none of the suite.
 */
struct place {
	size_t case_index, test_index;
	char fs[FILESYSTEM_MAX];
};
bool inventory_id(const struct inventory *suite, const char *id, size_t length,
		  struct place *place);

/* Is it made only of the characters of names, [a-z0-9_.:/@-], and not empty? */
bool is_name(const char *bytes, size_t length);

#endif
