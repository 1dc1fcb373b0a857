// SPDX-License-Identifier: GPL-2.0
/*
 * Accepting: writes what was seen into a layer (docs/expectations.md, "Accepting").
 *
 * A line is replaced where it stands, so that its comment and its place stay. A line that is no
 * longer needed goes, and its comment with it when that explains no other line: left alone it would
 * come to explain the next one.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "baseline.h"
#include "judge.h"

struct accepting {
	const struct baselines *b;
	struct layer *layer;
	size_t rank; /* the layer's index */
	const struct judgement *j;
	FILE *out;
	const struct inventory_case *c; /* the case at hand, */
	struct baseline_file *file; /* a copy of its file, */
	bool changed; /* different from what is there, */
	struct baseline_line *added; /* and what comes to its end */
	size_t added_count;
	size_t written, dropped, files;
};

/* What a result is written as. */
struct wish {
	enum expected expected;
	const char *outcome;
};

/* False: there is nothing to be written, and *why says so. */
static bool wish_of(const struct judged *test, struct wish *wish, const char **why)
{
	const struct seen *seen = test->seen;

	*wish = (struct wish){ EXPECTED_NOTHING, test->outcome };
	*why = test->outcome;
	if (!seen || seen->damage)
		return false;
	switch (seen->result) {
	case RESULT_PASS:
		*wish = (struct wish){ EXPECTED_OK, NULL };
		return true;
	case RESULT_FAIL:
		wish->expected = EXPECTED_NOT_OK;
		break;
	case RESULT_SKIP:
		wish->expected = EXPECTED_SKIP;
		if (strncmp(seen->outcome, "absent:", 7))
			return false;
		break;
	case RESULT_TIMEOUT:
		/* Its text is the time limit, which is that of one target. */
		*wish = (struct wish){ EXPECTED_TIMEOUT, NULL };
		return true;
	case RESULT_CRASH:
		wish->expected = EXPECTED_CRASH;
		break;
	case RESULT_ERROR:
		wish->expected = EXPECTED_ERROR;
		break;
	case RESULT_NONE:
		wish->expected = EXPECTED_CRASH;
		if (!seen->in_flight)
			return false;
		break;
	}
	if (!*wish->outcome)
		wish->outcome = NULL;
	return true;
}

static bool same_wish(const struct wish *a, const struct wish *b)
{
	if (a->expected != b->expected || !a->outcome != !b->outcome)
		return false;
	return !a->outcome || !strcmp(a->outcome, b->outcome);
}

/* ---- editing a file ---- */

static void insert_line(struct accepting *a, size_t at, const char *text)
{
	struct baseline_file *file = a->file;
	struct baseline_line line;

	parse_baseline_line(&line, text, strlen(text), a->c);
	list_add(&file->lines, &file->count, sizeof(*file->lines));
	memmove(&file->lines[at + 1], &file->lines[at],
		(file->count - 1 - at) * sizeof(*file->lines));
	file->lines[at] = line;
	a->changed = true;
}

static void remove_line(struct accepting *a, size_t at)
{
	struct baseline_file *file = a->file;

	free_baseline_line(&file->lines[at]);
	memmove(&file->lines[at], &file->lines[at + 1],
		(file->count - at - 1) * sizeof(*file->lines));
	/*
	 * list_add() finds the capacity by the count: a list that shrank is copied into one of its
	 * own.
	 */
	struct baseline_line *lines = NULL;
	size_t count = 0;

	for (size_t i = 0; i + 1 < file->count; i++)
		*(struct baseline_line *)list_add(&lines, &count, sizeof(*lines)) = file->lines[i];
	free(file->lines);
	file->lines = lines;
	file->count = count;
	a->changed = true;
}

static char *line_text(const struct inventory_case *c, size_t test_index, const char *fs,
		       const struct wish *wish)
{
	return must_format("%s %s%s%s%s%s%s", expected_word(wish->expected), *fs ? "@" : "", fs,
			   *fs ? "/" : "", c->tests[test_index].name, wish->outcome ? " # " : "",
			   wish->outcome ? wish->outcome : "");
}

static enum baseline_line_kind kind_at(const struct baseline_file *file, size_t at)
{
	return at < file->count ? file->lines[at].kind : LINE_BLANK;
}

/* The line exactly for this file system, or for none. */
static size_t find_exactly(const struct baseline_file *file, size_t test_index, const char *fs)
{
	size_t at = baseline_find(file, test_index, fs);

	return at != NO_TEST && !strcmp(file->lines[at].fs, fs) ? at : NO_TEST;
}

static void drop_line(struct accepting *a, size_t at)
{
	bool explains_more = kind_at(a->file, at + 1) == LINE_TEST;

	remove_line(a, at);
	a->dropped++;
	if (explains_more || !at || kind_at(a->file, at - 1) != LINE_COMMENT)
		return;
	while (at && kind_at(a->file, at - 1) == LINE_COMMENT)
		remove_line(a, --at);
	if (kind_at(a->file, at) == LINE_BLANK && at < a->file->count &&
	    (!at || kind_at(a->file, at - 1) == LINE_BLANK))
		remove_line(a, at);
}

/* The place of a new line of linux/: behind the nearest test before it. */
static size_t place_in_order(const struct baseline_file *file, size_t test_index)
{
	size_t place = 0, nearest = NO_TEST;

	for (size_t i = 0; i < file->count; i++) {
		const struct baseline_line *line = &file->lines[i];

		if (line->kind == LINE_PLAN && nearest == NO_TEST)
			place = i + 1;
		if (line->kind == LINE_TEST && line->test_index <= test_index &&
		    (nearest == NO_TEST || line->test_index >= nearest)) {
			nearest = line->test_index;
			place = i + 1;
		}
	}
	return place;
}

static void ask_for_reason(struct accepting *a, size_t at)
{
	struct text reason = { 0 };

	baseline_reason(a->file, at, &reason);
	if (!reason.length) {
		if (kind_at(a->file, at + 1) == LINE_TEST)
			insert_line(a, at + 1, "");
		insert_line(a, at, "# TODO: why");
	}
	text_free(&reason);
}

/* A new line that needs no reason does not come to stand under that of the line before it. */
static void keep_apart(struct accepting *a, size_t at)
{
	struct text reason = { 0 };

	baseline_reason(a->file, at, &reason);
	if (reason.length)
		insert_line(a, at, "");
	text_free(&reason);
}

static void set_line(struct accepting *a, size_t test_index, const char *fs,
		     const struct wish *wish)
{
	size_t at = find_exactly(a->file, test_index, fs);
	char *text = line_text(a->c, test_index, fs, wish);
	bool in_base = a->layer->kind == LAYER_LINUX;

	if (at != NO_TEST) {
		if (strcmp(a->file->lines[at].text, text)) {
			free_baseline_line(&a->file->lines[at]);
			parse_baseline_line(&a->file->lines[at], text, strlen(text), a->c);
			a->changed = true;
			a->written++;
		}
	} else if (in_base) {
		at = place_in_order(a->file, test_index);
		insert_line(a, at, text);
		a->written++;
		if (wish->expected == EXPECTED_OK)
			keep_apart(a, at);
	} else {
		parse_baseline_line(list_add(&a->added, &a->added_count, sizeof(*a->added)), text,
				    strlen(text), a->c);
		a->changed = true;
		a->written++;
	}
	if (in_base && wish->expected != EXPECTED_OK)
		ask_for_reason(a, at);
	free(text);
}

static void drop_exactly(struct accepting *a, size_t test_index, const char *fs)
{
	size_t at = find_exactly(a->file, test_index, fs);

	if (at != NO_TEST)
		drop_line(a, at);
}

/* ---- one test ---- */

/* Do the layers below the one that is written to expect this already? */
static bool expected_below(const struct accepting *a, size_t case_index, const char *fs,
			   size_t test_index, const struct wish *wish)
{
	const struct baseline_line *holds = NULL;

	for (size_t i = 0; i < a->rank; i++) {
		const struct baseline_file *file = a->b->layers[i]->files[case_index];
		size_t at = file ? baseline_find(file, test_index, fs) : NO_TEST;

		if (at != NO_TEST)
			holds = &file->lines[at];
	}
	if (!holds || holds->expected != wish->expected)
		return false;
	return !holds->outcome || (wish->outcome && !strcmp(holds->outcome, wish->outcome));
}

static size_t rank_of(const struct baselines *b, const struct layer *layer)
{
	size_t i = 0;

	while (i < b->layer_count && b->layers[i] != layer)
		i++;
	return i;
}

static void left(const struct accepting *a, const struct judged *test, const char *why)
{
	struct text t = { 0 };

	text_add_printable(&t, why, strlen(why), 300);
	fprintf(a->out, "left as it is: %s: %s: %s\n", test->id, verdict_name(test->verdict),
		t.bytes);
	text_free(&t);
}

/* Can the result be written? Says so if not. */
static bool writable(const struct accepting *a, const struct judged *test, struct wish *wish)
{
	const char *why;

	if (!wish_of(test, wish, &why)) {
		left(a, test, why);
		return false;
	}
	if (test->holds.file && rank_of(a->b, test->holds.file->layer) > a->rank) {
		char *decides = must_format("a later layer decides: %s:%zu", test->holds.file->path,
					    test->holds.line + 1);

		left(a, test, decides);
		free(decides);
		return false;
	}
	return true;
}

static void put(struct accepting *a, size_t case_index, size_t test_index, const char *fs,
		const struct wish *wish)
{
	if (a->layer->kind != LAYER_LINUX && expected_below(a, case_index, fs, test_index, wish))
		drop_exactly(a, test_index, fs);
	else
		set_line(a, test_index, fs, wish);
}

/* The results of one test, on one or on several file systems. */
static void accept_test(struct accepting *a, const struct judged *const *tests, size_t count)
{
	size_t case_index = tests[0]->case_index, test_index = tests[0]->test_index, plain;
	struct wish *wishes = must_alloc(count * sizeof(*wishes));
	bool *written = must_alloc(count * sizeof(*written)), alike = true, any = false;

	for (size_t i = 0; i < count; i++) {
		const char *why;

		if (tests[i]->fails || tests[i]->verdict == VERDICT_SKIPPED)
			written[i] = writable(a, tests[i], &wishes[i]);
		else
			wish_of(tests[i], &wishes[i], &why);
		any |= written[i];
		alike &= same_wish(&wishes[i], &wishes[0]);
	}
	plain = NO_TEST;
	if (any && alike)
		plain = 0;
	/* A new test needs its plain line in linux/: that which says ok, else the first. */
	for (size_t i = 0; i < count && plain == NO_TEST; i++)
		if (any && a->layer->kind == LAYER_LINUX && written[i] &&
		    baseline_find(a->file, test_index, "") == NO_TEST &&
		    wishes[i].expected == EXPECTED_OK)
			plain = i;
	for (size_t i = 0; i < count && plain == NO_TEST; i++)
		if (a->layer->kind == LAYER_LINUX && written[i] &&
		    baseline_find(a->file, test_index, "") == NO_TEST)
			plain = i;
	if (plain != NO_TEST) {
		for (size_t i = 0; i < count; i++)
			if (tests[i]->fs[0] && same_wish(&wishes[i], &wishes[plain]))
				drop_exactly(a, test_index, tests[i]->fs);
		put(a, case_index, test_index, "", &wishes[plain]);
	}
	for (size_t i = 0; i < count; i++)
		if (written[i] && (plain == NO_TEST || !same_wish(&wishes[i], &wishes[plain])))
			put(a, case_index, test_index, tests[i]->fs, &wishes[i]);
	free(wishes);
	free(written);
}

/* ---- one case ---- */

static void set_plan(struct accepting *a)
{
	struct baseline_file *file = a->file;
	size_t tests = 0, at = NO_TEST;
	char *text;

	for (size_t i = 0; i < file->count; i++) {
		tests += file->lines[i].kind == LINE_TEST && !file->lines[i].fs[0];
		if (file->lines[i].kind == LINE_PLAN && at == NO_TEST)
			at = i;
	}
	text = must_format("1..%zu", tests);
	if (at == NO_TEST) {
		insert_line(a, 0, text);
	} else if (strcmp(file->lines[at].text, text)) {
		free_baseline_line(&file->lines[at]);
		parse_baseline_line(&file->lines[at], text, strlen(text), a->c);
		a->changed = true;
	}
	free(text);
}

static void append_added(struct accepting *a)
{
	if (a->added_count) {
		if (a->file->count && kind_at(a->file, a->file->count - 1) != LINE_BLANK)
			insert_line(a, a->file->count, "");
		insert_line(a, a->file->count, "# TODO: why");
	}
	for (size_t i = 0; i < a->added_count; i++) {
		insert_line(a, a->file->count, a->added[i].text);
		free_baseline_line(&a->added[i]);
	}
	free(a->added);
	a->added = NULL;
	a->added_count = 0;
}

static bool stage_file(struct accepting *a, struct staged_files *staged)
{
	struct text t = { 0 };
	bool done = true;

	if (!a->changed)
		return true;
	while (a->file->count && kind_at(a->file, a->file->count - 1) == LINE_BLANK)
		remove_line(a, a->file->count - 1);
	for (size_t i = 0; i < a->file->count; i++)
		text_printf(&t, "%s\n", a->file->lines[i].text);
	a->files++;
	if (t.length)
		done = staged_add(staged, a->file->path, t.bytes, t.length);
	else
		staged_remove(staged, a->file->path);
	text_free(&t);
	return done;
}

static int compare_by_test(const void *a, const void *b)
{
	const struct judged *x = *(const struct judged *const *)a;
	const struct judged *y = *(const struct judged *const *)b;

	if (x->case_index != y->case_index)
		return x->case_index < y->case_index ? -1 : 1;
	if (x->test_index != y->test_index)
		return x->test_index < y->test_index ? -1 : 1;
	return strcmp(x->fs, y->fs);
}

/* tests are those of one case. */
static bool accept_case(struct accepting *a, const struct judged *const *tests, size_t count,
			struct staged_files *staged)
{
	size_t case_index = tests[0]->case_index;
	char *path;
	bool done;

	a->c = &a->b->suite->cases[case_index];
	a->changed = false;
	path = baseline_path(a->layer, a->c->name);
	a->file = baseline_read(a->b->suite, path, a->layer, case_index);
	if (!a->file) {
		a->file = must_alloc(sizeof(*a->file));
		a->file->path = must_copy(path, strlen(path));
		a->file->layer = a->layer;
	}
	for (size_t i = 0, n; i < count; i += n) {
		for (n = 1; i + n < count && tests[i + n]->test_index == tests[i]->test_index;)
			n++;
		accept_test(a, tests + i, n);
	}
	append_added(a);
	if (a->changed && a->layer->kind == LAYER_LINUX)
		set_plan(a);
	done = stage_file(a, staged);
	if (!done)
		fprintf(stderr, "mmapconf compare: cannot write %s: %s\n", path, strerror(errno));
	baseline_file_free(a->file);
	free(path);
	return done;
}

bool baselines_accept(const struct baselines *b, struct layer *layer,
		      const struct judgement *judgement, FILE *out)
{
	struct accepting a = { .b = b, .layer = layer, .j = judgement, .out = out };
	const struct judged **tests = must_alloc(judgement->count * sizeof(*tests));
	struct staged_files staged = { 0 };
	const char *failed = "";
	size_t count = 0;
	bool done = true;

	a.rank = rank_of(b, layer);
	for (size_t i = 0; i < judgement->count; i++) {
		if (judgement->tests[i].seen)
			tests[count++] = &judgement->tests[i];
		else
			left(&a, &judgement->tests[i], judgement->tests[i].outcome);
	}
	if (count)
		qsort(tests, count, sizeof(*tests), compare_by_test);
	for (size_t i = 0, n; i < count && done; i += n) {
		for (n = 1; i + n < count && tests[i + n]->case_index == tests[i]->case_index;)
			n++;
		done = accept_case(&a, tests + i, n, &staged);
	}
	if (done && !staged_commit(&staged, &failed)) {
		fprintf(stderr, "mmapconf compare: cannot write %s: %s\n", failed, strerror(errno));
		done = false;
	}
	if (done)
		fprintf(out, "accepted into %s: %zu line%s written, %zu dropped, in %zu file%s\n",
			layer->name, a.written, a.written == 1 ? "" : "s", a.dropped, a.files,
			a.files == 1 ? "" : "s");
	staged_free(&staged);
	free(tests);
	return done;
}
