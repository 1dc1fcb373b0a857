/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Judges what a stream says of every selected test against what the baselines expect
 * (docs/expectations.md).
 */
#ifndef MMAPCONF_JUDGE_H
#define MMAPCONF_JUDGE_H

#include <stdbool.h>
#include <stddef.h>

#include "baseline.h"
#include "stream.h"
#include "suite.h"

enum verdict {
	VERDICT_PASS,
	VERDICT_DIVERGED,
	VERDICT_KNOWN,
	VERDICT_CHANGED,
	VERDICT_FIXED,
	VERDICT_BACKPORTED,
	VERDICT_SKIPPED,
	VERDICT_CRASHED,
	VERDICT_TIMED_OUT,
	VERDICT_ERROR,
	VERDICT_MISSING,
	VERDICT_UNEXPECTED,
	VERDICTS,
};

const char *verdict_name(enum verdict v);

struct judged {
	char *id;
	size_t case_index, test_index; /* NO_TEST: the suite does not have it */
	char fs[FILESYSTEM_MAX];
	const struct seen *seen; /* NULL: the suite does not have it */
	enum verdict verdict;
	/* The baseline line that decides; file NULL: no layer knows the test. */
	struct chain_link holds;
	char *outcome; /* what was seen, in the form of an outcome; "" for a plain pass */
	bool fails; /* the gate */
};

struct judgement {
	struct judged *tests; /* by id, ascending */
	size_t count;
	size_t totals[VERDICTS];
	size_t failing;
};

/*
 * Judges all tests that both selections have. The stream's own selection comes from its facts; what
 * contradicts it becomes a problem of the stream. nothing selected: count is 0.
 */
void judge(struct judgement *j, struct stream *s, const struct baselines *b,
	   const struct selection *selection, bool no_skips);
void judgement_free(struct judgement *j);

/* The verdict on one result of the suite's test; holds->file may be NULL. */
enum verdict judge_one(const struct seen *seen, const struct chain_link *holds);

/* "CASE@FILESYSTEM/NAME" or "CASE/NAME", to be freed. */
char *test_id(const struct inventory *suite, size_t case_index, const char *fs, size_t test_index);

/* A selection that was read from text, whose patterns it owns. */
struct owned_selection {
	struct selection s;
	char **include, **exclude;
};

/* "GLOB -x GLOB --shard K/N", as the fact 'select' has it. False: it is none. Free in any case. */
bool parse_selection(struct owned_selection *o, const char *text);
void selection_free(struct owned_selection *o);

#endif
