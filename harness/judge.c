// SPDX-License-Identifier: GPL-2.0
/*
 * From results and baselines to verdicts: docs/expectations.md, "Verdicts".
 */
#include "judge.h"

#include <stdlib.h>
#include <string.h>

static const char *const verdict_names[VERDICTS] = {
	[VERDICT_PASS] = "pass",	   [VERDICT_DIVERGED] = "diverged",
	[VERDICT_KNOWN] = "known",	   [VERDICT_CHANGED] = "changed",
	[VERDICT_FIXED] = "fixed",	   [VERDICT_BACKPORTED] = "backported",
	[VERDICT_SKIPPED] = "skipped",	   [VERDICT_CRASHED] = "crashed",
	[VERDICT_TIMED_OUT] = "timed_out", [VERDICT_ERROR] = "error",
	[VERDICT_MISSING] = "missing",	   [VERDICT_UNEXPECTED] = "unexpected",
};

const char *verdict_name(enum verdict v)
{
	return verdict_names[v];
}

#define CUT_OFF "the stream ended here"

static bool is_absent(const struct seen *seen)
{
	return seen->result == RESULT_SKIP && !strncmp(seen->outcome, "absent:", 7);
}

/* The layer's word for a result; EXPECTED_NOTHING for what only the environment decided. */
static enum expected as_expected(const struct seen *seen)
{
	switch (seen->result) {
	case RESULT_PASS:
		return EXPECTED_OK;
	case RESULT_FAIL:
		return EXPECTED_NOT_OK;
	case RESULT_SKIP:
		return is_absent(seen) ? EXPECTED_SKIP : EXPECTED_NOTHING;
	case RESULT_TIMEOUT:
		return EXPECTED_TIMEOUT;
	case RESULT_CRASH:
		return EXPECTED_CRASH;
	case RESULT_ERROR:
		return EXPECTED_ERROR;
	case RESULT_NONE:
		break;
	}
	return seen->in_flight ? EXPECTED_CRASH : EXPECTED_NOTHING;
}

static const char *outcome_of(const struct seen *seen)
{
	if (seen->damage)
		return seen->damage;
	if (seen->result != RESULT_NONE)
		return seen->outcome;
	if (seen->in_flight)
		return CUT_OFF;
	return seen->announced ? "it was begun, its result never came" : "its lines never came";
}

/* A test passed that this layer did not expect to. */
static enum verdict passed_against(const struct layer *layer)
{
	switch (layer->kind) {
	case LAYER_BEFORE:
	case LAYER_STABLE:
	case LAYER_MACHINE:
		return VERDICT_BACKPORTED;
	default:
		return VERDICT_FIXED;
	}
}

static enum verdict ended_badly(enum expected got)
{
	return got == EXPECTED_CRASH   ? VERDICT_CRASHED :
	       got == EXPECTED_TIMEOUT ? VERDICT_TIMED_OUT :
					 VERDICT_ERROR;
}

enum verdict judge_one(const struct seen *seen, const struct chain_link *holds)
{
	const struct baseline_line *line = holds->file ? &holds->file->lines[holds->line] : NULL;
	enum expected got = as_expected(seen);

	/* A damaged result is none, whatever a layer says. */
	if (seen->damage)
		return VERDICT_ERROR;
	if (seen->result == RESULT_NONE && !seen->in_flight)
		return line && line->expected == EXPECTED_DO_NOT_RUN && !seen->announced ?
			       VERDICT_KNOWN :
			       VERDICT_MISSING;
	if (!line)
		return VERDICT_UNEXPECTED;
	if (got == EXPECTED_NOTHING)
		return VERDICT_SKIPPED;
	if (got == EXPECTED_OK)
		return line->expected == EXPECTED_OK ? VERDICT_PASS :
						       passed_against(holds->file->layer);
	if (got == line->expected)
		return !line->outcome || !strcmp(line->outcome, outcome_of(seen)) ? VERDICT_KNOWN :
										    VERDICT_CHANGED;
	if (got == EXPECTED_CRASH || got == EXPECTED_TIMEOUT || got == EXPECTED_ERROR) {
		/* It takes the target down, says the layer, and it did. */
		if (line->expected == EXPECTED_DO_NOT_RUN && seen->in_flight)
			return VERDICT_KNOWN;
		return ended_badly(got);
	}
	return line->expected == EXPECTED_OK ? VERDICT_DIVERGED : VERDICT_CHANGED;
}

/* ---- selections ---- */

bool parse_selection(struct owned_selection *o, const char *text)
{
	bool valid = true, exclude = false, shard = false;

	memset(o, 0, sizeof(*o));
	while (*text && valid) {
		size_t n = strcspn(text, " ");
		char *word = must_copy(text, n);

		text += n + (text[n] == ' ');
		if (!n) {
			free(word);
		} else if (shard) {
			valid = !o->s.shards && selection_shard(&o->s, word);
			shard = false;
			free(word);
		} else if (exclude) {
			*(char **)list_add(&o->exclude, &o->s.exclude_count, sizeof(char *)) = word;
			exclude = false;
		} else if (!strcmp(word, "-x") || !strcmp(word, "--shard")) {
			exclude = word[1] == 'x';
			shard = !exclude;
			free(word);
		} else {
			*(char **)list_add(&o->include, &o->s.include_count, sizeof(char *)) = word;
		}
	}
	o->s.include = (const char *const *)o->include;
	o->s.exclude = (const char *const *)o->exclude;
	return valid && !exclude && !shard;
}

void selection_free(struct owned_selection *o)
{
	for (size_t i = 0; i < o->s.include_count; i++)
		free(o->include[i]);
	for (size_t i = 0; i < o->s.exclude_count; i++)
		free(o->exclude[i]);
	free(o->include);
	free(o->exclude);
	memset(o, 0, sizeof(*o));
}

/* ---- the whole ---- */

char *test_id(const struct inventory *suite, size_t case_index, const char *fs, size_t test_index)
{
	const struct inventory_case *c = &suite->cases[case_index];

	return must_format("%s%s%s/%s", c->name, *fs ? "@" : "", fs, c->tests[test_index].name);
}

struct judging {
	struct judgement *j;
	struct stream *s;
	const struct baselines *b;
	const struct selection *selection;
	struct owned_selection own; /* the stream's */
	bool no_skips;
	struct chain_link *links;
	size_t contradictions;
};

static bool gate_fails(enum verdict v, bool no_skips)
{
	switch (v) {
	case VERDICT_PASS:
	case VERDICT_KNOWN:
	case VERDICT_BACKPORTED:
		return false;
	case VERDICT_SKIPPED:
		return no_skips;
	default:
		return true;
	}
}

static void add(struct judging *g, const struct judged *test)
{
	struct judgement *j = g->j;
	struct judged *place = list_add(&j->tests, &j->count, sizeof(*place));

	*place = *test;
	place->fails = gate_fails(test->verdict, g->no_skips);
	j->failing += place->fails;
	j->totals[test->verdict]++;
}

static bool excluded_by_id(const struct selection *s, const char *id)
{
	for (size_t i = 0; i < s->exclude_count; i++)
		if (!strcmp(s->exclude[i], id))
			return true;
	return false;
}

static void judge_test(struct judging *g, size_t case_index, const char *fs, size_t test_index)
{
	const struct inventory *suite = g->s->suite;
	const struct inventory_case *c = &suite->cases[case_index];
	const struct seen *seen = &stream_case(g->s, case_index, fs)->tests[test_index];
	struct judged test = { .case_index = case_index, .test_index = test_index, .seen = seen };
	char *label = must_format("%s%s%s", c->name, *fs ? "@" : "", fs);
	bool selected = selection_has(g->selection, case_index, test_index, label,
				      c->tests[test_index].name);
	bool own =
		selection_has(&g->own.s, case_index, test_index, label, c->tests[test_index].name);
	size_t n;

	free(label);
	n = baselines_chain(g->b, case_index, fs, test_index, g->links);
	if (n)
		test.holds = g->links[n - 1];
	test.id = test_id(suite, case_index, fs, test_index);
	if (!own && (seen->result != RESULT_NONE || seen->damage || seen->announced)) {
		g->contradictions++;
		own = true;
	}
	/*
	 * The runner leaves a test that takes the target down out by its id: that is a verdict too.
	 */
	if (!own && test.holds.file &&
	    test.holds.file->lines[test.holds.line].expected == EXPECTED_DO_NOT_RUN)
		own = excluded_by_id(&g->own.s, test.id);
	if (!selected || !own) {
		free(test.id);
		return;
	}
	strcpy(test.fs, fs);
	test.verdict = judge_one(seen, &test.holds);
	test.outcome = must_copy(outcome_of(seen), strlen(outcome_of(seen)));
	add(g, &test);
}

static void judge_case(struct judging *g, size_t case_index, const char *fs)
{
	for (size_t i = 0; i < g->s->suite->cases[case_index].count; i++)
		judge_test(g, case_index, fs, i);
}

static bool came(const struct stream *s, size_t case_index, const char *fs)
{
	for (size_t i = 0; i < s->case_count; i++)
		if (s->cases[i].case_index == case_index && s->cases[i].came &&
		    (!fs || !strcmp(s->cases[i].fs, fs)))
			return true;
	return false;
}

/*
 * The file systems by which the ids of a case differ: those of the facts, if they are several
 * (docs/tap.md).
 */
static size_t list_filesystems(const struct stream *s,
			       char list[STREAM_FILESYSTEMS][FILESYSTEM_MAX])
{
	const char *fact = stream_fact(s, "filesystems");
	size_t count = 0;

	while (fact && *fact && count < STREAM_FILESYSTEMS) {
		size_t n = strcspn(fact, ",");
		bool listed = false;

		if (is_name(fact, n) && n < FILESYSTEM_MAX) {
			memcpy(list[count], fact, n);
			list[count][n] = '\0';
			for (size_t i = 0; i < count; i++)
				listed |= !strcmp(list[i], list[count]);
			count += !listed;
		}
		fact += n + (fact[n] == ',');
	}
	return count > 1 ? count : 0;
}

static void judge_suite(struct judging *g)
{
	struct stream *s = g->s;
	char filesystems[STREAM_FILESYSTEMS][FILESYSTEM_MAX];
	size_t listed = list_filesystems(s, filesystems), seen_cases = s->case_count;

	for (size_t i = 0; i < s->suite->count; i++) {
		bool each = s->suite->cases[i].each_filesystem && listed;

		if (!s->holds_suite && !came(s, i, NULL))
			continue;
		if (!each && (s->holds_suite || came(s, i, "")))
			judge_case(g, i, "");
		for (size_t j = 0; each && j < listed; j++)
			judge_case(g, i, filesystems[j]);
		/* What came from elsewhere is judged too, so that no fact can hide it. */
		for (size_t j = 0; j < seen_cases; j++) {
			char fs[FILESYSTEM_MAX];
			bool known = !each && !s->cases[j].fs[0];

			if (s->cases[j].case_index != i || !s->cases[j].came)
				continue;
			strcpy(fs, s->cases[j].fs);
			for (size_t k = 0; each && k < listed; k++)
				known |= !strcmp(filesystems[k], fs);
			if (!known)
				judge_case(g, i, fs);
		}
	}
}

static int compare_ids(const void *a, const void *b)
{
	return strcmp(((const struct judged *)a)->id, ((const struct judged *)b)->id);
}

void judge(struct judgement *j, struct stream *s, const struct baselines *b,
	   const struct selection *selection, bool no_skips)
{
	struct judging g = { .j = j, .s = s, .b = b, .selection = selection, .no_skips = no_skips };
	const char *select = stream_fact(s, "select");

	memset(j, 0, sizeof(*j));
	g.links = must_alloc(b->layer_count * sizeof(*g.links));
	if (!parse_selection(&g.own, select ? select : "")) {
		stream_problem(s, "the fact 'select' is no selection: everything is expected");
		selection_free(&g.own);
	}
	judge_suite(&g);
	if (g.contradictions)
		stream_problem(s, "%zu tests came that the stream's own selection leaves out",
			       g.contradictions);
	for (size_t i = 0; i < s->unknown_count && i < STREAM_UNKNOWN; i++) {
		struct judged test = { .case_index = NO_TEST,
				       .test_index = NO_TEST,
				       .verdict = VERDICT_UNEXPECTED };

		test.id = must_copy(s->unknown[i], strlen(s->unknown[i]));
		test.outcome = must_copy("the suite has no such test", 26);
		add(&g, &test);
	}
	if (s->unknown_count > STREAM_UNKNOWN)
		stream_problem(s, "%zu more tests that the suite does not have",
			       s->unknown_count - STREAM_UNKNOWN);
	if (j->count)
		qsort(j->tests, j->count, sizeof(*j->tests), compare_ids);
	selection_free(&g.own);
	free(g.links);
}

void judgement_free(struct judgement *j)
{
	for (size_t i = 0; i < j->count; i++) {
		free(j->tests[i].id);
		free(j->tests[i].outcome);
	}
	free(j->tests);
	memset(j, 0, sizeof(*j));
}
