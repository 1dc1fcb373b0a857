/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Reads a stream of results (docs/tap.md) into what it says of every test. The stream is hostile:
 * any bytes, any length, in any order. Memory is bounded by the size of the suite, not by that of
 * the stream.
 */
#ifndef MMAPCONF_STREAM_H
#define MMAPCONF_STREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "inventory.h"
#include "suite.h"
#include "tapline.h"

#define STREAM_LINE_MAX 65536 /* bytes; a longer line is damage and is skipped to its end */
#define STREAM_RECENT 8 /* diagnostics that are kept of a test */
#define STREAM_RECENT_BYTES 240 /* of each */
#define STREAM_FACTS 64
#define STREAM_FILESYSTEMS 16
#define STREAM_UNKNOWN 256 /* ids that are kept of tests that the suite does not have */
#define STREAM_PROBLEMS 32 /* that are kept; the rest is counted */

/* What the stream says of one test. */
struct seen {
	enum result result; /* of a result line and a "# done" line that agree; of the first pair */
	bool in_flight; /* a document ended while it ran */
	bool announced; /* there was a "# running" */
	double seconds; /* negative: not said */
	char *outcome; /* what follows '#' and the result's word; NULL without a result */
	char *damage; /* what is wrong with its lines, so that no result counts; else NULL */
	unsigned int damaged_in; /* the document that it came in: a later one may repeat the test */
	char *recent[STREAM_RECENT]; /* its last diagnostics, as they came */
	size_t recent_count;
};

/* A case, or a case on one file system. */
struct seen_case {
	size_t case_index;
	char fs[FILESYSTEM_MAX]; /* "" without */
	struct seen *tests; /* by the index in the plan */
	size_t running; /* of the test that was begun last in this document, or NO_TEST */
	bool came; /* some line named one of its tests */
};

struct stream_fact {
	char *key, *value;
};

enum document_kind { DOCUMENT_UNDECIDED, DOCUMENT_SUITE, DOCUMENT_PROGRAM };

struct stream {
	const struct inventory *suite;
	struct seen_case *cases;
	size_t case_count;
	struct stream_fact facts[STREAM_FACTS]; /* of the first document */
	size_t fact_count;
	unsigned int documents;
	bool holds_suite; /* else only documents of single programs */
	char *problems[STREAM_PROBLEMS]; /* with the stream as a whole: the gate fails on them */
	size_t problem_count; /* all of them */
	/* what this document lacks: a problem unless another one follows */
	char *gaps[STREAM_PROBLEMS];
	size_t gap_count; /* all of them */
	char *unknown[STREAM_UNKNOWN]; /* ids of tests that came, but are not in the suite */
	size_t unknown_count; /* all of them */
	size_t results; /* valid ones */
	size_t not_ok; /* of these */
	size_t current_case, current_test; /* the test that was begun last, or NO_TEST */
	/* Called after each "# running" and each result; may be NULL. */
	void (*progress)(const struct stream *s);

	struct stream_parser *parser;
};

void stream_start(struct stream *s, const struct inventory *suite);
void stream_feed(struct stream *s, const char *bytes, size_t length);
/*
 * The stream is at its end: what it leaves open is cut off. Call once, before the results are read.
 */
void stream_finish(struct stream *s);
void stream_free(struct stream *s);

/* The value of a fact of the first document, or NULL. */
const char *stream_fact(const struct stream *s, const char *key);

/*
 * What the stream says of a case (fs "" without file system): never NULL; adds an empty record
 * where there was none.
 */
struct seen_case *stream_case(struct stream *s, size_t case_index, const char *fs);

/* Adds a problem of the stream as a whole. */
void stream_problem(struct stream *s, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#endif
