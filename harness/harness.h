/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Running the tests of one case and printing their results: what program.c (one case) and run.c
 * (the suite) share.
 */
#ifndef MMAPCONF_HARNESS_H
#define MMAPCONF_HARNESS_H

#include <stdbool.h>
#include <stddef.h>

struct th_case;
struct th_fixture;
struct th_variant;
struct th_test;

/* kselftest's exit statuses. */
enum { KSFT_PASS = 0, KSFT_FAIL = 1, KSFT_XFAIL = 2, KSFT_XPASS = 3, KSFT_SKIP = 4 };

#define TH_DEFAULT_TIMEOUT 2 /* seconds for one test */

struct th_options {
	bool no_fork; /* all tests in this process */
	bool debug; /* no time limit, and the test keeps the terminal */
	bool system; /* EXCLUSIVE cases may change the machine's state */
	unsigned int timeout_mul; /* factor on every time limit, at least 1 */
};

/* One test as it is found by walking a case: in the order of the plan. */
struct th_walk {
	const struct th_case *c;
	const struct th_fixture *fixture;
	const struct th_variant *variant; /* NULL: the fixture has none */
	const struct th_test *test;
	size_t index; /* from 0, among all tests of the case */
};

/* Goes to the case's first or next test; false after the last. */
bool th_walk_first(struct th_walk *w, const struct th_case *c);
bool th_walk_next(struct th_walk *w);
/* Writes "fixture.variant.test"; returns the length that it needs, as snprintf() does. */
int th_walk_name(const struct th_walk *w, char *name, size_t size);

/* Which tests of a case are to run. */
struct th_filter {
	bool (*wants)(const struct th_walk *w, const char *name, void *arg);
	void *arg;
};

struct th_totals {
	unsigned int pass, fail, skip, error; /* error: ERROR, TIMEOUT and CRASH */
};

/* The number of tests that the filter wants. */
size_t th_count(const struct th_case *c, const struct th_filter *filter);

/*
 * Runs the wanted tests of a case and prints version line, plan, results and totals (docs/tap.md).
 * label is the case's name in ids. version_line may be NULL; in the suite, where a case is nested,
 * it is "KTAP version 1". The first done of the tests, and the lines before them, have been printed
 * by another process. Adds to totals.
 */
void th_run_case(const struct th_case *c, const char *label, const char *version_line,
		 const struct th_options *options, const struct th_filter *filter, size_t done,
		 struct th_totals *totals);

/* How a test ended. */
enum word { PASS, FAIL, SKIPPED, ERROR, TIMEOUT, CRASH };

/*
 * "not ok 2 NAME # OUTCOME" and "# done ID VERDICT CRC", without the last newline. label is the
 * case's name in ids.
 */
#define TH_RESULT_LINES_MAX 1024
void th_result_lines(char lines[TH_RESULT_LINES_MAX], unsigned int number, const char *label,
		     const char *name, enum word word, const char *outcome);

/* KSFT_FAIL, KSFT_SKIP when all were skipped, else KSFT_PASS. */
int th_status(const struct th_totals *totals);

/* The line "# Totals: …". */
void th_print_totals(const struct th_totals *totals);

/*
 * The result of a selection without a test: a plan of one ERROR. what is the selection, as given.
 */
void th_print_nothing_matches(const char *version_line, const char *what);

/*
 * Text on its way to standard output: collected, and written whole lines at a time by out_flush().
 */
void out(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void out_bytes(const char *bytes, size_t count);
/*
 * From now on text goes to this descriptor instead, not indented, and someone passes it on, who
 * writes a byte to passed_on for every "# running" line that is out.
 */
void out_to(int fd, int passed_on);
/* Lines begun from now on are indented by two blanks, or not. */
void out_indent(bool indent);
/* A failure to write ends the process with KSFT_FAIL: without output there is no result. */
void out_flush(void);
/*
 * Flushes, and waits until it was passed on: the line that names a test has to be out before the
 * test can end the machine.
 */
void out_flush_through(void);
/*
 * Ends the process with KSFT_FAIL when standard output is not open: a pipe of ours would take its
 * number.
 */
void out_check(void);

/* The registered cases in the order of their registration. */
struct th_case *th_first_case(void);

/*
 * Parses the option at argv[*i] when it is one that every command shares (--no-fork, --system,
 * --timeout-mul); 1: taken, 0: not such an option, -1: bad value, which has been complained of.
 */
int th_parse_option(int argc, char **argv, int *i, struct th_options *options);

#endif
