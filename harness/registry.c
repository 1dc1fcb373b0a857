// SPDX-License-Identifier: GPL-2.0
/*
 * The cases, fixtures, variants and tests that registered when the program started, and the walk
 * over them.
 */
#include <stdio.h>
#include <string.h>

#include "harness.h"
#include "matrix.h"
#include "registry.h"
#include "suite.h"

static struct th_case *cases;
static struct th_matrix *matrices;

/* Adds to the end, so that order of definition is order of the plan. */
#define APPEND(list, item)                        \
	do {                                      \
		__typeof__(list) *end_ = &(list); \
		while (*end_)                     \
			end_ = &(*end_)->next;    \
		*end_ = (item);                   \
	} while (0)

static void add_case(struct th_case *c)
{
	struct th_case **place = &cases;

	if (c->registered)
		return;
	c->registered = true;
	while (*place && strcmp((*place)->name, c->name) < 0)
		place = &(*place)->next;
	c->next = *place;
	*place = c;
}

void th_add_fixture(struct th_case *c, struct th_fixture *f)
{
	add_case(c);
	APPEND(c->fixtures, f);
}

void th_add_variant(struct th_fixture *f, struct th_variant *v)
{
	APPEND(f->variants, v);
}

void th_add_test(struct th_case *c, struct th_fixture *f, struct th_test *t)
{
	add_case(c);
	/*
	 * Tests without a fixture have one that nobody defined; the kernel's harness runs it first.
	 */
	if (!strcmp(f->name, "global") && !f->tests) {
		f->next = c->fixtures;
		c->fixtures = f;
	}
	APPEND(f->tests, t);
}

void th_add_matrix(struct th_matrix *matrix)
{
	struct th_matrix **place = &matrices;

	while (*place && strcmp((*place)->call, matrix->call) < 0)
		place = &(*place)->next;
	matrix->next = *place;
	*place = matrix;
}

struct th_matrix *th_first_matrix(void)
{
	return matrices;
}

struct th_case *th_first_case(void)
{
	return cases;
}

static bool walk_into_fixture(struct th_walk *w)
{
	while (w->fixture && !w->fixture->tests)
		w->fixture = w->fixture->next;
	if (!w->fixture)
		return false;
	w->variant = w->fixture->variants;
	w->test = w->fixture->tests;
	return true;
}

bool th_walk_first(struct th_walk *w, const struct th_case *c)
{
	w->c = c;
	w->fixture = c->fixtures;
	w->index = 0;
	return walk_into_fixture(w);
}

bool th_walk_next(struct th_walk *w)
{
	w->index++;
	w->test = w->test->next;
	if (w->test)
		return true;
	w->variant = w->variant ? w->variant->next : NULL;
	if (w->variant) {
		w->test = w->fixture->tests;
		return true;
	}
	w->fixture = w->fixture->next;
	return walk_into_fixture(w);
}

int th_walk_name(const struct th_walk *w, char *name, size_t size)
{
	return snprintf(name, size, "%s%s%s.%s", w->fixture->name, w->variant ? "." : "",
			w->variant ? w->variant->name : "", w->test->name);
}

size_t th_count(const struct th_case *c, const struct th_filter *filter)
{
	char name[TEST_NAME_MAX];
	struct th_walk w;
	size_t count = 0;

	for (bool more = th_walk_first(&w, c); more; more = th_walk_next(&w)) {
		th_walk_name(&w, name, sizeof(name));
		count += filter->wants(&w, name, filter->arg);
	}
	return count;
}
