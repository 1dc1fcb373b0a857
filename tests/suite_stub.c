// SPDX-License-Identifier: GPL-2.0
/*
 * A small suite in the place of the real one: what `mmapconf compare` is tested with, so that its
 * tests do not depend on which cases there are. Built with harness/compare.c and its kin into a
 * program whose only command is compare.
 */
#include <stdio.h>
#include <string.h>

#include "../harness/suite.h"

struct th_case {
	const char *name;
	bool each_filesystem;
	const char *const *tests;
	const char *clauses;
};

static const char *const move_tests[] = { "global.grows", "move.one.lands_there",
					  "move.two.land_there", "seal.refused", NULL };
static const char *const noreplace_tests[] = { "arena.free_range_is_taken",
					       "overlap.head.is_refused", "overlap.tail.is_refused",
					       NULL };
static const char *const plain_tests[] = { "global.anonymous_is_zero",
					   "global.length_zero_is_refused", NULL };
static const char *const sync_tests[] = { "file.is_durable", "file.is_seen", NULL };

static const struct th_case cases[] = {
	{ "mmap/fixed_noreplace", false, noreplace_tests,
	  "mmap.noreplace.overlap mmap.noreplace.free" },
	{ "mmap/plain", false, plain_tests, "" },
	{ "mremap/move", false, move_tests, "mremap.move" },
	{ "msync/sync", true, sync_tests, "" },
};

#define CASES (sizeof(cases) / sizeof(cases[0]))

static const struct clause clauses[] = {
	{ "mmap.noreplace.overlap", "MAP_FIXED_NOREPLACE over a mapping fails with EEXIST.",
	  "mm/mmap.c:do_mmap" },
	{ "mremap.move", "A moved mapping lies where it was asked to.", "mm/mremap.c:mremap_to" },
};

const struct clause *suite_clause(const char *id)
{
	for (size_t i = 0; i < sizeof(clauses) / sizeof(clauses[0]); i++)
		if (!strcmp(clauses[i].id, id))
			return &clauses[i];
	return NULL;
}

const struct th_case *suite_first_case(void)
{
	return cases;
}

const struct th_case *suite_next_case(const struct th_case *c)
{
	return c + 1 < cases + CASES ? c + 1 : NULL;
}

const char *suite_case_name(const struct th_case *c)
{
	return c->name;
}

bool suite_case_each_filesystem(const struct th_case *c)
{
	return c->each_filesystem;
}

/* Two cases are as dear as the other two together; that of msync/sync is not known. */
unsigned int suite_case_cost(const char *case_name)
{
	return !strcmp(case_name, "mremap/move") ? 900 : !strcmp(case_name, "msync/sync") ? 0 : 300;
}

bool suite_test(const struct th_case *c, size_t index, struct suite_test *test)
{
	for (size_t i = 0; c->tests[i]; i++) {
		if (i != index)
			continue;
		snprintf(test->name, sizeof(test->name), "%s", c->tests[i]);
		test->clauses = c->clauses;
		return true;
	}
	return false;
}

#ifndef NO_MAIN
int main(int argc, char **argv)
{
	return mmapconf_compare(argc, argv);
}
#endif
