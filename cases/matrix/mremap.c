// SPDX-License-Identifier: GPL-2.0
/*
 * mremap() answers every combination of its arguments as the model does, and leaves what the model
 * says: the mappings, what they hold, and how much is locked. The quick plan: covering arrays of
 * strength 3, one in which every level is as likely as any other, and several in which most levels
 * are ordinary; some of it without a limit of the address space, and some under limits that a page
 * or two exhausts.
 */
#define LAYOUT_PAGES 4096

#include "drive.h"
#include "vma_limit.h"

#include "lib/smaps.h"
#include "lib/special.h"

#define RW (PROT_READ | PROT_WRITE)
#define ANON (MAP_PRIVATE | MAP_ANONYMOUS)
#define BIT(n) ((uint64_t)1 << (n))

/*
 * The layout: what can be moved and grown, each area with free pages behind it where no other is
 * said to follow.
 *
 *	page	-16 E	a page that the kernel shares with the process, and that can't grow
 *		8  A	private memory of four pages
 *		16 C1	three mappings and a hole:  |C1|C1|C2|C2|  |C3|
 *		24 S1	with a sealed page between: |S1|S1|SS|S3|
 *		32 L	locked
 *		40 B	blocked by F: |B|B|F|F|
 *		42 F	pages 1 and 2 of a file, shared
 *		48 P	pages 0 and 1 of a file, private, and written to
 *		56 N	shared memory without a file
 *		64 Z	/dev/zero, private, and next to it other memory: |Z|Z|Y|
 *		72 R	private memory that is only read
 *		80 M	shared memory without a file, locked
 *		500 G	grows down
 *		1024 H	two huge pages, of which there are none
 *	top - 2	T	the last two pages that there are
 */
enum page {
	/* The same again, which no call touches: else it takes long to map the page again. */
	PAGE_E_KEPT = -32,
	PAGE_E = -16,
	PAGE_A = 8,
	PAGE_C = 16,
	PAGE_S = 24,
	PAGE_L = 32,
	PAGE_B = 40,
	PAGE_F = 42,
	PAGE_P = 48,
	PAGE_N = 56,
	PAGE_Z = 64,
	PAGE_R = 72,
	PAGE_M = 80,
	PAGE_FREE = 100,
	PAGE_GAP = 400,
	PAGE_G = 500,
	PAGE_H = 1024,
	PAGE_FREE_HUGE = 2560,
};
#define N_PAGES 2

static const struct area areas[] = {
	{ PAGE_A, 4, RW, ANON, .fill = 'a' },
	{ PAGE_C, 2, RW, ANON, .fill = 'e' },
	{ PAGE_C + 2, 2, RW, ANON | MAP_NORESERVE, .fill = 'g' },
	{ PAGE_C + 5, 1, RW, ANON, .fill = 'i' },
	{ PAGE_S, 2, RW, ANON, .fill = 'j' },
	{ PAGE_S + 2, 1, RW, ANON, .fill = 'l', .sealed = true },
	{ PAGE_S + 3, 1, RW, ANON, .fill = 'm' },
	{ PAGE_L, 2, RW, ANON | MAP_LOCKED, .fill = 'n' },
	{ PAGE_B, 2, RW, ANON, .fill = 'p' },
	{ PAGE_F, 2, RW, MAP_SHARED, "memfd", 1 },
	{ PAGE_P, 2, RW, MAP_PRIVATE, "memfd", 0, .fill = 'r' },
	{ PAGE_N, N_PAGES, RW, MAP_SHARED | MAP_ANONYMOUS, .fill = 't' },
	{ PAGE_Z, 2, RW, MAP_PRIVATE, "dev_zero", 0, .fill = 'v' },
	{ PAGE_Z + 2, 1, RW, ANON, .fill = 'x' },
	{ PAGE_R, 2, PROT_READ, ANON },
	{ PAGE_M, N_PAGES, RW, MAP_SHARED | MAP_ANONYMOUS | MAP_LOCKED, .fill = 'A' },
	{ PAGE_G, 2, RW, ANON | MAP_GROWSDOWN, .fill = 'y' },
	{ PAGE_H, 1024, RW, MAP_SHARED | MAP_NORESERVE, "hugetlb", 0 },
	{ 0 },
};

/*
 * What a mapping holds that another call stored there: model_vma.tag is the number of the area,
 * from 1, or this.
 */
#define TAG_TOP 100
#define TOP_FILL 'T'

/* The arguments, in their order. */
enum word { OLD, OLD_LEN, NEW_LEN, FLAGS, NEW };

/* The dimensions of the product, and how many levels each has. */
enum dimension_name { D_FLAGS, D_MORE_FLAGS, D_SOURCE, D_WHERE, D_OLD_LEN, D_NEW_LEN, D_NEW };
enum {
	FLAGS_LEVELS = 8,
	MORE_FLAGS_LEVELS = 3,
	SOURCE_LEVELS = 16,
	WHERE_LEVELS = 8,
	OLD_LEN_LEVELS = 13,
	OLD_LEN_HUGE = OLD_LEN_LEVELS, /* in picked calls alone */
	NEW_LEN_LEVELS = 16,
	NEW_LEVELS = 24,
};
static const struct dimension dimensions[] = {
	{ "flags", FLAGS_LEVELS },	  { "more flags", MORE_FLAGS_LEVELS },
	{ "source", SOURCE_LEVELS },	  { "where in it", WHERE_LEVELS },
	{ "old length", OLD_LEN_LEVELS }, { "new length", NEW_LEN_LEVELS },
	{ "new address", NEW_LEVELS },	  { 0 },
};
#define DIMENSIONS (sizeof(dimensions) / sizeof(dimensions[0]) - 1)

/* Mostly ordinary: what each of the 16 levels of the array stands for. */
static const unsigned char sparse[DIMENSIONS][ARRAY_LEVELS] = {
	[D_FLAGS] = { 0, 0, 1, 1, 1, 3, 3, 3, 3, 5, 5, 5, 7, 7, 7, 1 },
	[D_MORE_FLAGS] = { 0 },
	[D_SOURCE] = { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15 },
	[D_WHERE] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 2, 2, 3 },
	[D_OLD_LEN] = { 0, 1, 2, 2, 3, 4, 4, 4, 4, 4, 5, 6, 7, 7, 8, 9 },
	[D_NEW_LEN] = { 0, 0, 0, 0, 0, 2, 3, 3, 4, 4, 5, 6, 7, 8, 9, 10 },
	[D_NEW] = { 3, 3, 3, 4, 5, 6, 9, 10, 11, 12, 14, 16, 18, 19, 20, 21 },
};

static const int source_pages[SOURCE_LEVELS] = {
	PAGE_A, PAGE_C, PAGE_C + 2, PAGE_M, PAGE_S, PAGE_S + 2, PAGE_L, PAGE_B,
	PAGE_F, PAGE_P, PAGE_N,	    PAGE_Z, PAGE_E, PAGE_G,	PAGE_H, 0 /* T */,
};

static uint64_t old_address(const struct process *p, unsigned int source, unsigned int where)
{
	uint64_t page = p->model.page_size, top = p->model.task_size;
	uint64_t start = source_pages[source] ? process_page(p, source_pages[source]) :
						top - 2 * page;

	switch (where) {
	case 0:
		return start;
	case 1:
		return start + 1;
	case 2:
		return start + page;
	case 3:
		return start - page; /* mostly a hole */
	case 4:
		return process_page(p, PAGE_FREE);
	case 5:
		return page;
	case 6:
		return top;
	default:
		return BIT(63);
	}
}

static uint64_t old_length(const struct process *p, unsigned int level)
{
	static const unsigned int pages[] = { 0, 0, 1, 1, 2, 3, 4, 6, 512 };
	uint64_t page = p->model.page_size;

	switch (level) {
	case 1:
		return 1;
	case 3:
		return page + 1;
	case 9:
		return LONG_LENGTH;
	case 10:
		return p->model.task_size;
	case 11:
		return -page;
	case 12:
		return UINT64_MAX;
	case OLD_LEN_HUGE:
		return p->huge_length;
	default:
		return pages[level] * page;
	}
}

static uint64_t new_length(const struct process *p, unsigned int level, uint64_t old)
{
	static const unsigned int pages[] = { 0, 0, 0, 1, 0, 2, 3, 5, 9, 512 };
	uint64_t page = p->model.page_size;

	switch (level) {
	case 0:
		return old;
	case 2:
		return 1;
	case 4:
		return page + 1;
	case 10:
		return p->huge_length;
	case 11:
		return p->model.task_size;
	case 12:
		return p->model.task_size + page;
	case 13:
		return -page;
	case 14:
		return UINT64_MAX;
	case 15:
		return old - 1; /* as many pages, mostly */
	default:
		return pages[level] * page;
	}
}

static uint64_t in_pages(const struct process *p, uint64_t length)
{
	return (length + p->model.page_size - 1) & -p->model.page_size;
}

static uint64_t new_address(const struct process *p, const struct combination *c,
			    unsigned int level)
{
	uint64_t page = p->model.page_size, top = p->model.task_size;
	uint64_t old_len = in_pages(p, c->word[OLD_LEN]), new_len = in_pages(p, c->word[NEW_LEN]);

	switch (level) {
	case 0:
		return 0;
	case 1:
		return page;
	case 2:
		return process_page(p, PAGE_FREE) + 1;
	case 3:
		return process_page(p, PAGE_FREE);
	case 4:
		return c->word[OLD] + old_len; /* right behind the source */
	case 5:
		return c->word[OLD] - new_len; /* right before it */
	case 6:
		return c->word[OLD] + page;
	case 7:
		return c->word[OLD];
	case 8:
		return c->word[OLD] - page;
	case 9:
		return process_page(p, PAGE_A);
	case 10:
		return process_page(p, PAGE_A + 1);
	case 11:
		return process_page(p, PAGE_C + 1);
	case 12:
		return process_page(p, PAGE_S);
	case 13:
		return process_page(p, PAGE_S + 2);
	case 14:
		return process_page(p, PAGE_L);
	case 15:
		return process_page(p, PAGE_F);
	case 16:
		return process_page(p, PAGE_GAP);
	case 17:
		return process_page(p, PAGE_H + 1);
	case 18:
		return process_page(p, PAGE_H);
	case 19:
		return process_page(p, PAGE_FREE_HUGE);
	case 20:
		return top - new_len;
	case 21:
		return process_page(p, PAGE_N);
	case 22:
		return top;
	default:
		return BIT(63);
	}
}

/* Is nothing in this range but what belongs to the layout? */
static bool spares_program(const struct process *p, uint64_t start, uint64_t length)
{
	uint64_t end = start + length < start ? start : start + length, top = p->model.task_size;
	const struct model_vma *vma;

	for (; (vma = model_find_overlap(&p->model, start, end)); start = vma->end)
		if (vma->start < process_page(p, PAGE_E) ||
		    (vma->start > process_page(p, LAYOUT_PAGES) &&
		     vma->start < top - 2 * p->model.page_size))
			return false;
	return true;
}

/* False: it would take away the program, or fill the memory. */
static bool combine(const struct process *p, const unsigned int *level, struct combination *c)
{
	static const uint64_t more_flags[MORE_FLAGS_LEVELS] = { 0, 8, BIT(33) };
	uint64_t *word = c->word, page = p->model.page_size;
	bool huge;

	word[OLD] = old_address(p, level[D_SOURCE], level[D_WHERE]);
	word[OLD_LEN] = old_length(p, level[D_OLD_LEN]);
	word[NEW_LEN] = new_length(p, level[D_NEW_LEN], word[OLD_LEN]);
	word[FLAGS] = level[D_FLAGS] | more_flags[level[D_MORE_FLAGS]];
	word[NEW] = new_address(p, c, level[D_NEW]);
	c->weight = (unsigned int)__builtin_popcountl(word[FLAGS]) + (level[D_WHERE] != 0) +
		    (level[D_SOURCE] != 0) + 2 * (word[OLD_LEN] % page != 0) +
		    2 * (word[NEW_LEN] % page != 0) + (word[OLD_LEN] > 8 * page) +
		    (word[NEW_LEN] > 8 * page) + (word[NEW] != process_page(p, PAGE_FREE));
	if (!spares_program(p, word[OLD], word[OLD_LEN]) ||
	    (word[FLAGS] & MREMAP_FIXED && !spares_program(p, word[NEW], word[NEW_LEN])))
		return false;
	/* Huge memory that is locked is filled. */
	huge = word[OLD_LEN] >= LONG_LENGTH || word[NEW_LEN] >= LONG_LENGTH;
	return p->limited || !huge ||
	       (source_pages[level[D_SOURCE]] != PAGE_L && source_pages[level[D_SOURCE]] != PAGE_M);
}

/*
 * The worlds: as the process is; without a limit of the address space; without rights, and with
 * room for one locked page and two pages of data more; with room for four pages more of anything;
 * and with as many VMAs as there may be.
 */
enum world { ORDINARY, BOUNDLESS, POOR, CRAMPED, FULL, WORLDS };

/* The arrays of each world: how many, and how many of them have all levels evenly. */
static const struct {
	unsigned int arrays, even;
} plan[WORLDS] = { { 3, 2 }, { 1, 0 }, { 1, 0 }, { 1, 0 } };

/*
 * Calls that come besides, each the levels of the dimensions: what arrays seldom meet, and what the
 * limit of VMAs decides.
 */
static const struct {
	enum world world;
	unsigned char level[DIMENSIONS];
} picked[] = {
	{ ORDINARY, { 3, 0, 0, 0, 11, 3, 7 } },
	{ ORDINARY, { 5, 0, 0, 0, 4, 15, 3 } },
	{ BOUNDLESS, { 1, 0, 10, 0, 0, 11, 3 } },
	{ BOUNDLESS, { 3, 0, 0, 0, 9, 3, 3 } },
	{ BOUNDLESS, { 3, 0, 11, 0, OLD_LEN_HUGE, 3, 4 } },
	{ POOR, { 3, 0, 0, 0, 2, 0, 0 } },
	{ POOR, { 3, 0, 0, 0, 2, 0, 1 } },
	{ POOR, { 5, 0, 0, 0, 2, 0, 1 } },
	{ POOR, { 1, 0, 3, 0, 0, 5, 3 } },
	{ FULL, { 0, 0, 0, 0, 2, 0, 3 } },
	{ FULL, { 0, 0, 0, 0, 5, 3, 3 } },
	{ FULL, { 1, 0, 7, 0, 4, 6, 3 } },
	{ FULL, { 1, 0, 0, 0, 6, 7, 3 } },
	{ FULL, { 3, 0, 0, 0, 2, 0, 3 } },
	{ FULL, { 3, 0, 1, 0, 6, 0, 9 } },
	{ FULL, { 5, 0, 6, 0, 2, 0, 3 } },
	{ FULL, { 7, 0, 10, 0, 4, 0, 9 } },
	{ FULL, { 1, 0, 8, 0, 0, 3, 3 } },
	{ FULL, { 3, 0, 0, 0, 6, 3, 14 } },
};
#define PICKED (sizeof(picked) / sizeof(picked[0]))

/* The picked call of this number in its world, or the number of them there. */
static unsigned int picked_in(unsigned int world, unsigned int number)
{
	unsigned int i = 0, seen = 0;

	for (; i < PICKED; i++)
		if (picked[i].world == world && seen++ == number)
			return i;
	return seen;
}

static uint64_t array_rows(enum tier tier, unsigned int world)
{
	return world == FULL	  ? 0 :
	       tier == TIER_QUICK ? plan[world].arrays * ARRAY_ROWS :
				    matrix_product();
}

static uint64_t rows(enum tier tier, unsigned int world)
{
	return array_rows(tier, world) + picked_in(world, PICKED);
}

static bool row(const struct process *p, enum tier tier, unsigned int world, uint64_t number,
		struct combination *c)
{
	unsigned int array = (unsigned int)(number / ARRAY_ROWS);
	unsigned int row = (unsigned int)(number % ARRAY_ROWS), level[DIMENSIONS];
	uint64_t rows = array_rows(tier, world), rest = number;
	bool even = array < plan[world].even;

	c->dear = number >= rows || !((uint32_t)number * 2654435761u >> 29);
	for (unsigned int d = 0; d < DIMENSIONS; d++) {
		unsigned int levels = dimensions[d].levels;

		if (number >= rows) {
			level[d] = picked[picked_in(world, (unsigned int)(number - rows))].level[d];
		} else if (tier != TIER_QUICK) {
			level[d] = (unsigned int)(rest % levels);
			rest /= levels;
		} else {
			level[d] = even ? array_even_level(row, d, array + world, array, levels) :
					  sparse[d][array_level(row, d, array + world)];
		}
	}
	return combine(p, level, c);
}

static struct model_mremap_call call_of(const struct combination *c)
{
	return (struct model_mremap_call){ c->word[OLD], c->word[OLD_LEN], c->word[NEW_LEN],
					   c->word[FLAGS], c->word[NEW] };
}

static void decide(const struct model *m, const struct combination *c, struct model_answer *a)
{
	const struct model_mremap_call call = call_of(c);

	model_mremap(m, &call, a);
}

/* ---- the layout ---- */

static const struct model_object perf_event = {
	.open = true, .readable = true, .writable = true, .hook = HOOK_MAPS
};
static int perf_fd = -1;
static bool event_lost, top_lost;
static bool top_there, locked_told;
static unsigned int world;
/* bytes that are counted as locked, and are in no locked mapping any more */
static uint64_t surplus;

static uint64_t top_of(const struct process *p)
{
	return p->model.task_size - 2 * p->model.page_size;
}

static bool map_top(const struct process *p)
{
	char *top = process_pointer(top_of(p));

	if (sys_mmap(top, 2 * p->model.page_size, RW, ANON | MAP_FIXED, -1, 0) != top)
		return false;
	top[0] = TOP_FILL;
	top[p->model.page_size] = TOP_FILL + 1;
	return true;
}

static bool map_event(const struct process *p, enum page page)
{
	void *start = process_pointer(process_page(p, page));

	return sys_mmap(start, p->model.page_size, RW, MAP_SHARED | MAP_FIXED, perf_fd, 0) == start;
}

/* What the table of areas can't say, and what the areas hold. */
static bool add_to_model(struct process *p)
{
	const unsigned int rw = VM_READ | VM_WRITE | VM_MAYREAD | VM_MAYWRITE | VM_MAYEXEC;
	struct model *m = &p->model;
	const struct model_vma top = { top_of(p), m->task_size, rw };
	struct model_vma event = { process_page(p, PAGE_E_KEPT), process_page(p, PAGE_E_KEPT + 1),
				   rw | VM_SHARED | VM_MAYSHARE | VM_DONTEXPAND, &perf_event };

	for (const struct area *area = areas; area->pages; area++)
		if (area->fill && p->there[area - areas] &&
		    !model_store(m, process_page(p, area->page),
				 process_page(p, area->page + area->pages),
				 (unsigned int)(area - areas) + 1))
			return false;
	top_there = !model_find_overlap(m, top.start, top.end) && map_top(p);
	if (top_there && !(model_add(m, &top) && model_store(m, top.start, top.end, TAG_TOP)))
		return false;
	perf_fd = special_perf_event();
	if (perf_fd >= 0 && !(map_event(p, PAGE_E_KEPT) && map_event(p, PAGE_E))) {
		close(perf_fd);
		perf_fd = -1;
	}
	if (perf_fd < 0)
		return true;
	if (!model_add(m, &event))
		return false;
	event.start = process_page(p, PAGE_E);
	event.end = process_page(p, PAGE_E + 1);
	return model_add(m, &event);
}

/*
 * What one mapping may have of memory. Where vm.overcommit_memory is 2 that is less, and what is
 * asked for here is above both.
 */
static uint64_t most_memory(void)
{
	uint64_t bytes = process_memory();
	int64_t overcommit = 0;

	sysctl_read("vm.overcommit_memory", &overcommit);
	return overcommit == 1 || !bytes ? UINT64_MAX : bytes;
}

static uint64_t in_locked(const struct model *m)
{
	uint64_t bytes = 0;

	for (size_t i = 0; i < m->vma_count; i++)
		if (m->vmas[i].flags & VM_LOCKED)
			bytes += m->vmas[i].end - m->vmas[i].start;
	return bytes;
}

/* What the kernel counts, once all is there. */
static void count(struct model *m)
{
	uint64_t bytes;

	if (address_space_bytes(&bytes))
		m->total_vm = bytes;
	if (status_bytes("VmData", &bytes))
		m->data_vm = bytes;
	locked_told = locked_bytes(&bytes);
	if (locked_told)
		m->locked_vm = bytes;
	surplus = m->locked_vm - in_locked(m);
}

#define LOCKED_ROOM ((uint64_t)1 << 20)

/*
 * Sets the limits of the world, by what is counted now; or lifts them, while the whole layout is
 * made anew.
 */
static bool limit(struct model *m, bool lifted)
{
	uint64_t page = m->page_size;

	if (world < POOR)
		return true;
	m->limit_memlock = m->locked_vm + page;
	m->limit_data = world == POOR ? m->data_vm + 2 * page : UINT64_MAX;
	m->limit_as = world == CRAMPED ? m->total_vm + 4 * page : LIMIT_AS;
	return process_limit(RLIMIT_MEMLOCK,
			     lifted ? m->locked_vm + LOCKED_ROOM : m->limit_memlock) &&
	       process_limit(RLIMIT_DATA, lifted ? RLIM_INFINITY : m->limit_data) &&
	       process_limit(RLIMIT_AS, lifted ? LIMIT_AS : m->limit_as);
}

static bool lift(void)
{
	return limit(&process.model, true);
}

static bool laid_out(const struct process *p)
{
	struct model *m = &process.model;
	static bool before;

	if (!before) {
		before = true;
		m->limit_commit = most_memory();
		if (!add_to_model(&process))
			return false;
		count(m);
		return true;
	}
	m->locked_vm = in_locked(m) + surplus;
	if ((event_lost && !map_event(p, PAGE_E)) || (top_lost && !map_top(p)))
		return false;
	event_lost = top_lost = false;
	return limit(m, false);
}

static bool enter(struct process *p, unsigned int entered)
{
	struct model *m = &p->model;

	world = entered;
	count(m);
	switch (world) {
	case BOUNDLESS:
		m->limit_as = UINT64_MAX;
		p->limited = false;
		return process_limit(RLIMIT_AS, RLIM_INFINITY);
	case POOR:
		/* What stays counted as locked can come to more than the hard limit. */
		limit_lift(RLIMIT_MEMLOCK);
		if (!limit(m, true))
			return false;
		if (!caps_known() || !caps_drop(CAPS_IPC_LOCK) || !caps_drop(CAPS_SYS_RAWIO))
			return false;
		m->cap_ipc_lock = m->cap_sys_rawio = false;
		p->limited = true;
		break;
	case FULL:
		if (!vma_limit_enter(p, 0))
			return false;
		break;
	default:
		break;
	}
	return limit(m, false);
}

static bool prepare(const struct process *p, const struct combination *c)
{
	return c->world != FULL || vma_limit_reach(p, 0);
}

/* ---- what a call leaves ---- */

static bool result_ok(const struct model *m, const struct model_answer *a, uint64_t result)
{
	return model_place_ok(m, a, result);
}

static bool done(struct model *m, const struct combination *c,
		 const struct model_answer *a __attribute__((unused)), uint64_t result)
{
	const struct model_mremap_call call = call_of(c);

	if (!model_mremap_done(m, &call, result))
		return false;
	surplus = m->locked_vm - in_locked(m);
	return true;
}

/*
 * The first byte of a page that is mapped, or -1: there is none, since it lies behind the end of
 * the object.
 */
static int first_byte(const struct model *m, const struct model_vma *vma, uint64_t addr)
{
	uint64_t index = (vma->offset + (addr - vma->start)) / m->page_size;

	if (vma->flags & VM_MAYSHARE && !vma->object && index >= N_PAGES)
		return -1;
	if (vma->tag)
		return (vma->tag == TAG_TOP ? TOP_FILL : areas[vma->tag - 1].fill) +
		       (int)((vma->tag_offset + (addr - vma->start)) / m->page_size);
	if (!vma->object || vma->object->zero)
		return 0;
	return index < OBJECT_FILE_PAGES ? 'A' + (int)index : -1;
}

/* Does the page at addr hold what the model says, or fault as it says? */
static bool page_agrees(const struct model *m, uint64_t addr)
{
	const struct model_vma *vma = model_find(m, addr);
	struct fault fault;
	int wanted;

	if (vma && vma->start <= addr) {
		if (!vma->flags || (vma->object && vma->object->huge_shift) ||
		    vma->object == &perf_event)
			return true;
		wanted = first_byte(m, vma, addr);
		fault = fault_probe(FAULT_READ, process_pointer(addr));
		return wanted < 0 ? fault.signal == SIGBUS :
				    !fault.signal && *(char *)process_pointer(addr) == (char)wanted;
	}
	/*
	 * A mapping that grows down would; and elsewhere there may be what the model has not heard
	 * of.
	 */
	if (addr < process.base || addr >= process_page(&process, LAYOUT_PAGES) ||
	    (vma && vma->flags & VM_GROWSDOWN))
		return true;
	fault = fault_probe(FAULT_READ, process_pointer(addr));
	return fault.signal == SIGSEGV && fault.code == SEGV_MAPERR;
}

#define PROBED_PAGES 8

/* The pages from the one before addr on, and those around its end. */
static bool pages_agree(const struct model *m, uint64_t addr, uint64_t length)
{
	uint64_t page = m->page_size;

	for (uint64_t at = addr - page;
	     at < addr + length + page && at < addr + PROBED_PAGES * page; at += page)
		if (!page_agrees(m, at))
			return false;
	return page_agrees(m, addr + length - page) && page_agrees(m, addr + length);
}

static bool agrees(const struct process *p, const struct combination *c,
		   const struct model_answer *a __attribute__((unused)), const struct model *after,
		   uint64_t result)
{
	uint64_t page = after->page_size, old = c->word[OLD] & -page, bytes;
	uint64_t old_len = in_pages(p, c->word[OLD_LEN]), new_len = in_pages(p, c->word[NEW_LEN]);

	if (old_len >= LONG_LENGTH)
		old_len = page;
	if (new_len >= LONG_LENGTH)
		new_len = page;
	if (!process_agrees_both(p, after, old, old + old_len, result,
				 result ? result + new_len : 0))
		return false;
	if (locked_told && (c->dear || after->locked_vm != p->model.locked_vm) &&
	    (!locked_bytes(&bytes) || bytes != after->locked_vm))
		return false;
	if (!c->dear)
		return true;
	return process_agrees_both(p, after, p->base, process_page(p, LAYOUT_PAGES), top_of(p),
				   after->task_size) &&
	       (!model_find_overlap(&p->model, old, old + page) ||
		pages_agree(after, old, old_len)) &&
	       (!result || pages_agree(after, result, new_len));
}

/* Whatever is refused late may have changed something. */
static bool touches(const struct process *p __attribute__((unused)),
		    const struct combination *c __attribute__((unused)),
		    const struct model_answer *a)
{
	return a->unmaps;
}

/* Of huge pages, which the kernel moves whole, nothing less goes away. */
static void unmap(uint64_t start, uint64_t length)
{
	const uint64_t huge = (uint64_t)1 << 21;

	if (sys_munmap(process_pointer(start), length) && length)
		sys_munmap(process_pointer(start), (length + huge - 1) & -huge);
}

/* Of what a call may have mapped, what the layout's own range does not hold. */
static void unmap_outside(const struct process *p, uint64_t start, uint64_t length)
{
	uint64_t end = start + length, above = process_page(p, LAYOUT_PAGES);

	/* A kernel that errs may tell of more than it has mapped. */
	if (!spares_program(p, start, length))
		return;
	if (start < p->base)
		unmap(start, (end < p->base ? end : p->base) - start);
	if (start < above)
		start = above;
	if (start < end)
		unmap(start, end - start);
}

/* The end of a range, which may go beyond what there is. */
static uint64_t range_end(uint64_t start, uint64_t length)
{
	return start + length < start ? UINT64_MAX : start + length;
}

/* Is something of [start, end) in either range of the call? */
static bool concerns(const struct process *p, const struct combination *c, uint64_t start,
		     uint64_t end)
{
	uint64_t old_end = range_end(c->word[OLD], in_pages(p, c->word[OLD_LEN]));
	uint64_t new_end = range_end(c->word[NEW], in_pages(p, c->word[NEW_LEN]));

	return (c->word[OLD] < end && old_end > start) || (c->word[NEW] < end && new_end > start);
}

static bool undo(const struct process *p, const struct combination *c, const struct model_answer *a,
		 int error, uint64_t result)
{
	uint64_t event = process_page(p, PAGE_E);
	uint64_t old_len = in_pages(p, c->word[OLD_LEN]), new_len = in_pages(p, c->word[NEW_LEN]);

	if (error && error == a->error && !a->unmaps)
		return true;
	if (!error && world < POOR && result == c->word[OLD] && old_len == new_len)
		return true;
	/*
	 * What was moved in part lies at the new address, where there is one, and is no more than
	 * there was.
	 */
	if (error)
		result = c->word[NEW];
	event_lost = perf_fd >= 0 && concerns(p, c, event, event + p->model.page_size);
	top_lost = top_there && concerns(p, c, top_of(p), p->model.task_size);
	if (!error || c->word[FLAGS] & MREMAP_FIXED)
		unmap_outside(p, result, error && old_len < new_len ? old_len : new_len);
	/* The limits hold: first what is too much is unmapped. */
	return world != FULL && process_restore_in(p, result, range_end(result, new_len)) &&
	       process_restore_in(p, c->word[OLD], range_end(c->word[OLD], old_len)) && laid_out(p);
}

static const struct bits flag_names[] = {
	{ MREMAP_MAYMOVE, MREMAP_MAYMOVE, "MREMAP_MAYMOVE" },
	{ MREMAP_FIXED, MREMAP_FIXED, "MREMAP_FIXED" },
	{ MREMAP_DONTUNMAP, MREMAP_DONTUNMAP, "MREMAP_DONTUNMAP" },
	{ 0 },
};

static const struct matrix matrix = {
	.call = "mremap",
	.number = SYS_mremap,
	.arguments = { [OLD] = { ARGUMENT_ADDRESS },
		       [OLD_LEN] = { ARGUMENT_BYTES },
		       [NEW_LEN] = { ARGUMENT_BYTES },
		       [FLAGS] = { ARGUMENT_BITS, flag_names },
		       [NEW] = { ARGUMENT_ADDRESS } },
	.argument_count = NEW + 1,
	.areas = areas,
	.worlds = WORLDS,
	.enter = enter,
	.costly = FULL,
	.dimensions = dimensions,
	.rows = rows,
	.row = row,
	.decide = decide,
	.prepare = prepare,
	.result_ok = result_ok,
	.done = done,
	.agrees = agrees,
	.touches = touches,
	.undo = undo,
	.lift = lift,
	.laid_out = laid_out,
};

DECISION(fixed_newaddr_beyond_limit, "mremap.fixed.newaddr-beyond-limit")
DECISION(fixed_newaddr_unaligned, "mremap.fixed.newaddr-unaligned")
DECISION(dontunmap_hint_checked, "mremap.dontunmap.hint-checked")
DECISION(fixed_overlap_einval, "mremap.fixed.overlap-einval")
DECISION(fixed_overlap_uses_full_oldlen, "mremap.fixed.overlap-uses-full-oldlen")
DECISION(args_unknown_flag_einval, "mremap.args.unknown-flag-einval")
DECISION(args_oldaddr_unaligned, "mremap.args.oldaddr-unaligned")
DECISION(args_newlen_zero, "mremap.args.newlen-zero")
DECISION(args_newlen_wraps_zero, "mremap.args.newlen-wraps-zero")
DECISION(args_newlen_over_tasksize, "mremap.args.newlen-over-tasksize")
DECISION(args_fixed_needs_maymove, "mremap.args.fixed-needs-maymove")
DECISION(args_dontunmap_needs_maymove, "mremap.args.dontunmap-needs-maymove")
DECISION(dup_dontunmap_einval, "mremap.dup.dontunmap-einval")
DECISION(args_dontunmap_resize_einval, "mremap.args.dontunmap-resize-einval")
DECISION(args_dontunmap_rounding_compare_old, "mremap.args.dontunmap-rounding-compare-old")
DECISION(efault_unmapped_old, "mremap.efault.unmapped-old")
DECISION(order_efault_before_dup_einval, "mremap.order.efault-before-dup-einval")
DECISION(mseal_block_mremap_all, "mseal.block.mremap-all")
DECISION(hugetlb_unaligned, "mremap.hugetlb.unaligned")
DECISION(hugetlb_grow_einval, "mremap.hugetlb.grow-einval")
DECISION(limit_commit_guess, "mremap.limit.commit-guess")
DECISION(limit_commit_shrink_old, "mremap.limit.commit-shrink-old")
DECISION(dup_locked_counts, "mremap.dup.locked-counts")
DECISION(lock_grow_over_limit, "mremap.lock.grow-over-limit")
DECISION(dup_private_onto_itself, "mremap.dup.private-onto-itself-einval")
DECISION(dup_private_einval, "mremap.dup.private-einval")
DECISION(dontunmap_only_private_anon, "mremap.dontunmap.only-private-anon")
DECISION(hugetlb_refused_old, "mremap.hugetlb.refused-old")
DECISION(dontunmap_special_einval, "mremap.dontunmap.special-einval")
DECISION(efault_grow_crosses_vma_end, "mremap.efault.grow-crosses-vma-end")
DECISION(fixed_shrink_across_vmas, "mremap.fixed.shrink-across-vmas")
DECISION(multi_not_without_fixed, "mremap.multi.not-without-fixed")
DECISION(multi_crossing_efault_old, "mremap.multi.crossing-efault-old")
DECISION(dup_special_refused, "mremap.dup.special-refused")
DECISION(grow_dontexpand_efault, "mremap.grow.dontexpand-efault")
DECISION(args_newlen_over_tasksize_old, "mremap.args.newlen-over-tasksize-old")
DECISION(limit_as_grow, "mremap.limit.as-grow")
DECISION(limit_data_grow, "mremap.limit.data-grow")
DECISION(args_oldlen_huge_einval, "mremap.args.oldlen-huge-einval")
DECISION(mseal_block_mremap_onto, "mseal.block.mremap-onto")
DECISION(seal_destination_partly, "mremap.seal.destination-partly")
DECISION(seal_shrink_over_sealed, "mremap.seal.shrink-over-sealed")
DECISION(seal_fixed_shrink_loses_destination, "mremap.seal.fixed-shrink-loses-destination")
DECISION(fixed_mmap_min_addr, "mremap.fixed.mmap-min-addr")
DECISION(dontunmap_hint_honoured, "mremap.dontunmap.hint-honoured")
DECISION(dontunmap_low_hint_eperm, "mremap.dontunmap.low-hint-eperm")
DECISION(grow_absurd_len_enomem, "mremap.grow.absurd-len-enomem")
DECISION(dontunmap_hint_occupied, "mremap.dontunmap.hint-occupied")
DECISION(limit_map_count_all, "mremap.limit.map-count-all")
DECISION(limit_map_count_maymove, "mremap.limit.map-count-maymove")
DECISION(dup_fixed, "mremap.dup.fixed")
DECISION(fixed_grow, "mremap.fixed.grow")
DECISION(fixed_destination_fully_replaced_length, "mremap.fixed.destination-fully-replaced-length")
DECISION(dontunmap_lock_moves, "mremap.dontunmap.lock-moves")
DECISION(dontunmap_fixed_replaces, "mremap.dontunmap.fixed-replaces")
DECISION(dontunmap_shared_file, "mremap.dontunmap.shared-file")
DECISION(dontunmap_shared_anon, "mremap.dontunmap.shared-anon")
DECISION(dontunmap_private_file, "mremap.dontunmap.private-file")
DECISION(dontunmap_partial, "mremap.dontunmap.partial")
DECISION(dontunmap_anon_zero_after, "mremap.dontunmap.anon-zero-after")
DECISION(hugetlb_move, "mremap.hugetlb.move")
DECISION(lock_same_size_move_free, "mremap.lock.same-size-move-free")
DECISION(move_within_own_mapping, "mremap.move.within-own-mapping")
DECISION(fixed_replaces_locked_drops_vmlck, "mremap.fixed.replaces-locked-drops-vmlck")
DECISION(fixed_replaces_destination, "mremap.fixed.replaces-destination")
DECISION(fixed_newaddr_last_page_ok, "mremap.fixed.newaddr-last-page-ok")
DECISION(fixed_adjacent_ok, "mremap.fixed.adjacent-ok")
DECISION(move_partial_leaves_both_ends, "mremap.move.partial-leaves-both-ends")
DECISION(move_growsdown_kept, "mremap.move.growsdown-kept")
DECISION(move_offset_kept, "mremap.move.offset-kept")
DECISION(move_cow_pages_kept, "mremap.move.cow-pages-kept")
DECISION(move_content_kept, "mremap.move.content-kept")
DECISION(fixed_overlap_wrapped_destroys, "mremap.fixed.overlap-wrapped-destroys")
DECISION(fixed_overlap_oldlen0_destroys, "mremap.fixed.overlap-oldlen0-destroys")
DECISION(dontunmap_as_limit, "mremap.dontunmap.as-limit")
DECISION(dontunmap_data_limit, "mremap.dontunmap.data-limit")
DECISION(multi_hole_at_start_efault, "mremap.multi.hole-at-start-efault")
DECISION(multi_own_placement_efault, "mremap.multi.own-placement-efault")
DECISION(multi_partial_on_error, "mremap.multi.partial-on-error")
DECISION(multi_hole_at_end_ok, "mremap.multi.hole-at-end-ok")
DECISION(multi_dontunmap_fixed, "mremap.multi.dontunmap-fixed")
DECISION(multi_holes_preserved, "mremap.multi.holes-preserved")
DECISION(multi_adjacent_vmas, "mremap.multi.adjacent-vmas")
DECISION(grow_in_place, "mremap.grow.in-place")
DECISION(grow_from_middle_to_tail, "mremap.grow.from-middle-to-tail")
DECISION(grow_file_in_place_maps_more, "mremap.grow.file-in-place-maps-more")
DECISION(grow_shared_anon_sigbus, "mremap.grow.shared-anon-sigbus")
DECISION(lock_grow_within_limit_populates, "mremap.lock.grow-within-limit-populates")
DECISION(dup_flags0_enomem, "mremap.dup.flags0-enomem")
DECISION(grow_not_tail_flags0, "mremap.grow.not-tail-flags0")
DECISION(grow_top_of_address_space, "mremap.grow.top-of-address-space")
DECISION(grow_blocked_flags0, "mremap.grow.blocked-flags0")
DECISION(grow_not_tail_maymove, "mremap.grow.not-tail-maymove")
DECISION(grow_blocked_maymove, "mremap.grow.blocked-maymove")
DECISION(dup_offset_of_addr, "mremap.dup.offset-of-addr")
DECISION(dup_longer_than_source, "mremap.dup.longer-than-source")
DECISION(dup_shared, "mremap.dup.shared")
DECISION(efault_unmapped_old_legacy, "mremap.efault.unmapped-old-legacy")
DECISION(shrink_end_inside_later_vma, "mremap.shrink.end-inside-later-vma")
DECISION(shrink_across_vmas_and_holes, "mremap.shrink.across-vmas-and-holes")
DECISION(shrink_locked_updates_vmlck, "mremap.shrink.locked-updates-vmlck")
DECISION(shrink_middle_splits, "mremap.shrink.middle-splits")
DECISION(shrink_in_place, "mremap.shrink.in-place")
DECISION(noop_maymove_does_not_move, "mremap.noop.maymove-does-not-move")
DECISION(noop_same_size_no_range_check, "mremap.noop.same-size-no-range-check")
DECISION(munmap_hugetlb_part_einval, "munmap.hugetlb.part-einval")
DECISION(munmap_limit_split_at_max_enomem, "munmap.limit.split-at-max-enomem")

TEST_HARNESS_MAIN
