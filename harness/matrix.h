/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A matrix: very many calls of one kind, compared with what the model says. It registers as a case
 * does; `mmapconf matrix` (matrix.c) runs it in slices, each in a process of its own, and counts.
 * What a row is, and what a decision, is the matrix's own affair.
 */
#ifndef MMAPCONF_MATRIX_H
#define MMAPCONF_MATRIX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TH_EXAMPLE_MAX 400 /* bytes, with the final NUL */

/*
 * Ascending in gravity: the right result and then another state, an error that is deserved but not
 * the first, another result.
 */
enum th_mismatch { TH_MATCH, TH_SIDE_EFFECT, TH_PRECEDENCE, TH_WRONG, TH_MISMATCHES };

/* What the calls that one clause decides came to. */
struct th_tally {
	uint64_t calls, checked; /* made; of them, those looked at in full */
	uint64_t mismatches[TH_MISMATCHES];
	unsigned int weight; /* of the example: the lighter, the simpler */
	char example[TH_EXAMPLE_MAX]; /* the simplest of the gravest kind */
};

/* Adds what part counts to sum. */
void th_tally_add(struct th_tally *sum, const struct th_tally *part);

/* Which rows: first, first + step, ... so many of a tier. */
struct th_rows {
	const char *tier;
	uint64_t first, step, count;
};

/* Where a matrix that runs reports to. */
struct th_matrix_sink {
	void (*tally)(struct th_matrix_sink *sink, size_t decision, const struct th_tally *part);
	/*
	 * So many of the rows are done, so many could not be made; what was tallied before is all
	 * of them. False: stop.
	 */
	void (*reached)(struct th_matrix_sink *sink, uint64_t done, uint64_t left_out);
};

struct th_matrix {
	const char *call; /* "mmap" */
	/* The number of rows of a tier; 0: there is no such tier. */
	uint64_t (*rows)(const char *tier);
	/* The clause of a decision, from 0; NULL behind the last. */
	const char *(*decision)(size_t index);
	/*
	 * Whose rules hold for a kernel that says it is this release, "linux-6.12", into text;
	 * false: no rules are known. From then on they hold.
	 */
	bool (*judge_by)(const char *release, char *text, size_t size);
	/* Makes this process fit to make the calls. NULL, or what it lacks. */
	const char *(*begin)(void);
	/* Makes the calls. NULL, or what went wrong. */
	const char *(*run)(const struct th_rows *rows, struct th_matrix_sink *sink);
	/*
	 * Prints one call, by the id that its example had, as a case. False: there is no such call.
	 */
	bool (*example)(const char *id);
	struct th_matrix *next;
};

void th_add_matrix(struct th_matrix *matrix);
/* By name, ascending. */
struct th_matrix *th_first_matrix(void);

#endif
