/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a run of many calls against the model comes to: one test for each clause by which the model
 * decides. Its calls are those that the model decides by this clause, whatever the release; where a
 * release decides none by it, the test SKIPs. Its outcome is the gravest kind of mismatch, and no
 * more, so that more calls do not change a known one; count and smallest example are diagnostics.
 *
 *	wrong		another result than Linux
 *	precedence	an error that the arguments deserve too, but not the first
 *	side effect	the right result, and then another state
 */
#ifndef CASES_MATRIX_VERDICT_H
#define CASES_MATRIX_VERDICT_H

#include <stdbool.h>
#include <stdio.h>

#include "lib/expect.h"

enum mismatch { MISMATCH_NONE, MISMATCH_SIDE_EFFECT, MISMATCH_PRECEDENCE, MISMATCH_WRONG };

struct verdict {
	unsigned long calls; /* made */
	/* Of them, those whose bytes and whole surroundings were looked at too. */
	unsigned long checked;
	unsigned long mismatches[MISMATCH_WRONG + 1];
	unsigned int weight; /* of the example: how many of its arguments are out of the ordinary */
	char example[400]; /* of TH_LOG() a line holds so much */
};

/* Notes a call that differs. text is its line of C, up to what the kernel gave and Linux gives. */
static inline void verdict_add(struct verdict *v, enum mismatch kind, unsigned int weight,
			       const char *text)
{
	bool graver = true;

	for (enum mismatch k = MISMATCH_WRONG; k > kind; k--)
		graver = graver && !v->mismatches[k];
	if (graver && (!v->mismatches[kind] || weight < v->weight)) {
		snprintf(v->example, sizeof(v->example), "%s", text);
		v->weight = weight;
	}
	v->mismatches[kind]++;
}

/* Adds what others have found. */
static inline void verdict_merge(struct verdict *v, const struct verdict *more)
{
	for (enum mismatch k = MISMATCH_WRONG; k > MISMATCH_NONE; k--) {
		if (!more->mismatches[k])
			continue;
		/* As many as there are, its example the first. */
		verdict_add(v, k, more->weight, more->example);
		v->mismatches[k] += more->mismatches[k] - 1;
	}
	v->calls += more->calls;
	v->checked += more->checked;
}

static inline bool verdict_agrees(struct outcome *o, const struct verdict *v)
{
	static const char *const words[] = { "", "side effect", "precedence", "wrong" };

	for (enum mismatch k = MISMATCH_WRONG; k > MISMATCH_NONE; k--) {
		if (v->mismatches[k]) {
			snprintf(o->text, sizeof(o->text), "%s", words[k]);
			return false;
		}
	}
	return true;
}

#define EXPECT_AGREEMENT(v)                                                                          \
	do {                                                                                         \
		const struct verdict *v_ = (v);                                                      \
		if (v_->example[0]) {                                                                \
			TH_LOG("%lu calls, %lu of them checked in full: %lu wrong, %lu precedence, " \
			       "%lu side effect",                                                    \
			       v_->calls, v_->checked, v_->mismatches[MISMATCH_WRONG],               \
			       v_->mismatches[MISMATCH_PRECEDENCE],                                  \
			       v_->mismatches[MISMATCH_SIDE_EFFECT]);                                \
			TH_LOG("%s", v_->example);                                                   \
		}                                                                                    \
		NEED(v_->calls, "a kernel that decides by this clause");                             \
		EXPECT_OUTCOME_(0, verdict_agrees, v_);                                              \
	} while (0)

#endif
