/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The suite as data: which cases and tests there are, and which clauses they cite. Built from the cases themselves (they
 * register when the program starts) and from the tables that harness/clauses.awk generates from their comments and spec/.
 */
#ifndef MMAPCONF_SUITE_H
#define MMAPCONF_SUITE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MMAPCONF_VERSION "0.1.0"

#define TEST_NAME_MAX 160 /* bytes of "fixture.variant.test", with its final NUL */
#define TEST_ID_MAX 256 /* bytes of "CASE@FILESYSTEM/NAME", with its final NUL */
#define OUTCOME_MAX 161 /* bytes of what follows '#' in a result line, with its final NUL */

struct th_case;

struct clause {
	const char *id;
	const char *sentence;
	const char *source;
};

/* The clause of this id, or NULL. */
const struct clause *suite_clause(const char *id);

/*
 * The ids, blank-separated, of the clauses that a test cites; "" when it cites none. The name is that of the test's
 * definition: "fixture.test" or "global.test", without the variant.
 */
const char *suite_citations(const char *case_name, const char *definition);

/* The cases by name, ascending. NULL ends the list. No memory is allocated. */
const struct th_case *suite_first_case(void);
const struct th_case *suite_next_case(const struct th_case *c);
const char *suite_case_name(const struct th_case *c);
bool suite_case_each_filesystem(const struct th_case *c);

/* One test of a case, in the order of the plan. */
struct suite_test {
	char name[TEST_NAME_MAX]; /* "fixture.variant.test" */
	const char *clauses; /* blank-separated ids */
};

/*
 * Fills in test number index (from 0) of the case; false when there is no such test. Cheap enough to call in a loop; allocates
 * nothing.
 */
bool suite_test(const struct th_case *c, size_t index, struct suite_test *test);

/*
 * A selection of tests: patterns as given on the command line. A pattern is a shell glob matched against the case name, the
 * case name and "/" and the test name, and (where it has neither '*' nor '/') any part of either. "mmap/" stands for
 * all below it.
 */
struct selection {
	const char *const *include; /* none: everything */
	size_t include_count;
	const char *const *exclude;
	size_t exclude_count;
	unsigned int shard,
		shards; /* K/N, from 1; 0/0: no sharding. The cases are dealt out in turn. */
};

/* Is this test in the selection? case_index is the case's place among all cases (from 0), for the shard. */
bool selection_has(const struct selection *s, size_t case_index, const char *case_name,
		   const char *test_name);

/* Reads "K/N" with 1 <= K <= N; false: it is none. */
bool selection_shard(struct selection *s, const char *text);

/* CRC-32 (IEEE 802.3) of the bytes, continuing from crc (0 at the start). */
uint32_t crc32_ieee(uint32_t crc, const void *bytes, size_t count);

/* The subcommands of mmapconf; each returns its exit status. argv[0] is the subcommand's name. */
int mmapconf_list(int argc, char **argv);
int mmapconf_run(int argc, char **argv);
int mmapconf_compare(int argc, char **argv);

#endif
