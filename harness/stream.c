// SPDX-License-Identifier: GPL-2.0
/*
 * The parser of result streams: lines, and the documents that they make. docs/tap.md is the
 * contract; what it does not allow never makes a result.
 */
#include "stream.h"

#include <stdlib.h>
#include <string.h>

#include "block.h"
#include "text.h"

/* ---- documents ---- */

static void decide(struct stream *s, enum document_kind kind)
{
	struct stream_parser *p = s->parser;

	if (p->kind != DOCUMENT_UNDECIDED)
		return;
	p->kind = kind;
	s->holds_suite |= kind == DOCUMENT_SUITE;
	if (kind != DOCUMENT_PROGRAM)
		return;
	open_block(s);
	p->block_plan = p->plan;
	p->block_plan_seen = p->plan_seen;
}

/* The document ends where it should not: what was running is cut off. */
static void cut_off(struct stream *s)
{
	struct stream_parser *p = s->parser;

	for (size_t i = 0; i < s->case_count; i++) {
		struct seen_case *c = &s->cases[i];
		const struct inventory_case *known = &s->suite->cases[c->case_index];
		struct seen *seen;

		if (c->running == NO_TEST)
			continue;
		seen = &c->tests[c->running];
		if (seen->result == RESULT_NONE && !seen->damage) {
			seen->in_flight = true;
			attach_recent(p, seen, true);
		}
		/* Its result line may have been the last that came. */
		if (p->pending && p->block_case == i &&
		    inventory_test(known, p->pending_result.name, p->pending_result.name_length) ==
			    c->running)
			p->pending = false;
		c->running = NO_TEST;
	}
	drop_pending(s);
}

static void end_document(struct stream *s)
{
	struct stream_parser *p = s->parser;
	char name[TEST_ID_MAX];

	if (!p->in_document || p->ended)
		return;
	if (p->kind == DOCUMENT_PROGRAM) {
		name_block(s, name);
		stream_problem(s, "%s is cut off: it has no '# Totals' line", name);
	}
	cut_off(s);
}

static void forget_gaps(struct stream *s)
{
	for (size_t i = 0; i < s->gap_count && i < STREAM_PROBLEMS; i++)
		free(s->gaps[i]);
	s->gap_count = 0;
}

static void start_document(struct stream *s, bool suite)
{
	struct stream_parser *p = s->parser;

	forget_gaps(s);
	p->in_document = true;
	s->documents++;
	p->kind = DOCUMENT_UNDECIDED;
	p->ours = p->plan_seen = p->ended = p->block_open = false;
	p->plan = p->last_number = p->case_lines = 0;
	p->recent_count = 0;
	p->block_case = NO_TEST;
	if (suite)
		decide(s, DOCUMENT_SUITE);
}

static void take_fact(struct stream *s, const char *fact, size_t length)
{
	struct stream_parser *p = s->parser;
	const char *equal = length ? memchr(fact, '=', length) : NULL, *first;
	size_t key_length = equal ? (size_t)(equal - fact) : 0;
	char *key, *value;

	decide(s, DOCUMENT_SUITE);
	if (!is_name(fact, key_length) || p->kind != DOCUMENT_SUITE || p->plan_seen)
		return;
	key = must_copy(fact, key_length);
	value = must_copy(equal + 1, length - key_length - 1);
	first = stream_fact(s, key);
	if (s->documents > 1) {
		/* The parts of a restarted run are of one kernel and one suite. */
		if ((!strcmp(key, "release") || !strcmp(key, "machine") || !strcmp(key, "suite")) &&
		    first && strcmp(first, value))
			stream_problem(s, "document %u says another %s than the first",
				       s->documents, key);
	} else if (first) {
		stream_problem(s, "two facts '%s'", key);
	} else if (s->fact_count < STREAM_FACTS) {
		s->facts[s->fact_count++] = (struct stream_fact){ key, value };
		return;
	}
	free(key);
	free(value);
}

/* What was running is over, or was stopped from outside, which is no fault of its own. */
static void forget_running(struct stream *s)
{
	for (size_t i = 0; i < s->case_count; i++)
		s->cases[i].running = NO_TEST;
}

static void take_end(struct stream *s)
{
	struct stream_parser *p = s->parser;

	decide(s, DOCUMENT_SUITE);
	drop_pending(s);
	p->ended = true;
	forget_running(s);
	if (p->block_open) {
		char name[TEST_ID_MAX];

		name_block(s, name);
		stream_gap(s, "%s: the result line of the case never came", name);
	}
	p->block_open = false;
	if (!p->plan_seen)
		stream_gap(s, "the plan of document %u never came", s->documents);
	else if (p->plan != p->case_lines)
		stream_gap(s, "document %u has %u results of cases, of a plan of %u", s->documents,
			   p->case_lines, p->plan);
}

/* A line of the document itself. */
static void take_document_line(struct stream *s, const char *line, size_t length)
{
	struct stream_parser *p = s->parser;
	struct result_line r;
	unsigned int plan;

	if (starts(line, length, "# fact ")) {
		take_fact(s, line + 7, length - 7);
	} else if (equals(line, length, "# end")) {
		take_end(s);
	} else if (equals(line, length, "# interrupted")) {
		forget_running(s);
	} else if (starts(line, length, "# running ")) {
		take_running(s, line + 10, length - 10, false);
	} else if (parse_plan(line, length, &plan)) {
		if (p->plan_seen || p->case_lines)
			stream_problem(s, "document %u has a plan in its middle", s->documents);
		p->plan = p->plan_seen ? p->plan : plan;
		p->plan_seen = true;
	} else if (starts(line, length, "# done ")) {
		decide(s, DOCUMENT_PROGRAM);
		take_done(s, line + 7, length - 7, p->kind == DOCUMENT_PROGRAM);
	} else if (parse_result_line(line, length, &r)) {
		if (p->kind == DOCUMENT_SUITE) {
			take_case_line(s, &r);
		} else {
			decide(s, DOCUMENT_PROGRAM);
			take_result_line(s, line, length, &r);
		}
	} else {
		keep_recent(p, line, length, false);
	}
}

/* The line is one of the document, without the prefix. */
static void take_line_of_document(struct stream *s, const char *line, size_t length)
{
	struct stream_parser *p = s->parser;
	bool indented = starts(line, length, "  ");
	const char *text = line + 2 * indented;
	size_t text_length = length - 2 * indented;

	if (p->ended) {
		if (starts(text, text_length, "# done "))
			take_done(s, text + 7, text_length - 7, false);
		return;
	}
	if (starts(text, text_length, "Bail out!"))
		stream_problem(s, "document %u says 'Bail out!'", s->documents);
	if (p->kind == DOCUMENT_PROGRAM && !indented) {
		take_block_line(s, line, length);
		if (starts(line, length, "# Totals: ")) {
			check_block(s);
			p->ended = true;
		}
		return;
	}
	if (!indented) {
		take_document_line(s, line, length);
		return;
	}
	if (p->kind == DOCUMENT_PROGRAM) {
		keep_recent(p, line, length, false);
		return;
	}
	if (is_version_line(text, text_length)) {
		decide(s, DOCUMENT_SUITE);
		if (p->block_open) {
			char name[TEST_ID_MAX];

			name_block(s, name);
			stream_gap(s, "%s: the result line of the case never came", name);
		}
		open_block(s);
		return;
	}
	/* Where the version line of a block was lost, what follows it is still read. */
	if (p->kind == DOCUMENT_SUITE && !p->block_open && text_length &&
	    (starts(text, text_length, "ok ") || starts(text, text_length, "not ok ") ||
	     starts(text, text_length, "1..") || starts(text, text_length, "# done ")))
		open_block(s);
	if (p->block_open)
		take_block_line(s, text, text_length);
	else
		keep_recent(p, line, length, false);
}

/* ---- lines ---- */

static void take_line(struct stream *s, const char *line, size_t length)
{
	struct stream_parser *p = s->parser;
	size_t skip, prefix = 0;

	while (length && line[length - 1] == '\r')
		length--;
	skip = timestamp(line, length);
	line += skip;
	length -= skip;

	while (starts(line + prefix, length - prefix, "# "))
		prefix += 2;
	if (is_version_line(line + prefix, length - prefix)) {
		bool suite = starts(line + prefix, length - prefix, "KTAP");
		/*
		 * kselftest prints a document of its own around ours: one that holds nothing of
		 * ours yet.
		 */
		bool around = p->in_document && !p->ours && p->kind != DOCUMENT_PROGRAM &&
			      !s->fact_count && s->documents == 1 && prefix > p->prefix;

		if (around) {
			s->documents = 0;
			s->holds_suite = false;
		}
		if (!p->in_document || around || prefix == p->prefix) {
			if (!around)
				end_document(s);
			p->prefix = prefix;
			start_document(s, suite);
			return;
		}
	}
	if (!p->in_document)
		return;
	if (length < p->prefix || prefix < p->prefix) {
		keep_recent(p, line, length, false);
		return;
	}
	take_line_of_document(s, line + p->prefix, length - p->prefix);
}

void stream_start(struct stream *s, const struct inventory *suite)
{
	memset(s, 0, sizeof(*s));
	s->suite = suite;
	s->current_case = s->current_test = NO_TEST;
	s->parser = must_alloc(sizeof(*s->parser));
	s->parser->block_case = NO_TEST;
}

void stream_feed(struct stream *s, const char *bytes, size_t length)
{
	struct stream_parser *p = s->parser;

	while (length) {
		const char *newline = memchr(bytes, '\n', length);
		size_t n = newline ? (size_t)(newline - bytes) : length;

		if (!p->skipping && p->line_length + n <= sizeof(p->line)) {
			memcpy(p->line + p->line_length, bytes, n);
			p->line_length += n;
		} else {
			p->skipping = true;
		}
		if (!newline)
			return;
		if (!p->skipping)
			take_line(s, p->line, p->line_length);
		p->line_length = 0;
		p->skipping = false;
		bytes += n + 1;
		length -= n + 1;
	}
}

void stream_finish(struct stream *s)
{
	struct stream_parser *p = s->parser;

	if (p->line_length && !p->skipping)
		take_line(s, p->line, p->line_length);
	end_document(s);
	if (p->in_document && !p->ended && p->kind != DOCUMENT_PROGRAM)
		stream_problem(s, "the stream was cut off: it has no '# end'");
	for (size_t i = 0; i < s->gap_count && i < STREAM_PROBLEMS; i++)
		stream_problem(s, "%s", s->gaps[i]);
	forget_gaps(s);
}

void stream_free(struct stream *s)
{
	for (size_t i = 0; i < s->case_count; i++) {
		for (size_t j = 0; j < s->suite->cases[s->cases[i].case_index].count; j++) {
			struct seen *seen = &s->cases[i].tests[j];

			free(seen->outcome);
			free(seen->damage);
			for (size_t k = 0; k < seen->recent_count; k++)
				free(seen->recent[k]);
		}
		free(s->cases[i].tests);
	}
	free(s->cases);
	for (size_t i = 0; i < s->fact_count; i++) {
		free(s->facts[i].key);
		free(s->facts[i].value);
	}
	for (size_t i = 0; i < s->problem_count && i < STREAM_PROBLEMS; i++)
		free(s->problems[i]);
	for (size_t i = 0; i < s->unknown_count && i < STREAM_UNKNOWN; i++)
		free(s->unknown[i]);
	free(s->parser);
}
