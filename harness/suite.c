// SPDX-License-Identifier: GPL-2.0
/*
 * The suite as data: cases, tests, clauses.
 */
#include <stdio.h>
#include <string.h>

#include "costs.h"
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

bool suite_case_each_filesystem(const struct th_case *c)
{
	return c->each_filesystem;
}

unsigned int suite_case_cost(const char *case_name)
{
	for (size_t i = 0; i < sizeof(case_costs) / sizeof(case_costs[0]); i++)
		if (!strcmp(case_costs[i].case_name, case_name))
			return case_costs[i].milliseconds;
	return 0;
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
