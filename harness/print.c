// SPDX-License-Identifier: GPL-2.0
/*
 * Printing a judgement. Whatever came from the target is made printable before it is shown.
 */
#include "print.h"

#include <stdlib.h>
#include <string.h>

#include "text.h"

#define WIDTH 100 /* columns that wrapped text may take */
#define VALUE_MAX 400 /* bytes that are shown of anything that came from the target */
#define LISTED_MAX 20 /* missing tests, and reasons of skips, that are listed without -v */

/* The order in which people read: what broke the run first. */
static const enum verdict failing_order[] = {
	VERDICT_CRASHED, VERDICT_TIMED_OUT, VERDICT_ERROR,	VERDICT_DIVERGED, VERDICT_CHANGED,
	VERDICT_FIXED,	 VERDICT_SKIPPED,   VERDICT_UNEXPECTED, VERDICT_MISSING,
};

static const enum verdict totals_order[] = {
	VERDICT_PASS,	   VERDICT_KNOWN,   VERDICT_BACKPORTED, VERDICT_SKIPPED,
	VERDICT_DIVERGED,  VERDICT_CHANGED, VERDICT_FIXED,	VERDICT_CRASHED,
	VERDICT_TIMED_OUT, VERDICT_ERROR,   VERDICT_MISSING,	VERDICT_UNEXPECTED,
};

static const char *color_of(const struct view *v, enum verdict verdict)
{
	if (!v->color)
		return "";
	switch (verdict) {
	case VERDICT_PASS:
		return "\033[32m";
	case VERDICT_KNOWN:
	case VERDICT_BACKPORTED:
	case VERDICT_SKIPPED:
		return "\033[33m";
	default:
		return "\033[31m";
	}
}

static const char *no_color(const struct view *v)
{
	return v->color ? "\033[0m" : "";
}

static void print_value(const char *value, size_t limit)
{
	struct text t = { 0 };

	text_add_printable(&t, value, strlen(value), limit);
	fputs(t.bytes, stdout);
	text_free(&t);
}

/* One "  word    text" below a test. What the target printed is not wrapped. */
static void print_log(const char *word, const char *value)
{
	printf("             %-7s ", word);
	print_value(value, VALUE_MAX);
	printf("\n");
}

/* The same, wrapped. */
static void print_entry(const char *word, const char *value)
{
	struct text t = { 0 };
	size_t at = 0;

	text_add_printable(&t, value, strlen(value), VALUE_MAX);
	printf("             %-7s ", word);
	while (t.length - at > WIDTH - 21) {
		size_t cut = WIDTH - 21;

		while (cut && t.bytes[at + cut] != ' ')
			cut--;
		if (!cut)
			break;
		printf("%.*s\n%21s", (int)cut, t.bytes + at, "");
		at += cut + 1;
	}
	printf("%s\n", t.bytes + at);
	text_free(&t);
}

static const char *fact_or(const struct view *v, const char *key, const char *otherwise)
{
	const char *value = stream_fact(v->stream, key);

	return value ? value : otherwise;
}

static void print_facts(const struct view *v)
{
	printf("%s: kernel ", v->target);
	print_value(fact_or(v, "release", "not said"), 80);
	printf(", machine ");
	print_value(fact_or(v, "machine", "not said"), 40);
	printf(", judged by %s\n", v->baselines->reference);
}

static void print_totals(const struct view *v)
{
	const struct judgement *j = v->judgement;

	printf("%zu test%s:", j->count, j->count == 1 ? "" : "s");
	for (size_t i = 0; i < VERDICTS; i++) {
		enum verdict verdict = totals_order[i];

		if (j->totals[verdict] || verdict == VERDICT_PASS)
			printf("%s %s%zu %s%s", i ? "," : "", color_of(v, verdict),
			       j->totals[verdict], verdict_name(verdict), no_color(v));
	}
	printf("\n");
}

/* The word of a result that its outcome does not say. */
static const char *result_word(const struct judged *test)
{
	if (!test->seen || test->seen->damage)
		return "";
	switch (test->seen->result) {
	case RESULT_PASS:
		return "ok";
	case RESULT_SKIP:
		return "skip ";
	case RESULT_TIMEOUT:
		return "timeout ";
	case RESULT_CRASH:
		return "crash ";
	case RESULT_ERROR:
		return "error ";
	case RESULT_NONE:
		return test->seen->in_flight ? "crash: " : "";
	case RESULT_FAIL:
		break;
	}
	return "";
}

static void print_clauses(const struct view *v, const struct judged *test)
{
	const char *at = v->suite->cases[test->case_index].tests[test->test_index].clauses;

	while (at && *at) {
		size_t n = strcspn(at, " ");
		char *id = must_copy(at, n), *rule;
		const struct clause *clause = n ? suite_clause(id) : NULL;

		rule = must_format("%s%s%s", id, clause ? ": " : "",
				   clause ? clause->sentence : "");
		if (n)
			print_entry("rule", rule);
		if (clause && clause->source && *clause->source)
			print_entry("source", clause->source);
		free(rule);
		free(id);
		at += n + (at[n] == ' ');
	}
}

static char *place_of(const struct chain_link *link)
{
	return must_format("%s:%zu", link->file->path, link->line + 1);
}

static char *line_of(const struct chain_link *link)
{
	const struct baseline_line *line = &link->file->lines[link->line];
	struct text t = { 0 };
	char *place = place_of(link);

	text_printf(&t, "%s: ", place);
	text_add_expectation(&t, line->expected, line->outcome);
	free(place);
	return t.bytes;
}

/* A layer's line and its reason: what decides beside the test itself. */
static void print_layer(const char *word, const struct chain_link *link)
{
	struct text reason = { 0 };
	char *line = line_of(link);

	print_entry(word, line);
	free(line);
	baseline_reason(link->file, link->line, &reason);
	if (reason.length)
		print_entry("reason", reason.bytes);
	text_free(&reason);
}

static void print_test(const struct view *v, const struct judged *test)
{
	char *seen = must_format("%s%s", result_word(test), test->outcome);

	printf("  %s%-10s%s %s\n", color_of(v, test->verdict), verdict_name(test->verdict),
	       no_color(v), test->id);
	print_entry("seen", seen);
	free(seen);
	if (!test->seen)
		return;
	for (size_t i = 0; i < test->seen->recent_count; i++)
		print_log(i ? "" : "log", test->seen->recent[i]);
	if (test->holds.file && test->verdict == VERDICT_FIXED)
		print_layer("drop", &test->holds);
	else if (test->holds.file &&
		 test->holds.file->lines[test->holds.line].expected != EXPECTED_OK)
		print_layer("layer", &test->holds);
	print_clauses(v, test);
	/* Not wrapped: it is to be copied. */
	printf("             %-7s %s '%s'\n", "repeat", v->repeat, test->id);
}

/* Of these, the id and what was seen say all that there is to say. */
static bool is_short(enum verdict v)
{
	return v == VERDICT_MISSING || v == VERDICT_SKIPPED || v == VERDICT_UNEXPECTED;
}

static void print_short(const struct view *v, const struct judged *test)
{
	printf("  %s%-10s%s %s", color_of(v, test->verdict), verdict_name(test->verdict),
	       no_color(v), test->id);
	if (test->verdict == VERDICT_UNEXPECTED) {
		printf(" # %s", result_word(test));
		print_value(test->outcome, VALUE_MAX);
	}
	printf("\n");
}

static void print_failing(const struct view *v)
{
	const struct judgement *j = v->judgement;

	for (size_t i = 0; i < sizeof(failing_order) / sizeof(failing_order[0]); i++) {
		enum verdict verdict = failing_order[i];
		size_t listed = 0;

		for (size_t k = 0; k < j->count; k++) {
			const struct judged *test = &j->tests[k];

			if (!test->fails || test->verdict != verdict)
				continue;
			if (!listed++ || !is_short(verdict))
				printf("\n");
			if (!is_short(verdict))
				print_test(v, test);
			else if (listed <= LISTED_MAX || v->verbose)
				print_short(v, test);
		}
		if (is_short(verdict) && listed > LISTED_MAX && !v->verbose)
			printf("             and %zu more %s: -v lists them\n", listed - LISTED_MAX,
			       verdict_name(verdict));
	}
}

struct skip_reason {
	const char *reason;
	size_t count;
};

static int compare_reasons(const void *a, const void *b)
{
	const struct skip_reason *x = a, *y = b;

	if (x->count != y->count)
		return x->count > y->count ? -1 : 1;
	return strcmp(x->reason, y->reason);
}

static void print_skipped(const struct view *v)
{
	const struct judgement *j = v->judgement;
	struct skip_reason *reasons = NULL;
	size_t count = 0;

	for (size_t i = 0; i < j->count; i++) {
		const char *reason = j->tests[i].outcome;
		size_t at = 0;

		if (j->tests[i].verdict != VERDICT_SKIPPED)
			continue;
		while (at < count && strcmp(reasons[at].reason, reason))
			at++;
		if (at == count)
			*(struct skip_reason *)list_add(&reasons, &count, sizeof(*reasons)) =
				(struct skip_reason){ reason, 0 };
		reasons[at].count++;
	}
	if (count)
		qsort(reasons, count, sizeof(*reasons), compare_reasons);
	for (size_t i = 0; i < count; i++) {
		if (i == LISTED_MAX && !v->verbose) {
			printf("  skipped for %zu more reasons: -v lists them\n", count - i);
			break;
		}
		printf("  %sskipped%s %zu: ", color_of(v, VERDICT_SKIPPED), no_color(v),
		       reasons[i].count);
		print_value(*reasons[i].reason ? reasons[i].reason : "no reason given",
			    OUTCOME_MAX);
		printf("\n");
	}
	free(reasons);
}

static void print_every_test(const struct view *v)
{
	const struct judgement *j = v->judgement;

	for (size_t i = 0; i < j->count; i++) {
		const struct judged *test = &j->tests[i];

		printf("%s%-10s%s %s", color_of(v, test->verdict), verdict_name(test->verdict),
		       no_color(v), test->id);
		if (test->verdict != VERDICT_PASS && *test->outcome) {
			printf(" # ");
			print_value(test->outcome, VALUE_MAX);
		}
		printf("\n");
	}
	printf("\n");
}

static void print_problems(const struct view *v)
{
	const struct stream *s = v->stream;

	if (!s->problem_count)
		return;
	printf("\n");
	for (size_t i = 0; i < s->problem_count && i < STREAM_PROBLEMS; i++) {
		printf("  %sstream%s     ", color_of(v, VERDICT_ERROR), no_color(v));
		print_value(s->problems[i], VALUE_MAX);
		printf("\n");
	}
	if (s->problem_count > STREAM_PROBLEMS)
		printf("             and %zu more\n", s->problem_count - STREAM_PROBLEMS);
}

void print_for_people(const struct view *v)
{
	const struct judgement *j = v->judgement;

	if (v->quiet) {
		print_totals(v);
		return;
	}
	if (v->verbose)
		print_every_test(v);
	print_facts(v);
	print_totals(v);
	print_skipped(v);
	print_failing(v);
	print_problems(v);
	if (j->failing || v->stream->problem_count)
		printf("\n");
	if (v->as_expected)
		printf("%sas expected%s\n", color_of(v, VERDICT_PASS), no_color(v));
	else if (j->failing)
		printf("%s%zu test%s not as expected%s%s\n", color_of(v, VERDICT_ERROR), j->failing,
		       j->failing == 1 ? " is" : "s are",
		       v->stream->problem_count ? ", and the stream is damaged" : "", no_color(v));
	else
		printf("%sthe stream is damaged%s\n", color_of(v, VERDICT_ERROR), no_color(v));
}

/* ---- JSON ---- */

static void add_string(struct text *t, const char *string)
{
	text_add_json(t, string, strlen(string));
}

static void add_member(struct text *t, const char *key, const char *value)
{
	add_string(t, key);
	text_puts(t, ": ");
	if (value)
		add_string(t, value);
	else
		text_puts(t, "null");
}

/* A number of the facts, else null. */
static void add_number_fact(struct text *t, const struct view *v, const char *key)
{
	const char *value = stream_fact(v->stream, key);
	size_t n = value ? strspn(value, "0123456789") : 0;

	text_printf(t, "\"%s\": ", key);
	if (n && n < 16 && !value[n] && (value[0] != '0' || n == 1))
		text_puts(t, value);
	else
		text_puts(t, "null");
}

/* The ids of the clauses, or what the clauses say. */
static void add_clauses(struct text *t, const struct view *v, const struct judged *test, bool rules)
{
	const char *at =
		test->seen ? v->suite->cases[test->case_index].tests[test->test_index].clauses : "";
	bool first = true;

	while (at && *at) {
		size_t n = strcspn(at, " ");
		char *id = must_copy(at, n);
		const struct clause *clause = rules && n ? suite_clause(id) : NULL;

		at += n + (at[n] == ' ');
		if (!n || (rules && !clause)) {
			free(id);
			continue;
		}
		text_puts(t, first ? "" : ", ");
		first = false;
		if (!rules) {
			add_string(t, id);
		} else {
			text_puts(t, "{");
			add_member(t, "id", id);
			text_puts(t, ", ");
			add_member(t, "sentence", clause->sentence);
			text_puts(t, ", ");
			add_member(t, "source", clause->source ? clause->source : "");
			text_puts(t, "}");
		}
		free(id);
	}
}

static void add_baseline(struct text *t, const struct chain_link *holds)
{
	char *place = must_format("%s:%zu", baseline_portable_path(holds->file), holds->line + 1);
	struct text reason = { 0 };

	text_puts(t, ", ");
	add_member(t, "baseline", place);
	free(place);
	baseline_reason(holds->file, holds->line, &reason);
	if (reason.length) {
		text_puts(t, ", ");
		add_member(t, "reason", reason.bytes);
	}
	text_free(&reason);
}

static void add_test(struct text *t, const struct view *v, const struct judged *test)
{
	struct text expected = { 0 };

	text_puts(t, "  {");
	add_member(t, "id", test->id);
	text_puts(t, ", ");
	add_member(t, "verdict", verdict_name(test->verdict));
	text_puts(t, ", ");
	if (test->holds.file) {
		const struct baseline_line *line = &test->holds.file->lines[test->holds.line];

		text_add_expectation(&expected, line->expected, line->outcome);
	}
	add_member(t, "expected", expected.bytes);
	text_free(&expected);
	text_puts(t, ", ");
	add_member(t, "outcome", test->outcome);
	text_puts(t, ", \"clauses\": [");
	add_clauses(t, v, test, false);
	text_puts(t, "], \"seconds\": ");
	if (test->seen && test->seen->seconds >= 0)
		text_printf(t, "%.6f", test->seen->seconds);
	else
		text_puts(t, "null");
	if (test->holds.file)
		add_baseline(t, &test->holds);
	if (test->verdict != VERDICT_PASS) {
		text_puts(t, ",\n   \"rules\": [");
		add_clauses(t, v, test, true);
		text_puts(t, "],\n   \"diagnostics\": [");
		for (size_t i = 0; test->seen && i < test->seen->recent_count; i++) {
			text_puts(t, i ? ", " : "");
			add_string(t, test->seen->recent[i]);
		}
		text_puts(t, "]");
	}
	text_puts(t, "}");
}

void text_add_results(struct text *t, const struct view *v)
{
	const struct judgement *j = v->judgement;
	const struct stream *s = v->stream;

	text_puts(t, "{\"schema\": 1,\n \"target\": {");
	add_member(t, "kind", v->target);
	text_puts(t, ", ");
	add_member(t, "version", v->target_version);
	text_puts(t, ", ");
	add_member(t, "release", stream_fact(s, "release"));
	text_puts(t, ", ");
	add_member(t, "machine", stream_fact(s, "machine"));
	text_puts(t, ", ");
	add_number_fact(t, v, "page_size");
	text_puts(t, "},\n ");
	add_member(t, "reference", v->baselines->reference);
	text_puts(t, ",\n \"facts\": {");
	for (size_t i = 0; i < s->fact_count; i++) {
		text_puts(t, i ? ", " : "");
		add_member(t, s->facts[i].key, s->facts[i].value);
	}
	text_printf(t, "},\n \"gate\": \"%s\",\n \"problems\": [",
		    v->as_expected ? "pass" : "fail");
	for (size_t i = 0; i < s->problem_count && i < STREAM_PROBLEMS; i++) {
		text_puts(t, i ? ", " : "");
		add_string(t, s->problems[i]);
	}
	text_puts(t, "],\n \"totals\": {");
	for (size_t i = 0; i < VERDICTS; i++)
		text_printf(t, "%s\"%s\": %zu", i ? ", " : "", verdict_name((enum verdict)i),
			    j->totals[i]);
	text_puts(t, "},\n \"tests\": [");
	for (size_t i = 0; i < j->count; i++) {
		text_puts(t, i ? ",\n" : "\n");
		add_test(t, v, &j->tests[i]);
	}
	text_puts(t, "]}\n");
}
