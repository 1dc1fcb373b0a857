/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The model without a kernel: for each decision a call, and what Linux answers to it. One file a
 * call of the family, each with CHECKS(); tests/test_model.py builds them with gcov, and asks that
 * nothing of the model is left unreached.
 */
#ifndef TESTS_MODEL_UNIT_H
#define TESTS_MODEL_UNIT_H

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "lib/model/model.h"
#include "lib/uapi.h"

#define PAGE 4096ul
#define TOP 0x7ffffffff000ul
#define BASE 0x100000000000ul
#define RW (PROT_READ | PROT_WRITE)
#define ANON (MAP_PRIVATE | MAP_ANONYMOUS)
#define SHARED MAP_SHARED

/* Which process asks. */
enum asker {
	PLAIN,
	NO_RIGHTS,
	LITTLE_LOCK,
	ON_5_10,
	ON_5_10_NO_RIGHTS,
	FIVE_LEVELS,
	NO_THP,
	LOW_TAKEN, /* the low addresses that MAP_32BIT means */
};

/*
 * The process of that asker: below BASE and at TOP nothing, and from BASE on pages
 *
 *	0-1 readable, 3 sealed, 600 growing down, 1100 readable
 */
void set_up(struct model *m, enum asker asker);

/* Counts a failure, and says what does not hold. */
void check(bool holds, const char *what);

/*
 * Is the answer this error, or success, by this clause, whose name begins with prefix where it is
 * not another's? call: its number in its table.
 */
void check_answer(const char *prefix, size_t call, const struct model_answer *answer, int error,
		  const char *clause);

/* What main() calls. */
struct checks {
	void (*run)(void);
	struct checks *next;
};
void add_checks(struct checks *checks);

#define CHECKS(function)                                              \
	static void function(void);                                   \
	static void __attribute__((constructor)) add_##function(void) \
	{                                                             \
		static struct checks checks = { function };           \
		add_checks(&checks);                                  \
	}                                                             \
	static void function(void)

#endif
