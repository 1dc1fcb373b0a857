// SPDX-License-Identifier: GPL-2.0
/*
 * Reading baselines, and choosing the layers that hold for one run (docs/expectations.md).
 */
#include "baseline.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "suite.h"

static const struct {
	enum expected expected;
	const char *word;
} words[] = {
	{ EXPECTED_OK, "ok" },
	{ EXPECTED_NOT_OK, "not ok" },
	{ EXPECTED_SKIP, "skip" },
	{ EXPECTED_CRASH, "crash" },
	{ EXPECTED_TIMEOUT, "timeout" },
	{ EXPECTED_ERROR, "error" },
	{ EXPECTED_DO_NOT_RUN, "do-not-run" },
};

#define WORDS (sizeof(words) / sizeof(words[0]))

const char *expected_word(enum expected e)
{
	for (size_t i = 0; i < WORDS; i++)
		if (words[i].expected == e)
			return words[i].word;
	return "nothing";
}

void text_add_expectation(struct text *t, enum expected expected, const char *outcome)
{
	text_puts(t, expected_word(expected));
	if (outcome) {
		text_puts(t, " # ");
		text_add_printable(t, outcome, strlen(outcome), OUTCOME_MAX);
	}
}

/* ---- releases ---- */

static const char *parse_part(const char *text, unsigned int *number)
{
	if (*text < '0' || *text > '9')
		return NULL;
	for (*number = 0; *text >= '0' && *text <= '9'; text++)
		if ((*number = *number * 10 + (unsigned int)(*text - '0')) > 99999)
			return NULL;
	return text;
}

/* The parts of "X.Y" or "X.Y.Z"; returns where it ends, NULL: it is none. */
static const char *parse_parts(const char *text, struct release *r, unsigned int *parts)
{
	const char *end;

	memset(r, 0, sizeof(*r));
	text = parse_part(text, &r->major);
	if (!text || *text != '.')
		return NULL;
	end = parse_part(text + 1, &r->minor);
	*parts = 2;
	if (!end || *end != '.')
		return end;
	text = parse_part(end + 1, &r->point);
	if (!text)
		return end;
	*parts = 3;
	return text;
}

bool parse_release(const char *text, struct release *r)
{
	unsigned int parts;
	const char *end = parse_parts(text, r, &parts);

	/*
	 * "6.1.0-13-amd64", "6.6.0+", "5.10.16.3-microsoft"; but not "6.1[   12.3] a line of the
	 * console"
	 */
	return end && (!*end || strchr("-+_.~", *end));
}

int compare_releases(const struct release *a, const struct release *b)
{
	if (a->major != b->major)
		return a->major < b->major ? -1 : 1;
	if (a->minor != b->minor)
		return a->minor < b->minor ? -1 : 1;
	return a->point < b->point ? -1 : a->point > b->point;
}

bool parse_layer_name(const char *name, const char *stable, enum layer_kind *kind,
		      struct release *before)
{
	unsigned int parts, stable_parts;
	struct release branch;
	const char *end;

	memset(before, 0, sizeof(*before));
	if (!stable && !strncmp(name, "on-", 3) && is_name(name + 3, strlen(name + 3))) {
		*kind = LAYER_MACHINE;
		return true;
	}
	if (strncmp(name, "before-", 7))
		return false;
	end = parse_parts(name + 7, before, &parts);
	if (!end || parts != (stable ? 3 : 2))
		return false;
	if (*end == '?')
		end++;
	if (*end)
		return false;
	*kind = stable ? LAYER_STABLE : LAYER_BEFORE;
	if (!stable)
		return true;
	end = parse_parts(stable, &branch, &stable_parts);
	return end && stable_parts == 2 && !strcmp(end, ".y") && branch.major == before->major &&
	       branch.minor == before->minor;
}

/* ---- files ---- */

static void bad_line(struct baseline_line *line, const char *what)
{
	line->kind = LINE_BAD;
	line->bad = what;
}

static bool printable(const char *bytes, size_t length)
{
	for (size_t i = 0; i < length; i++)
		if (bytes[i] < ' ' || bytes[i] > '~')
			return false;
	return true;
}

static void parse_test_line(struct baseline_line *line, const struct inventory_case *c)
{
	const char *at = line->text, *end, *slash;

	line->kind = LINE_TEST;
	line->test_index = NO_TEST;
	for (size_t i = 0; i < WORDS; i++) {
		size_t n = strlen(words[i].word);

		if (!strncmp(at, words[i].word, n) && at[n] == ' ') {
			line->expected = words[i].expected;
			at += n + 1;
			break;
		}
	}
	if (line->expected == EXPECTED_NOTHING) {
		bad_line(line, "no word that a baseline knows");
		return;
	}
	end = at + strcspn(at, " ");
	if (*at == '@') {
		slash = memchr(at, '/', (size_t)(end - at));
		if (!slash || slash == at + 1 || slash - at > FILESYSTEM_MAX ||
		    !is_name(at + 1, (size_t)(slash - at - 1))) {
			bad_line(line, "no file system and test: '@FILESYSTEM/NAME'");
			return;
		}
		memcpy(line->fs, at + 1, (size_t)(slash - at - 1));
		at = slash + 1;
	}
	if (!is_name(at, (size_t)(end - at)) || end - at >= TEST_NAME_MAX) {
		bad_line(line, "no name of a test");
		return;
	}
	line->name = must_copy(at, (size_t)(end - at));
	if (*end) {
		if (strncmp(end, " # ", 3) || !end[3]) {
			bad_line(line, "after the name comes ' # ' and the outcome, or nothing");
			return;
		}
		line->outcome = must_copy(end + 3, strlen(end + 3));
		if (strlen(line->outcome) >= OUTCOME_MAX || strchr(line->outcome, '#') ||
		    !printable(line->outcome, strlen(line->outcome))) {
			bad_line(line,
				 "an outcome is at most 160 bytes of printable ASCII without '#'");
			return;
		}
	}
	if (line->outcome &&
	    (line->expected == EXPECTED_OK || line->expected == EXPECTED_DO_NOT_RUN)) {
		bad_line(line, "'ok' and 'do-not-run' have no outcome");
		return;
	}
	if (c)
		line->test_index = inventory_test(c, line->name, strlen(line->name));
}

void parse_baseline_line(struct baseline_line *line, const char *bytes, size_t length,
			 const struct inventory_case *c)
{
	char *end;

	memset(line, 0, sizeof(*line));
	while (length &&
	       (bytes[length - 1] == ' ' || bytes[length - 1] == '\t' || bytes[length - 1] == '\r'))
		length--;
	line->text = must_copy(bytes, length);
	line->test_index = NO_TEST;
	if (!length) {
		line->kind = LINE_BLANK;
	} else if (memchr(bytes, '\0', length)) {
		bad_line(line, "a NUL byte");
	} else if (bytes[0] == '#') {
		line->kind = LINE_COMMENT;
	} else if (!strncmp(line->text, "1..", 3)) {
		unsigned long plan = 0;

		if (line->text[3] >= '0' && line->text[3] <= '9')
			plan = strtoul(line->text + 3, &end, 10);
		line->kind = LINE_PLAN;
		line->plan = (unsigned int)plan;
		if (!plan || *end || plan > 9999999)
			bad_line(line, "no plan: '1..N'");
	} else {
		parse_test_line(line, c);
	}
}

struct baseline_file *baseline_read(const struct inventory *suite, const char *path,
				    const struct layer *layer, size_t case_index)
{
	size_t length, at = 0;
	char *bytes = file_read(path, &length);
	struct baseline_file *file;

	if (!bytes)
		return NULL;
	file = must_alloc(sizeof(*file));
	file->path = must_copy(path, strlen(path));
	file->layer = layer;
	while (at < length) {
		const char *newline = memchr(bytes + at, '\n', length - at);
		size_t n = newline ? (size_t)(newline - bytes) - at : length - at;

		parse_baseline_line(list_add(&file->lines, &file->count, sizeof(*file->lines)),
				    bytes + at, n,
				    case_index == NO_TEST ? NULL : &suite->cases[case_index]);
		at += n + 1;
	}
	free(bytes);
	return file;
}

void free_baseline_line(struct baseline_line *line)
{
	free(line->text);
	free(line->name);
	free(line->outcome);
}

void baseline_file_free(struct baseline_file *file)
{
	if (!file)
		return;
	for (size_t i = 0; i < file->count; i++)
		free_baseline_line(&file->lines[i]);
	free(file->lines);
	free(file->path);
	free(file);
}

size_t baseline_find(const struct baseline_file *file, size_t test_index, const char *fs)
{
	size_t plain = NO_TEST;

	for (size_t i = 0; i < file->count; i++) {
		const struct baseline_line *line = &file->lines[i];

		if (line->kind != LINE_TEST || line->test_index != test_index)
			continue;
		if (line->fs[0] && !strcmp(line->fs, fs))
			return i;
		if (!line->fs[0] && plain == NO_TEST)
			plain = i;
	}
	return plain;
}

void baseline_reason(const struct baseline_file *file, size_t line, struct text *reason)
{
	size_t first;

	while (line && file->lines[line].kind == LINE_TEST)
		line--;
	if (file->lines[line].kind != LINE_COMMENT)
		return;
	for (first = line; first && file->lines[first - 1].kind == LINE_COMMENT;)
		first--;
	for (; first <= line; first++) {
		const char *text = file->lines[first].text;

		text += strspn(text, "# \t");
		if (*text && reason->length)
			text_puts(reason, " ");
		text_puts(reason, text);
	}
}

/* ---- layers ---- */

char *baseline_path(const struct layer *layer, const char *case_name)
{
	return must_format("%s/%s.tap", layer->path, case_name);
}

/* Where the last name of a path begins. */
static size_t name_of_folder(const char *path)
{
	size_t at = strlen(path);

	while (at && path[at - 1] == '/')
		at--;
	while (at && path[at - 1] != '/')
		at--;
	return at;
}

const char *baseline_portable_path(const struct baseline_file *file)
{
	return file->path + file->layer->own_name;
}

struct layer *add_layer(struct baselines *b, enum layer_kind kind, const char *name,
			const struct release *before)
{
	struct layer **place = list_add(&b->layers, &b->layer_count, sizeof(*place));
	struct layer *layer = must_alloc(sizeof(*layer));

	*place = layer;
	layer->kind = kind;
	layer->name = must_copy(name, strlen(name));
	layer->path = kind == LAYER_EXPECTED ? must_copy(name, strlen(name)) :
					       must_format("%s/%s", b->folder, name);
	layer->own_name = name_of_folder(kind == LAYER_EXPECTED ? name : b->folder);
	if (before)
		layer->before = *before;
	layer->files = must_alloc(b->suite->count * sizeof(struct baseline_file *));
	return layer;
}

static int compare_layers(const void *a, const void *b)
{
	const struct layer *x = *(struct layer *const *)a, *y = *(struct layer *const *)b;
	int order;

	if (x->kind != y->kind)
		return x->kind < y->kind ? -1 : 1;
	order = compare_releases(&y->before, &x->before);
	return order ? order : strcmp(x->name, y->name);
}

void sort_layers(struct baselines *b)
{
	if (b->layer_count)
		qsort(b->layers, b->layer_count, sizeof(*b->layers), compare_layers);
}

static void add_stable_layers(struct baselines *b, const char *branch)
{
	char *path = must_format("%s/linux/%s", b->folder, branch);
	DIR *folder = opendir(path);
	struct dirent *entry;
	enum layer_kind kind;
	struct release before;

	free(path);
	while (folder && (entry = readdir(folder))) {
		char *name = must_format("linux/%s/%s", branch, entry->d_name);

		if (parse_layer_name(entry->d_name, branch, &kind, &before) &&
		    before.major == b->judged.major && before.minor == b->judged.minor &&
		    b->judged.point < before.point)
			add_layer(b, kind, name, &before);
		free(name);
	}
	if (folder)
		closedir(folder);
}

/* The layers of Linux itself that the judged release and the machine call for. */
static bool add_linux_layers(struct baselines *b, const char *machine)
{
	char *path = must_format("%s/linux", b->folder);
	DIR *folder = opendir(path);
	struct dirent *entry;
	enum layer_kind kind;
	struct release before;

	if (!folder) {
		fprintf(stderr, "mmapconf compare: cannot read %s: %s\n", path, strerror(errno));
		free(path);
		return false;
	}
	free(path);
	add_layer(b, LAYER_LINUX, "linux", NULL);
	while ((entry = readdir(folder))) {
		size_t n = strlen(entry->d_name);
		char *name = must_format("linux/%s", entry->d_name);

		if (n > 2 && !strcmp(entry->d_name + n - 2, ".y"))
			add_stable_layers(b, entry->d_name);
		else if (parse_layer_name(entry->d_name, NULL, &kind, &before) &&
			 (kind == LAYER_MACHINE ? machine && !strcmp(entry->d_name + 3, machine) :
						  compare_releases(&b->judged, &before) < 0))
			add_layer(b, kind, name, &before);
		free(name);
	}
	closedir(folder);
	sort_layers(b);
	return true;
}

static bool read_newest(struct baselines *b)
{
	char *path = must_format("%s/linux/release", b->folder);
	size_t length;
	char *bytes = file_read(path, &length);
	bool valid = false;

	if (!bytes) {
		fprintf(stderr, "mmapconf compare: cannot read %s: %s\n", path, strerror(errno));
	} else {
		bytes[strcspn(bytes, " \r\n")] = '\0';
		valid = parse_release(bytes, &b->newest);
		if (!valid)
			fprintf(stderr, "mmapconf compare: %s: no release X.Y\n", path);
	}
	free(bytes);
	free(path);
	return valid;
}

static bool read_layer(struct baselines *b, struct layer *layer)
{
	for (size_t i = 0; i < b->suite->count; i++) {
		char *path = baseline_path(layer, b->suite->cases[i].name);
		struct baseline_file *file = baseline_read(b->suite, path, layer, i);

		if (!file && errno != ENOENT && errno != ENOTDIR) {
			fprintf(stderr, "mmapconf compare: cannot read %s: %s\n", path,
				strerror(errno));
			free(path);
			return false;
		}
		free(path);
		layer->files[i] = file;
		for (size_t j = 0; file && j < file->count; j++) {
			if (file->lines[j].kind != LINE_BAD)
				continue;
			fprintf(stderr, "mmapconf compare: %s:%zu: %s\n", file->path, j + 1,
				file->lines[j].bad);
			return false;
		}
	}
	return true;
}

const char *machine_of(const struct baseline_choice *choice)
{
	const char *machine = choice->machine;

	if (!machine)
		return NULL;
	if (machine[0] == 'i' && machine[1] >= '3' && machine[1] <= '6' &&
	    !strcmp(machine + 2, "86"))
		return "i386";
	if (!strcmp(machine, "x86_64") && choice->word_size && !strcmp(choice->word_size, "32"))
		return "i386";
	return machine;
}

/*
 * The release as the facts tell it. A stable kernel of Debian before 6.2 calls itself
 * "6.1.0-56-amd64"; its point release stands in the version, "#1 SMP Debian 6.1.192-2 (...)".
 */
static bool parse_facts(const struct baseline_choice *choice, struct release *r)
{
	const char *word = choice->version;
	struct release of_word;

	if (!choice->release || !parse_release(choice->release, r))
		return false;
	while (word && *word && !r->point) {
		word += strspn(word, " ");
		if (parse_release(word, &of_word) && of_word.major == r->major &&
		    of_word.minor == r->minor)
			*r = of_word;
		word += strcspn(word, " ");
	}
	return true;
}

static bool choose_release(struct baselines *b, const struct baseline_choice *choice,
			   bool *without_release)
{
	*without_release = false;
	b->judged = b->newest;
	if (choice->reference) {
		if (strncmp(choice->reference, "linux-", 6) ||
		    !parse_release(choice->reference + 6, &b->judged)) {
			fprintf(stderr, "mmapconf compare: --reference wants linux-X.Y, not '%s'\n",
				choice->reference);
			return false;
		}
	} else if (choice->is_linux) {
		*without_release = !parse_facts(choice, &b->judged);
		if (*without_release)
			b->judged = b->newest;
	}
	b->reference = b->judged.point ?
			       must_format("linux-%u.%u.%u", b->judged.major, b->judged.minor,
					   b->judged.point) :
			       must_format("linux-%u.%u", b->judged.major, b->judged.minor);
	return true;
}

static void add_part_of_target(struct baselines *b, enum layer_kind kind, const char *target,
			       const char *before, const char *part)
{
	char *name = must_format("%s/%s%s", target, before, part);

	add_layer(b, kind, name, NULL);
	free(name);
}

bool baselines_load(struct baselines *b, const struct inventory *suite,
		    const struct baseline_choice *choice, bool *without_release)
{
	memset(b, 0, sizeof(*b));
	b->suite = suite;
	b->folder = must_copy(choice->folder, strlen(choice->folder));
	if (!read_newest(b) || !choose_release(b, choice, without_release) ||
	    !add_linux_layers(b, machine_of(choice)))
		return false;
	/* A target's own folder may not exist yet: then nothing is known of it. */
	if (choice->target)
		add_layer(b, LAYER_TARGET, choice->target, NULL);
	if (choice->target && machine_of(choice))
		add_part_of_target(b, LAYER_TARGET_MACHINE, choice->target, "on-",
				   machine_of(choice));
	if (choice->target && choice->target_version)
		add_part_of_target(b, LAYER_TARGET_VERSION, choice->target, "",
				   choice->target_version);
	for (size_t i = 0; i < choice->expected_count; i++) {
		if (!is_folder(choice->expected[i])) {
			fprintf(stderr, "mmapconf compare: --expected %s: no such folder\n",
				choice->expected[i]);
			return false;
		}
		add_layer(b, LAYER_EXPECTED, choice->expected[i], NULL);
	}
	for (size_t i = 0; i < b->layer_count; i++)
		if (!read_layer(b, b->layers[i]))
			return false;
	return true;
}

void baselines_free(struct baselines *b)
{
	for (size_t i = 0; i < b->layer_count; i++) {
		for (size_t j = 0; j < b->suite->count; j++)
			baseline_file_free(b->layers[i]->files[j]);
		free(b->layers[i]->files);
		free(b->layers[i]->name);
		free(b->layers[i]->path);
		free(b->layers[i]);
	}
	free(b->layers);
	free(b->folder);
	free(b->reference);
	memset(b, 0, sizeof(*b));
}

size_t baselines_chain(const struct baselines *b, size_t case_index, const char *fs,
		       size_t test_index, struct chain_link *links)
{
	size_t count = 0;

	for (size_t i = 0; i < b->layer_count; i++) {
		const struct baseline_file *file = b->layers[i]->files[case_index];
		size_t line = file ? baseline_find(file, test_index, fs) : NO_TEST;

		if (line != NO_TEST)
			links[count++] = (struct chain_link){ file, line };
	}
	return count;
}
