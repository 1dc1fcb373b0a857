// SPDX-License-Identifier: GPL-2.0
/*
 * The lint of baselines: what docs/expectations.md asks of the files, and the suite of them.
 */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "baseline.h"
#include "suite.h"

struct lint {
	struct baselines all; /* every layer there is, in their order */
	FILE *out;
	int findings;
};

static void finding(struct lint *l, const char *path, size_t line, const char *what)
{
	fprintf(l->out, "%s:%zu: %s\n", path, line, what);
	l->findings++;
}

static int not_hidden(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

static bool ends_with(const char *name, const char *end)
{
	size_t n = strlen(name), m = strlen(end);

	return n > m && !strcmp(name + n - m, end);
}

/* Calls visit for every entry of a folder, in the order of names. */
static void each_entry(struct lint *l, const char *path, void *arg,
		       void (*visit)(struct lint *l, const char *path, const char *name, void *arg))
{
	struct dirent **entries;
	int count = scandir(path, &entries, not_hidden, alphasort);

	if (count < 0) {
		finding(l, path, 1, strerror(errno));
		return;
	}
	for (int i = 0; i < count; i++) {
		char *below = must_format("%s/%s", path, entries[i]->d_name);

		visit(l, below, entries[i]->d_name, arg);
		free(below);
		free(entries[i]);
	}
	free(entries);
}

/* ---- finding the layers and their files ---- */

static struct layer *new_layer(struct lint *l, enum layer_kind kind, const char *path,
			       const struct release *before)
{
	return add_layer(&l->all, kind, path + strlen(l->all.folder) + 1, before);
}

/* A file or folder somewhere below a layer. */
static void visit_file(struct lint *l, const char *path, const char *name, void *arg)
{
	struct layer *layer = arg;
	const char *case_name = path + strlen(layer->path) + 1;
	size_t index;

	if (is_folder(path)) {
		each_entry(l, path, layer, visit_file);
		return;
	}
	if (!strcmp(name, "README.md"))
		return;
	if (!ends_with(name, ".tap")) {
		finding(l, path, 1, "no baseline: its name does not end in .tap");
		return;
	}
	index = inventory_case(l->all.suite, case_name, strlen(case_name) - 4);
	if (index == NO_TEST) {
		finding(l, path, 1, "names no case of the suite");
		return;
	}
	layer->files[index] = baseline_read(l->all.suite, path, layer, index);
	if (!layer->files[index])
		finding(l, path, 1, strerror(errno));
}

static bool is_folder_of_cases(const struct inventory *suite, const char *name)
{
	size_t n = strlen(name);

	for (size_t i = 0; i < suite->count; i++)
		if (!strncmp(suite->cases[i].name, name, n) && suite->cases[i].name[n] == '/')
			return true;
	return false;
}

static void visit_stable(struct lint *l, const char *path, const char *name, void *arg)
{
	struct release before;
	enum layer_kind kind;

	if (is_folder(path) && parse_layer_name(name, arg, &kind, &before))
		each_entry(l, path, new_layer(l, kind, path, &before), visit_file);
	else
		finding(l, path, 1,
			"no layer of a stable branch: before-X.Y.N, as its folder X.Y.y");
}

static void visit_linux(struct lint *l, const char *path, const char *name, void *arg)
{
	struct layer *linux_layer = arg;
	struct release before, branch;
	enum layer_kind kind;

	if (!strcmp(name, "release"))
		return;
	if (!is_folder(path)) {
		visit_file(l, path, name, linux_layer);
	} else if (parse_layer_name(name, NULL, &kind, &before)) {
		if (kind == LAYER_BEFORE && compare_releases(&before, &l->all.newest) > 0)
			finding(l, path, 1, "no kernel is newer: above linux/release");
		each_entry(l, path, new_layer(l, kind, path, &before), visit_file);
	} else if (ends_with(name, ".y") && parse_release(name, &branch)) {
		char *stable = must_copy(name, strlen(name));

		each_entry(l, path, stable, visit_stable);
		free(stable);
	} else if (!strncmp(name, "before-", 7) || !strncmp(name, "on-", 3) ||
		   ends_with(name, ".y")) {
		finding(l, path, 1, "no layer: before-X.Y, before-X.Y?, X.Y.y or on-MACHINE");
	} else {
		visit_file(l, path, name, linux_layer);
	}
}

static void visit_target(struct lint *l, const char *path, const char *name, void *arg)
{
	static const struct release none;
	enum layer_kind kind = strncmp(name, "on-", 3) ? LAYER_TARGET_VERSION :
							 LAYER_TARGET_MACHINE;

	if (is_folder(path) && !is_folder_of_cases(l->all.suite, name))
		each_entry(l, path, new_layer(l, kind, path, &none), visit_file);
	else
		visit_file(l, path, name, arg);
}

static void visit_top(struct lint *l, const char *path, const char *name,
		      void *arg __attribute__((unused)))
{
	static const struct release none;

	if (!is_folder(path)) {
		if (strcmp(name, "README.md"))
			finding(l, path, 1, "no folder of a target");
	} else if (!strcmp(name, "linux")) {
		each_entry(l, path, new_layer(l, LAYER_LINUX, path, &none), visit_linux);
	} else {
		each_entry(l, path, new_layer(l, LAYER_TARGET, path, &none), visit_target);
	}
}

/* ---- one line against the layers below it ---- */

/* A run, as far as it decides which layers lie below another. */
struct context {
	struct release release;
	const char *machine; /* "on-MACHINE", or NULL */
};

static const char *last_folder(const struct layer *layer)
{
	return strrchr(layer->name, '/') + 1;
}

/* Is it a layer of a machine, that a layer of this kind may lie above? */
static bool is_of_machine(const struct layer *layer, enum layer_kind above)
{
	return (layer->kind == LAYER_MACHINE || layer->kind == LAYER_TARGET_MACHINE) &&
	       layer->kind < above;
}

static bool same_target(const struct layer *a, const struct layer *b)
{
	size_t n = strcspn(a->name, "/");

	return n == strcspn(b->name, "/") && !strncmp(a->name, b->name, n);
}

static bool lies_below(const struct layer *below, const struct layer *layer,
		       const struct context *context)
{
	if (below == layer || below->kind > layer->kind)
		return false;
	switch (below->kind) {
	case LAYER_LINUX:
		return true;
	case LAYER_BEFORE:
		return compare_releases(&context->release, &below->before) < 0;
	case LAYER_STABLE:
		return context->release.major == below->before.major &&
		       context->release.minor == below->before.minor &&
		       context->release.point < below->before.point;
	case LAYER_MACHINE:
		return context->machine && !strcmp(last_folder(below), context->machine);
	case LAYER_TARGET:
		return layer->kind > LAYER_TARGET && same_target(below, layer);
	case LAYER_TARGET_MACHINE:
		return layer->kind > LAYER_TARGET_MACHINE && same_target(below, layer) &&
		       context->machine && !strcmp(last_folder(below), context->machine);
	default:
		return false;
	}
}

static bool same_line(const struct baseline_line *a, const struct baseline_line *b)
{
	if (a->expected != b->expected || !a->outcome != !b->outcome)
		return false;
	return !a->outcome || !strcmp(a->outcome, b->outcome);
}

static bool says_the_same(const struct lint *l, const struct baseline_file *file, size_t case_index,
			  const struct baseline_line *line, const struct context *context)
{
	const struct baseline_line *holds = NULL;

	for (size_t i = 0; i < l->all.layer_count; i++) {
		const struct baseline_file *below = l->all.layers[i]->files[case_index];
		size_t found;

		if (!below || !lies_below(l->all.layers[i], file->layer, context))
			continue;
		found = baseline_find(below, line->test_index, line->fs);
		if (found != NO_TEST)
			holds = &below->lines[found];
		/* A plain line also covers the line of a file system below. */
		for (size_t j = 0; j < below->count && !line->fs[0]; j++)
			if (below->lines[j].test_index == line->test_index && below->lines[j].fs[0])
				return false;
	}
	return holds && same_line(holds, line);
}

/* The release just below another. */
static struct release just_below(const struct release *r)
{
	if (r->point)
		return (struct release){ r->major, r->minor, r->point - 1 };
	if (r->minor)
		return (struct release){ r->major, r->minor - 1, 99999 };
	return (struct release){ r->major - 1, 99999, 99999 };
}

/* Does the line say what the layers below say already, in every run that reads it? */
static bool is_redundant(const struct lint *l, const struct baseline_file *file, size_t case_index,
			 const struct baseline_line *line)
{
	struct context context = { l->all.newest, NULL };
	enum layer_kind kind = file->layer->kind;

	if (kind == LAYER_LINUX)
		return false;
	if (kind == LAYER_BEFORE || kind == LAYER_STABLE)
		context.release = just_below(&file->layer->before);
	if (kind == LAYER_TARGET_MACHINE)
		context.machine = last_folder(file->layer);
	if (!says_the_same(l, file, case_index, line, &context))
		return false;
	if (kind == LAYER_TARGET_MACHINE)
		return true;
	for (size_t i = 0; i < l->all.layer_count; i++) {
		const struct layer *other = l->all.layers[i];

		context = (struct context){ l->all.newest, NULL };
		if (kind == LAYER_MACHINE &&
		    (other->kind == LAYER_BEFORE || other->kind == LAYER_STABLE))
			context.release = just_below(&other->before);
		else if (kind >= LAYER_TARGET && is_of_machine(other, kind))
			context.machine = last_folder(other);
		else
			continue;
		if (!says_the_same(l, file, case_index, line, &context))
			return false;
	}
	return true;
}

/* ---- one file ---- */

static bool known_outcome(const struct baseline_line *line)
{
	if (!line->outcome)
		return true;
	switch (line->expected) {
	case EXPECTED_SKIP:
		return !strncmp(line->outcome, "absent: ", 8);
	case EXPECTED_CRASH:
		return !strncmp(line->outcome, "SIG", 3) ||
		       !strcmp(line->outcome, "the stream ended here");
	case EXPECTED_TIMEOUT:
		return ends_with(line->outcome, " s") &&
		       strspn(line->outcome, "0123456789") == strlen(line->outcome) - 2;
	default:
		return true;
	}
}

static void check_reason(struct lint *l, const struct baseline_file *file, size_t i)
{
	struct text reason = { 0 };

	baseline_reason(file, i, &reason);
	if (!reason.length)
		finding(l, file->path, i + 1,
			"no reason: a comment above says why, with its source");
	else if (!strncmp(reason.bytes, "TODO", 4))
		finding(l, file->path, i + 1, "its reason is still to be written");
	text_free(&reason);
}

static void check_test_line(struct lint *l, const struct baseline_file *file, size_t case_index,
			    size_t i)
{
	const struct baseline_line *line = &file->lines[i];

	if (line->test_index == NO_TEST) {
		finding(l, file->path, i + 1, "names no test of the case");
		return;
	}
	if (line->fs[0] && !l->all.suite->cases[case_index].each_filesystem)
		finding(l, file->path, i + 1, "the case does not run on several file systems");
	for (size_t j = 0; j < i; j++)
		if (file->lines[j].kind == LINE_TEST &&
		    file->lines[j].test_index == line->test_index &&
		    !strcmp(file->lines[j].fs, line->fs)) {
			finding(l, file->path, i + 1, "a second line for this test");
			break;
		}
	if (!known_outcome(line))
		finding(l, file->path, i + 1,
			line->expected == EXPECTED_SKIP ?
				"a skip is written down only as 'absent: ...'" :
				"no outcome of this word");
	if (file->layer->kind != LAYER_LINUX || line->expected != EXPECTED_OK)
		check_reason(l, file, i);
	if (is_redundant(l, file, case_index, line))
		finding(l, file->path, i + 1, "says what the layers below say already");
}

static void check_plan(struct lint *l, const struct baseline_file *file, size_t case_index)
{
	const struct inventory_case *c = &l->all.suite->cases[case_index];
	size_t plan_line = 0, tests = 0;
	unsigned int plan = 0;

	for (size_t i = 0; i < file->count; i++) {
		if (file->lines[i].kind == LINE_PLAN) {
			if (plan_line || tests)
				finding(l, file->path, i + 1,
					"the plan stands once, above the tests");
			plan_line = i + 1;
			plan = file->lines[i].plan;
		}
		tests += file->lines[i].kind == LINE_TEST && !file->lines[i].fs[0];
	}
	if (!plan_line)
		finding(l, file->path, 1, "no plan");
	else if (plan != tests)
		finding(l, file->path, plan_line, "the plan does not count its lines");
	for (size_t i = 0; i < c->count; i++) {
		size_t line = baseline_find(file, i, "");

		if (line == NO_TEST) {
			char *what = must_format("no line for %s", c->tests[i].name);

			finding(l, file->path, file->count ? file->count : 1, what);
			free(what);
		}
	}
}

static void check_file(struct lint *l, const struct baseline_file *file, size_t case_index)
{
	for (size_t i = 0; i < file->count; i++) {
		if (file->lines[i].kind == LINE_BAD)
			finding(l, file->path, i + 1, file->lines[i].bad);
		else if (file->lines[i].kind == LINE_TEST)
			check_test_line(l, file, case_index, i);
		else if (file->lines[i].kind == LINE_PLAN && file->layer->kind != LAYER_LINUX)
			finding(l, file->path, i + 1, "a plan stands only in linux/");
	}
	if (file->layer->kind == LAYER_LINUX)
		check_plan(l, file, case_index);
}

int baselines_lint(const struct inventory *suite, const char *folder, FILE *out)
{
	struct lint l = { .out = out };
	char *release = must_format("%s/linux/release", folder), *bytes;
	size_t length;

	l.all.suite = suite;
	l.all.folder = must_copy(folder, strlen(folder));
	if (!is_folder(folder)) {
		fprintf(stderr, "mmapconf compare: cannot read %s: no such folder\n", folder);
		free(release);
		baselines_free(&l.all);
		return -1;
	}
	bytes = file_read(release, &length);
	if (bytes)
		bytes[strcspn(bytes, " \r\n")] = '\0';
	if (!bytes || !parse_release(bytes, &l.all.newest))
		finding(&l, release, 1, "no release X.Y");
	free(bytes);
	free(release);
	each_entry(&l, folder, NULL, visit_top);
	sort_layers(&l.all);
	for (size_t i = 0; i < l.all.layer_count; i++) {
		const struct layer *layer = l.all.layers[i];

		for (size_t j = 0; j < suite->count; j++) {
			if (layer->files[j]) {
				check_file(&l, layer->files[j], j);
			} else if (layer->kind == LAYER_LINUX) {
				char *path = baseline_path(layer, suite->cases[j].name);

				finding(&l, path, 1, "no such file: the case has no baseline");
				free(path);
			}
		}
	}
	baselines_free(&l.all);
	return l.findings;
}
