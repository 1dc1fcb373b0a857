/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The driver of the matrices: what they share that compare a system call with the model, over combinations of its arguments.
 *
 * A matrix is a file cases/matrix/CALL.c that defines `matrix`, and gives one DECISION for each clause by which the model decides the call:
 *
 *	#include "drive.h"
 *	static const struct area areas[] = { ... { 0 } };	the layout (process.h)
 *	static const struct matrix matrix = { .call = "munmap", ... };
 *	DECISION(len_zero_einval, "munmap.len.zero-einval")
 *	TEST_HARNESS_MAIN
 *
 * Its plan is a list of rows. It gives dimensions, and then a row is one level of each; or rows of its own.
 */
#ifndef CASES_MATRIX_DRIVE_H
#define CASES_MATRIX_DRIVE_H

#include <sys/syscall.h>

#include "array.h"
#include "kselftest_harness.h"
#include "lib/fault.h"
#include "objects.h"
#include "process.h"
#include "verdict.h"

#define MATRIX_WORDS 6

/*
 * How much of the product is walked. quick: covering arrays of strength 3, or the whole of a small one; full: what minutes allow; all: the
 * whole.
 */
enum tier { TIER_QUICK, TIER_FULL, TIER_ALL };

/* One call. */
struct combination {
	uint64_t word[MATRIX_WORDS]; /* its arguments, in their order */
	const struct mapped_object *object; /* of the descriptor among them, or NULL */
	unsigned int world;
	unsigned int weight; /* arguments out of the ordinary: an example has as few as can be */
	bool dear; /* one of those that are looked at in full */
};

/* An argument of the call, as it is printed. */
struct argument {
	enum { ARGUMENT_WORD, ARGUMENT_FD } kind;
};

/* A dimension of the product. Level 0 is an ordinary one: in an array of fewer than 16 levels it comes oftenest. */
struct dimension {
	const char *name;
	unsigned int levels; /* at most ARRAY_LEVELS */
};

struct matrix {
	const char *call; /* its name */
	long number; /* SYS_… */
	struct argument arguments[MATRIX_WORDS];
	unsigned int argument_count;
	const struct area *areas;
	/*
	 * Worlds are what the whole process has: rights, limits. The process enters them one after the other, from 0, in which it is, and never
	 * comes back. False: this one can't be had here, nor those behind it.
	 */
	unsigned int worlds;
	bool (*enter)(struct process *p, unsigned int world);

	/* The plan: dimensions (up to one without levels), whose product is walked in each world, ... */
	const struct dimension *dimensions;
	unsigned int quick_arrays; /* so many arrays are the quick tier; 0: the product is */
	/* ... and the call of these levels; it sets words, object and weight. False: it can't be made here. */
	bool (*combine)(const struct process *p, const unsigned int *level, struct combination *c);
	/* Or else rows of its own, in the order of their worlds; row() sets all of c. */
	uint64_t (*rows)(enum tier tier);
	bool (*row)(const struct process *p, enum tier tier, uint64_t number,
		    struct combination *c);

	/* The model's answer to the call. */
	void (*decide)(const struct model *m, const struct combination *c, struct model_answer *a);
	/* Before the call, where it needs something of its own (pages touched). NULL: nothing. False: trouble. */
	bool (*prepare)(const struct process *p, const struct combination *c);
	/* May this be the result of a call that succeeds? NULL: 0 is. */
	bool (*result_ok)(const struct model *m, const struct model_answer *a, uint64_t result);
	/* The state after the call that the model answered. False: the model's list is full. */
	bool (*done)(struct model *m, const struct combination *c, const struct model_answer *a,
		     uint64_t result);
	/* Is a state that may have changed as `after` says? What is cheap always, the rest where the combination is a dear one. */
	bool (*agrees)(const struct process *p, const struct combination *c,
		       const struct model_answer *a, const struct model *after, uint64_t result);
	/* Could a kernel that errs have changed the layout by this call, although it should be refused? */
	bool (*touches)(const struct process *p, const struct combination *c,
			const struct model_answer *a);
	/*
	 * Takes back what the call did, where that is cheaper than to lay out anew; result: 0 unless it succeeded. False: it left something, and
	 * the layout is made anew.
	 */
	bool (*undo)(const struct process *p, const struct combination *c,
		     const struct model_answer *a, int error, uint64_t result);
	/* What the layout needs whenever it has been made anew. NULL: nothing. False: trouble. */
	bool (*laid_out)(const struct process *p);
};

/* Defined by each matrix. */
static const struct matrix matrix;

static struct process process;
static struct mapped_object objects[OBJECTS];

/* ---- the plan ---- */

static inline uint64_t matrix_product(void)
{
	uint64_t product = 1;

	for (const struct dimension *d = matrix.dimensions; d->levels; d++)
		product *= d->levels;
	return product;
}

/* The rows of one world, where they come from dimensions. */
static inline uint64_t matrix_world_rows(enum tier tier)
{
	return tier == TIER_QUICK && matrix.quick_arrays ?
		       (uint64_t)matrix.quick_arrays * ARRAY_ROWS :
		       matrix_product();
}

static inline uint64_t matrix_rows(enum tier tier)
{
	return matrix.rows ? matrix.rows(tier) : matrix.worlds * matrix_world_rows(tier);
}

/* The combination of a row. False: it can't be made here. */
static inline bool matrix_row(enum tier tier, uint64_t number, struct combination *c)
{
	unsigned int level[ARRAY_COLUMNS], column = 0;
	uint64_t rest;

	memset(c, 0, sizeof(*c));
	if (matrix.row)
		return matrix.row(&process, tier, number, c);
	c->world = (unsigned int)(number / matrix_world_rows(tier));
	rest = number % matrix_world_rows(tier);
	c->dear = !((uint32_t)rest * 2654435761u >> 29);
	for (const struct dimension *d = matrix.dimensions; d->levels; d++, column++) {
		if (tier == TIER_QUICK && matrix.quick_arrays) {
			level[column] = array_level((unsigned int)(rest % ARRAY_ROWS), column,
						    (unsigned int)(rest / ARRAY_ROWS)) %
					d->levels;
		} else {
			level[column] = (unsigned int)(rest % d->levels);
			rest /= d->levels;
		}
	}
	return matrix.combine(&process, level, c);
}

/* ---- one call ---- */

/* The call as a line of C, up to its result. */
static inline void matrix_describe(char *text, size_t size, const struct combination *c)
{
	size_t used = (size_t)snprintf(text, size, "%s(", matrix.call);

	for (unsigned int i = 0; i < matrix.argument_count && used < size; i++) {
		const char *comma = i ? ", " : "";

		if (matrix.arguments[i].kind == ARGUMENT_FD)
			used += (size_t)snprintf(text + used, size - used, "%s%s", comma,
						 c->object->name);
		else
			used += (size_t)snprintf(text + used, size - used, "%s%#lx", comma,
						 c->word[i]);
	}
	if (used < size)
		snprintf(text + used, size - used, ")");
}

static inline bool matrix_result_ok(const struct model_answer *a, uint64_t result)
{
	return matrix.result_ok ? matrix.result_ok(&process.model, a, result) : !result;
}

/*
 * What was seen, and what Linux gives. A place that the kernel chose is not told: it is another each time. An error that errno_name() does
 * not know has the same text as any other.
 */
static inline void matrix_describe_results(char *text, size_t size, const struct model_answer *a,
					   int error, uint64_t result, const char *what)
{
	const char *seen = "ok", *wanted = "ok";
	char address[24];

	if (error)
		seen = errno_name(error);
	else if (!a->error && !matrix_result_ok(a, result))
		seen = !matrix.result_ok       ? "neither 0 nor an error" :
		       a->place == PLACE_EXACT ? "elsewhere" :
						 "a place that can't be";
	if (!a->error && a->place == PLACE_EXACT && matrix.result_ok) {
		snprintf(address, sizeof(address), "%#lx", a->address);
		wanted = address;
		seen = result == a->address && !error ? address : seen;
	}
	if (a->error)
		wanted = errno_name(a->error);
	snprintf(text, size, " = %s, Linux: %s%s", seen, wanted, what);
}

static inline enum mismatch matrix_judge(const struct model_answer *a, int error, uint64_t result)
{
	if (error == ENOMEM && a->may_lack_room && !a->address)
		return MISMATCH_NONE;
	if (error != a->error)
		return error && a->error && error < MODEL_ERRNO_MAX && a->deserved[error] ?
			       MISMATCH_PRECEDENCE :
			       MISMATCH_WRONG;
	return error || matrix_result_ok(a, result) ? MISMATCH_NONE : MISMATCH_WRONG;
}

static inline void matrix_note(struct verdict *v, const struct combination *c,
			       const struct model_answer *a, int error, uint64_t result,
			       enum mismatch kind)
{
	char text[sizeof(v->example)];
	size_t used;

	matrix_describe(text, sizeof(text), c);
	used = strlen(text);
	matrix_describe_results(text + used, sizeof(text) - used, a, error, result,
				kind == MISMATCH_SIDE_EFFECT ? ", and another state" : "");
	verdict_add(v, kind, c->weight, text);
}

/* Makes the call, compares it with the model's answer, and takes it back. False: there is trouble with the layout. */
static inline bool matrix_drive(struct verdict *v, const struct combination *c,
				const struct model_answer *a)
{
	static struct model after;
	enum mismatch kind;
	uint64_t result;
	int error;

	if (matrix.prepare && !matrix.prepare(&process, c))
		return false;
	errno = 0;
	result = (uint64_t)syscall(matrix.number, c->word[0], c->word[1], c->word[2], c->word[3],
				   c->word[4], c->word[5]);
	error = result == UINT64_MAX ? errno : 0;
	if (error)
		result = 0;
	v->calls++;
	v->checked += c->dear;
	kind = matrix_judge(a, error, result);
	if (kind == MISMATCH_NONE && error != a->error) /* it may lack room */
		return true;
	if (kind == MISMATCH_NONE && (!error || c->dear || matrix.touches(&process, c, a))) {
		after = process.model;
		if (!matrix.done(&after, c, a, result))
			return false;
		if (!matrix.agrees(&process, c, a, &after, result))
			kind = MISMATCH_SIDE_EFFECT;
	}
	if (kind != MISMATCH_NONE)
		matrix_note(v, c, a, error, result, kind);
	if (matrix.undo(&process, c, a, error, result) && kind == MISMATCH_NONE)
		return true;
	return process_restore(&process) && (!matrix.laid_out || matrix.laid_out(&process));
}

/* ---- the quick tier: a test for each clause ---- */

/* All calls of the tier that the model decides by the test's clause. */
static inline bool matrix_drive_clause(struct verdict *v, enum tier tier)
{
	uint64_t rows = matrix_rows(tier);
	struct combination c;
	struct model_answer a;
	unsigned int world = 0;

	for (uint64_t row = 0; row < rows; row++) {
		bool made = matrix_row(tier, row, &c);

		for (; world < c.world; world++)
			if (!matrix.enter(&process, world + 1))
				return true;
		if (!made) {
			v->left_out++;
			continue;
		}
		matrix.decide(&process.model, &c, &a);
		if (!strcmp(a.clause, v->clause) && !matrix_drive(v, &c, &a))
			return false;
	}
	return true;
}

static inline bool matrix_init(void)
{
	objects_open(objects);
	return process_init(&process, matrix.areas, objects) &&
	       (!matrix.laid_out || matrix.laid_out(&process));
}

static inline void matrix_test(struct __test_metadata *_metadata, const char *clause)
{
	struct verdict v = { .clause = clause };

	NEED_OWN_PROCESS("it drops capabilities, and sets limits");
	NEED(matrix_init(), "a machine and a release that the model knows");
	SETUP(matrix_drive_clause(&v, TIER_QUICK));
	EXPECT_AGREEMENT(&v);
}

/* The test of a clause by which the model decides. Its calls are those that are decided by it. */
#define DECISION(name, id)                     \
	TEST(name)                             \
	{                                      \
		matrix_test(_metadata, "" id); \
	}

#endif
