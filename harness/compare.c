// SPDX-License-Identifier: GPL-2.0
/*
 * mmapconf compare: judges a stream of results against the baselines. The command line, and what it
 * leads to.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include "baseline.h"
#include "judge.h"
#include "print.h"
#include "stream.h"
#include "suite.h"
#include "text.h"

enum { AS_EXPECTED = 0, NOT_AS_EXPECTED = 1, NO_STREAM = 2, USAGE = 3, ALL_SKIPPED = 4 };

static const char usage[] =
	"usage: mmapconf compare [options] [FILE] [-- GLOB...]\n"
	"Judges a stream of `mmapconf run` (FILE, else standard input) against the baselines.\n"
	"  --baselines DIR         the folder of the baselines (default: expected)\n"
	"  --target KIND           what it ran on: host, gvisor, qemu-user, ... (default: host)\n"
	"  --target-version V      its version\n"
	"  --target-linux yes|no   is it a Linux, to be judged by its release (default: yes)\n"
	"  --expected DIR          one more layer; may be given several times\n"
	"  --reference linux-X.Y   judge by this release\n"
	"  -x GLOB                 leave out\n"
	"  --shard K/N             the Kth of N parts that take equally long\n"
	"  --accept[=LAYER]        write what was seen into the layer\n"
	"  --why ID                every baseline line for this test, the last one holds\n"
	"  --lint                  check the baselines themselves\n"
	"  --do-not-run            the ids that the layers keep out of the run\n"
	"  --json FILE             write results.json\n"
	"  --failed FILE           write the ids of the suite's tests that fail the gate\n"
	"  --lost FILE             write the ids of the tests whose results never came, or damaged\n"
	"  --repeat-command TEXT   the command to show for one test (default: ./runner.sh)\n"
	"  --no-skips              a skipped test fails the gate\n"
	"  --progress              show how far the stream is, on a terminal\n"
	"  --color=auto|always|never\n"
	"  -q                      only the totals\n"
	"  -v                      every test's verdict too\n"
	"  -h, --help              this text\n"
	"exit status: 0 as expected, 1 not, 2 no usable stream, 3 usage or nothing selected,\n"
	"4 every test was skipped\n";

struct request {
	struct baseline_choice choice;
	struct owned_selection selection;
	const char **expected;
	const char *file, *accept_layer, *why, *json, *failed, *lost, *repeat;
	bool accept, lint, do_not_run, no_skips, progress, quiet, verbose;
	enum { COLOR_AUTO, COLOR_ALWAYS, COLOR_NEVER } color;
};

static int complain(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
static int complain(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	fputs("mmapconf compare: ", stderr);
	vfprintf(stderr, fmt, args);
	fputc('\n', stderr);
	va_end(args);
	return USAGE;
}

/* ---- the command line ---- */

struct arguments {
	int argc, at;
	char **argv;
	const char *value; /* of the option that matched last; NULL: it is missing */
};

/* "--option VALUE", "--option=VALUE", "-x VALUE", "-xVALUE" */
static bool has_value(struct arguments *a, const char *option)
{
	const char *argument = a->argv[a->at];
	size_t n = strlen(option);

	if (strncmp(argument, option, n))
		return false;
	if (!argument[n]) {
		a->value = a->at + 1 < a->argc ? a->argv[++a->at] : NULL;
		return true;
	}
	if (option[1] != '-')
		a->value = argument + n;
	else if (argument[n] == '=')
		a->value = argument + n + 1;
	else
		return false;
	return true;
}

static void add_pattern(char ***list, size_t *count, const char *pattern)
{
	*(char **)list_add(list, count, sizeof(char *)) = must_copy(pattern, strlen(pattern));
}

static bool is_folder_name(const char *name)
{
	return *name && *name != '.' && !strchr(name, '/');
}

/* Options that a value follows. 0: taken, -1: none of these, else the exit status. */
static int take_value_option(struct arguments *a, struct request *r)
{
	static const struct {
		const char *option;
		size_t place;
	} simple[] = {
		{ "--baselines", offsetof(struct request, choice.folder) },
		{ "--target", offsetof(struct request, choice.target) },
		{ "--target-version", offsetof(struct request, choice.target_version) },
		{ "--reference", offsetof(struct request, choice.reference) },
		{ "--why", offsetof(struct request, why) },
		{ "--json", offsetof(struct request, json) },
		{ "--failed", offsetof(struct request, failed) },
		{ "--lost", offsetof(struct request, lost) },
		{ "--repeat-command", offsetof(struct request, repeat) },
	};
	const char *option = a->argv[a->at];

	for (size_t i = 0; i < sizeof(simple) / sizeof(simple[0]); i++) {
		if (!has_value(a, simple[i].option))
			continue;
		if (!a->value || !*a->value)
			return complain("%s wants a value", simple[i].option);
		*(const char **)((char *)r + simple[i].place) = a->value;
		return 0;
	}
	if (has_value(a, "-x")) {
		if (!a->value || !*a->value)
			return complain("-x wants a pattern");
		add_pattern(&r->selection.exclude, &r->selection.s.exclude_count, a->value);
	} else if (has_value(a, "--shard")) {
		if (!a->value || !selection_shard(&r->selection.s, a->value))
			return complain("--shard wants K/N with 1 <= K <= N, not '%s'",
					a->value ? a->value : "");
	} else if (has_value(a, "--expected")) {
		if (!a->value || !*a->value)
			return complain("--expected wants a folder");
		*(const char **)list_add(&r->expected, &r->choice.expected_count, sizeof(char *)) =
			a->value;
	} else if (has_value(a, "--target-linux")) {
		if (!a->value || (strcmp(a->value, "yes") && strcmp(a->value, "no")))
			return complain("--target-linux is yes or no, not '%s'",
					a->value ? a->value : "");
		r->choice.is_linux = a->value[0] == 'y';
	} else if (has_value(a, "--color")) {
		static const char *const names[] = { "auto", "always", "never" };
		size_t i = 0;

		while (i < 3 && (!a->value || strcmp(a->value, names[i])))
			i++;
		if (i == 3)
			return complain("--color is auto, always or never, not '%s'",
					a->value ? a->value : "");
		r->color = (int)i;
	} else if (!strncmp(option, "--accept=", 9)) {
		r->accept = true;
		r->accept_layer = option + 9;
		if (!*r->accept_layer)
			return complain("--accept= wants a layer");
	} else {
		return -1;
	}
	return 0;
}

static bool take_flag(const char *option, struct request *r)
{
	const struct {
		const char *option;
		bool *flag;
	} flags[] = {
		{ "--accept", &r->accept },
		{ "--lint", &r->lint },
		{ "--do-not-run", &r->do_not_run },
		{ "--no-skips", &r->no_skips },
		{ "--progress", &r->progress },
		{ "-q", &r->quiet },
		{ "-v", &r->verbose },
	};

	for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++)
		if (!strcmp(option, flags[i].option)) {
			*flags[i].flag = true;
			return true;
		}
	return false;
}

/* 0, or the exit status of a contradiction. */
static int check(const struct request *r)
{
	const char *alone[3] = { r->why ? "--why" : NULL, r->lint ? "--lint" : NULL,
				 r->do_not_run ? "--do-not-run" : NULL };
	const char *one = NULL;

	for (size_t i = 0; i < 3; i++) {
		if (alone[i] && one)
			return complain("%s and %s contradict each other", one, alone[i]);
		if (alone[i])
			one = alone[i];
	}
	if (one && (r->file || r->accept || r->json || r->failed || r->lost || r->no_skips ||
		    r->progress || r->quiet || r->verbose))
		return complain("%s reads no stream: no FILE, --accept, --json, --failed, --lost, "
				"--no-skips, --progress, -q or -v goes with it",
				one);
	if ((r->why || r->lint) &&
	    (r->selection.s.include_count || r->selection.s.exclude_count || r->selection.s.shards))
		return complain("%s takes no selection", one);
	if (r->quiet && r->verbose)
		return complain("-q and -v contradict each other");
	if (!is_folder_name(r->choice.target) || !strcmp(r->choice.target, "linux"))
		return complain("--target is the name of a target, not '%s'", r->choice.target);
	if (r->choice.target_version && !is_folder_name(r->choice.target_version))
		return complain("--target-version is a version, not '%s'",
				r->choice.target_version);
	return 0;
}

/* 0: go on, else 1 + exit status. */
static int parse(int argc, char **argv, struct request *r)
{
	struct arguments a = { .argc = argc, .argv = argv };
	bool target_said = false;

	r->choice.folder = "expected";
	r->choice.is_linux = true;
	r->repeat = "./runner.sh";
	for (a.at = 1; a.at < argc; a.at++) {
		const char *argument = argv[a.at];
		int status;

		if (!strcmp(argument, "--")) {
			while (++a.at < argc)
				add_pattern(&r->selection.include, &r->selection.s.include_count,
					    argv[a.at]);
		} else if (argument[0] != '-' || !argument[1]) {
			if (r->file)
				return 1 +
				       complain(
					       "one stream at a time: '%s' and '%s'; patterns come after --",
					       r->file, argument);
			r->file = argument;
		} else if (!strcmp(argument, "-h") || !strcmp(argument, "--help")) {
			fputs(usage, stdout);
			return 1;
		} else if (!take_flag(argument, r)) {
			status = take_value_option(&a, r);
			if (status < 0)
				return 1 +
				       complain(
					       "unknown option '%s'; compare -h tells what there is",
					       argument);
			if (status)
				return 1 + status;
		}
	}
	target_said = r->choice.target;
	if (r->choice.target_version && !target_said)
		return 1 + complain("--target-version wants --target");
	if (!target_said)
		r->choice.target = "host";
	r->choice.expected = r->expected;
	r->selection.s.include = (const char *const *)r->selection.include;
	r->selection.s.exclude = (const char *const *)r->selection.exclude;
	if (check(r))
		return 1 + USAGE;
	return 0;
}

/* ---- without a stream ---- */

/*
 * What a stream would say in its facts. Only the host is this kernel; every other target is judged
 * by --reference or as the newest.
 */
static void facts_of_host(struct baseline_choice *choice, struct utsname *name, char *word_size)
{
	if (strcmp(choice->target, "host") || uname(name))
		return;
	choice->release = name->release;
	choice->version = name->version;
	choice->machine = name->machine;
	snprintf(word_size, 8, "%zu", 8 * sizeof(long));
	choice->word_size = word_size;
}

static int print_chain(const struct baselines *b, const char *id)
{
	struct place place;
	struct chain_link *links;
	size_t count;

	if (!inventory_id(b->suite, id, strlen(id), &place))
		return complain("--why %s: the suite has no such test", id);
	links = must_alloc(b->layer_count * sizeof(*links));
	count = baselines_chain(b, place.case_index, place.fs, place.test_index, links);
	printf("%s, judged by %s\n", id, b->reference);
	for (size_t i = 0; i < count; i++) {
		const struct baseline_line *line = &links[i].file->lines[links[i].line];
		struct text t = { 0 }, reason = { 0 };

		text_add_expectation(&t, line->expected, line->outcome);
		baseline_reason(links[i].file, links[i].line, &reason);
		printf("%s %s:%zu: %s\n", i + 1 == count ? "=>" : "  ", links[i].file->path,
		       links[i].line + 1, t.bytes);
		if (reason.length)
			printf("     %s\n", reason.bytes);
		text_free(&reason);
		text_free(&t);
	}
	if (!count)
		printf("   no layer knows it\n");
	free(links);
	return count ? AS_EXPECTED : NOT_AS_EXPECTED;
}

static bool kept_out(const struct baselines *b, size_t case_index, const char *fs,
		     size_t test_index, struct chain_link *links)
{
	size_t n = baselines_chain(b, case_index, fs, test_index, links);

	return n && links[n - 1].file->lines[links[n - 1].line].expected == EXPECTED_DO_NOT_RUN;
}

/* Tests that are kept out on some file systems only are listed by those. */
static void print_kept_out_test(const struct baselines *b, const struct selection *selection,
				size_t case_index, size_t test_index, struct chain_link *links)
{
	const struct inventory_case *c = &b->suite->cases[case_index];
	struct text seen = { 0 };

	if (!selection_has(selection, case_index, test_index, c->name, c->tests[test_index].name))
		return;
	if (kept_out(b, case_index, "", test_index, links)) {
		printf("%s/%s\n", c->name, c->tests[test_index].name);
		return;
	}
	text_puts(&seen, " ");
	for (size_t i = 0; i < b->layer_count; i++) {
		const struct baseline_file *file = b->layers[i]->files[case_index];

		for (size_t j = 0; file && j < file->count; j++) {
			const char *fs = file->lines[j].fs;
			char *word = must_format(" %s ", fs);

			if (file->lines[j].kind == LINE_TEST && *fs &&
			    file->lines[j].test_index == test_index && !strstr(seen.bytes, word) &&
			    kept_out(b, case_index, fs, test_index, links)) {
				text_printf(&seen, "%s ", fs);
				printf("%s@%s/%s\n", c->name, fs, c->tests[test_index].name);
			}
			free(word);
		}
	}
	text_free(&seen);
}

static int print_do_not_run(const struct baselines *b, const struct selection *selection)
{
	struct chain_link *links = must_alloc(b->layer_count * sizeof(*links));

	for (size_t i = 0; i < b->suite->count; i++)
		for (size_t j = 0; j < b->suite->cases[i].count; j++)
			print_kept_out_test(b, selection, i, j, links);
	free(links);
	return AS_EXPECTED;
}

static int without_stream(const struct inventory *suite, struct request *r)
{
	struct baselines b;
	struct utsname name;
	char word_size[8];
	bool without_release;
	int status = USAGE;

	if (r->lint) {
		int findings = baselines_lint(suite, r->choice.folder, stdout);

		return findings < 0 ? USAGE : findings ? NOT_AS_EXPECTED : AS_EXPECTED;
	}
	facts_of_host(&r->choice, &name, word_size);
	if (baselines_load(&b, suite, &r->choice, &without_release))
		status = r->why ? print_chain(&b, r->why) : print_do_not_run(&b, &r->selection.s);
	baselines_free(&b);
	return status;
}

/* ---- with a stream ---- */

static size_t progress_total;

static void show_progress(const struct stream *s)
{
	static struct timespec last;
	struct timespec now;
	char *id = NULL;

	clock_gettime(CLOCK_MONOTONIC, &now);
	if (now.tv_sec == last.tv_sec && now.tv_nsec - last.tv_nsec < 50000000)
		return;
	last = now;
	if (s->current_case != NO_TEST)
		id = test_id(s->suite, s->cases[s->current_case].case_index,
			     s->cases[s->current_case].fs, s->current_test);
	fprintf(stderr, "\r\033[K%zu of %zu, %zu not ok  %.50s", s->results, progress_total,
		s->not_ok, id ? id : "");
	free(id);
}

/* False after one line on standard error. */
static bool read_stream(struct stream *s, const struct request *r)
{
	bool from_file = r->file && strcmp(r->file, "-"), whole;
	int fd = from_file ? open(r->file, O_RDONLY | O_CLOEXEC) : STDIN_FILENO;
	static char bytes[STREAM_LINE_MAX];
	ssize_t n = -1;

	if (r->progress && isatty(STDERR_FILENO)) {
		for (size_t i = 0; i < s->suite->count; i++)
			for (size_t j = 0; j < s->suite->cases[i].count; j++)
				progress_total += selection_has(&r->selection.s, i, j,
								s->suite->cases[i].name,
								s->suite->cases[i].tests[j].name);
		s->progress = show_progress;
	}
	while (fd >= 0) {
		n = read(fd, bytes, sizeof(bytes));
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		stream_feed(s, bytes, (size_t)n);
	}
	whole = fd >= 0 && n == 0;
	if (!whole)
		complain("cannot read %s: %s", from_file ? r->file : "standard input",
			 strerror(errno));
	if (fd >= 0 && from_file)
		close(fd);
	if (s->progress)
		fputs("\r\033[K", stderr);
	stream_finish(s);
	return whole;
}

static bool holds_anything(const struct stream *s)
{
	for (size_t i = 0; i < s->case_count; i++)
		if (s->cases[i].came)
			return true;
	return s->unknown_count;
}

/* The layer that --accept means; NULL after one line on standard error. */
static struct layer *layer_to_accept(struct baselines *b, const struct request *r)
{
	const char *name = r->accept_layer, *stable;
	struct release before;
	enum layer_kind kind;
	struct layer *layer = NULL;
	char *branch = NULL;

	if (!name && !r->choice.is_linux) {
		name = r->choice.target;
	} else if (!name) {
		if (b->judged.major != b->newest.major || b->judged.minor != b->newest.minor) {
			complain(
				"--accept: %s is not the newest Linux, linux-%u.%u: name the layer, as in "
				"--accept=linux/before-X.Y",
				b->reference, b->newest.major, b->newest.minor);
			return NULL;
		}
		name = "linux";
	}
	for (size_t i = 0; i < b->layer_count; i++)
		if (!strcmp(b->layers[i]->name, name))
			layer = b->layers[i];
	if (layer)
		return layer;
	/*
	 * A layer of Linux that has no file yet. Only one that holds for this run can be written.
	 */
	if (!strncmp(name, "linux/", 6)) {
		name += 6;
		stable = strchr(name, '/');
		if (stable)
			branch = must_copy(name, (size_t)(stable - name));
		if (parse_layer_name(stable ? stable + 1 : name, branch, &kind, &before) &&
		    (kind == LAYER_MACHINE ?
			     (machine_of(&r->choice) && !strcmp(machine_of(&r->choice), name + 3)) :
			     compare_releases(&b->judged, &before) < 0) &&
		    (kind != LAYER_STABLE ||
		     (b->judged.major == before.major && b->judged.minor == before.minor))) {
			layer = add_layer(b, kind, r->accept_layer, &before);
			sort_layers(b);
		}
		free(branch);
	}
	if (!layer)
		complain("--accept=%s: no layer that holds for this run, judged by %s",
			 r->accept_layer, b->reference);
	return layer;
}

static bool write_whole(const char *path, const struct text *t)
{
	struct staged_files staged = { 0 };
	const char *failed = path;
	bool done = staged_add(&staged, path, t->bytes ? t->bytes : "", t->length) &&
		    staged_commit(&staged, &failed);

	if (!done)
		complain("cannot write %s: %s", path, strerror(errno));
	staged_free(&staged);
	return done;
}

static bool fails_gate(const struct judged *test)
{
	return test->fails;
}

static bool is_lost(const struct judged *test)
{
	return test->verdict == VERDICT_MISSING || test->seen->damage;
}

/* Writes the ids of those of the suite's tests; without a path there is nothing to do. */
static bool write_ids(const char *path, const struct view *v, bool (*wanted)(const struct judged *))
{
	struct text t = { 0 };
	bool done;

	if (!path)
		return true;
	for (size_t i = 0; i < v->judgement->count; i++)
		if (v->judgement->tests[i].seen && wanted(&v->judgement->tests[i]))
			text_printf(&t, "%s\n", v->judgement->tests[i].id);
	done = write_whole(path, &t);
	text_free(&t);
	return done;
}

static bool write_files(const struct request *r, const struct view *v)
{
	struct text t = { 0 };
	bool done = true;

	if (r->json) {
		text_add_results(&t, v);
		done = write_whole(r->json, &t);
		text_free(&t);
	}
	if (done)
		done = write_ids(r->failed, v, fails_gate);
	return done && write_ids(r->lost, v, is_lost);
}

static bool wants_color(const struct request *r)
{
	const char *no_color = getenv("NO_COLOR");

	if (r->color != COLOR_AUTO)
		return r->color == COLOR_ALWAYS;
	return isatty(STDOUT_FILENO) && !(no_color && *no_color);
}

/*
 * Judges, and with --accept writes, reads again and judges by what now stands there. -1: go on,
 * else the exit status.
 */
static int judge_and_accept(struct stream *s, struct baselines *b, struct judgement *j,
			    const struct request *r)
{
	bool without_release;
	struct layer *layer;
	bool done;

	judge(j, s, b, &r->selection.s, r->no_skips);
	if (!j->count)
		return complain("nothing is selected");
	if (!r->accept)
		return -1;
	if (s->problem_count) {
		fputs("nothing accepted: the stream is damaged\n", stdout);
		return -1;
	}
	layer = layer_to_accept(b, r);
	if (!layer)
		return USAGE;
	done = baselines_accept(b, layer, j, stdout);
	judgement_free(j);
	baselines_free(b);
	if (!done || !baselines_load(b, s->suite, &r->choice, &without_release))
		return USAGE;
	judge(j, s, b, &r->selection.s, r->no_skips);
	return -1;
}

static int with_stream(const struct inventory *suite, struct request *r)
{
	struct baselines b = { 0 };
	struct judgement j = { 0 };
	struct stream s;
	struct view v = { .suite = suite,
			  .stream = &s,
			  .baselines = &b,
			  .judgement = &j,
			  .target = r->choice.target,
			  .target_version = r->choice.target_version,
			  .repeat = r->repeat,
			  .color = wants_color(r),
			  .quiet = r->quiet,
			  .verbose = r->verbose };
	bool without_release, all_skipped;
	int status = NO_STREAM;

	stream_start(&s, suite);
	if (!read_stream(&s, r))
		goto out;
	if (!s.documents || !holds_anything(&s)) {
		complain("no usable stream: %s",
			 s.documents ? "it holds no test" : "it has no version line");
		goto out;
	}
	r->choice.release = stream_fact(&s, "release");
	r->choice.version = stream_fact(&s, "version");
	r->choice.machine = stream_fact(&s, "machine");
	r->choice.word_size = stream_fact(&s, "word_size");
	status = USAGE;
	if (!baselines_load(&b, suite, &r->choice, &without_release))
		goto out;
	if (without_release && s.holds_suite)
		complain("the stream names no release of Linux: judged by the newest, %s",
			 b.reference);
	status = judge_and_accept(&s, &b, &j, r);
	if (status >= 0)
		goto out;
	all_skipped = j.totals[VERDICT_SKIPPED] == j.count;
	v.as_expected = !j.failing && !s.problem_count;
	print_for_people(&v);
	status = !v.as_expected ? NOT_AS_EXPECTED : all_skipped ? ALL_SKIPPED : AS_EXPECTED;
	if (!write_files(r, &v))
		status = NO_STREAM;
out:
	judgement_free(&j);
	baselines_free(&b);
	stream_free(&s);
	return status;
}

int mmapconf_compare(int argc, char **argv)
{
	struct request r = { 0 };
	struct inventory suite;
	int status = parse(argc, argv, &r);

	if (!status) {
		inventory_make(&suite);
		status = r.why || r.lint || r.do_not_run ? without_stream(&suite, &r) :
							   with_stream(&suite, &r);
		inventory_free(&suite);
		if (fflush(stdout) || ferror(stdout)) {
			complain("cannot write standard output: %s", strerror(errno));
			status = NO_STREAM;
		}
	} else {
		status--;
	}
	selection_free(&r.selection);
	free(r.expected);
	return status;
}
