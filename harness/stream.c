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

#include "text.h"

#define NUMBER_MAX 9999999	/* of a test, of a plan */
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

/* ---- words ---- */

static bool starts(const char *line, size_t length, const char *with)
{
	size_t n = strlen(with);

	return length >= n && !memcmp(line, with, n);
}

static bool equals(const char *line, size_t length, const char *with)
{
	return length == strlen(with) && !memcmp(line, with, length);
}

/* A number from 1 without leading zeros; returns the bytes that it takes, 0: none. */
static size_t parse_number(const char *bytes, size_t length, unsigned int *number)
{
	size_t n = 0;

	*number = 0;
	while (n < length && bytes[n] >= '0' && bytes[n] <= '9') {
		*number = *number * 10 + (unsigned int)(bytes[n++] - '0');
		if (*number > NUMBER_MAX || !*number)
			return 0;
	}
	return n;
}

static bool parse_plan(const char *line, size_t length, unsigned int *plan)
{
	return starts(line, length, "1..") && length > 3 &&
	       parse_number(line + 3, length - 3, plan) == length - 3;
}

/* The word that opens the text after '#', and is a directive. */
static bool directive(struct result_line *r, const char *word, enum result result)
{
	size_t n = strlen(word);

	if (!starts(r->text, r->text_length, word) ||
	    (r->text_length > n && r->text[n] != ' '))
		return false;
	r->result = result;
	r->text += n;
	r->text_length -= n;
	if (r->text_length) {
		r->text++;
		r->text_length--;
	}
	return true;
}

bool parse_result_line(const char *line, size_t length, struct result_line *r)
{
	bool ok = starts(line, length, "ok ");
	size_t at = ok ? 3 : 7, n;

	if (!ok && !starts(line, length, "not ok "))
		return false;
	n = parse_number(line + at, length - at, &r->number);
	at += n;
	if (!n || at >= length || line[at++] != ' ')
		return false;
	r->name = line + at;
	while (at < length && line[at] != ' ')
		at++;
	r->name_length = (size_t)(line + at - r->name);
	if (!is_name(r->name, r->name_length) || r->name_length >= TEST_ID_MAX)
		return false;
	r->text = line + at;
	r->text_length = 0;
	if (at < length) {
		if (!starts(line + at, length - at, " # "))
			return false;
		r->text = line + at + 3;
		r->text_length = length - at - 3;
	}
	if (ok) {
		r->result = RESULT_PASS;
		return at == length || directive(r, "SKIP", RESULT_SKIP);
	}
	if (!directive(r, "TIMEOUT", RESULT_TIMEOUT) && !directive(r, "CRASH", RESULT_CRASH) &&
	    !directive(r, "ERROR", RESULT_ERROR))
		r->result = RESULT_FAIL;
	return true;
}

static enum result parse_verdict(const char *word, size_t length)
{
	static const struct {
		const char *word;
		enum result result;
	} words[] = {
		{ "pass", RESULT_PASS },	{ "fail", RESULT_FAIL },   { "skip", RESULT_SKIP },
		{ "timeout", RESULT_TIMEOUT },	{ "crash", RESULT_CRASH }, { "error", RESULT_ERROR },
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (equals(word, length, words[i].word))
			return words[i].result;
	return RESULT_NONE;
}

/* "0.000412" */
static bool parse_seconds(const char *bytes, size_t length, double *seconds)
{
	double scale = 0;

	*seconds = 0;
	if (!length || length > 16 || bytes[0] == '.' || bytes[length - 1] == '.')
		return false;
	for (size_t i = 0; i < length; i++) {
		if (bytes[i] == '.' && scale == 0) {
			scale = 1;
			continue;
		}
		if (bytes[i] < '0' || bytes[i] > '9')
			return false;
		*seconds = *seconds * 10 + (bytes[i] - '0');
		scale *= 10;
	}
	if (scale > 0)
		*seconds /= scale;
	return true;
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

/* A token that a blank or the end of the line ends. */
static size_t token(const char **at, size_t *length, const char **word)
{
	size_t n = 0;

	*word = *at;
	while (n < *length && (*at)[n] != ' ')
		n++;
	*at += n;
	*length -= n;
	if (*length) {
		++*at;
		--*length;
	}
	return n;
}

struct done_line {
	const char *id;
	size_t id_length;
	enum result verdict;
	uint32_t crc;
	double seconds;
	bool whole;		/* nothing is missing, nothing is too much */
	size_t signed_length;	/* of "ID VERDICT" */
};

static void parse_done(const char *args, size_t length, struct done_line *d)
{
	const char *at = args, *word, *digits;
	size_t left = length, n;
	bool trailing_blank = length && args[length - 1] == ' ';

	memset(d, 0, sizeof(*d));
	d->seconds = -1;
	d->id_length = token(&at, &left, &d->id);
	n = token(&at, &left, &word);
	d->verdict = parse_verdict(word, n);
	d->signed_length = (size_t)(word + n - args);
	n = token(&at, &left, &digits);
	for (size_t i = 0; i < n && n == 8; i++) {
		const char *digit = memchr("0123456789abcdef", digits[i], 16);

		if (!digit)
			return;
		d->crc = d->crc << 4 | (uint32_t)(digit - "0123456789abcdef");
	}
	d->whole = d->verdict != RESULT_NONE && n == 8 && !trailing_blank &&
		   (!left || parse_seconds(at, left, &d->seconds));
}
