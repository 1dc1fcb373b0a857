/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What `mmapconf compare` shows of a judgement: to a person, and as results.json (the schema is in
 * the design of the suite's results: "schema": 1).
 */
#ifndef MMAPCONF_PRINT_H
#define MMAPCONF_PRINT_H

#include <stdbool.h>
#include <stdio.h>

#include "judge.h"

struct view {
	const struct inventory *suite;
	const struct stream *stream;
	const struct baselines *baselines;
	const struct judgement *judgement;
	const char *target; /* its kind */
	const char *target_version; /* NULL: not said */
	const char *repeat; /* the command that repeats one test */
	bool as_expected; /* the gate */
	bool color, quiet, verbose;
};

/* For people, to standard output. */
void print_for_people(const struct view *v);

/* The text of results.json. */
void text_add_results(struct text *t, const struct view *v);

#endif
