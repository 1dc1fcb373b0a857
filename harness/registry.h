/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the macros of kselftest_harness.h fill in and call: cases, fixtures, variants and tests
 * register themselves before main(), and a running test reports through the functions below.
 */
#ifndef MMAPCONF_REGISTRY_H
#define MMAPCONF_REGISTRY_H

#include <setjmp.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* What a running test is to the harness. Cases hand it on and look at nothing in it. */
struct __test_metadata {
	const char *file; /* the case's source, for diagnostics */
	sigjmp_buf abort_env; /* where a failed ASSERT_* goes */
	pid_t test_pid; /* another process than this is a child that the test made */
	bool failed; /* seen from this process */
	bool skipped;
	bool error;
};

/* How a variant, a test, a fixture and a case register; filled in by the macros below only. */
struct th_variant {
	const char *name;
	const void *data;
	struct th_variant *next;
};

struct th_fixture;
struct th_test {
	const char *name;
	void (*run)(struct __test_metadata *_metadata, const void *variant);
	int termsig; /* the signal that has to end the test, or 0 */
	unsigned int timeout; /* seconds; 0: the default */
	struct th_test *next;
};

struct th_fixture {
	const char *name;
	struct th_variant *variants;
	struct th_test *tests;
	struct th_fixture *next;
};

/* Memory that the tests of a case share, from one to the next; zeros at first. */
struct th_shared {
	size_t bytes;
	void *memory; /* NULL: the kernel gives none */
};

struct th_case {
	const char *name;
	const char *file;
	const char *exclusive;
	bool each_filesystem;
	struct th_shared *shared; /* or NULL */
	bool registered;
	struct th_fixture *fixtures;
	struct th_case *next;
};

void th_add_fixture(struct th_case *c, struct th_fixture *f);
void th_add_variant(struct th_fixture *f, struct th_variant *v);
void th_add_test(struct th_case *c, struct th_fixture *f, struct th_test *t);

/* A value as an expectation saw it. */
struct th_value {
	uintmax_t bits;
	enum { TH_SIGNED, TH_UNSIGNED, TH_POINTER } kind;
};

#define TH_PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))

/* Records a failed expectation; the text is its canonical outcome (docs/tap.md). */
void th_fail(struct __test_metadata *_metadata, int line, const char *fmt, ...) TH_PRINTF(3, 4);
void th_fail_values(struct __test_metadata *_metadata, int line, const char *op,
		    struct th_value expected, struct th_value seen);
/* Records that the test could not be set up. */
void th_error(struct __test_metadata *_metadata, int line, const char *fmt, ...) TH_PRINTF(3, 4);
void th_skip(struct __test_metadata *_metadata, const char *fmt, ...) TH_PRINTF(2, 3);
void th_log(struct __test_metadata *_metadata, int line, const char *fmt, ...) TH_PRINTF(3, 4);
/* Ends the test at once, teardown included; in a child that the test made, ends the child. */
void th_abort(struct __test_metadata *_metadata) __attribute__((noreturn));
/* Runs set-up, body and teardown; an ASSERT_* in any of them comes back here. */
void th_run_fixture(struct __test_metadata *_metadata, void *self, const void *variant,
		    void (*setup)(struct __test_metadata *, void *, const void *),
		    void (*body)(struct __test_metadata *, void *, const void *),
		    void (*teardown)(struct __test_metadata *, void *, const void *));
/* Has each test a process of its own? Not with --no-fork. */
bool th_forks(void);
/* To be called by a process that the test forked, before anything else of the harness. */
void th_enter_child(struct __test_metadata *_metadata);

#endif
