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

/* The cost of each case in milliseconds; one that nobody has measured yet costs what they do on average. Returns how many. */
static size_t read_costs(unsigned int cost[SHARDED_CASES])
{
	unsigned long sum = 0, known = 0;
	size_t count = 0;

	for (const struct th_case *c = suite_first_case(); c && count < SHARDED_CASES;
	     c = suite_next_case(c)) {
		cost[count] = suite_case_cost(suite_case_name(c));
		sum += cost[count];
		known += cost[count++] > 0;
	}
	for (size_t i = 0; i < count; i++)
		if (!cost[i])
			cost[i] = known ? (unsigned int)((sum + known - 1) / known) : 1;
	return count;
}

/*
 * The dearest case first, each to the shard that has least to do: the same on every shard, since it depends on nothing but
 * the suite. What else is selected makes no difference, so that a shard is still itself when a part of it runs again.
 */
static void deal_out(struct selection *s)
{
	static unsigned int cost[SHARDED_CASES], load[SHARDED_CASES];
	size_t count = read_costs(cost), shards = s->shards < count ? s->shards : count;

	memset(load, 0, sizeof(load));
	for (size_t dealt = 0; dealt < count; dealt++) {
		size_t dearest = 0, to = 0;

		for (size_t i = 1; i < count; i++)
			if (cost[i] > cost[dearest])
				dearest = i;
		for (size_t i = 1; i < shards; i++)
			if (load[i] < load[to])
				to = i;
		load[to] += cost[dearest];
		s->shard_of[dearest] = (unsigned short)to;
		cost[dearest] = 0;
	}
}

static bool in_shard(const struct selection *s, size_t case_index)
{
	if (case_index < SHARDED_CASES)
		return s->shard_of[case_index] == s->shard - 1;
	return case_index % s->shards == s->shard - 1;
}

bool selection_has(const struct selection *s, size_t case_index, const char *case_name,
		   const char *test_name)
{
	bool included = !s->include_count;

	if (s->shards && !in_shard(s, case_index))
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
	deal_out(s);
	return true;
}
