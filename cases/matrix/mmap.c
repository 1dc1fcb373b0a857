// SPDX-License-Identifier: GPL-2.0
/*
 * mmap() answers every combination of its arguments as the model does. The quick plan: covering
 * arrays of strength 3 over all arguments, each flag bit by itself; one in which every level is as
 * likely as any other, so that most calls are refused for several reasons, and several in which
 * most levels are ordinary, so that three odd ones meet in a call that is fine otherwise. All of it
 * as this process is, and a part without capabilities under a memlock limit of none and of two
 * pages. Then, where something else is limited: an array of ordinary levels, and picked calls.
 */
#include <sys/mman.h>

#include "contents.h"
#include "drive.h"
#include "vma_limit.h"

#define FULL_WORDS WORDS /* of the worlds without rights: each word once */
#define FULL_ROWS PAIRED_ROWS /* each word 8 times */
#define SPARSE_VARIANTS 3
#define ORDINARY_ARRAYS (2 * (1 + SPARSE_VARIANTS)) /* both groups of objects */

/*
 * The layout:
 *
 *	page	  0      8    12  13 14     20  21        500          600 601
 *		  |......|AAAA|...|BB|......|SS |..........|............|GG|
 *
 * A and B are private and writable, S is sealed where there is mseal(), G grows down; 500 is in its
 * guard gap.
 */
#define LAYOUT_A 8
#define LAYOUT_B 13
#define LAYOUT_SEALED 20
#define LAYOUT_GAP 500
#define LAYOUT_GROWSDOWN 600
#define LAYOUT_FREE 700
#define RW (PROT_READ | PROT_WRITE)
#define ANON (MAP_PRIVATE | MAP_ANONYMOUS)

static const struct area areas[] = {
	{ LAYOUT_A, 4, RW, ANON },
	{ LAYOUT_B, 1, RW, ANON },
	{ LAYOUT_SEALED, 1, RW, ANON, .sealed = true },
	{ LAYOUT_GROWSDOWN, 1, RW, ANON | MAP_GROWSDOWN },
	{ 0 },
};

/*
 * The columns of the array. Those of the flags come last: each is a table of what its levels add to
 * the word.
 */
enum column {
	COLUMN_OBJECT,
	COLUMN_TYPE,
	COLUMN_ADDR,
	COLUMN_LENGTH,
	COLUMN_OFFSET,
	COLUMN_PROT,
	COLUMN_MORE_PROT,
	COLUMN_SIZE,
	COLUMN_FLAGS,
	COLUMN_FLAGS_END = COLUMN_FLAGS + 5,
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define BIT(n) ((uint64_t)1 << (n))
#define SIZE_FIELD(n) ((n)*BIT(26))

/* Evenly: the four bits of each column, in all their combinations. */
static const uint64_t even_flags[5][4] = {
	{ MAP_FIXED, MAP_ANONYMOUS, MAP_32BIT, MAP_ABOVE4G },
	{ MAP_GROWSDOWN, 0x200, 0x400, MAP_DENYWRITE },
	{ MAP_EXECUTABLE, MAP_LOCKED, MAP_NORESERVE, MAP_POPULATE },
	{ MAP_NONBLOCK, MAP_STACK, MAP_HUGETLB, MAP_SYNC },
	{ MAP_FIXED_NOREPLACE, BIT(21), BIT(25), BIT(40) },
};

/* Mostly ordinary: a word for each level. */
static const uint64_t sparse_flags[5][ARRAY_LEVELS] = {
	{ 0, 0, 0, 0, 0, MAP_FIXED, MAP_FIXED, MAP_FIXED, MAP_FIXED, MAP_FIXED_NOREPLACE,
	  MAP_FIXED_NOREPLACE, MAP_FIXED_NOREPLACE, MAP_FIXED | MAP_FIXED_NOREPLACE, MAP_32BIT,
	  MAP_FIXED | MAP_32BIT, MAP_ABOVE4G },
	{ 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, MAP_ANONYMOUS, MAP_ANONYMOUS, MAP_ANONYMOUS, MAP_ANONYMOUS,
	  MAP_ANONYMOUS, MAP_ANONYMOUS | MAP_HUGETLB },
	{ 0, 0, 0, 0, 0, 0, 0, 0, 0, MAP_DENYWRITE, MAP_EXECUTABLE, MAP_NORESERVE, MAP_POPULATE,
	  MAP_NONBLOCK, MAP_STACK, MAP_GROWSDOWN },
	{ 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, MAP_LOCKED, MAP_LOCKED, MAP_SYNC, MAP_SYNC,
	  MAP_HUGETLB },
	{ 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x200, 0x400, BIT(21), BIT(25), BIT(40) },
};

static const uint64_t sparse_types[ARRAY_LEVELS] = {
	1, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 8, 0, 4, 15
};

static const uint64_t size_fields[ARRAY_LEVELS] = {
	0,
	0,
	0,
	0,
	0,
	0,
	0,
	0,
	0,
	0,
	MAP_UNINITIALIZED,
	SIZE_FIELD(21),
	SIZE_FIELD(21),
	SIZE_FIELD(30),
	SIZE_FIELD(22),
	BIT(31),
};

static const uint64_t more_prot[ARRAY_LEVELS] = {
	0,	 0,	  0, 0, 0, 0, 0, 0, 0, 0, PROT_SEM, 0x10, PROT_GROWSDOWN, PROT_GROWSUP,
	BIT(31), BIT(40),
};

/* The arguments, in their order. */
enum word { ADDR, LENGTH, PROT, FLAGS, FD, OFFSET };

static uint64_t address_of(const struct process *p, unsigned int level)
{
	uint64_t page = p->model.page_size, top = p->model.task_size;

	switch (level) {
	case 0:
		return 0;
	case 1:
		return 0x123;
	case 2:
		return page;
	case 3:
		return p->model.hint_min_addr;
	case 4:
		return process_page(p, 4);
	case 5:
		return process_page(p, 4) + 0x123;
	case 6:
		return process_page(p, LAYOUT_A + 1); /* inside of A */
	case 7:
		return process_page(p, LAYOUT_A - 1); /* free, and up to A */
	case 8:
		return process_page(p, LAYOUT_A + 3); /* A's last page */
	case 9:
		return process_page(p, LAYOUT_B) + 1;
	case 10:
		return process_page(p, LAYOUT_SEALED);
	case 11:
		return process_page(p, LAYOUT_GAP);
	case 12:
		return top - page;
	case 13:
		return top;
	case 14:
		return BIT(63) | 1;
	default:
		return -page;
	}
}

static uint64_t length_of(const struct process *p, unsigned int level)
{
	uint64_t page = p->model.page_size;

	switch (level) {
	case 0:
		return 0;
	case 1:
	case 2:
		return 1;
	case 3:
		return page + 1;
	case 4:
		return p->huge_length;
	case 5:
		return p->model.task_size;
	case 6:
		return p->model.task_size + page;
	case 7:
		return -page;
	case 8:
		return UINT64_MAX;
	case 9:
	case 10:
	case 11:
		return 3 * page;
	default:
		return page;
	}
}

static uint64_t offset_of(const struct process *p, unsigned int level)
{
	uint64_t page = p->model.page_size;

	switch (level) {
	case 0:
		return 1;
	case 1:
	case 2:
		return page;
	case 3:
	case 4:
		return 100 * page;
	case 5:
	case 6:
		return INT64_MAX - page - (page - 1); /* its page ends below the limit */
	case 7:
		return INT64_MAX - (page - 1);
	case 8:
		return BIT(63);
	case 9:
		return -page;
	case 10:
		return -2 * page;
	default:
		return 0;
	}
}

/*
 * The worlds: with all rights; without any, under a memlock limit of two pages and of none; with A
 * and B locked, and room for two pages more. Without a limit of the address space; with room for
 * two pages in it, and with a limit that it is above already; with room for two pages of data, and
 * with a limit of 0, which is none. With mlockall(MCL_FUTURE), under a memlock limit of two pages
 * and of none. With as many VMAs as there may be before a call, and after it.
 */
enum world {
	ORDINARY,
	LITTLE_LOCK,
	NO_LOCK,
	SOME_LOCKED,
	BOUNDLESS,
	ROOM_LEFT,
	ROOM_OVER,
	DATA_LEFT,
	DATA_SOFT,
	FUTURE_LOCK,
	FUTURE_NO_LOCK,
	FULL,
	BEYOND_FULL,
	WORLDS,
};

/*
 * How many arrays of ordinary levels a world has in the quick tier, besides those of ORDINARY, and
 * how many pages may be locked there.
 */
static const struct {
	unsigned int arrays, locked_pages;
} worlds[WORLDS] = {
	[LITTLE_LOCK] = { 1, 2 }, [NO_LOCK] = { 1, 0 },	  [SOME_LOCKED] = { 1, 7 },
	[BOUNDLESS] = { 1, 2 },	  [ROOM_LEFT] = { 1, 2 }, [ROOM_OVER] = { 0, 2 },
	[DATA_LEFT] = { 1, 2 },	  [DATA_SOFT] = { 0, 2 }, [FUTURE_LOCK] = { 1, 2 },
	[FUTURE_NO_LOCK] = { 0 }, [FULL] = { 0, 2 },	  [BEYOND_FULL] = { 0, 2 },
};

/*
 * Would a kernel that errs replace what this process runs on, with no limit that keeps it from
 * that?
 */
static bool replaces_program(const struct process *p, const struct combination *c)
{
	uint64_t start = c->word[ADDR], end = start + c->word[LENGTH];

	return c->word[FLAGS] & (MAP_FIXED | MAP_FIXED_NOREPLACE) &&
	       c->word[LENGTH] >= p->huge_length && (end < start || process_is_in(p, start, end));
}

/*
 * What follows from the words and the object. False: not to be had here, for want of the object, or
 * of a limit that keeps it from filling the memory.
 */
static bool complete(const struct process *p, struct combination *c)
{
	const uint64_t *word = c->word;

	c->word[FD] = (uint64_t)c->object->fd;
	c->weight = (unsigned int)__builtin_popcountll(word[FLAGS] & ~(uint64_t)MAP_TYPE) +
		    !!word[ADDR] + !!word[OFFSET] + (word[PROT] > 7) +
		    (word[LENGTH] != p->model.page_size);
	if (!p->limited && word[LENGTH] >= p->huge_length &&
	    word[FLAGS] & (MAP_POPULATE | MAP_LOCKED))
		return false;
	if ((!p->limited || c->world == BOUNDLESS) && replaces_program(p, c))
		return false;
	return c->object->there;
}

/*
 * The combination of a row of an array. variant 0: evenly, else mostly ordinary; group: of objects.
 * False: it can't be made.
 */
static bool array_row(const struct process *p, unsigned int row, unsigned int variant,
		      unsigned int group, struct combination *c)
{
	unsigned int level[COLUMN_FLAGS_END];
	uint64_t *word = c->word;

	for (unsigned int i = 0; i < COLUMN_FLAGS_END; i++)
		level[i] = array_level(row, i, variant + 16 * group);
	c->object = &p->objects[group * OBJECTS_GROUP + level[COLUMN_OBJECT]];
	word[ADDR] = address_of(p, level[COLUMN_ADDR]);
	word[LENGTH] = length_of(p, level[COLUMN_LENGTH]);
	word[OFFSET] = offset_of(p, level[COLUMN_OFFSET]);
	word[PROT] = (level[COLUMN_PROT] & 7) | more_prot[level[COLUMN_MORE_PROT]];
	word[FLAGS] = (variant ? sparse_types[level[COLUMN_TYPE]] : level[COLUMN_TYPE]) |
		      size_fields[level[COLUMN_SIZE]];
	for (unsigned int i = COLUMN_FLAGS; i < COLUMN_FLAGS_END; i++)
		for (unsigned int bit = 0; bit < (variant ? 1 : 4); bit++)
			word[FLAGS] |= variant ? sparse_flags[i - COLUMN_FLAGS][level[i]] :
				       level[i] >> bit & 1 ? even_flags[i - COLUMN_FLAGS][bit] :
							     0;
	c->dear = !(row * 2654435761u >> 29);
	return complete(p, c);
}

/*
 * The flag words of the tiers above: each type with all combinations of the bits that Linux defines
 * for any, of one that it does not, and of one above 31. UNINITIALIZED is also the lowest bit of
 * the size of huge pages, which is another dimension.
 */
static const uint64_t word_bits[] = {
	1,
	2,
	4,
	8,
	MAP_FIXED,
	MAP_ANONYMOUS,
	MAP_32BIT,
	MAP_ABOVE4G,
	MAP_GROWSDOWN,
	MAP_DENYWRITE,
	MAP_EXECUTABLE,
	MAP_LOCKED,
	MAP_NORESERVE,
	MAP_POPULATE,
	MAP_NONBLOCK,
	MAP_STACK,
	MAP_HUGETLB,
	MAP_SYNC,
	MAP_FIXED_NOREPLACE,
	MAP_UNINITIALIZED,
	0x200,
	BIT(40),
};
#define WORD_BITS (sizeof(word_bits) / sizeof(word_bits[0]))
#define WORDS ((uint32_t)1 << WORD_BITS)

static uint64_t flag_word(uint32_t number)
{
	uint64_t word = 0;

	for (unsigned int i = 0; i < WORD_BITS; i++)
		word |= number >> i & 1 ? word_bits[i] : 0;
	return word;
}

/*
 * Levels of the others in `full`: 8 lengths, 8 offsets, 4 sizes of those of the arrays; each number
 * is one of theirs.
 */
static const unsigned char full_lengths[] = { 0, 1, 3, 4, 5, 7, 8, 9 };
static const unsigned char full_offsets[] = { 0, 1, 3, 5, 7, 8, 9, 11 };
static const uint64_t full_sizes[] = { 0, SIZE_FIELD(20), SIZE_FIELD(30), BIT(31) };
/* A bit that mmap() does not know, in some of the rows of a word. */
static const uint64_t full_more_prot[] = {
	0, 0, 0, PROT_SEM, 0x10, PROT_GROWSDOWN, PROT_GROWSUP, BIT(31) | BIT(40)
};

static bool full_row(const struct process *p, unsigned int world, uint32_t number,
		     struct combination *c)
{
	uint32_t others = paired_others(number);
	uint64_t *word = c->word;

	word[FLAGS] = flag_word(number % WORDS) | full_sizes[others & 3];
	word[PROT] = (others >> 2 & 7) | full_more_prot[(number / WORDS + 2 * world) & 7];
	word[LENGTH] = length_of(p, full_lengths[others >> 5 & 7]);
	word[OFFSET] = offset_of(p, full_offsets[others >> 8 & 7]);
	word[ADDR] = address_of(p, others >> 11 & 15);
	c->object = &p->objects[others >> 15];
	c->dear = !(number * 2654435761u >> 29);
	return complete(p, c);
}

/* The dimensions of `all`, and the level of each among those of the arrays. */
static const unsigned char all_lengths[] = { 0, 1, 3, 4, 5, 6, 7, 8, 9, 12 };
static const unsigned char all_offsets[] = { 0, 1, 3, 5, 7, 8, 9, 10, 11 };
static const uint64_t all_sizes[] = { 0, SIZE_FIELD(20), SIZE_FIELD(30), SIZE_FIELD(22), BIT(31) };
static const uint64_t all_more_prot[] = { 0,	   PROT_SEM, 0x10, PROT_GROWSDOWN, PROT_GROWSUP,
					  BIT(31), BIT(40) };

static uint64_t product_rows(void)
{
	return (uint64_t)WORDS * OBJECTS * ARRAY_LEVELS * COUNT(all_lengths) * COUNT(all_offsets) *
	       COUNT(all_sizes) * COUNT(all_more_prot) * 8;
}

/* The next digit of a number of mixed radix. */
static unsigned int digit(uint64_t *number, size_t radix)
{
	unsigned int value = (unsigned int)(*number % radix);

	*number /= radix;
	return value;
}

static bool product_row(const struct process *p, uint64_t number, struct combination *c)
{
	uint64_t *word = c->word;

	c->dear = !((uint32_t)number * 2654435761u >> 29);
	word[FLAGS] = flag_word(digit(&number, WORDS));
	word[FLAGS] |= all_sizes[digit(&number, COUNT(all_sizes))];
	word[PROT] = digit(&number, 8);
	word[PROT] |= all_more_prot[digit(&number, COUNT(all_more_prot))];
	word[LENGTH] = length_of(p, all_lengths[digit(&number, COUNT(all_lengths))]);
	word[OFFSET] = offset_of(p, all_offsets[digit(&number, COUNT(all_offsets))]);
	word[ADDR] = address_of(p, digit(&number, ARRAY_LEVELS));
	c->object = &p->objects[digit(&number, OBJECTS)];
	return complete(p, c);
}

/*
 * Calls that come besides: where they are, in pages of the layout, 0 being anywhere; and as long as
 * that, and all that may be promised.
 */
static const struct pick {
	enum world world;
	unsigned int page, pages, promised;
	uint64_t prot, flags;
	const char *object; /* NULL: anonymous */
	unsigned int byte; /* of the page */
} picks[] = {
	{ SOME_LOCKED, 0, 2, 0, PROT_NONE, ANON | MAP_LOCKED },
	{ SOME_LOCKED, 0, 3, 0, PROT_NONE, ANON | MAP_LOCKED },
	{ SOME_LOCKED, LAYOUT_A, 2, 0, RW, ANON | MAP_LOCKED | MAP_FIXED },
	{ SOME_LOCKED, LAYOUT_A, 3, 0, RW, ANON | MAP_LOCKED | MAP_FIXED },
	{ SOME_LOCKED, LAYOUT_A + 2, 5, 0, RW, ANON | MAP_LOCKED | MAP_FIXED },
	{ SOME_LOCKED, LAYOUT_A + 3, 6, 0, RW, ANON | MAP_LOCKED | MAP_FIXED },
	{ SOME_LOCKED, LAYOUT_A + 3, 3, 0, RW, ANON | MAP_FIXED },
	{ BOUNDLESS, 0, 0, 1, RW, ANON },
	{ BOUNDLESS, 0, 1, 1, RW, ANON },
	{ BOUNDLESS, 0, 1, 1, RW, ANON | MAP_NORESERVE },
	{ BOUNDLESS, 0, 1, 1, PROT_READ, ANON },
	{ BOUNDLESS, 0, 1, 1, RW, MAP_PRIVATE, "memfd" },
	{ BOUNDLESS, 0, 1, 1, RW, MAP_SHARED, "memfd" },
	{ BOUNDLESS, 0, 0, 1, RW, MAP_SHARED | MAP_ANONYMOUS },
	{ BOUNDLESS, 0, 1, 1, RW, MAP_SHARED | MAP_ANONYMOUS },
	{ BOUNDLESS, 0, 1, 1, PROT_NONE, MAP_SHARED | MAP_ANONYMOUS },
	{ BOUNDLESS, 0, 1, 1, RW, MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE },
	{ BOUNDLESS, 0, 1, 1, RW, MAP_SHARED, "dev_zero" },
	{ BOUNDLESS, LAYOUT_FREE, 1, 1, RW, ANON | MAP_FIXED },
	/* What it replaces is one page that is accounted. */
	{ BOUNDLESS, LAYOUT_GROWSDOWN, 1, 1, RW, ANON | MAP_FIXED },
	{ BOUNDLESS, LAYOUT_GROWSDOWN, 2, 1, RW, ANON | MAP_FIXED },
	{ BOUNDLESS, LAYOUT_GROWSDOWN, 1, 1, RW, MAP_SHARED | MAP_ANONYMOUS | MAP_FIXED },
	{ ROOM_LEFT, 0, 2, 0, PROT_NONE, ANON },
	{ ROOM_LEFT, 0, 3, 0, PROT_NONE, ANON },
	{ ROOM_LEFT, LAYOUT_A, 4, 0, RW, ANON | MAP_FIXED },
	{ ROOM_LEFT, LAYOUT_A - 2, 4, 0, PROT_NONE, ANON | MAP_FIXED },
	{ ROOM_LEFT, LAYOUT_A + 3, 4, 0, RW, ANON | MAP_FIXED },
	{ ROOM_LEFT, LAYOUT_A + 3, 5, 0, RW, ANON | MAP_FIXED },
	{ ROOM_OVER, 0, 1, 0, PROT_NONE, ANON },
	{ ROOM_OVER, LAYOUT_A, 4, 0, RW, ANON | MAP_FIXED },
	{ DATA_LEFT, 0, 2, 0, RW, ANON },
	{ DATA_LEFT, 0, 3, 0, RW, ANON },
	{ DATA_LEFT, 0, 3, 0, PROT_WRITE | PROT_EXEC, ANON | MAP_NORESERVE },
	{ DATA_LEFT, 0, 3, 0, RW, MAP_PRIVATE, "memfd" },
	{ DATA_LEFT, 0, 3, 0, RW, MAP_SHARED, "memfd" },
	{ DATA_LEFT, 0, 3, 0, RW, MAP_SHARED | MAP_ANONYMOUS },
	{ DATA_LEFT, 0, 3, 0, PROT_READ | PROT_EXEC, ANON },
	{ DATA_LEFT, 0, 3, 0, RW, ANON | MAP_GROWSDOWN },
	{ DATA_LEFT, LAYOUT_A, 4, 0, RW, ANON | MAP_FIXED },
	/* What it replaces is one page that is no data. */
	{ DATA_LEFT, LAYOUT_GROWSDOWN, 3, 0, RW, ANON | MAP_FIXED },
	{ DATA_LEFT, LAYOUT_GROWSDOWN, 4, 0, RW, ANON | MAP_FIXED },
	{ DATA_SOFT, 0, 1, 0, RW, ANON },
	{ FUTURE_LOCK, 0, 2, 0, PROT_NONE, ANON },
	{ FUTURE_LOCK, 0, 3, 0, PROT_NONE, ANON },
	{ FUTURE_LOCK, 0, 1, 0, RW, MAP_DROPPABLE | MAP_ANONYMOUS },
	{ FUTURE_LOCK, LAYOUT_A, 4, 0, RW, ANON | MAP_FIXED },
	{ FUTURE_NO_LOCK, 0, 1, 0, PROT_READ, ANON },
	{ FULL, 0, 1, 0, PROT_READ, ANON },
	{ FULL, LAYOUT_A, 4, 0, RW, ANON | MAP_FIXED },
	{ FULL, LAYOUT_A, 2, 0, PROT_READ, ANON | MAP_FIXED },
	{ FULL, LAYOUT_A + 2, 2, 0, PROT_READ, ANON | MAP_FIXED },
	{ FULL, LAYOUT_A + 1, 1, 0, PROT_READ, ANON | MAP_FIXED },
	{ FULL, LAYOUT_A + 1, 2, 0, RW, MAP_SHARED | MAP_FIXED, "memfd" },
	{ BEYOND_FULL, 0, 0, 0, PROT_READ, ANON },
	{ BEYOND_FULL, 0, 1, 0, PROT_READ, ANON },
	{ BEYOND_FULL, LAYOUT_A, 4, 0, PROT_READ, ANON | MAP_FIXED },
	{ BEYOND_FULL, LAYOUT_A + 4, 1, 0, RW, ANON | MAP_FIXED },
	{ BEYOND_FULL, LAYOUT_FREE, 1, 0, PROT_READ, ANON | MAP_FIXED, .byte = 1 },
};

static bool pick_row(const struct process *p, const struct pick *pick, struct combination *c)
{
	uint64_t page = p->model.page_size;

	c->object = object_named(p->objects, pick->object ? pick->object : "minus_one");
	c->word[ADDR] = pick->page ? process_page(p, pick->page) + pick->byte : 0;
	c->word[LENGTH] = pick->pages * page + (pick->promised ? p->model.limit_commit : 0);
	c->word[PROT] = pick->prot;
	c->word[FLAGS] = pick->flags;
	return (!pick->promised || p->model.limit_commit != UINT64_MAX) && complete(p, c);
}

/* The pick of this number in its world; or, where there are fewer, how many there are. */
static uint64_t picked_in(unsigned int world, uint64_t number, const struct pick **found)
{
	uint64_t seen = 0;

	for (const struct pick *pick = picks; pick < picks + COUNT(picks); pick++) {
		*found = pick;
		if (pick->world == world && seen++ == number)
			break;
	}
	return seen;
}

static uint64_t rows_without_picks(enum tier tier, unsigned int world)
{
	unsigned int arrays = world == ORDINARY ? ORDINARY_ARRAYS : worlds[world].arrays;

	if (tier == TIER_QUICK || !arrays)
		return arrays * ARRAY_ROWS;
	if (tier == TIER_ALL)
		return product_rows();
	return world == ORDINARY ? FULL_ROWS :
	       world <= NO_LOCK	 ? FULL_WORDS :
				   ORDINARY_ARRAYS * ARRAY_ROWS;
}

static uint64_t rows(enum tier tier, unsigned int world)
{
	const struct pick *pick;

	return rows_without_picks(tier, world) + picked_in(world, UINT64_MAX, &pick);
}

/* Arrays: all with full rights, in the other worlds those of ordinary levels. */
static bool row(const struct process *p, enum tier tier, unsigned int world, uint64_t number,
		struct combination *c)
{
	uint64_t unpicked = rows_without_picks(tier, world);
	unsigned int array = (unsigned int)(number / ARRAY_ROWS);
	const struct pick *pick;

	if (number >= unpicked) {
		picked_in(world, number - unpicked, &pick);
		c->dear = true;
		return pick_row(p, pick, c);
	}
	if (tier == TIER_FULL && world <= NO_LOCK)
		return full_row(p, world, (uint32_t)number, c);
	if (tier == TIER_ALL)
		return product_row(p, number, c);
	return array_row(p, number % ARRAY_ROWS, world ? world + array / 2 : array / 2, array % 2,
			 c);
}

/* ---- the worlds ---- */

static bool drop_rights(struct model *m)
{
	if (!caps_known() || !caps_drop(CAPS_IPC_LOCK) || !caps_drop(CAPS_SYS_RAWIO))
		return false;
	m->cap_ipc_lock = m->cap_sys_rawio = false;
	return true;
}

/* A soft limit of data of 0 is none where there is no hard one. */
static bool data_soft(struct model *m)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_DATA, &limit))
		return false;
	m->limit_data = 0;
	if (limit.rlim_max != RLIM_INFINITY)
		m->hard_limit_data = limit.rlim_max;
	return true;
}

/* A, by mlock(), and B, which mlock2() leaves to its faults, or neither. */
static bool model_lock_some(struct process *p, bool locked)
{
	static const unsigned int flags = VM_LOCKED | VM_LOCKONFAULT;
	uint64_t a = process_page(p, LAYOUT_A), b = process_page(p, LAYOUT_B);
	struct model *m = &p->model;

	return model_change(m, a, a + 4 * m->page_size, flags, locked ? VM_LOCKED : 0) &&
	       model_change(m, b, b + m->page_size, flags,
			    !locked	   ? 0 :
			    mlock2_there() ? flags :
					     VM_LOCKED);
}

static bool lock_some(const struct process *p, bool locked)
{
	void *a = process_pointer(process_page(p, LAYOUT_A));
	void *b = process_pointer(process_page(p, LAYOUT_B));
	size_t page = (size_t)p->model.page_size;

	if (!locked)
		return !sys_munlock(a, 4 * page) && !sys_munlock(b, page);
	return !sys_mlock(a, 4 * page) &&
	       !(mlock2_there() ? syscall(SYS_mlock2, b, page, MLOCK_ONFAULT) : sys_mlock(b, page));
}

/*
 * Limits of the address space and of data hold for the call alone: prepare() sets them. Where
 * RLIMIT_AS is not kept, the process is not limited by what it sets, and where it is an emulator's,
 * what it sets may limit that: then there are no worlds from BOUNDLESS on.
 */
static bool enter(struct process *p, unsigned int world)
{
	struct model *m = &p->model;
	uint64_t room = 2 * m->page_size;

	m->limit_memlock = worlds[world].locked_pages * m->page_size;
	if (!process_limit(RLIMIT_MEMLOCK, m->limit_memlock))
		return false;
	switch (world) {
	case LITTLE_LOCK:
		return drop_rights(m);
	case SOME_LOCKED:
		return model_lock_some(p, true);
	case BOUNDLESS:
		if (!p->limited || !lock_some(p, false) || !model_lock_some(p, false))
			return false;
		p->limited = false;
		m->limit_as = UINT64_MAX;
		m->limit_commit = process_promised();
		return process_limit(RLIMIT_AS, RLIM_INFINITY);
	case ROOM_LEFT:
		p->limited = true;
		if (!address_space_bytes(&m->total_vm))
			return false;
		m->limit_as = m->total_vm + room;
		return process_limit(RLIMIT_AS, LIMIT_AS);
	case ROOM_OVER:
		m->limit_as = m->total_vm - m->page_size;
		return true;
	case DATA_LEFT:
		m->limit_as = LIMIT_AS;
		if (!status_bytes("VmData", &m->data_vm))
			return false;
		m->limit_data = m->data_vm + room;
		return true;
	case DATA_SOFT:
		return data_soft(m);
	case FUTURE_LOCK:
		m->limit_data = UINT64_MAX;
		m->lock_future = true;
		return true;
	case FULL:
		m->lock_future = false;
		return vma_limit_enter(p, 0);
	case BEYOND_FULL:
		m->unlisted_vmas++;
		return true;
	default:
		return true;
	}
}

/* Sets the limits that hold for the call alone, or lifts them. */
static bool limit(const struct model *m, bool lifted)
{
	const int future = MCL_FUTURE;
	bool done = true;

	if (m->limit_as != LIMIT_AS && m->limit_as != UINT64_MAX)
		done = process_limit(RLIMIT_AS, lifted ? LIMIT_AS : m->limit_as);
	if (m->limit_data != UINT64_MAX)
		done = process_limit(RLIMIT_DATA, lifted ? RLIM_INFINITY : m->limit_data) && done;
	if (!m->lock_future)
		return done;
	if (lifted)
		return !munlockall() && done;
	/* Under a limit of none it can't be asked for. */
	return done && process_limit(RLIMIT_MEMLOCK, m->page_size) && !mlockall(future) &&
	       process_limit(RLIMIT_MEMLOCK, m->limit_memlock);
}

static struct accounts before;

/* Not where it may be an emulator's memory that is counted. */
static bool counts(const struct process *p, const struct combination *c)
{
	return c->dear && (c->world >= BOUNDLESS || (c->world == SOME_LOCKED && p->limited));
}

static bool prepare(const struct process *p, const struct combination *c)
{
	if (c->world >= FULL && !vma_limit_reach(p, 0))
		return false;
	if (c->world == BEYOND_FULL && !vma_limit_pass(p))
		return false;
	if (c->world == SOME_LOCKED && !lock_some(p, true))
		return false;
	if (counts(p, c))
		before = accounts_now();
	return limit(&p->model, false);
}

static void decide(const struct model *m, const struct combination *c, struct model_answer *a)
{
	const struct model_mmap_call call = { c->word[ADDR],  c->word[LENGTH], c->word[PROT],
					      c->word[FLAGS], c->word[OFFSET], &c->object->model };

	model_mmap(m, &call, a);
}

/*
 * MAP_FIXED at 0 of a huge page of 1 GiB replaces the program. And whether a huge page is free is
 * known only where there are none.
 */
static bool impossible(const struct process *p, const struct combination *c __attribute__((unused)),
		       const struct model_answer *a)
{
	if (p->huge_pool && !strcmp(a->clause, "mmap.hugetlb.none-enomem"))
		return true;
	return (!a->error || a->unmaps) && a->place == PLACE_EXACT &&
	       process_is_in(p, a->address, a->address + a->length);
}

/*
 * The first byte of a mapping that succeeded is what the object holds there, or it faults as it
 * should.
 */
static bool bytes_agree(const struct combination *c, const struct model_answer *a, char *p)
{
	bool file = a->made.object && c->object->lettered;
	uint64_t page = a->made.offset / process.model.page_size;
	struct fault fault;

	if (a->made.flags & VM_READ && (!a->made.object || !a->made.object->huge_shift)) {
		bool beyond = file ? page >= OBJECT_FILE_PAGES :
				     a->made.flags & VM_FRESH && a->made.offset >= a->length;

		fault = fault_probe(FAULT_READ, p);
		if (beyond)
			return fault.signal == SIGBUS;
		return !fault.signal && *p == (file ? (char)('A' + page) : 0);
	}
	if (!(a->made.flags & (VM_READ | VM_WRITE | VM_EXEC)))
		return fault_probe(FAULT_READ, p).signal == SIGSEGV;
	return true;
}

/* Is the state after the call what the model says? address: of the result, or 0. */
static bool agrees(const struct process *p, const struct combination *c,
		   const struct model_answer *a, const struct model *after, uint64_t address)
{
	uint64_t page = after->page_size;

	if (address && !process_agrees(p, after, address, address + a->length))
		return false;
	if (counts(p, c) && !accounts_agree(&before, &p->model, after))
		return false;
	if (!c->dear)
		return true;
	return process_agrees(p, after, p->base, process_page(p, LAYOUT_PAGES)) &&
	       (!address || bytes_agree(c, a, process_pointer(address))) &&
	       (!address || model_find(after, p->base) ||
		process_agrees(p, after, address + a->length, address + a->length + page));
}

static bool touches(const struct process *p, const struct combination *c,
		    const struct model_answer *a)
{
	return a->place == PLACE_EXACT &&
	       model_find_overlap(&p->model, a->address, a->address + a->length) &&
	       c->word[FLAGS] & (MAP_FIXED | MAP_FIXED_NOREPLACE);
}

static bool done(struct model *m, const struct combination *c __attribute__((unused)),
		 const struct model_answer *a, uint64_t result)
{
	return model_mmap_done(m, a, a->error ? a->address : result);
}

static bool undo(const struct process *p, const struct combination *c, const struct model_answer *a,
		 int error, uint64_t result)
{
	uint64_t address = error ? a->address : result, length = a->length;

	limit(&p->model, true);
	if (error && (!a->unmaps || a->place != PLACE_EXACT))
		return true;
	/*
	 * A kernel that errs has made small pages of a huge one, and the program lies behind them.
	 */
	if (process_is_in(p, address, address + length))
		length = (c->word[LENGTH] + p->model.page_size - 1) & -p->model.page_size;
	return !sys_munmap(process_pointer(address), length) &&
	       process_restore_in(p, address, address + length);
}

/* What the world is beside the rights and the memlock limit. */
static void example(const struct process *p, const struct combination *c)
{
	unsigned long long page = p->model.page_size, a = process_page(p, LAYOUT_A);

	if (c->world == SOME_LOCKED)
		printf("\tSETUP(!sys_mlock((void *)%#llx, %llu));\n"
		       "\tSETUP(!sys_mlock((void *)%#llx, %llu));\n",
		       a, 4 * page, (unsigned long long)process_page(p, LAYOUT_B), page);
	if (c->world == BOUNDLESS)
		printf("\tSETUP(limit_set(RLIMIT_AS, RLIM_INFINITY));\n");
	if (c->world == ROOM_LEFT || c->world == ROOM_OVER)
		printf("\t{\n\t\tuint64_t bytes;\n\n\t\tSETUP(address_space_bytes(&bytes) &&\n"
		       "\t\t      limit_set(RLIMIT_AS, bytes %s %llu));\n\t}\n",
		       c->world == ROOM_LEFT ? "+" : "-", c->world == ROOM_LEFT ? 2 * page : page);
	if (c->world == DATA_LEFT)
		printf("\t{\n\t\tuint64_t bytes;\n\n\t\tSETUP(status_bytes(\"VmData\", &bytes) &&\n"
		       "\t\t      limit_set(RLIMIT_DATA, bytes + %llu));\n\t}\n",
		       2 * page);
	if (c->world == DATA_SOFT)
		printf("\tSETUP(limit_set(RLIMIT_DATA, 0));\n");
	if (p->model.lock_future)
		printf("\tSETUP(limit_set(RLIMIT_MEMLOCK, %llu) && !mlockall(MCL_FUTURE) &&\n"
		       "\t      limit_set(RLIMIT_MEMLOCK, %llu));\n",
		       page, (unsigned long long)p->model.limit_memlock);
	if (c->world >= FULL)
		printf("\t/* To be added: as many VMAs as vm.max_map_count allows%s. */\n",
		       c->world == BEYOND_FULL ? ", and one more" : "");
}

static const struct matrix matrix = {
	.call = "mmap",
	.number = SYS_mmap,
	.arguments = { { ARGUMENT_ADDRESS },
		       { ARGUMENT_BYTES },
		       { ARGUMENT_BITS, mmap_prot_bits },
		       { ARGUMENT_BITS, mmap_flags_bits },
		       { ARGUMENT_FD },
		       { ARGUMENT_BYTES } },
	.argument_count = OFFSET + 1,
	.areas = areas,
	.worlds = WORLDS,
	.enter = enter,
	.costly = FULL,
	.rows = rows,
	.row = row,
	.decide = decide,
	.impossible = impossible,
	.prepare = prepare,
	.result_ok = model_place_ok,
	.done = done,
	.agrees = agrees,
	.touches = touches,
	.undo = undo,
	.example = example,
};

DECISION(fd_bad_ebadf, "mmap.fd.bad-ebadf")
DECISION(fd_opath_ebadf, "mmap.fd.opath-ebadf")
DECISION(hugetlb_nonhuge_file_einval, "mmap.hugetlb.nonhuge-file-einval")
DECISION(hugetlb_bad_size_einval, "mmap.hugetlb.bad-size-einval")
DECISION(map_32bit_exhausted_enomem, "mmap.32bit.exhausted-enomem")
DECISION(map_32bit_range, "mmap.32bit.range")
DECISION(map_32bit_low_hint_used, "mmap.32bit.low-hint-used")
DECISION(map_32bit_high_hint_ignored, "mmap.32bit.high-hint-ignored")
DECISION(hint_below_min_raised, "mmap.hint.below-min-raised")
DECISION(hint_rounded_down, "mmap.hint.rounded-down")
DECISION(hint_free_used, "mmap.hint.free-used")
DECISION(hugetlb_low_hint_is_zero, "mmap.hugetlb.low-hint-is-zero")
DECISION(hint_thp_room, "mmap.hint.thp-room")
DECISION(hint_in_stack_gap_moved, "mmap.hint.in-stack-gap-moved")
DECISION(hint_occupied_elsewhere, "mmap.hint.occupied-elsewhere")
DECISION(hint_too_high_ignored, "mmap.hint.too-high-ignored")
DECISION(hint_small_nonzero_is_null, "mmap.hint.small-nonzero-is-null")
DECISION(addr_null_nonzero_result, "mmap.addr.null-nonzero-result")
DECISION(len_no_gap_enomem, "mmap.len.no-gap-enomem")
DECISION(above4g_result, "mmap.above4g.result")
DECISION(hugetlb_fixed_unaligned_einval, "mmap.hugetlb.fixed-unaligned-einval")
DECISION(fixed_above_task_size_enomem, "mmap.fixed.above-task-size-enomem")
DECISION(fixed_unaligned_einval, "mmap.fixed.unaligned-einval")
DECISION(fixed_noreplace_unaligned_einval, "mmap.fixed-noreplace.unaligned-einval")
DECISION(fixed_zero_without_cap_eperm, "mmap.fixed.zero-without-cap-eperm")
DECISION(fixed_noreplace_sealed_eexist, "mmap.fixed-noreplace.sealed-eexist")
DECISION(fixed_noreplace_wins_over_fixed, "mmap.fixed-noreplace.wins-over-fixed")
DECISION(fixed_noreplace_overlap_eexist, "mmap.fixed-noreplace.overlap-eexist")
DECISION(fixed_noreplace_exact_ok, "mmap.fixed-noreplace.exact-ok")
DECISION(fixed_zero_with_cap, "mmap.fixed.zero-with-cap")
DECISION(fixed_last_page_ok, "mmap.fixed.last-page-ok")
DECISION(map_32bit_fixed_ignored, "mmap.32bit.fixed-ignored")
DECISION(fixed_exact, "mmap.fixed.exact")
DECISION(off_chardev_wrap_eoverflow, "mmap.off.chardev-wrap-eoverflow")
DECISION(off_reg_negative_eoverflow, "mmap.off.reg-negative-eoverflow")
DECISION(off_reg_over_lfs_eoverflow, "mmap.off.reg-over-lfs-eoverflow")
DECISION(sync_non_dax_validate_eopnotsupp, "mmap.sync.non-dax-validate-eopnotsupp")
DECISION(validate_noreplace_eopnotsupp, "mmap.validate.noreplace-eopnotsupp")
DECISION(validate_bit31_eopnotsupp, "mmap.validate.bit31-eopnotsupp")
DECISION(validate_high_bits_eopnotsupp, "mmap.validate.high-bits-eopnotsupp")
DECISION(validate_undefined_bits_eopnotsupp, "mmap.validate.undefined-bits-eopnotsupp")
DECISION(kind_readonly_shared_write_eacces, "mmap.kind.readonly-shared-write-eacces")
DECISION(kind_append_only_rdwr_eacces, "mmap.kind.append-only-rdwr-eacces")
DECISION(kind_write_only_eacces, "mmap.kind.write-only-eacces")
DECISION(kind_noexec_exec_eperm, "mmap.kind.noexec-exec-eperm")
DECISION(kind_pipe_exec_eperm, "mmap.kind.pipe-exec-eperm")
DECISION(growsdown_hugetlb_einval, "mmap.growsdown.hugetlb-einval")
DECISION(growsdown_file_einval, "mmap.growsdown.file-einval")
DECISION(seal_write_shared_eperm, "mmap.seal.write-shared-eperm")
DECISION(seal_future_new_eperm, "mmap.seal.future-new-eperm")
DECISION(validate_file_ok, "mmap.validate.file-ok")
DECISION(type_none_einval, "mmap.type.none-einval")
DECISION(type_unknown_file_einval, "mmap.type.unknown-file-einval")
DECISION(growsdown_shared_einval, "mmap.growsdown.shared-einval")
DECISION(droppable_locked_einval, "mmap.droppable.locked-einval")
DECISION(droppable_growsdown_einval, "mmap.droppable.growsdown-einval")
DECISION(droppable_ok, "mmap.droppable.ok")
DECISION(droppable_mcl_future_not_locked, "mmap.droppable.mcl-future-not-locked")
DECISION(validate_anon_einval, "mmap.validate.anon-einval")
DECISION(type_unknown_anon_einval, "mmap.type.unknown-anon-einval")
DECISION(off_anon_ignored, "mmap.off.anon-ignored")
DECISION(sync_ext4_shared_eopnotsupp, "mmap.sync.ext4-shared-eopnotsupp")
DECISION(hugetlb_offset_unaligned_einval, "mmap.hugetlb.offset-unaligned-einval")
DECISION(hugetlb_none_enomem, "mmap.hugetlb.none-enomem")
DECISION(hugetlb_noreserve_ok, "mmap.hugetlb.noreserve-ok")
DECISION(prot_unknown_bits_ignored, "mmap.prot.unknown-bits-ignored")
DECISION(shared_unknown_bits_ignored, "mmap.shared.unknown-bits-ignored")
DECISION(private_unknown_bits_ignored, "mmap.private.unknown-bits-ignored")
DECISION(sync_tmpfs_shared_ignored, "mmap.sync.tmpfs-shared-ignored")
DECISION(sync_anon_ignored, "mmap.sync.anon-ignored")
DECISION(kind_readonly_private_write_ok, "mmap.kind.readonly-private-write-ok")
DECISION(seal_write_private_ok, "mmap.seal.write-private-ok")
DECISION(seal_write_shared_read_ok, "mmap.seal.write-shared-read-ok")
DECISION(off_chardev_top_bit_ok, "mmap.off.chardev-top-bit-ok")
DECISION(off_reg_last_ok, "mmap.off.reg-last-ok")
DECISION(fixed_sealed_eperm, "mmap.fixed.sealed-eperm")
DECISION(fixed_replaces_whole, "mmap.fixed.replaces-whole")
DECISION(limit_rlimit_as_enomem, "mmap.limit.rlimit-as-enomem")
DECISION(limit_rlimit_as_already_over, "mmap.limit.rlimit-as-already-over")
DECISION(limit_rlimit_as_net_fixed, "mmap.limit.rlimit-as-net-fixed")
DECISION(limit_rlimit_data_enomem, "mmap.limit.rlimit-data-enomem")
DECISION(limit_rlimit_data_exempt, "mmap.limit.rlimit-data-exempt")
DECISION(limit_rlimit_data_soft0, "mmap.limit.rlimit-data-soft0")
DECISION(limit_rlimit_data_net_fixed, "mmap.limit.rlimit-data-net-fixed")
DECISION(growsdown_data_rlimit_exempt, "mmap.growsdown.data-rlimit-exempt")
DECISION(limit_overcommit0_huge_enomem, "mmap.limit.overcommit0-huge-enomem")
DECISION(limit_overcommit0_noreserve_ok, "mmap.limit.overcommit0-noreserve-ok")
DECISION(limit_overcommit0_shared_accounted, "mmap.limit.overcommit0-shared-accounted")
DECISION(fixed_overcommit_keeps_old, "mmap.fixed.overcommit-keeps-old")
DECISION(fixed_overcommit_hole_old, "mmap.fixed.overcommit-hole-old")
DECISION(fixed_overcommit_net, "mmap.fixed.overcommit-net")
DECISION(limit_mapcount_enomem, "mmap.limit.mapcount-enomem")
DECISION(limit_mapcount_merge_no_exempt, "mmap.limit.mapcount-merge-no-exempt")
DECISION(limit_mapcount_fixed_middle, "mmap.limit.mapcount-fixed-middle")
DECISION(order_mapcount_before_addr, "mmap.order.mapcount-before-addr")
DECISION(order_len0_before_mapcount, "mmap.order.len0-before-mapcount")
DECISION(locked_rlimit0_eperm, "mmap.locked.rlimit0-eperm")
DECISION(locked_over_eagain, "mmap.locked.over-eagain")
DECISION(locked_counts_existing, "mmap.locked.counts-existing")
DECISION(locked_fixed_double_count, "mmap.locked.fixed-double-count")
DECISION(locked_mcl_future, "mmap.locked.mcl-future")
DECISION(locked_mcl_future_rlimit0_eagain, "mmap.locked.mcl-future-rlimit0-eagain")
DECISION(locked_cap_unlimited, "mmap.locked.cap-unlimited")
DECISION(proc_vmflags_locked, "mmap.proc.vmflags-locked")
DECISION(off_unaligned_einval, "mmap.off.unaligned-einval")
DECISION(len_zero_einval, "mmap.len.zero-einval")
DECISION(hugetlb_len_wrap_einval, "mmap.hugetlb.len-wrap-einval")
DECISION(len_page_align_overflow_enomem, "mmap.len.page-align-overflow-enomem")
DECISION(len_over_task_size_enomem, "mmap.len.over-task-size-enomem")
DECISION(kind_dev_null_enodev, "mmap.kind.dev-null-enodev")
DECISION(kind_proc_base_enodev, "mmap.kind.proc-base-enodev")
DECISION(kind_proc_entry_eio, "mmap.kind.proc-entry-eio")
DECISION(kind_directory_enodev, "mmap.kind.directory-enodev")
DECISION(kind_pipe_read_enodev, "mmap.kind.pipe-read-enodev")
DECISION(kind_fifo_enodev, "mmap.kind.fifo-enodev")
DECISION(kind_unix_socket_enodev, "mmap.kind.unix-socket-enodev")
DECISION(kind_eventfd_enodev, "mmap.kind.eventfd-enodev")

TEST_HARNESS_MAIN
