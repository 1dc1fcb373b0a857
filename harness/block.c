// SPDX-License-Identifier: GPL-2.0
/*
 * The lines of one case in a result stream, and what is kept of them.
 *
 * A result needs a result line and the "# done" line behind it, which agree in checksum, id and
 * verdict. What is damaged is charged to the test that it names: a "# done" line that does not
 * check out, a result line without one, a second result. That sticks, whatever comes later.
 */
#include "block.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "text.h"

/* ---- what is kept ---- */

static void add_line(char *list[STREAM_PROBLEMS], size_t *count, const char *fmt, va_list args)
{
	char line[512];

	if ((*count)++ >= STREAM_PROBLEMS)
		return;
	vsnprintf(line, sizeof(line), fmt, args);
	list[*count - 1] = must_copy(line, strlen(line));
}

void stream_problem(struct stream *s, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	add_line(s->problems, &s->problem_count, fmt, args);
	va_end(args);
}

void stream_gap(struct stream *s, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	add_line(s->gaps, &s->gap_count, fmt, args);
	va_end(args);
}

const char *stream_fact(const struct stream *s, const char *key)
{
	for (size_t i = 0; i < s->fact_count; i++)
		if (!strcmp(s->facts[i].key, key))
			return s->facts[i].value;
	return NULL;
}

size_t find_case(const struct stream *s, size_t case_index, const char *fs)
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
	size_t at = find_or_add_case(s, case_index, fs); /* it may move the list */

	return &s->cases[at];
}

/*
 * A place in the stream's cases; false: too many file systems, so that the stream cannot make us
 * keep more than that.
 */
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
	seen->damaged_in = s->documents;
}

void keep_recent(struct stream_parser *p, const char *line, size_t length, bool diagnostic)
{
	struct recent *r = &p->recent[p->recent_count++ % STREAM_RECENT];

	r->diagnostic = diagnostic;
	r->length = length < sizeof(r->bytes) ? length : sizeof(r->bytes);
	memcpy(r->bytes, line, r->length);
}

void attach_recent(const struct stream_parser *p, struct seen *seen, bool all)
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

void drop_pending(struct stream *s)
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

void open_block(struct stream *s)
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

void name_block(const struct stream *s, char name[TEST_ID_MAX])
{
	const struct stream_parser *p = s->parser;
	const struct seen_case *c = p->block_case == NO_TEST ? NULL : &s->cases[p->block_case];

	snprintf(name, TEST_ID_MAX, "%s%s%s", c ? s->suite->cases[c->case_index].name : "a block",
		 c && c->fs[0] ? "@" : "", c ? c->fs : "");
}

void check_block(struct stream *s)
{
	const struct stream_parser *p = s->parser;
	char name[TEST_ID_MAX];

	name_block(s, name);
	if (!p->block_plan_seen)
		stream_gap(s, "%s: its plan never came", name);
	else if (p->block_results != p->block_plan)
		stream_gap(s, "%s: %u results of a plan of %u", name, p->block_results,
			   p->block_plan);
}

void take_case_line(struct stream *s, const struct result_line *r)
{
	struct stream_parser *p = s->parser;
	char fs[FILESYSTEM_MAX], name[TEST_ID_MAX];
	size_t index = inventory_label(s->suite, r->name, r->name_length, fs), c = NO_TEST;

	drop_pending(s);
	p->case_lines++;
	if (r->number <= p->last_number)
		stream_problem(s, "%.*s: its number %u is not above %u", (int)r->name_length,
			       r->name, r->number, p->last_number);
	else if (p->plan_seen && r->number > p->plan)
		stream_problem(s, "%.*s: its number %u is above the plan of %u",
			       (int)r->name_length, r->name, r->number, p->plan);
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
		stream_gap(s, "the block of %s ends with the result of %.*s", name,
			   (int)r->name_length, r->name);
	else if (r->result == RESULT_FAIL && !p->block_not_ok && p->block_ok == p->block_plan)
		stream_problem(s, "%s is not ok, but all of its tests are", name);
	else if (r->result != RESULT_FAIL && p->block_not_ok)
		stream_problem(s, "%s is ok, but not all of its tests are", name);
	p->block_open = false;
}

void take_result_line(struct stream *s, const char *line, size_t length,
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

void take_running(struct stream *s, const char *id, size_t length, bool in_block)
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

	if (seen->damaged_in < s->documents) {
		free(seen->damage);
		seen->damage = NULL;
	}
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
	for (size_t i = 0; i < s->unknown_count && i < STREAM_UNKNOWN; i++)
		if (strlen(s->unknown[i]) == d->id_length &&
		    !memcmp(s->unknown[i], d->id, d->id_length))
			return;
	if (s->unknown_count++ < STREAM_UNKNOWN)
		s->unknown[s->unknown_count - 1] = must_copy(d->id, d->id_length);
}

void take_done(struct stream *s, const char *args, size_t length, bool in_block)
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
void take_block_line(struct stream *s, const char *line, size_t length)
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
	} else if (!starts(line, length, "# Subtest: ")) {
		bool diagnostic = starts(line, length, "# ");

		keep_recent(p, line + 2 * diagnostic, length - 2 * diagnostic, diagnostic);
	}
}
