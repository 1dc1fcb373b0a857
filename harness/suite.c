// SPDX-License-Identifier: GPL-2.0
/*
 * The suite as data: cases, tests, clauses, selection.
 */
#include <fnmatch.h>
#include <stdio.h>
#include <string.h>

#include "harness.h"
#include "registry.h"
#include "suite.h"
#include "tables.h"

const struct clause *suite_clause(const char *id)
{
	for (const struct clause *c = clause_table; c->id; c++)
		if (!strcmp(c->id, id))
			return c;
	return NULL;
}

const char *suite_citations(const char *case_name, const char *definition)
{
	for (const struct citation *c = citation_table; c->case_name; c++)
		if (!strcmp(c->case_name, case_name) && !strcmp(c->definition, definition))
			return c->clauses;
	return "";
}

const struct th_case *suite_first_case(void)
{
	return th_first_case();
}

const struct th_case *suite_next_case(const struct th_case *c)
{
	return c->next;
}

const char *suite_case_name(const struct th_case *c)
{
	return c->name;
}

const char *suite_case_exclusive(const struct th_case *c)
{
	return c->exclusive;
}

bool suite_case_each_filesystem(const struct th_case *c)
{
	return c->each_filesystem;
}

bool suite_test(const struct th_case *c, size_t index, struct suite_test *test)
{
	char definition[TEST_NAME_MAX];
	struct th_walk w;

	for (bool more = th_walk_first(&w, c); more; more = th_walk_next(&w)) {
		if (w.index != index)
			continue;
		th_walk_name(&w, test->name, sizeof(test->name));
		snprintf(definition, sizeof(definition), "%s.%s", w.fixture->name, w.test->name);
		test->clauses = suite_citations(c->name, definition);
		return true;
	}
	return false;
}

/* Is word one of the parts of text, which '/' and '.' separate? */
static bool is_part(const char *word, const char *text)
{
	size_t length = strlen(word);

	while (*text) {
		size_t part = strcspn(text, "/.");

		if (part == length && !memcmp(word, text, length))
			return true;
		text += part;
		text += *text != '\0';
	}
	return false;
}

static bool matches_id(const char *pattern, const char *case_name, const char *test_name)
{
	size_t length = strlen(pattern);
	char id[TEST_ID_MAX];

	snprintf(id, sizeof(id), "%s/%s", case_name, test_name);
	if (length && pattern[length - 1] == '/' && !strncmp(pattern, id, length))
		return true;
	if (!strpbrk(pattern, "*?[/"))
		return is_part(pattern, id) || !strcmp(pattern, test_name);
	return !fnmatch(pattern, case_name, 0) || !fnmatch(pattern, id, 0);
}

/* A case that runs on several file systems goes by its name with and without the file system. */
static bool matches(const char *pattern, const char *case_name, const char *test_name)
{
	char plain[TEST_ID_MAX];

	if (matches_id(pattern, case_name, test_name))
		return true;
	if (!strchr(case_name, '@'))
		return false;
	snprintf(plain, sizeof(plain), "%.*s", (int)strcspn(case_name, "@"), case_name);
	return matches_id(pattern, plain, test_name);
}

bool selection_has(const struct selection *s, size_t case_index, const char *case_name,
		   const char *test_name)
{
	bool included = !s->include_count;

	if (s->shards && case_index % s->shards != s->shard - 1)
		return false;
	for (size_t i = 0; i < s->include_count && !included; i++)
		included = matches(s->include[i], case_name, test_name);
	for (size_t i = 0; i < s->exclude_count && included; i++)
		included = !matches(s->exclude[i], case_name, test_name);
	return included;
}
