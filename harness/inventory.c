// SPDX-License-Identifier: GPL-2.0
/*
 * The suite's cases and tests, for look-up.
 */
#include "inventory.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "suite.h"
#include "text.h"

static const struct inventory_case *sorted_case;

static int compare_tests(const void *a, const void *b)
{
	return strcmp(sorted_case->tests[*(const size_t *)a].name,
		      sorted_case->tests[*(const size_t *)b].name);
}

void inventory_make(struct inventory *suite)
{
	memset(suite, 0, sizeof(*suite));
	for (const struct th_case *c = suite_first_case(); c; c = suite_next_case(c)) {
		struct inventory_case *place =
			list_add(&suite->cases, &suite->count, sizeof(*place));
		struct suite_test test;

		place->name = suite_case_name(c);
		place->each_filesystem = suite_case_each_filesystem(c);
		while (suite_test(c, place->count, &test)) {
			struct inventory_test *t =
				list_add(&place->tests, &place->count, sizeof(*t));

			t->name = must_copy(test.name, strlen(test.name));
			t->clauses = test.clauses;
		}
		place->by_name = must_alloc(place->count * sizeof(*place->by_name));
		for (size_t i = 0; i < place->count; i++)
			place->by_name[i] = i;
		sorted_case = place;
		qsort(place->by_name, place->count, sizeof(*place->by_name), compare_tests);
	}
}

void inventory_free(struct inventory *suite)
{
	for (size_t i = 0; i < suite->count; i++) {
		for (size_t j = 0; j < suite->cases[i].count; j++)
			free(suite->cases[i].tests[j].name);
		free(suite->cases[i].tests);
		free(suite->cases[i].by_name);
	}
	free(suite->cases);
	memset(suite, 0, sizeof(*suite));
}

/* Compares a string with bytes that no NUL ends. */
static int compare_name(const char *string, const char *bytes, size_t length)
{
	int order = strncmp(string, bytes, length);

	return order ? order : string[length] != '\0';
}

size_t inventory_case(const struct inventory *suite, const char *name, size_t length)
{
	size_t low = 0, high = suite->count;

	if (!is_name(name, length))
		return NO_TEST;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = compare_name(suite->cases[middle].name, name, length);

		if (!order)
			return middle;
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return NO_TEST;
}

size_t inventory_test(const struct inventory_case *c, const char *name, size_t length)
{
	size_t low = 0, high = c->count;

	if (!is_name(name, length))
		return NO_TEST;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = compare_name(c->tests[c->by_name[middle]].name, name, length);

		if (!order)
			return c->by_name[middle];
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return NO_TEST;
}

size_t inventory_label(const struct inventory *suite, const char *label, size_t length,
		       char fs[FILESYSTEM_MAX])
{
	const char *at = length ? memchr(label, '@', length) : NULL;
	size_t case_length = at ? (size_t)(at - label) : length, fs_length, index;

	fs[0] = '\0';
	index = inventory_case(suite, label, case_length);
	if (index == NO_TEST || !at)
		return index;
	fs_length = length - case_length - 1;
	if (!suite->cases[index].each_filesystem || !fs_length || fs_length >= FILESYSTEM_MAX ||
	    !is_name(at + 1, fs_length) || memchr(at + 1, '/', fs_length))
		return NO_TEST;
	memcpy(fs, at + 1, fs_length);
	fs[fs_length] = '\0';
	return index;
}

bool inventory_id(const struct inventory *suite, const char *id, size_t length, struct place *place)
{
	if (!is_name(id, length) || length >= TEST_ID_MAX)
		return false;
	/*
	 * A test's name may hold a slash too, so every one is tried; no case's name is another's
	 * folder.
	 */
	for (size_t i = 1; i < length; i++) {
		if (id[i] != '/')
			continue;
		place->case_index = inventory_label(suite, id, i, place->fs);
		if (place->case_index == NO_TEST)
			continue;
		place->test_index = inventory_test(&suite->cases[place->case_index], id + i + 1,
						   length - i - 1);
		if (place->test_index != NO_TEST)
			return true;
	}
	return false;
}

bool is_name(const char *bytes, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		char c = bytes[i];

		if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '.' ||
		      c == ':' || c == '/' || c == '@' || c == '-'))
			return false;
	}
	return length != 0;
}
