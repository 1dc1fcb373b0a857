// SPDX-License-Identifier: GPL-2.0
/*
 * madvise(MADV_DONTNEED) answers every range as the model does, and takes the stored bytes of just
 * those pages that it should: every page of a layout of all kinds of mappings, and of what lies
 * around it, by lengths from none to all.
 */
#include <sys/mman.h>

#include "contents.h"
#include "drive.h"
#include "ranges.h"

#define RW (PROT_READ | PROT_WRITE)
#define ANON (MAP_PRIVATE | MAP_ANONYMOUS)

/*
 * The layout:
 *
 *	page	0    2  4 5  6  8  10 12 13  15  18   21 24 25  27 29   31  33 34 35 36 37 38 40 41   100      512
 *		|....|AA|L|..|BB|RR|..|N|...|FFF|PPP|..|Q|...|XX|...|SS|W |V |Y |Z |..|CC|T|.......|DDDD|....|HH...
 *
 * What is sealed where there is mseal(): S is private and read-only, W writable, V a private file,
 * Y shared and of no file, Z locked, T read-only, behind the writable C. Of the others, L is
 * locked, R read-only, N allows nothing, F is a shared file, P a private one that was stored to, Q
 * one that was not, X shared and of no file; D grows down, H is for huge pages, of which there need
 * not be any.
 */
#define PAGE_SEALED_WRITABLE 31
#define LETTER_SEALED_WRITABLE 'r'

static const struct area areas[] = {
	{ 2, 2, RW, ANON, .fill = 'a' },
	{ 4, 1, RW, ANON | MAP_LOCKED, .fill = 'c' },
	{ 6, 2, RW, ANON, .fill = 'd' },
	{ 8, 2, PROT_READ, ANON, .fill = 'f' },
	{ 12, 1, PROT_NONE, ANON, .fill = 'h' },
	{ 15, 3, RW, MAP_SHARED, "memfd" },
	{ 18, 3, RW, MAP_PRIVATE, "memfd", .fill = 'i' },
	{ 23, 1, PROT_READ, MAP_PRIVATE, "tmpfs", 1 },
	{ 25, 2, RW, MAP_SHARED | MAP_ANONYMOUS, .fill = 'l' },
	{ 29, 2, PROT_READ, ANON, .fill = 'n', .sealed = true },
	{ PAGE_SEALED_WRITABLE, 1, RW, ANON, .fill = LETTER_SEALED_WRITABLE, .sealed = true },
	{ 32, 1, PROT_READ, MAP_PRIVATE, "memfd", 2, .sealed = true },
	{ 33, 1, PROT_READ, MAP_SHARED | MAP_ANONYMOUS, .fill = 's', .sealed = true },
	{ 34, 1, PROT_READ, ANON | MAP_LOCKED, .fill = 't', .sealed = true },
	{ 37, 2, RW, ANON, .fill = 'u' },
	{ 39, 1, PROT_READ, ANON, .fill = 'w', .sealed = true },
	{ RANGES_GROWSDOWN, 4, RW, ANON | MAP_GROWSDOWN, .fill = 'A' },
	{ RANGES_HUGE, RANGES_HUGE_PAGES, PROT_NONE, MAP_SHARED | MAP_NORESERVE, "hugetlb" },
	{ RANGES_HUGES, 2 * RANGES_HUGE_PAGES, PROT_NONE, MAP_SHARED | MAP_NORESERVE, "hugetlb" },
	{ 0 },
};

enum word { ADVICE = RANGE_LENGTH + 1 };

static uint64_t rows(enum tier tier __attribute__((unused)),
		     unsigned int world __attribute__((unused)))
{
	return RANGES;
}

static bool row(const struct process *p, enum tier tier __attribute__((unused)),
		unsigned int world __attribute__((unused)), uint64_t number, struct combination *c)
{
	c->word[ADVICE] = MADV_DONTNEED;
	return range_row(p, number, c) && !range_beyond_layout(p, c);
}

static void decide(const struct model *m, const struct combination *c, struct model_answer *a)
{
	const struct model_madvise_call call = { c->word[RANGE_ADDR], c->word[RANGE_LENGTH] };

	model_dontneed(m, &call, a);
}

static bool done(struct model *m, const struct combination *c __attribute__((unused)),
		 const struct model_answer *a, uint64_t result __attribute__((unused)))
{
	return model_dontneed_done(m, a);
}

/* Not told by the maps: what is looked at is the bytes, those of the page behind the range too. */
static bool agrees(const struct process *p, const struct combination *c,
		   const struct model_answer *a, const struct model *after,
		   uint64_t result __attribute__((unused)))
{
	uint64_t page = p->model.page_size, layout_end = process_page(p, RANGES_HUGE);
	uint64_t start = a->address, end = a->address + a->length + page;

	if (c->dear || start < p->base || start > layout_end)
		start = p->base;
	if (c->dear || end > layout_end)
		end = layout_end;
	return contents_agree(p, after, start, end) &&
	       (!c->dear || process_agrees(p, after, p->base, process_page(p, LAYOUT_PAGES)));
}

static bool touches(const struct process *p, const struct combination *c,
		    const struct model_answer *a __attribute__((unused)))
{
	uint64_t addr = c->word[RANGE_ADDR];

	return model_find_overlap(&p->model, addr, addr + p->model.page_size);
}

/* What was taken from a sealed area is stored again, as it can't be mapped anew. */
static bool laid_out(const struct process *p)
{
	char *sealed = process_pointer(process_page(p, PAGE_SEALED_WRITABLE));

	*sealed = LETTER_SEALED_WRITABLE;
	return true;
}

static bool undo(const struct process *p, const struct combination *c __attribute__((unused)),
		 const struct model_answer *a, int error __attribute__((unused)),
		 uint64_t result __attribute__((unused)))
{
	return process_restore_in(p, a->address, a->address + a->length) && laid_out(p);
}

static const struct bits advice_bits[] = { NAMED(MADV_DONTNEED), { 0 } };

static const struct matrix matrix = {
	.call = "madvise",
	.number = SYS_madvise,
	.arguments = { { ARGUMENT_ADDRESS }, { ARGUMENT_BYTES }, { ARGUMENT_BITS, advice_bits } },
	.argument_count = ADVICE + 1,
	.areas = areas,
	.worlds = 1,
	.rows = rows,
	.row = row,
	.decide = decide,
	.done = done,
	.agrees = agrees,
	.touches = touches,
	.undo = undo,
	.laid_out = laid_out,
};

DECISION(mseal_block_discard_ro_anon, "mseal.block.discard-ro-anon")
DECISION(mseal_order_eperm_before_locked_einval, "mseal.order.eperm-before-locked-einval")
DECISION(mseal_block_madvise_partial, "mseal.block.madvise-partial")
DECISION(dontneed_hugetlb_alignment, "madvise.dontneed.hugetlb-alignment")
DECISION(hole_later_error_wins, "madvise.hole.later-error-wins")
DECISION(error_stops_midway, "madvise.error.stops-midway")
DECISION(dontneed_locked_einval, "madvise.dontneed.locked-einval")
DECISION(dontneed_shared_file_keeps, "madvise.dontneed.shared-file-keeps")
DECISION(dontneed_private_file_reverts, "madvise.dontneed.private-file-reverts")
DECISION(dontneed_shared_anon_keeps, "madvise.dontneed.shared-anon-keeps")
DECISION(dontneed_private_anon_zero, "madvise.dontneed.private-anon-zero")
DECISION(mseal_allow_discard_file, "mseal.allow.discard-file")
DECISION(mseal_allow_discard_shared_anon, "mseal.allow.discard-shared-anon")
DECISION(mseal_allow_discard_rw_anon, "mseal.allow.discard-rw-anon")
DECISION(args_addr_unaligned, "madvise.args.addr-unaligned")
DECISION(args_len_zero, "madvise.args.len-zero")
DECISION(args_range_wraps, "madvise.args.range-wraps")
DECISION(args_unmapped_enomem, "madvise.args.unmapped-enomem")
DECISION(hole_applied_everywhere, "madvise.hole.applied-everywhere")
DECISION(args_len_rounded_up, "madvise.args.len-rounded-up")

TEST_HARNESS_MAIN
