// SPDX-License-Identifier: GPL-2.0
/*
 * Which tests a command line selects.
 */
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "suite.h"

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

bool selection_shard(struct selection *s, const char *text)
{
	unsigned long k = 0, n = 0;
	char *end;

	if (*text < '0' || *text > '9')
		return false;
	k = strtoul(text, &end, 10);
	if (*end != '/' || end[1] < '0' || end[1] > '9')
		return false;
	n = strtoul(end + 1, &end, 10);
	if (*end || !k || k > n || n > 100000)
		return false;
	s->shard = (unsigned int)k;
	s->shards = (unsigned int)n;
	return true;
}
