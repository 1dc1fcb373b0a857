/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The parser of result streams, inside: what block.c (the lines of one case) and stream.c
 * (documents, and the stream) share.
 */
#ifndef MMAPCONF_BLOCK_H
#define MMAPCONF_BLOCK_H

#include "stream.h"
#include "tapline.h"

#define ORPHANS_MAX 64 /* result lines of a block whose case is not known yet */

struct recent {
	bool diagnostic; /* else a line of the console */
	size_t length;
	char bytes[STREAM_RECENT_BYTES];
};

struct stream_parser {
	char line[STREAM_LINE_MAX];
	size_t line_length;
	bool skipping; /* to the end of a line that is too long */

	size_t prefix; /* bytes of the "# " before every line of the documents */

	/* The document. */
	bool in_document;
	enum document_kind kind;
	bool ours; /* it held a line that only the suite prints */
	bool plan_seen, ended;
	unsigned int plan, last_number, case_lines;

	/* The block of a case, or the whole of a program's document. */
	bool block_open, block_plan_seen;
	unsigned int block_plan, block_last, block_results;
	size_t block_case; /* index into the stream's cases, or NO_TEST */
	size_t block_ok, block_not_ok; /* valid results */
	struct orphan {
		char name[TEST_NAME_MAX];
		size_t length;
	} orphans[ORPHANS_MAX];
	size_t orphan_count;

	/* A result line that waits for its "# done". */
	bool pending;
	size_t pending_length;
	char pending_line[TEST_NAME_MAX + OUTCOME_MAX + 64];
	struct result_line pending_result; /* points into pending_line */

	struct recent recent[STREAM_RECENT];
	size_t recent_count; /* all since the last result */
};

/* The index in the stream's cases, or NO_TEST. */
size_t find_case(const struct stream *s, size_t case_index, const char *fs);

/* A line that may explain the next result: a diagnostic, or one of the console. */
void keep_recent(struct stream_parser *p, const char *line, size_t length, bool diagnostic);

/* Attaches the last lines to a test: all of them, or only the diagnostics. */
void attach_recent(const struct stream_parser *p, struct seen *seen, bool all);

/*
 * Adds something that the document lacks. What is lost with it is repeated by a document that
 * follows, or missing.
 */
void stream_gap(struct stream *s, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* A block begins; what is left of the one before is dropped. */
void open_block(struct stream *s);

/* The block's case as it is known so far, for messages. */
void name_block(const struct stream *s, char name[TEST_ID_MAX]);

/* The block is at its end: has it as many results as its plan says? */
void check_block(struct stream *s);

/* The result line that waits, if any, has no "# done". */
void drop_pending(struct stream *s);

/*
 * Lines of a block: the result line of the case, "# running", "# done" (their arguments), and all
 * the rest.
 */
void take_case_line(struct stream *s, const struct result_line *r);
void take_running(struct stream *s, const char *id, size_t length, bool in_block);
void take_done(struct stream *s, const char *args, size_t length, bool in_block);
void take_result_line(struct stream *s, const char *line, size_t length,
		      const struct result_line *r);
void take_block_line(struct stream *s, const char *line, size_t length);

#endif
