/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The driver of the matrices: what they share that compare a system call with the model, over
 * combinations of its arguments.
 *
 * A matrix is a file cases/matrix/CALL.c that defines `matrix`, and gives one DECISION for each
 * clause by which the model decides the call:
 *
 *	#include "drive.h"
 *	static const struct area areas[] = { ... { 0 } };	the layout (process.h)
 *	static const struct matrix matrix = { .call = "munmap", ... };
 *	DECISION(len_zero_einval, "munmap.len.zero-einval")
 *	TEST_HARNESS_MAIN
 *
 * Its plan is a list of rows. It gives dimensions, and then a row is one level of each; or rows of
 * its own.
 */
#ifndef CASES_MATRIX_DRIVE_H
#define CASES_MATRIX_DRIVE_H

#include <sys/syscall.h>
#include <time.h>

#include "array.h"
#include "kselftest_harness.h"
#include "lib/fault.h"
#include "objects.h"
#include "process.h"
#include "verdict.h"

#define MATRIX_WORDS 6

/*
 * How much of the product is walked. quick: covering arrays of strength 3, or the whole of a small
 * one; full: what minutes allow; all: the whole.
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

/* A name of bits in a word: those of mask have this value. */
struct bits {
	uint64_t mask, value;
	const char *name;
};

/* Flags of x86-64, the machine that the model knows; elsewhere nothing is driven. */
#ifndef MAP_32BIT
#define MAP_32BIT 0x40
#endif
#ifndef MAP_ABOVE4G
#define MAP_ABOVE4G 0x80
#endif

/* A bit, and a type of mapping, by its name. */
#define NAMED(name)               \
	{                         \
		name, name, #name \
	}
static const struct bits mmap_prot_bits[] = { NAMED(PROT_READ),	     NAMED(PROT_WRITE),
					      NAMED(PROT_EXEC),	     NAMED(PROT_SEM),
					      NAMED(PROT_GROWSDOWN), NAMED(PROT_GROWSUP),
					      { 0, 0, NULL } };
#define NAMED_TYPE(name)              \
	{                             \
		MAP_TYPE, name, #name \
	}
static const struct bits mmap_flags_bits[] = {
	NAMED_TYPE(MAP_SHARED),	    NAMED_TYPE(MAP_PRIVATE), NAMED_TYPE(MAP_SHARED_VALIDATE),
	NAMED_TYPE(MAP_DROPPABLE),  NAMED(MAP_FIXED),	     NAMED(MAP_ANONYMOUS),
	NAMED(MAP_32BIT),	    NAMED(MAP_ABOVE4G),	     NAMED(MAP_GROWSDOWN),
	NAMED(MAP_DENYWRITE),	    NAMED(MAP_EXECUTABLE),   NAMED(MAP_LOCKED),
	NAMED(MAP_NORESERVE),	    NAMED(MAP_POPULATE),     NAMED(MAP_NONBLOCK),
	NAMED(MAP_STACK),	    NAMED(MAP_HUGETLB),	     NAMED(MAP_SYNC),
	NAMED(MAP_FIXED_NOREPLACE), { 0, 0, NULL },
};

/* An argument of the call, as it is printed. */
struct argument {
	enum {
		ARGUMENT_ADDRESS,
		ARGUMENT_BYTES, /* a number of bytes */
		ARGUMENT_BITS, /* bits by name, up to one without */
		ARGUMENT_FD,
	} kind;
	const struct bits *bits;
};

/*
 * A dimension of the product. Level 0 is an ordinary one: in an array of fewer than 16 levels it
 * comes oftenest.
 */
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
	 * Worlds are what the whole process has: rights, limits. The process enters them one after
	 * the other, from 0, in which it is, and never comes back. False: this one can't be had
	 * here, nor those behind it.
	 */
	unsigned int worlds;
	bool (*enter)(struct process *p, unsigned int world);
	/*
	 * What this world and those behind it need before a call takes long: all their calls are
	 * made by one test. 0: none is so.
	 */
	unsigned int costly;

	/*
	 * The plan: dimensions (up to one without levels), whose product is walked in each world,
	 * ...
	 */
	const struct dimension *dimensions;
	unsigned int quick_arrays; /* so many arrays are the quick tier; 0: the product is */
	/*
	 * ... and the call of these levels; it sets words, object and weight. False: it can't be
	 * made here.
	 */
	bool (*combine)(const struct process *p, const unsigned int *level, struct combination *c);
	/* Or else rows of its own in each world; row() sets all of c but the world. */
	uint64_t (*rows)(enum tier tier, unsigned int world);
	bool (*row)(const struct process *p, enum tier tier, unsigned int world, uint64_t number,
		    struct combination *c);

	/* The model's answer to the call. */
	void (*decide)(const struct model *m, const struct combination *c, struct model_answer *a);
	/*
	 * Can the call, as Linux answers it, not be made here: it would take away what this process
	 * runs on? NULL: all can.
	 */
	bool (*impossible)(const struct process *p, const struct combination *c,
			   const struct model_answer *a);
	/*
	 * Before the call, where it needs something of its own (pages touched). NULL: nothing.
	 * False: trouble.
	 */
	bool (*prepare)(const struct process *p, const struct combination *c);
	/* May this be the result of a call that succeeds? NULL: 0 is. */
	bool (*result_ok)(const struct model *m, const struct model_answer *a, uint64_t result);
	/* The state after the call that the model answered. False: the model's list is full. */
	bool (*done)(struct model *m, const struct combination *c, const struct model_answer *a,
		     uint64_t result);
	/*
	 * Is a state that may have changed as `after` says? What is cheap always, the rest where
	 * the combination is a dear one.
	 */
	bool (*agrees)(const struct process *p, const struct combination *c,
		       const struct model_answer *a, const struct model *after, uint64_t result);
	/*
	 * Could a kernel that errs have changed the layout by this call, although it should be
	 * refused?
	 */
	bool (*touches)(const struct process *p, const struct combination *c,
			const struct model_answer *a);
	/*
	 * Takes back what the call did, where that is cheaper than to lay out anew; result: 0
	 * unless it succeeded. False: it left something, and the layout is made anew.
	 */
	bool (*undo)(const struct process *p, const struct combination *c,
		     const struct model_answer *a, int error, uint64_t result);
	/*
	 * Takes the limits of the world away, for the whole layout to be made anew. NULL: they
	 * allow that. False: trouble.
	 */
	bool (*lift)(void);
	/*
	 * What the layout needs whenever it has been made anew, and the limits again. NULL:
	 * nothing. False: trouble.
	 */
	bool (*laid_out)(const struct process *p);
	/*
	 * Prints what a case of this call alone needs beside the layout, in C, up to the call: what
	 * enter() and prepare() have done. NULL: nothing but what the model's capabilities and
	 * limit on locked memory tell.
	 */
	void (*example)(const struct process *p, const struct combination *c);
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

static inline uint64_t matrix_world_rows(enum tier tier, unsigned int world)
{
	if (matrix.rows)
		return matrix.rows(tier, world);
	return tier == TIER_QUICK && matrix.quick_arrays ?
		       (uint64_t)matrix.quick_arrays * ARRAY_ROWS :
		       matrix_product();
}

static inline uint64_t matrix_rows(enum tier tier)
{
	uint64_t rows = 0;

	for (unsigned int world = 0; world < matrix.worlds; world++)
		rows += matrix_world_rows(tier, world);
	return rows;
}

/* The combination of row number of a world. False: it can't be made here. */
static inline bool matrix_row(enum tier tier, unsigned int world, uint64_t number,
			      struct combination *c)
{
	unsigned int level[ARRAY_COLUMNS], column = 0;
	uint64_t rest = number;

	memset(c, 0, sizeof(*c));
	c->world = world;
	if (matrix.row)
		return matrix.row(&process, tier, world, number, c);
	c->dear = !((uint32_t)number * 2654435761u >> 29);
	for (const struct dimension *d = matrix.dimensions; d->levels; d++, column++) {
		if (tier == TIER_QUICK && matrix.quick_arrays) {
			level[column] = array_level((unsigned int)(number % ARRAY_ROWS), column,
						    (unsigned int)(number / ARRAY_ROWS)) %
					d->levels;
		} else {
			level[column] = (unsigned int)(rest % d->levels);
			rest /= d->levels;
		}
	}
	return matrix.combine(&process, level, c);
}

/* A place in the plan, on its way through the worlds. */
struct cursor {
	enum tier tier;
	unsigned int world;
	bool lost; /* the world can't be had here */
	uint64_t begin, rows; /* of the world, in the plan */
	unsigned int bits; /* that the number of a row has */
};

static inline void cursor_enter(struct cursor *cursor)
{
	cursor->rows = matrix_world_rows(cursor->tier, cursor->world);
	cursor->bits = shuffle_bits(cursor->rows);
}

/* The combination of a row of the plan, not below the one before. False: it can't be made here. */
static inline bool cursor_row(struct cursor *cursor, uint64_t row, struct combination *c)
{
	if (!cursor->rows)
		cursor_enter(cursor);
	while (row - cursor->begin >= cursor->rows) {
		cursor->begin += cursor->rows;
		cursor->world++;
		cursor_enter(cursor);
		cursor->lost = cursor->lost || !matrix.enter(&process, cursor->world);
	}
	return !cursor->lost &&
	       matrix_row(cursor->tier, cursor->world,
			  shuffled(row - cursor->begin, cursor->rows, cursor->bits), c);
}

/* ---- one call ---- */

#define DECIMAL_MOST ((uint64_t)1 << 20) /* more is easier to read in hexadecimal */

static inline void describe_bits(char *text, size_t size, const struct bits *bits, uint64_t word)
{
	const char *separator = "";
	size_t used = 0;

	*text = '\0';
	for (; bits->name && used < size; bits++) {
		if ((word & bits->mask) != bits->value)
			continue;
		used += (size_t)snprintf(text + used, size - used, "%s%s", separator, bits->name);
		word &= ~bits->mask;
		separator = " | ";
	}
	if ((word || !used) && used < size)
		snprintf(text + used, size - used, word > UINT32_MAX ? "%s%#llxul" : "%s%#llx",
			 separator, (unsigned long long)word);
}

/* An argument, as it stands in C; but a descriptor as the name of its kind. */
static inline void describe_word(char *text, size_t size, const struct combination *c,
				 unsigned int i)
{
	unsigned long long word = c->word[i];

	switch (matrix.arguments[i].kind) {
	case ARGUMENT_FD:
		snprintf(text, size, "%s", c->object->name);
		break;
	case ARGUMENT_BITS:
		describe_bits(text, size, matrix.arguments[i].bits, word);
		break;
	case ARGUMENT_ADDRESS:
		snprintf(text, size, word ? "%#llx" : "NULL", word);
		break;
	default:
		snprintf(text, size, word > DECIMAL_MOST ? "%#llx" : "%llu", word);
	}
}

/* The call as a line of C, up to its result. */
static inline void matrix_describe(char *text, size_t size, const struct combination *c)
{
	size_t used = (size_t)snprintf(text, size, "%s(", matrix.call);
	char word[200];

	for (unsigned int i = 0; i < matrix.argument_count && used < size; i++) {
		describe_word(word, sizeof(word), c, i);
		used += (size_t)snprintf(text + used, size - used, "%s%s", i ? ", " : "", word);
	}
	if (used < size)
		snprintf(text + used, size - used, ")");
}

static inline bool matrix_result_ok(const struct model_answer *a, uint64_t result)
{
	return matrix.result_ok ? matrix.result_ok(&process.model, a, result) : !result;
}

/* What a call gave, and whether that and what it left is as the model says. */
struct seen {
	int error; /* 0: it succeeded, with result */
	uint64_t result;
	enum mismatch kind;
};

/*
 * What was seen, and what Linux gives. A place that the kernel chose is not told: it is another
 * each time. An error that errno_name() does not know has the same text as any other.
 */
static inline void matrix_describe_results(char *text, size_t size, const struct model_answer *a,
					   const struct seen *seen)
{
	const char *gave = "ok", *wanted = "ok";
	char address[24];

	if (seen->error)
		gave = errno_name(seen->error);
	else if (!a->error && !matrix_result_ok(a, seen->result))
		gave = !matrix.result_ok       ? "neither 0 nor an error" :
		       a->place == PLACE_EXACT ? "elsewhere" :
						 "a place that can't be";
	if (!a->error && a->place == PLACE_EXACT && matrix.result_ok) {
		snprintf(address, sizeof(address), "%#llx", (unsigned long long)a->address);
		wanted = address;
		gave = seen->result == a->address && !seen->error ? address : gave;
	}
	if (a->error)
		wanted = errno_name(a->error);
	snprintf(text, size, " = %s, Linux: %s%s", gave, wanted,
		 seen->kind == MISMATCH_SIDE_EFFECT ? ", and another state" : "");
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

/* By its id the call can be had again, whatever the plan: its world, and its words. */
static inline void matrix_id(char *text, size_t size, const struct combination *c)
{
	size_t used = (size_t)snprintf(text, size, "%s:%u:", matrix.call, c->world);

	for (unsigned int i = 0; i < matrix.argument_count && used < size; i++) {
		if (matrix.arguments[i].kind == ARGUMENT_FD)
			used += (size_t)snprintf(text + used, size - used, "%s%s", i ? "," : "",
						 c->object->name);
		else
			used += (size_t)snprintf(text + used, size - used, "%s%llx", i ? "," : "",
						 (unsigned long long)c->word[i]);
	}
}

static inline void matrix_note(struct verdict *v, const struct combination *c,
			       const struct model_answer *a, const struct seen *seen)
{
	char text[sizeof(v->example)];
	size_t used;

	matrix_describe(text, sizeof(text), c);
	used = strlen(text);
	matrix_describe_results(text + used, sizeof(text) - used, a, seen);
	used += strlen(text + used);
	used += (size_t)snprintf(text + used, sizeof(text) - used, "; ");
	if (used < sizeof(text))
		matrix_id(text + used, sizeof(text) - used, c);
	verdict_add(v, seen->kind, c->weight, text);
}

/* Compares with the answer what was seen of the call: sets its kind. False: there is trouble. */
static inline bool matrix_compare(const struct combination *c, const struct model_answer *a,
				  struct seen *seen)
{
	static struct model after;

	seen->kind = matrix_judge(a, seen->error, seen->result);
	if (seen->kind == MISMATCH_NONE && seen->error == a->error &&
	    (!seen->error || c->dear || matrix.touches(&process, c, a))) {
		model_copy(&after, &process.model);
		if (!matrix.done(&after, c, a, seen->result))
			return false;
		if (!matrix.agrees(&process, c, a, &after, seen->result))
			seen->kind = MISMATCH_SIDE_EFFECT;
	}
	return true;
}

/* A question to the model, which may be at fault. */
struct question {
	const struct combination *c;
	struct model_answer *a;
};

static inline void question_ask(void *question)
{
	const struct question *q = question;

	matrix.decide(&process.model, q->c, q->a);
}

/*
 * The same call against the model without the decision that it was decided by: is that fault
 * noticed? For tests. A model that crashes without a check is noticed, too.
 */
static inline bool matrix_compare_planted(struct verdict *v, const struct combination *c,
					  const struct model_answer *a, const struct seen *real)
{
	struct model_answer planted;
	struct question question = { c, &planted };
	struct seen seen = *real;
	bool crashed;

	process.model.planted = a->clause;
	crashed = fault_run(question_ask, &question).signal;
	process.model.planted = NULL;
	if (crashed) {
		seen.kind = MISMATCH_WRONG;
		matrix_note(v, c, a, &seen);
		return true;
	}
	if (!matrix_compare(c, &planted, &seen))
		return false;
	if (seen.kind != MISMATCH_NONE)
		matrix_note(v, c, &planted, &seen);
	return true;
}

/* Makes the call. False: there is trouble with what it needs, or with the layout. */
static inline bool matrix_call(const struct combination *c, const struct model_answer *a,
			       struct seen *seen)
{
	if (matrix.prepare && !matrix.prepare(&process, c))
		return false;
	errno = 0;
	seen->result = (uint64_t)syscall(matrix.number, c->word[0], c->word[1], c->word[2],
					 c->word[3], c->word[4], c->word[5]);
	seen->error = seen->result == UINT64_MAX ? errno : 0;
	if (seen->error)
		seen->result = 0;
	return matrix_compare(c, a, seen);
}

/*
 * Has a call been made since the whole layout was made, and what it left taken back where it was
 * looked for alone?
 */
static bool layout_used;

static inline bool matrix_lay_out(void)
{
	layout_used = false;
	return (!matrix.lift || matrix.lift()) && process_restore(&process) &&
	       (!matrix.laid_out || matrix.laid_out(&process));
}

/*
 * Makes the call, compares it with the model's answer, and takes it back. False: there is trouble
 * with the layout.
 */
static inline bool matrix_drive(struct verdict *v, const struct combination *c,
				const struct model_answer *a)
{
	struct seen seen;

	if (!matrix_call(c, a, &seen))
		return false;
	/* An earlier call may have left it, and not this one. */
	if (seen.kind != MISMATCH_NONE && layout_used) {
		matrix.undo(&process, c, a, seen.error, seen.result);
		if (!matrix_lay_out() || !matrix_call(c, a, &seen))
			return false;
	}
	v->calls++;
	v->checked += c->dear;
	if (seen.kind != MISMATCH_NONE)
		matrix_note(v, c, a, &seen);
	if (process.plant_each && a->error && !matrix_compare_planted(v, c, a, &seen))
		return false;
	layout_used = true;
	return (matrix.undo(&process, c, a, seen.error, seen.result) &&
		seen.kind == MISMATCH_NONE) ||
	       matrix_lay_out();
}

/* ---- many calls ---- */

#define NO_DECISION SIZE_MAX
/* Of one decision: more change no outcome, and each makes the layout anew. */
#define ENOUGH_WRONG 256
#define DECISIONS_MAX 160

/* The decisions, in the order of their definition. */
struct decision {
	const char *clause;
	struct decision *next;
};
static struct decision *decisions;
static size_t decision_count;

static inline void decision_add(struct decision *decision)
{
	struct decision **end = &decisions;

	while (*end)
		end = &(*end)->next;
	*end = decision;
	decision_count++;
}

static inline const char *decision_clause(size_t index)
{
	const struct decision *decision = decisions;

	while (decision && index--)
		decision = decision->next;
	return decision ? decision->clause : NULL;
}

/*
 * The number of a clause's decision. The model names a clause by one constant each time, which is
 * remembered by its address.
 */
static inline size_t decision_index(const char *clause)
{
	static struct {
		const char *clause;
		size_t index;
	} known[1024];
	size_t at = ((uintptr_t)clause * 2654435761u >> 7) % 1024;
	size_t index = 0;

	if (known[at].clause == clause)
		return known[at].index;
	for (const struct decision *d = decisions; d; d = d->next, index++)
		if (!strcmp(d->clause, clause))
			break;
	known[at].clause = clause;
	known[at].index = index < decision_count ? index : NO_DECISION;
	return known[at].index;
}

#define COSTLY_WORLDS_MOST 2

/* What the tests share of a costly world. */
struct costly_world {
	enum { COSTLY_UNKNOWN, COSTLY_BEGUN, COSTLY_DONE } state;
	struct verdict verdicts[DECISIONS_MAX];
};

/* Rows of a plan, and what becomes of them. */
struct walk {
	enum tier tier;
	uint64_t first, step, count;
	size_t only; /* the one decision whose calls are made; NO_DECISION: all */
	/* by row: 1 + the decision that it was found to be of, or 0. NULL: they are not kept */
	unsigned char *marks;
	struct verdict *verdicts; /* by decision */
	/* what became of them, from matrix.costly on. NULL: each test makes its own calls */
	struct costly_world *costly;
	unsigned int taken; /* the last costly world whose verdict was taken over; 0: none */
	uint64_t done, left_out;
	/* From time to time. NULL: never. */
	void (*reached)(struct walk *walk);
	void *arg;
};

static inline bool walk_row(struct walk *walk, const struct cursor *cursor,
			    const struct combination *c);

static inline struct costly_world *costly_world(const struct walk *walk, unsigned int world)
{
	return &walk->costly[world - matrix.costly];
}

/* Makes all calls of the world that the cursor is in, and of what is not begun behind it. */
static inline bool walk_worlds(struct walk *walk, const struct cursor *cursor)
{
	struct cursor from = *cursor;
	struct walk all = { .tier = walk->tier, .only = NO_DECISION };
	struct combination c;

	for (uint64_t row = from.begin; row < matrix_rows(walk->tier); row++) {
		bool can = cursor_row(&from, row, &c);
		struct costly_world *world = costly_world(walk, from.world);

		if (row == from.begin && world->state != COSTLY_UNKNOWN)
			break;
		world->state = COSTLY_BEGUN;
		all.verdicts = world->verdicts;
		if (can && !walk_row(&all, &from, &c))
			return false;
		if (row + 1 == from.begin + from.rows)
			world->state = COSTLY_DONE;
	}
	return true;
}

/*
 * A call of a costly world: with the first one come those of all decisions, there and in the worlds
 * behind. Where another test has begun that and not ended, each makes its own, so that a call which
 * ends the process ends one test.
 */
static inline bool walk_costly(struct walk *walk, const struct cursor *cursor,
			       const struct combination *c, const struct model_answer *a)
{
	unsigned int i = c->world;

	if (costly_world(walk, i)->state == COSTLY_UNKNOWN && !walk_worlds(walk, cursor))
		return false;
	if (costly_world(walk, i)->state == COSTLY_BEGUN)
		return matrix_drive(&walk->verdicts[walk->only], c, a);
	for (; i < matrix.worlds && costly_world(walk, i)->state == COSTLY_DONE; i++) {
		if (walk->taken >= i)
			continue;
		verdict_merge(&walk->verdicts[walk->only],
			      &costly_world(walk, i)->verdicts[walk->only]);
		walk->taken = i;
	}
	return true;
}

static inline bool walk_row(struct walk *walk, const struct cursor *cursor,
			    const struct combination *c)
{
	struct model_answer a;
	size_t decision;

	matrix.decide(&process.model, c, &a);
	decision = decision_index(a.clause);
	if (matrix.impossible && matrix.impossible(&process, c, &a)) {
		walk->left_out++;
		return true;
	}
	if (decision == NO_DECISION)
		return walk->only != NO_DECISION; /* a clause without its test */
	if (walk->marks)
		walk->marks[walk->done] = (unsigned char)(1 + decision);
	if (walk->only != NO_DECISION && walk->only != decision)
		return true;
	if (walk->only == decision &&
	    walk->verdicts[decision].mismatches[MISMATCH_WRONG] >= ENOUGH_WRONG)
		return true;
	return walk->costly && matrix.costly && c->world >= matrix.costly ?
		       walk_costly(walk, cursor, c, &a) :
		       matrix_drive(&walk->verdicts[decision], c, &a);
}

/* Has the verdict on all that is left been taken over? */
static inline bool walk_ended(const struct walk *walk)
{
	return walk->taken && walk->taken + 1 == matrix.worlds;
}

/* Goes through the rows. NULL, or what went wrong. */
static inline const char *walk_rows(struct walk *walk)
{
	struct cursor cursor = { .tier = walk->tier };
	struct combination c;

	for (uint64_t i = 0; i < walk->count && !walk_ended(walk); i++) {
		if (walk->marks && walk->marks[i] && walk->marks[i] != 1 + walk->only)
			; /* another test's */
		else if (!cursor_row(&cursor, walk->first + i * walk->step, &c))
			walk->left_out++;
		else if (!walk_row(walk, &cursor, &c))
			return "the layout cannot be restored, or a decision has no test";
		walk->done++;
		if (walk->reached && !(i % 256))
			walk->reached(walk);
	}
	return NULL;
}

static inline bool matrix_takes_fd(void)
{
	for (unsigned int i = 0; i < matrix.argument_count; i++)
		if (matrix.arguments[i].kind == ARGUMENT_FD)
			return true;
	return false;
}

static inline bool matrix_init(void)
{
	/* To open the objects takes long, and elsewhere it is for nothing. */
	if (!process_begin(&process))
		return false;
	if (matrix_takes_fd())
		objects_open(objects);
	else
		objects_begin(objects);
	for (const struct area *area = matrix.areas; area->pages; area++)
		if (area->object)
			object_open_named(objects, area->object);
	return process_init(&process, matrix.areas, objects) &&
	       (!matrix.laid_out || matrix.laid_out(&process));
}

/* ---- the quick tier: a test for each clause ---- */

/* No call of the family does anything when all its arguments are 0. */
static inline bool matrix_absent(void)
{
	return syscall(matrix.number, 0, 0, 0, 0, 0, 0) == -1 && errno == ENOSYS;
}

/*
 * What a test leaves to the next ones: which rows are whose, since to decide them all anew would be
 * the most of its time; and what became of the costly worlds.
 */
struct quick {
	struct costly_world costly[COSTLY_WORLDS_MOST];
	unsigned char marks[];
};
#ifdef MMAPCONF_HARNESS
static struct th_shared quick_shared;

static void __attribute__((constructor)) quick_share(void)
{
	quick_shared.bytes = sizeof(struct quick) + matrix_rows(TIER_QUICK);
	th_case_of_file.shared = &quick_shared;
}
#else /* the kernel's header */
static const struct {
	void *memory;
} quick_shared;
#endif

#define NEEDED "a machine and a release that the model knows"

static inline void matrix_test(struct __test_metadata *_metadata, const char *clause)
{
	static struct verdict verdicts[DECISIONS_MAX];
	struct quick *quick = quick_shared.memory;
	struct walk walk = { .step = 1,
			     .count = matrix_rows(TIER_QUICK),
			     .only = decision_index(clause),
			     .marks = quick ? quick->marks : NULL,
			     .costly = quick ? quick->costly : NULL,
			     .verdicts = verdicts };
	const char *trouble;

	NEED_OWN_PROCESS("it drops capabilities, and sets limits");
	NEED_FEATURE(!matrix_absent(), matrix.call);
	NEED(matrix_init(), NEEDED);
	trouble = walk_rows(&walk);
	SETUP(!trouble);
	EXPECT_AGREEMENT(&verdicts[walk.only]);
}

/* The test of a clause by which the model decides. Its calls are those that are decided by it. */
#define DECISION(name, id)                                             \
	static void __attribute__((constructor)) decision_##name(void) \
	{                                                              \
		static struct decision decision = { "" id };           \
		decision_add(&decision);                               \
	}                                                              \
	TEST(name)                                                     \
	{                                                              \
		matrix_test(_metadata, "" id);                         \
	}

/* ---- all tiers: what `mmapconf matrix` drives ---- */

#ifdef MMAPCONF_HARNESS
#include "example.h"
#include "matrix.h"

static inline bool tier_named(const char *name, enum tier *tier)
{
	static const char *const names[] = { "quick", "full", "all" };

	for (*tier = TIER_QUICK; *tier <= TIER_ALL; ++*tier)
		if (!strcmp(name, names[*tier]))
			return true;
	return false;
}

static inline uint64_t registered_rows(const char *tier_name)
{
	enum tier tier;

	return tier_named(tier_name, &tier) ? matrix_rows(tier) : 0;
}

static inline bool registered_judge_by(const char *release, char *text, size_t size)
{
	struct model_traits traits,
		newest = { .major = MODEL_NEWEST_MAJOR, .minor = MODEL_NEWEST_MINOR };

	if (!model_traits_of(release, &traits))
		return false;
	if (traits.major > newest.major ||
	    (traits.major == newest.major && traits.minor > newest.minor))
		snprintf(text, size, "linux-%d.%d (the newest that is known, for %s)", newest.major,
			 newest.minor, release);
	else
		snprintf(text, size, "linux-%d.%d", traits.major, traits.minor);
	return true;
}

static inline const char *registered_begin(void)
{
	if (matrix_absent())
		return "absent: the system call";
	return matrix_init() ? NULL : "env: " NEEDED;
}

#define REPORT_SECONDS 0.2 /* between two reports */

/* What was counted since the last report. */
struct report {
	struct th_matrix_sink *sink;
	uint64_t done, left_out;
	double time;
};

static inline double report_time(void)
{
	struct timespec now;

	return clock_gettime(CLOCK_MONOTONIC, &now) ?
		       0 :
		       (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static inline void report(struct walk *walk)
{
	struct report *r = walk->arg;

	for (size_t i = 0; i < decision_count; i++) {
		struct verdict *v = &walk->verdicts[i];
		struct th_tally tally = { v->calls,
					  v->checked,
					  { [TH_SIDE_EFFECT] = v->mismatches[MISMATCH_SIDE_EFFECT],
					    [TH_PRECEDENCE] = v->mismatches[MISMATCH_PRECEDENCE],
					    [TH_WRONG] = v->mismatches[MISMATCH_WRONG] },
					  v->weight };

		if (!v->calls)
			continue;
		snprintf(tally.example, sizeof(tally.example), "%s", v->example);
		r->sink->tally(r->sink, i, &tally);
		memset(v, 0, sizeof(*v));
	}
	r->sink->reached(r->sink, walk->done - r->done, walk->left_out - r->left_out);
	r->done = walk->done;
	r->left_out = walk->left_out;
	r->time = report_time();
}

static inline void report_in_time(struct walk *walk)
{
	if (report_time() - ((struct report *)walk->arg)->time >= REPORT_SECONDS)
		report(walk);
}

static inline const char *registered_run(const struct th_rows *rows, struct th_matrix_sink *sink)
{
	static struct verdict verdicts[DECISIONS_MAX];
	struct report r = { .sink = sink, .time = report_time() };
	struct walk walk = { .first = rows->first,
			     .step = rows->step,
			     .count = rows->count,
			     .only = NO_DECISION,
			     .verdicts = verdicts,
			     .reached = report_in_time,
			     .arg = &r };
	const char *trouble;

	if (!tier_named(rows->tier, &walk.tier))
		return "no such tier";
	trouble = walk_rows(&walk);
	report(&walk);
	return trouble;
}

static void __attribute__((constructor)) matrix_register(void)
{
	static struct th_matrix registered = { .rows = registered_rows,
					       .decision = decision_clause,
					       .judge_by = registered_judge_by,
					       .begin = registered_begin,
					       .run = registered_run,
					       .example = example_print };

	registered.call = matrix.call;
	th_add_matrix(&registered);
}
#endif

#endif
