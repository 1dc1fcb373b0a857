/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The baselines of docs/expectations.md: their files, the layers that hold for one run, and what
 * they expect of a test.
 */
#ifndef MMAPCONF_BASELINE_H
#define MMAPCONF_BASELINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "inventory.h"
#include "text.h"

/* The release of a Linux: X.Y or X.Y.Z, what follows is not looked at. */
struct release {
	unsigned int major, minor, point;
};

/* False: the text does not begin with X.Y. */
bool parse_release(const char *text, struct release *r);
int compare_releases(const struct release *a, const struct release *b); /* <0, 0, >0; by X.Y.Z */

enum expected {
	EXPECTED_NOTHING, /* a word that is none */
	EXPECTED_OK,
	EXPECTED_NOT_OK,
	EXPECTED_SKIP,
	EXPECTED_CRASH,
	EXPECTED_TIMEOUT,
	EXPECTED_ERROR,
	EXPECTED_DO_NOT_RUN,
};

/* The word of a baseline line: "not ok". */
const char *expected_word(enum expected e);

enum baseline_line_kind { LINE_BLANK, LINE_COMMENT, LINE_PLAN, LINE_TEST, LINE_BAD };

struct baseline_line {
	enum baseline_line_kind kind;
	char *text; /* as in the file, without its end */
	unsigned int plan;
	enum expected expected;
	char *name; /* the test's, without file system */
	char fs[FILESYSTEM_MAX]; /* "" : any */
	char *outcome; /* NULL: any */
	size_t test_index; /* in the plan of the case, or NO_TEST */
	const char *bad; /* LINE_BAD: what is wrong with it */
};

/* One file, and where it lies. */
struct baseline_file {
	char *path;
	const struct layer *layer;
	struct baseline_line *lines;
	size_t count;
};

enum layer_kind {
	LAYER_LINUX, /* linux/ */
	LAYER_BEFORE, /* linux/before-X.Y/ */
	LAYER_STABLE, /* linux/X.Y.y/before-X.Y.N/ */
	LAYER_MACHINE, /* linux/on-MACHINE/ */
	LAYER_TARGET, /* TARGET/ */
	LAYER_TARGET_MACHINE, /* TARGET/on-MACHINE/ */
	LAYER_TARGET_VERSION, /* TARGET/VERSION/ */
	LAYER_EXPECTED, /* --expected DIR */
};

struct layer {
	enum layer_kind kind;
	char *name; /* below the folder of baselines: "linux/before-6.17?" */
	char *path;
	/* where in path the name of the folder of baselines, or of --expected, begins */
	size_t own_name;
	struct release before; /* LAYER_BEFORE, LAYER_STABLE */
	struct baseline_file **files; /* by index of the case; NULL where there is none */
};

struct baselines {
	const struct inventory *suite;
	char *folder;
	struct release newest; /* linux/release */
	struct release judged; /* by which release the layers were chosen */
	char *reference; /* "linux-6.12.95" */
	struct layer **layers; /* those that hold, later ones win */
	size_t layer_count;
};

/* What the layers are chosen by. */
struct baseline_choice {
	const char *folder;
	bool is_linux;
	const char *target, *target_version; /* NULL: not said */
	const char *const *expected; /* folders, in order */
	size_t expected_count;
	const char *reference; /* "linux-6.1", "linux-6.12.95"; NULL: as the facts say */
	const char *release, *version, *machine, *word_size; /* facts; NULL: not said */
};

/*
 * The machine whose Linux the program saw, or NULL: that of the facts, but a 32-bit program on a
 * 64-bit x86 kernel sees i386.
 */
const char *machine_of(const struct baseline_choice *choice);

/*
 * Reads the layers that hold. False after one line on standard error: a folder that cannot be read,
 * a line that is none. *without_release is set when a Linux did not say its release, so that it is
 * judged as the newest.
 */
bool baselines_load(struct baselines *b, const struct inventory *suite,
		    const struct baseline_choice *choice, bool *without_release);
void baselines_free(struct baselines *b);

/* Adds an empty layer of this name, and puts all layers in their order. before may be NULL. */
struct layer *add_layer(struct baselines *b, enum layer_kind kind, const char *name,
			const struct release *before);
void sort_layers(struct baselines *b);

/* One line of the chain of a test. */
struct chain_link {
	const struct baseline_file *file;
	size_t line; /* index of the line */
};

/*
 * The lines that speak of a test, the one that holds last; returns how many. fs may be "". links
 * has layer_count places.
 */
size_t baselines_chain(const struct baselines *b, size_t case_index, const char *fs,
		       size_t test_index, struct chain_link *links);

/*
 * Reads one file; NULL with errno set. The suite's case of this index decides which names are
 * known; NO_TEST: none.
 */
struct baseline_file *baseline_read(const struct inventory *suite, const char *path,
				    const struct layer *layer, size_t case_index);
void baseline_file_free(struct baseline_file *file);

/* The line of this test in a file: that of the file system, else the plain one; NO_TEST: none. */
size_t baseline_find(const struct baseline_file *file, size_t test_index, const char *fs);

/*
 * The file's path as every machine has it: "expected/linux/mmap/fixed.tap", or below the last name
 * of an --expected folder.
 */
const char *baseline_portable_path(const struct baseline_file *file);

/* Adds the comment under which a line stands, as one line of text; nothing when there is none. */
void baseline_reason(const struct baseline_file *file, size_t line, struct text *reason);

/* "WORD NAME # OUTCOME" without the name: "ok", "not ok # mremap=EFAULT want ok". */
void text_add_expectation(struct text *t, enum expected expected, const char *outcome);

/*
 * The kind and release of a layer below linux/, of its name there ("before-6.17?"); false: it is
 * none. stable: "6.12.y" or NULL.
 */
bool parse_layer_name(const char *name, const char *stable, enum layer_kind *kind,
		      struct release *before);

/* The path of a case's file in a layer, to be freed. */
char *baseline_path(const struct layer *layer, const char *case_name);

/*
 * Reads one line; c decides which names are known, NULL: none. free_baseline_line() frees what it
 * holds.
 */
void parse_baseline_line(struct baseline_line *line, const char *bytes, size_t length,
			 const struct inventory_case *c);
void free_baseline_line(struct baseline_line *line);

/*
 * Writes the results that fail the gate into a layer of these baselines, and says to out what it
 * wrote and what it left as it is. Files are written whole or not at all. False after one line on
 * standard error. (accept.c)
 */
struct judgement;
bool baselines_accept(const struct baselines *b, struct layer *layer,
		      const struct judgement *judgement, FILE *out);

/*
 * Prints what is wrong with the files in folder, one line each, "file:line: what"; returns how
 * many, or -1 after a complaint.
 */
int baselines_lint(const struct inventory *suite, const char *folder, FILE *out);

#endif
