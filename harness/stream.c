// SPDX-License-Identifier: GPL-2.0
/*
 * The parser of result streams. docs/tap.md is the contract; what it does not allow never makes a result.
 *
 * A result needs a result line and the "# done" line behind it, which agree in checksum, id and verdict. What is damaged is
 * charged to the test that it names: a "# done" line that does not check out, a result line without one, a second result.
 * That sticks, whatever comes later.
 */
#include "stream.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tapline.h"
#include "text.h"

#define ORPHANS_MAX 64		/* result lines of a block whose case is not known yet */

struct recent {
	bool diagnostic;	/* else a line of the console */
	size_t length;
	char bytes[STREAM_RECENT_BYTES];
};

struct stream_parser {
	char line[STREAM_LINE_MAX];
	size_t line_length;
	bool skipping;			/* to the end of a line that is too long */

	size_t prefix;			/* bytes of the "# " before every line of the documents */

	/* The document. */
	bool in_document;
	enum document_kind kind;
	bool ours;			/* it held a line that only the suite prints */
	bool plan_seen, ended;
	unsigned int plan, last_number, case_lines;

	/* The block of a case, or the whole of a program's document. */
	bool block_open, block_plan_seen;
	unsigned int block_plan, block_last, block_results;
	size_t block_case;		/* index into the stream's cases, or NO_TEST */
	size_t block_ok, block_not_ok;	/* valid results */
	struct orphan {
		char name[TEST_NAME_MAX];
		size_t length;
	} orphans[ORPHANS_MAX];
	size_t orphan_count;

	/* A result line that waits for its "# done". */
	bool pending;
	size_t pending_length;
	char pending_line[TEST_NAME_MAX + OUTCOME_MAX + 64];
	struct result_line pending_result;	/* points into pending_line */

	struct recent recent[STREAM_RECENT];
	size_t recent_count;		/* all since the last result */
};

/* ---- what is kept ---- */

void stream_problem(struct stream *s, const char *fmt, ...)
{
	char line[512];
	va_list args;

	if (s->problem_count++ >= STREAM_PROBLEMS)
		return;
	va_start(args, fmt);
	vsnprintf(line, sizeof(line), fmt, args);
	va_end(args);
	s->problems[s->problem_count - 1] = must_copy(line, strlen(line));
}

const char *stream_fact(const struct stream *s, const char *key)
{
	for (size_t i = 0; i < s->fact_count; i++)
		if (!strcmp(s->facts[i].key, key))
			return s->facts[i].value;
	return NULL;
}

static size_t find_case(const struct stream *s, size_t case_index, const char *fs)
{
	for (size_t i = 0; i < s->case_count; i++)
		if (s->cases[i].case_index == case_index && !strcmp(s->cases[i].fs, fs))
			return i;
	return NO_TEST;
}

static size_t find_or_add_case(struct stream *s, size_t case_index, const char *fs)
{
	size_t at = find_case(s, case_index, fs), tests = s->suite->cases[case_index].count;
	struct seen_case *c;

	if (at != NO_TEST)
		return at;
	c = list_add(&s->cases, &s->case_count, sizeof(*c));
	c->case_index = case_index;
	strcpy(c->fs, fs);
	c->running = NO_TEST;
	c->tests = must_alloc(tests * sizeof(*c->tests));
	for (size_t i = 0; i < tests; i++)
		c->tests[i].seconds = -1;
	return s->case_count - 1;
}

struct seen_case *stream_case(struct stream *s, size_t case_index, const char *fs)
{
	return &s->cases[find_or_add_case(s, case_index, fs)];
}

/* A place in the stream's cases; false: too many file systems, so that the stream cannot make us keep more than that. */
static bool locate(struct stream *s, const char *id, size_t length, size_t *c, size_t *test)
{
	struct place place;
	size_t known = 0;

	if (!inventory_id(s->suite, id, length, &place))
		return false;
	*c = find_case(s, place.case_index, place.fs);
	if (*c == NO_TEST) {
		for (size_t i = 0; i < s->case_count; i++)
			known += s->cases[i].case_index == place.case_index;
		if (known > STREAM_FILESYSTEMS)
			return false;
		*c = find_or_add_case(s, place.case_index, place.fs);
	}
	*test = place.test_index;
	s->cases[*c].came = true;
	return true;
}

static void damage(struct stream *s, size_t c, size_t test, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));
static void damage(struct stream *s, size_t c, size_t test, const char *fmt, ...)
{
	struct seen *seen = &s->cases[c].tests[test];
	char what[200];
	va_list args;

	if (seen->damage)
		return;
	va_start(args, fmt);
	vsnprintf(what, sizeof(what), fmt, args);
	va_end(args);
	seen->damage = must_format("damaged stream: %s", what);
}

static void keep_recent(struct stream_parser *p, const char *line, size_t length, bool diagnostic)
{
	struct recent *r = &p->recent[p->recent_count++ % STREAM_RECENT];

	r->diagnostic = diagnostic;
	r->length = length < sizeof(r->bytes) ? length : sizeof(r->bytes);
	memcpy(r->bytes, line, r->length);
}

/* Attaches the last lines to a test: all of them, or only the diagnostics. */
static void attach_recent(const struct stream_parser *p, struct seen *seen, bool all)
{
	size_t first = p->recent_count > STREAM_RECENT ? p->recent_count - STREAM_RECENT : 0;

	for (size_t i = 0; i < seen->recent_count; i++)
		free(seen->recent[i]);
	seen->recent_count = 0;
	for (size_t i = first; i < p->recent_count; i++) {
		const struct recent *r = &p->recent[i % STREAM_RECENT];

		if (all || r->diagnostic)
			seen->recent[seen->recent_count++] = must_copy(r->bytes, r->length);
	}
}

/* ---- blocks ---- */

static void block_case_is(struct stream *s, size_t c)
{
	struct stream_parser *p = s->parser;
	const struct inventory_case *known = &s->suite->cases[s->cases[c].case_index];

	if (p->block_case != NO_TEST)
		return;
	p->block_case = c;
	for (size_t i = 0; i < p->orphan_count; i++) {
		size_t test = inventory_test(known, p->orphans[i].name, p->orphans[i].length);

		if (test != NO_TEST)
			damage(s, c, test, "its result line has no '# done' line");
	}
	p->orphan_count = 0;
}

/* The result line that waits has no "# done". */
static void drop_pending(struct stream *s)
{
	struct stream_parser *p = s->parser;
	const struct result_line *r = &p->pending_result;
	size_t test;

	if (!p->pending)
		return;
	p->pending = false;
	if (p->block_case == NO_TEST) {
		if (p->orphan_count < ORPHANS_MAX && r->name_length < TEST_NAME_MAX) {
			struct orphan *orphan = &p->orphans[p->orphan_count++];

			memcpy(orphan->name, r->name, r->name_length);
			orphan->length = r->name_length;
		}
		return;
	}
	test = inventory_test(&s->suite->cases[s->cases[p->block_case].case_index], r->name,
			      r->name_length);
	if (test != NO_TEST)
		damage(s, p->block_case, test, "its result line has no '# done' line");
}

static void open_block(struct stream *s)
{
	struct stream_parser *p = s->parser;

	drop_pending(s);
	p->block_open = true;
	p->block_plan_seen = false;
	p->block_plan = p->block_last = p->block_results = 0;
	p->block_ok = p->block_not_ok = 0;
	p->block_case = NO_TEST;
	p->orphan_count = 0;
}

static void name_block(const struct stream *s, char name[TEST_ID_MAX])
{
	const struct stream_parser *p = s->parser;
	const struct seen_case *c = p->block_case == NO_TEST ? NULL : &s->cases[p->block_case];

	snprintf(name, TEST_ID_MAX, "%s%s%s", c ? s->suite->cases[c->case_index].name : "a block",
		 c && c->fs[0] ? "@" : "", c ? c->fs : "");
}

static void check_block(struct stream *s)
{
	const struct stream_parser *p = s->parser;
	char name[TEST_ID_MAX];

	name_block(s, name);
	if (!p->block_plan_seen)
		stream_problem(s, "%s: its plan never came", name);
	else if (p->block_results != p->block_plan)
		stream_problem(s, "%s: %u results of a plan of %u", name, p->block_results,
			       p->block_plan);
}

/* The result line of the case, which closes its block. */
static void take_case_line(struct stream *s, const struct result_line *r)
{
	struct stream_parser *p = s->parser;
	char fs[FILESYSTEM_MAX], name[TEST_ID_MAX];
	size_t index = inventory_label(s->suite, r->name, r->name_length, fs), c = NO_TEST;

	drop_pending(s);
	p->case_lines++;
	if (r->number <= p->last_number)
		stream_problem(s, "%.*s: its number %u is not above %u", (int)r->name_length, r->name,
			       r->number, p->last_number);
	else if (p->plan_seen && r->number > p->plan)
		stream_problem(s, "%.*s: its number %u is above the plan of %u", (int)r->name_length,
			       r->name, r->number, p->plan);
	p->last_number = r->number;
	if (index != NO_TEST) {
		c = find_case(s, index, fs);
		if (c != NO_TEST)
			s->cases[c].running = NO_TEST;
	}
	if (!p->block_open)
		return;
	if (c != NO_TEST)
		block_case_is(s, c);
	check_block(s);
	name_block(s, name);
	if (p->block_case != c)
		stream_problem(s, "the block of %s ends with the result of %.*s", name,
			       (int)r->name_length, r->name);
	else if (r->result == RESULT_FAIL && !p->block_not_ok && p->block_ok == p->block_plan)
		stream_problem(s, "%s is not ok, but all of its tests are", name);
	else if (r->result != RESULT_FAIL && p->block_not_ok)
		stream_problem(s, "%s is ok, but not all of its tests are", name);
	p->block_open = false;
}

static void take_result_line(struct stream *s, const char *line, size_t length,
			     const struct result_line *r)
{
	struct stream_parser *p = s->parser;

	drop_pending(s);
	p->block_results++;
	if (length > sizeof(p->pending_line))
		return;
	memcpy(p->pending_line, line, length);
	p->pending_length = length;
	p->pending_result = *r;
	p->pending_result.name = p->pending_line + (r->name - line);
	p->pending_result.text = p->pending_line + (r->text - line);
	p->pending = true;
}

static void take_running(struct stream *s, const char *id, size_t length, bool in_block)
{
	struct stream_parser *p = s->parser;
	size_t c, test;

	p->ours = true;
	if (!locate(s, id, length, &c, &test))
		return;
	if (in_block) {
		drop_pending(s);
		block_case_is(s, c);
	}
	s->cases[c].running = test;
	s->cases[c].tests[test].announced = true;
	s->current_case = c;
	s->current_test = test;
	p->recent_count = 0;
	if (s->progress)
		s->progress(s);
}

/* Do the waiting result line and this "# done" line say the same? */
static bool agrees(const struct stream_parser *p, const struct done_line *d)
{
	const struct result_line *r = &p->pending_result;
	uint32_t crc;

	if (d->id_length <= r->name_length || d->id[d->id_length - r->name_length - 1] != '/' ||
	    memcmp(d->id + d->id_length - r->name_length, r->name, r->name_length))
		return false;
	crc = crc32_ieee(0, p->pending_line, p->pending_length);
	crc = crc32_ieee(crc, "\n", 1);
	crc = crc32_ieee(crc, d->id, d->signed_length);
	return crc == d->crc && d->verdict == r->result;
}

static void keep_result(struct stream *s, size_t c, size_t test, const struct done_line *d)
{
	struct stream_parser *p = s->parser;
	struct seen *seen = &s->cases[c].tests[test];
	const struct result_line *r = &p->pending_result;
	bool ok = r->result == RESULT_PASS || r->result == RESULT_SKIP;

	seen->result = r->result;
	seen->seconds = d->seconds;
	seen->outcome = must_copy(r->text, r->text_length);
	if (r->result != RESULT_PASS)
		attach_recent(p, seen, false);
	s->results++;
	s->not_ok += !ok;
	p->block_ok += ok;
	p->block_not_ok += !ok;
	p->block_last = r->number;
}

static void take_unknown(struct stream *s, const struct done_line *d)
{
	if (s->unknown_count++ < STREAM_UNKNOWN)
		s->unknown[s->unknown_count - 1] = must_copy(d->id, d->id_length);
}

static void take_done(struct stream *s, const char *args, size_t length, bool in_block)
{
	struct stream_parser *p = s->parser;
	bool pending = p->pending, agreed;
	struct done_line d;
	size_t c, test;

	p->ours = true;
	parse_done(args, length, &d);
	agreed = pending && in_block && d.whole && !p->ended && agrees(p, &d);
	if (!locate(s, d.id, d.id_length, &c, &test)) {
		if (agreed && is_name(d.id, d.id_length)) {
			p->pending = false;
			take_unknown(s, &d);
		}
		drop_pending(s);
		return;
	}
	if (s->cases[c].running == test)
		s->cases[c].running = NO_TEST;
	if (in_block)
		block_case_is(s, c);
	if (p->ended)
		damage(s, c, test, "a line of it comes after the end");
	else if (!in_block)
		damage(s, c, test, "its '# done' line stands outside of a block");
	else if (!d.whole)
		damage(s, c, test, "its '# done' line is garbled");
	else if (!pending)
		damage(s, c, test, "its '# done' line has no result line");
	else if (!agreed)
		damage(s, c, test, "its result line and its '# done' line disagree");
	else if (p->block_case != c)
		damage(s, c, test, "its result stands in the block of another case");
	else if (p->pending_result.number <= p->block_last)
		damage(s, c, test, "its number %u is not above %u", p->pending_result.number,
		       p->block_last);
	else if (p->block_plan_seen && p->pending_result.number > p->block_plan)
		damage(s, c, test, "its number %u is above the plan of %u",
		       p->pending_result.number, p->block_plan);
	else if (s->cases[c].tests[test].result != RESULT_NONE)
		damage(s, c, test, "a second result");
	else
		keep_result(s, c, test, &d);
	if (agreed)
		p->pending = false;
	drop_pending(s);
	p->recent_count = 0;
	if (s->progress)
		s->progress(s);
}

/* A line of a block, without its indentation. */
static void take_block_line(struct stream *s, const char *line, size_t length)
{
	struct stream_parser *p = s->parser;
	struct result_line r;
	unsigned int plan;

	if (parse_result_line(line, length, &r)) {
		take_result_line(s, line, length, &r);
	} else if (starts(line, length, "# done ")) {
		take_done(s, line + 7, length - 7, true);
	} else if (starts(line, length, "# running ")) {
		take_running(s, line + 10, length - 10, true);
	} else if (parse_plan(line, length, &plan)) {
		char name[TEST_ID_MAX];

		name_block(s, name);
		if (p->block_plan_seen || p->block_results)
			stream_problem(s, "%s: a plan in its middle", name);
		p->block_plan = p->block_plan_seen ? p->block_plan : plan;
		p->block_plan_seen = true;
	} else if (starts(line, length, "# Totals: ")) {
		drop_pending(s);
	} else {
		bool diagnostic = starts(line, length, "# ");

		keep_recent(p, line + 2 * diagnostic, length - 2 * diagnostic, diagnostic);
	}
}

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

static void start_document(struct stream *s, bool suite)
{
	struct stream_parser *p = s->parser;

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
			stream_problem(s, "document %u says another %s than the first", s->documents,
				       key);
	} else if (first) {
		stream_problem(s, "two facts '%s'", key);
	} else if (s->fact_count < STREAM_FACTS) {
		s->facts[s->fact_count++] = (struct stream_fact){ key, value };
		return;
	}
	free(key);
	free(value);
}

static void take_end(struct stream *s)
{
	struct stream_parser *p = s->parser;

	decide(s, DOCUMENT_SUITE);
	drop_pending(s);
	p->ended = true;
	for (size_t i = 0; i < s->case_count; i++)
		s->cases[i].running = NO_TEST;
	if (p->block_open) {
		char name[TEST_ID_MAX];

		name_block(s, name);
		stream_problem(s, "%s: the result line of the case never came", name);
	}
	p->block_open = false;
	if (!p->plan_seen)
		stream_problem(s, "the plan of document %u never came", s->documents);
	else if (p->plan != p->case_lines)
		stream_problem(s, "document %u has %u results of cases, of a plan of %u",
			       s->documents, p->case_lines, p->plan);
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
			stream_problem(s, "%s: the result line of the case never came", name);
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
		/* kselftest prints a document of its own around ours: one that holds nothing of ours yet. */
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
