// SPDX-License-Identifier: GPL-2.0
/*
 * munmap() answers every combination of its arguments as the model does: every page of a layout of
 * all kinds of mappings, and of what lies around it, by lengths from none to all. Then, with as
 * many VMAs as the kernel allows, and with one fewer: parts of a mapping.
 */
#include "contents.h"
#include "drive.h"
#include "ranges.h"
#include "vma_limit.h"

#define RW (PROT_READ | PROT_WRITE)
#define ANON (MAP_PRIVATE | MAP_ANONYMOUS)

/*
 * The layout:
 *
 *	page	0    4    8  9   12  15 16   20 21   25   29 30 31  34 35 40  43  100  104     512     1024      2048
 *		|....|AAAA|..|BBB|CCC|..|LLLL|..|FFFF|PPPP|..|U |SSS|V |..|XXX|...|GGGG|.......|HH...HH|JJJ...JJJ|
 *
 * A, U and V are private, B and C too, side by side, and C a part of a file; L is locked, F a
 * shared file, P a private one that was stored to; S is sealed where there is mseal(), X is shared
 * and of no file, G grows down. H has room for one huge page, J for two; there need not be any,
 * since nothing touches them.
 */
#define PAGE_PLAIN 4

static const struct area areas[] = {
	{ PAGE_PLAIN, 4, RW, ANON, .fill = 'a' },
	{ 9, 3, RW, ANON, .fill = 'e' },
	{ 12, 3, PROT_READ, MAP_PRIVATE, "tmpfs", 1 },
	{ 16, 4, RW, ANON | MAP_LOCKED, .fill = 'h' },
	{ 21, 4, RW, MAP_SHARED, "memfd" },
	{ 25, 4, RW, MAP_PRIVATE, "memfd", .fill = 'l' },
	{ 30, 1, RW, ANON, .fill = 'p' },
	{ 31, 3, RW, ANON, .fill = 'q', .sealed = true },
	{ 34, 1, RW, ANON, .fill = 't' },
	{ 40, 3, RW, MAP_SHARED | MAP_ANONYMOUS, .fill = 'u' },
	{ RANGES_GROWSDOWN, 4, RW, ANON | MAP_GROWSDOWN, .fill = 'A' },
	{ RANGES_HUGE, RANGES_HUGE_PAGES, PROT_NONE, MAP_SHARED | MAP_NORESERVE, "hugetlb" },
	{ RANGES_HUGES, 2 * RANGES_HUGE_PAGES, PROT_NONE, MAP_SHARED | MAP_NORESERVE, "hugetlb" },
	{ 0 },
};

/* World 0 has room for more VMAs, world 1 none, world 2 for one. */
enum world { ROOMY, FULL, ROOM_FOR_ONE, WORLDS };

#define PAGES_TOUCHED 4 /* from one below the range: each fault takes a while */
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* Where the number of VMAs counts. */
static const struct part {
	unsigned int page, pages;
} full_parts[] = {
	{ PAGE_PLAIN, 4 },
	{ PAGE_PLAIN, 2 },
	{ PAGE_PLAIN + 2, 2 },
	{ PAGE_PLAIN + 1, 1 },
	{ PAGE_PLAIN + 1, 2 },
	{ PAGE_PLAIN + 2, 9 },
	{ PAGE_PLAIN + 3, 7 },
	{ 10, 3 },
	{ 17, 1 },
	{ 22, 2 },
	{ 26, 1 },
	{ 32, 1 },
	{ 41, 1 },
	{ RANGES_GROWSDOWN + 1, 2 },
	{ RANGES_GROWSDOWN + 1, 4 },
}, parts_with_room[] = { { PAGE_PLAIN + 1, 1 }, { 22, 2 } };

static uint64_t rows(enum tier tier __attribute__((unused)), unsigned int world)
{
	return world == ROOMY ? RANGES : world == FULL ? COUNT(full_parts) : COUNT(parts_with_room);
}

static bool row(const struct process *p, enum tier tier __attribute__((unused)), unsigned int world,
		uint64_t number, struct combination *c)
{
	const struct part *part = world == FULL ? full_parts : parts_with_room;

	if (world == ROOMY)
		return range_row(p, number, c) && !range_beyond_layout(p, c);
	part += number;
	c->word[RANGE_ADDR] = process_page(p, part->page);
	c->word[RANGE_LENGTH] = part->pages * p->model.page_size;
	c->weight = 4;
	c->dear = true;
	return true;
}

static void decide(const struct model *m, const struct combination *c, struct model_answer *a)
{
	const struct model_munmap_call call = { c->word[RANGE_ADDR], c->word[RANGE_LENGTH] };

	model_munmap(m, &call, a);
}

static bool done(struct model *m, const struct combination *c __attribute__((unused)),
		 const struct model_answer *a, uint64_t result __attribute__((unused)))
{
	return model_munmap_done(m, a);
}

static bool enter(struct process *p, unsigned int world)
{
	return vma_limit_enter(p, world == ROOM_FOR_ONE);
}

static struct accounts before;

static bool counts(const struct process *p, const struct combination *c)
{
	return c->dear || (c->word[RANGE_ADDR] < process_page(p, LAYOUT_PAGES) &&
			   c->word[RANGE_LENGTH] < LONG_LENGTH &&
			   model_any(&p->model, c->word[RANGE_ADDR],
				     c->word[RANGE_ADDR] + c->word[RANGE_LENGTH], VM_LOCKED));
}

static bool prepare(const struct process *p, const struct combination *c)
{
	if (c->world != ROOMY && !vma_limit_reach(p, c->world == ROOM_FOR_ONE))
		return false;
	if (counts(p, c))
		before = accounts_now();
	return true;
}

static bool agrees(const struct process *p, const struct combination *c,
		   const struct model_answer *a, const struct model *after,
		   uint64_t result __attribute__((unused)))
{
	uint64_t layout_end = process_page(p, LAYOUT_PAGES), page = p->model.page_size;
	/* What was refused is looked at where it begins. */
	uint64_t start = (a->error ? c->word[RANGE_ADDR] & -page : a->address) - page;
	uint64_t touched, end = a->error ? start + 3 * page : a->address + a->length + page;

	touched = start < p->base || end > layout_end ? p->base : start;
	/* What lies around the layout was seen to be none of the range. */
	if (c->dear || start < p->base)
		start = p->base;
	if (c->dear || end > layout_end)
		end = layout_end;
	return process_agrees(p, after, start, end) &&
	       (!counts(p, c) || accounts_agree(&before, &p->model, after)) &&
	       (!c->dear ||
		(contents_agree(p, after, p->base, process_page(p, RANGES_HUGE)) &&
		 accesses_agree(after, touched, touched + PAGES_TOUCHED * page, false)));
}

static bool touches(const struct process *p, const struct combination *c,
		    const struct model_answer *a __attribute__((unused)))
{
	return model_find_overlap(&p->model, c->word[RANGE_ADDR],
				  c->word[RANGE_ADDR] + p->model.page_size);
}

static bool undo(const struct process *p, const struct combination *c __attribute__((unused)),
		 const struct model_answer *a, int error, uint64_t result __attribute__((unused)))
{
	return error || process_restore_in(p, a->address, a->address + a->length);
}

static const struct matrix matrix = {
	.call = "munmap",
	.number = SYS_munmap,
	.arguments = { { ARGUMENT_ADDRESS }, { ARGUMENT_BYTES } },
	.argument_count = RANGE_LENGTH + 1,
	.areas = areas,
	.worlds = WORLDS,
	.enter = enter,
	.costly = FULL,
	.rows = rows,
	.row = row,
	.decide = decide,
	.prepare = prepare,
	.done = done,
	.agrees = agrees,
	.touches = touches,
	.undo = undo,
};

DECISION(addr_unaligned_einval, "munmap.addr.unaligned-einval")
DECISION(addr_task_size_einval, "munmap.addr.task-size-einval")
DECISION(len_max_einval, "munmap.len.max-einval")
DECISION(len_wraps_einval, "munmap.len.wraps-einval")
DECISION(addr_end_past_task_size_einval, "munmap.addr.end-past-task-size-einval")
DECISION(len_zero_einval, "munmap.len.zero-einval")
DECISION(order_einval_before_sealed, "munmap.order.einval-before-sealed")
DECISION(sealed_span_nothing_removed, "munmap.sealed.span-nothing-removed")
DECISION(sealed_middle_no_split, "munmap.sealed.middle-no-split")
DECISION(sealed_eperm, "munmap.sealed.eperm")
DECISION(hugetlb_single_len_1_einval, "munmap.hugetlb.single-len-1-einval")
DECISION(hugetlb_unrounded_len_einval, "munmap.hugetlb.unrounded-len-einval")
DECISION(hugetlb_part_einval, "munmap.hugetlb.part-einval")
DECISION(limit_split_at_max_enomem, "munmap.limit.split-at-max-enomem")
DECISION(order_mapcount_before_sealed, "munmap.order.mapcount-before-sealed")
DECISION(addr_low_unmapped_ok, "munmap.addr.low-unmapped-ok")
DECISION(hole_never_mapped_ok, "munmap.hole.never-mapped-ok")
DECISION(split_middle_file_offsets, "munmap.split.middle-file-offsets")
DECISION(split_middle_two_lines, "munmap.split.middle-two-lines")
DECISION(split_ends_of_two_areas, "munmap.split.ends-of-two-areas")
DECISION(split_tail, "munmap.split.tail")
DECISION(split_head, "munmap.split.head")
DECISION(stack_growsdown_below, "munmap.stack.growsdown-below")
DECISION(lock_vmlck_falls, "munmap.lock.vmlck-falls")
DECISION(limit_two_partial_at_max_ok, "munmap.limit.two-partial-at-max-ok")
DECISION(limit_edge_at_max_ok, "munmap.limit.edge-at-max-ok")
DECISION(ret_zero, "munmap.ret.zero")
DECISION(len_rounded_up, "munmap.len.rounded-up")
DECISION(hole_interior_ok, "munmap.hole.interior-ok")
DECISION(sealed_neighbour_ok, "munmap.sealed.neighbour-ok")
DECISION(hugetlb_whole_ok, "munmap.hugetlb.whole-ok")
DECISION(addr_last_page_ok, "munmap.addr.last-page-ok")

TEST_HARNESS_MAIN
