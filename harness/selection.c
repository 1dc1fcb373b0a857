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

/* Are two cases of one folder? */
static bool neighbours(const char *a, const char *b)
{
	size_t length = strcspn(a, "/");

	return length == strcspn(b, "/") && !memcmp(a, b, length);
}

static int by_number(const void *a, const void *b)
{
	unsigned int x = *(const unsigned int *)a, y = *(const unsigned int *)b;

	return (x > y) - (x < y);
}

/*
 * What a case that nobody has measured yet is taken to cost: the median of its folder, else of all.
 */
static unsigned int guess_cost(const char *name)
{
	static unsigned int known[SHARDED_CASES];
	size_t count = 0;

	for (bool all = false; !count; all = true) {
		for (const struct th_case *c = suite_first_case(); c && count < SHARDED_CASES;
		     c = suite_next_case(c)) {
			unsigned int cost = suite_case_cost(suite_case_name(c));

			if (cost && (all || neighbours(suite_case_name(c), name)))
				known[count++] = cost;
		}
		if (all && !count)
			return 1;
	}
	qsort(known, count, sizeof(*known), by_number);
	return known[count / 2];
}

/* The cost of each case in milliseconds. Returns how many there are. */
static size_t read_costs(unsigned int cost[SHARDED_CASES])
{
	size_t count = 0;

	for (const struct th_case *c = suite_first_case(); c && count < SHARDED_CASES;
	     c = suite_next_case(c)) {
		const char *name = suite_case_name(c);

		cost[count] = suite_case_cost(name);
		if (!cost[count])
			cost[count] = guess_cost(name);
		count++;
	}
	return count;
}

#define EVERY_HAND 0xffff
#define FEW_CASES 8 /* none of so few is split */

/*
 * The dearest case first, each to the hand that has least to do; one that costs more than an even
 * share by its tests, to all. A case that costs nothing is dealt to nobody. Uses cost up.
 */
static void deal_out(unsigned int cost[SHARDED_CASES], size_t count, size_t hands,
		     unsigned short hand_of[SHARDED_CASES])
{
	static unsigned int load[SHARDED_CASES];
	unsigned long all = 0;

	memset(load, 0, sizeof(load));
	for (size_t i = 0; i < count; i++)
		all += cost[i];
	for (size_t i = 0; i < count && hands > 1 && count > FEW_CASES; i++)
		if (cost[i] > all / hands) {
			hand_of[i] = EVERY_HAND;
			cost[i] = 0;
		}
	hands = hands < count ? hands : count;
	for (size_t dealt = 0; dealt < count; dealt++) {
		size_t dearest = 0, to = 0;

		for (size_t i = 1; i < count; i++)
			if (cost[i] > cost[dearest])
				dearest = i;
		if (!cost[dearest])
			return;
		for (size_t i = 1; i < hands; i++)
			if (load[i] < load[to])
				to = i;
		load[to] += cost[dearest];
		hand_of[dearest] = (unsigned short)to;
		cost[dearest] = 0;
	}
}

/* number counts the tests of the case. */
static bool in_hand(const unsigned short hand_of[SHARDED_CASES], size_t case_index, size_t number,
		    unsigned int hand, unsigned int hands)
{
	if (!hands)
		return true;
	if (case_index >= SHARDED_CASES)
		return case_index % hands == hand - 1;
	return (hand_of[case_index] == EVERY_HAND ? number % hands : hand_of[case_index]) ==
	       hand - 1;
}

/*
 * The same on every shard, since it depends on nothing but the suite: what else is selected makes
 * no difference, so that a shard is still itself when a part of it runs again.
 */
static void deal(struct selection *s)
{
	static unsigned int cost[SHARDED_CASES];

	if (s->shards)
		deal_out(cost, read_costs(cost), s->shards, s->shard_of);
	if (s->parts) {
		size_t count = read_costs(cost);

		for (size_t i = 0; i < count; i++)
			if (s->shards && s->shard_of[i] == EVERY_HAND)
				cost[i] /= s->shards;
			else if (!in_hand(s->shard_of, i, 0, s->shard, s->shards))
				cost[i] = 0;
		deal_out(cost, count, s->parts, s->part_of);
	}
}

bool selection_has(const struct selection *s, size_t case_index, size_t test_index,
		   const char *case_name, const char *test_name)
{
	bool included = !s->include_count, split = s->shards && case_index < SHARDED_CASES &&
						   s->shard_of[case_index] == EVERY_HAND;

	if (!in_hand(s->shard_of, case_index, test_index, s->shard, s->shards) ||
	    !in_hand(s->part_of, case_index, split ? test_index / s->shards : test_index, s->part,
		     s->parts))
		return false;
	for (size_t i = 0; i < s->include_count && !included; i++)
		included = matches(s->include[i], case_name, test_name);
	for (size_t i = 0; i < s->exclude_count && included; i++)
		included = !matches(s->exclude[i], case_name, test_name);
	return included;
}

static bool parse_share(const char *text, unsigned int *hand, unsigned int *hands)
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
	*hand = (unsigned int)k;
	*hands = (unsigned int)n;
	return true;
}

bool selection_shard(struct selection *s, const char *text)
{
	if (!parse_share(text, &s->shard, &s->shards))
		return false;
	deal(s);
	return true;
}

bool selection_part(struct selection *s, const char *text)
{
	if (!parse_share(text, &s->part, &s->parts))
		return false;
	deal(s);
	return true;
}
