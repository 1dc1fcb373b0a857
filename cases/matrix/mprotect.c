// SPDX-License-Identifier: GPL-2.0
/*
 * mprotect() answers its arguments as the model does: covering arrays of strength 3 over area,
 * place in it, length, protection, and further bits of that, once with a further bit in every
 * second call, once mostly without. Then, where something is limited: the number of VMAs,
 * RLIMIT_DATA, the memory that may be promised.
 */
#include "contents.h"
#include "drive.h"
#include "vma_limit.h"

#define RW (PROT_READ | PROT_WRITE)
#define ANON (MAP_PRIVATE | MAP_ANONYMOUS)
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/*
 * The layout:
 *
 *	page	0    4    8  9   12  15 16   20 22 24   28  31 32  34 36 38 40 41  44 45 48  51 100  104 512    1024
 *		|....|AAAA|..|BBB|CCC|..|LLLL|NN|..|FFFF|GGG|..|PP|WW|VV|XX|..|U|SSS|T|RR|..|YYY|...|DDDD|..|HHH..|JJJ....|
 */
#define PAGE_PLAIN 4
#define PAGE_GROWSDOWN 100
#define PAGE_HUGE 512
#define PAGE_HUGES 1024
#define HUGE_PAGES 512 /* small ones of a huge one */

static const struct area areas[] = {
	{ PAGE_PLAIN, 4, RW, ANON, .fill = 'a' },
	{ 9, 3, RW, ANON, .fill = 'e' },
	{ 12, 3, PROT_READ, ANON, .fill = 'h' },
	{ 16, 4, PROT_READ, MAP_PRIVATE | MAP_LOCKED, "memfd" },
	{ 20, 2, PROT_NONE, ANON | MAP_LOCKED },
	{ 24, 4, RW, MAP_SHARED, "memfd" },
	{ 28, 3, PROT_READ, MAP_SHARED, "scratch_ro" },
	{ 32, 2, PROT_READ, MAP_PRIVATE, "scratch_ro" },
	{ 34, 2, PROT_READ, MAP_SHARED, "memfd_seal_write" },
	{ 36, 2, PROT_READ, MAP_PRIVATE, "memfd_seal_write" },
	{ 38, 2, PROT_READ, MAP_SHARED, "tmpfs_noexec" },
	{ 41, 1, PROT_READ, ANON, .fill = 'p' },
	{ 42, 3, RW, ANON, .fill = 'q', .sealed = true },
	{ 45, 1, PROT_READ, ANON, .fill = 't' },
	{ 46, 2, PROT_READ, MAP_SHARED, "scratch_ro", .sealed = true },
	{ 49, 3, RW, MAP_SHARED | MAP_ANONYMOUS, .fill = 'u' },
	{ PAGE_GROWSDOWN, 4, RW, ANON | MAP_GROWSDOWN, .fill = 'A' },
	{ PAGE_HUGE, HUGE_PAGES, PROT_NONE, MAP_SHARED | MAP_NORESERVE, "hugetlb" },
	{ PAGE_HUGES, 2 * HUGE_PAGES, PROT_NONE, MAP_SHARED | MAP_NORESERVE, "hugetlb" },
	{ 0 },
};

enum word { ADDR, LENGTH, PROT };

enum world { ROOMY, DATA_LEFT, DATA_OVER, PROMISED, FULL, ROOM_FOR_ONE, WORLDS };

/* The columns of the arrays. */
enum column { COLUMN_AREA, COLUMN_PLACE, COLUMN_LENGTH, COLUMN_PROT, COLUMN_MORE, COLUMNS };

#define ARRAYS 2

/* The areas that ranges begin in or near; beyond these, addresses far from all. */
static const unsigned int area_numbers[ARRAY_LEVELS - 1] = { 0, 1,  2,	3,  4,	5,  6, 7,
							     8, 10, 12, 14, 16, 17, 18 };

static uint64_t address_of(const struct process *p, unsigned int number, unsigned int place)
{
	uint64_t page = p->model.page_size, top = p->model.task_size;
	const uint64_t far[ARRAY_LEVELS] = {
		0,
		page,
		p->model.min_addr,
		1,
		top - page,
		top,
		top + page,
		(uint64_t)1 << 63,
		-page,
		-2 * page,
		process_page(p, 60),
		process_page(p, PAGE_GROWSDOWN - 20),
		process_page(p, 200),
		process_page(p, LAYOUT_PAGES),
		process_page(p, 200) + 1,
		process_page(p, -1),
	};
	const struct area *area;
	long last;

	if (number == COUNT(area_numbers))
		return far[place];
	area = &areas[area_numbers[number]];
	last = (long)area->pages - 1;
	const long pages[ARRAY_LEVELS] = { 0, 0,  0,  0,  0,	1,    1,	2,
					   0, -1, -2, -3, last, last, last + 1, -12 };
	return process_page(p, area->page + pages[place]) + (place == 8);
}

static uint64_t length_of(const struct process *p, unsigned int number, unsigned int level)
{
	unsigned int own = number == COUNT(area_numbers) ? 1 : areas[area_numbers[number]].pages;
	const uint64_t page = p->model.page_size;
	const uint64_t lengths[ARRAY_LEVELS] = {
		page,
		page,
		page,
		2 * page,
		2 * page,
		3 * page,
		5 * page,
		1,
		page + 1,
		own * page,
		own * page,
		(own + 1) * page,
		0,
		14 * page,
		HUGE_PAGES * page,
		level % 2 ? -page : UINT64_MAX,
	};

	return lengths[level];
}

static const uint64_t more_prot[ARRAYS][ARRAY_LEVELS] = {
	{ 0, 0, PROT_SEM, PROT_SEM, PROT_GROWSDOWN, PROT_GROWSDOWN, PROT_GROWSDOWN, PROT_GROWSUP,
	  PROT_GROWSUP, PROT_GROWSDOWN | PROT_GROWSUP, PROT_GROWSDOWN | PROT_GROWSUP, 0x10, 0x20,
	  (uint64_t)1 << 31, (uint64_t)1 << 32, PROT_SEM | PROT_GROWSDOWN },
	{ 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, PROT_SEM, PROT_GROWSDOWN, PROT_GROWSUP, 0x10 },
};

static bool array_row(const struct process *p, uint64_t number, struct combination *c)
{
	unsigned int row = (unsigned int)(number % ARRAY_ROWS);
	unsigned int array = (unsigned int)(number / ARRAY_ROWS), level[COLUMNS];

	for (unsigned int column = 0; column < COLUMNS; column++)
		level[column] = array_level(row, column, array);
	c->word[ADDR] = address_of(p, level[COLUMN_AREA], level[COLUMN_PLACE]);
	c->word[LENGTH] = length_of(p, level[COLUMN_AREA], level[COLUMN_LENGTH]);
	c->word[PROT] = (level[COLUMN_PROT] & 7) | more_prot[array][level[COLUMN_MORE]];
	c->weight = (level[COLUMN_AREA] == COUNT(area_numbers)) +
		    (c->word[LENGTH] != p->model.page_size) + 2 * (c->word[PROT] > 7);
	c->dear = !(row * 2654435761u >> 29);
	return true;
}

/* Memory that is promised to nobody yet, and more than there is. */
static uint64_t promised_addr, promised_length; /* 0: it can't be had */

/* Where something is limited. A page of 0 is one of what is promised to nobody. */
static const struct part {
	unsigned int world, page, pages, prot;
} parts[] = {
	/* Two pages may become data. */
	{ DATA_LEFT, 12, 2, RW },
	{ DATA_LEFT, 12, 3, RW },
	{ DATA_LEFT, 32, 2, RW },
	{ DATA_LEFT, 9, 6, RW },
	{ DATA_LEFT, PAGE_PLAIN, 4, RW | PROT_EXEC },
	{ DATA_LEFT, PAGE_PLAIN, 4, PROT_READ },
	{ DATA_LEFT, 24, 4, PROT_READ },
	{ DATA_LEFT, PAGE_GROWSDOWN, 4, RW | PROT_EXEC },
	{ DATA_OVER, 12, 1, RW },
	{ DATA_OVER, PAGE_PLAIN, 4, RW | PROT_EXEC },
	{ DATA_OVER, PAGE_PLAIN, 4, PROT_READ },
	{ DATA_OVER, 49, 3, RW | PROT_EXEC },
	{ PROMISED, 0, 0, RW },
	{ PROMISED, 0, 0, PROT_READ | PROT_EXEC },
	{ PROMISED, 0, 1, RW },
	{ FULL, PAGE_PLAIN, 4, PROT_READ },
	{ FULL, PAGE_PLAIN, 3, PROT_READ },
	{ FULL, PAGE_PLAIN + 1, 3, PROT_READ },
	{ FULL, PAGE_PLAIN + 1, 2, PROT_READ },
	{ FULL, PAGE_PLAIN + 1, 2, RW },
	{ FULL, 24, 2, PROT_NONE },
	{ FULL, PAGE_GROWSDOWN + 1, 2, PROT_NONE },
	{ ROOM_FOR_ONE, PAGE_PLAIN, 3, PROT_READ },
	{ ROOM_FOR_ONE, PAGE_PLAIN + 1, 2, PROT_READ },
};

static uint64_t rows(enum tier tier __attribute__((unused)), unsigned int world)
{
	uint64_t count = 0;

	for (size_t i = 0; i < COUNT(parts); i++)
		count += parts[i].world == world;
	return world == ROOMY ? ARRAYS * ARRAY_ROWS : count;
}

static bool row(const struct process *p, enum tier tier __attribute__((unused)), unsigned int world,
		uint64_t number, struct combination *c)
{
	const struct part *part = parts;

	if (world == ROOMY)
		return array_row(p, number, c);
	while (part->world < world)
		part++;
	part += number;
	c->word[ADDR] = world == PROMISED ? promised_addr : process_page(p, part->page);
	c->word[LENGTH] = part->pages ? part->pages * p->model.page_size : promised_length;
	c->word[PROT] = part->prot;
	c->weight = 4;
	c->dear = world != PROMISED;
	return world != PROMISED || promised_addr;
}

static bool map_promised(void)
{
	void *start = process_pointer(promised_addr);

	return sys_mmap(start, promised_length, PROT_READ, ANON | MAP_FIXED, -1, 0) == start;
}

/*
 * What may be promised at all: by the heuristics of overcommit_memory 0, as much as there is. Maps
 * more than that, for reading, if it is less than RLIMIT_AS allows.
 */
static void promise(struct process *p)
{
	struct model_mmap_call call = { process_page(p, 2 * LAYOUT_PAGES), 0, PROT_READ,
					ANON | MAP_FIXED };
	struct model_answer a;

	p->model.limit_commit = process_promised();
	if (p->model.limit_commit == UINT64_MAX)
		return;
	call.length = p->model.limit_commit + p->model.page_size;
	model_mmap(&p->model, &call, &a);
	promised_addr = call.addr;
	promised_length = call.length;
	if (a.error || !map_promised() || !model_mmap_done(&p->model, &a, call.addr))
		promised_addr = 0;
}

static bool enter(struct process *p, unsigned int world)
{
	struct model *m = &p->model;

	switch (world) {
	case DATA_LEFT:
		if (!status_bytes("VmData", &m->data_vm))
			return false;
		m->limit_data = m->data_vm + 2 * m->page_size;
		return true;
	case DATA_OVER:
		m->limit_data = m->page_size;
		return true;
	case PROMISED:
		m->limit_data = UINT64_MAX;
		promise(p);
		return true;
	default:
		return vma_limit_enter(p, world == ROOM_FOR_ONE);
	}
}

static void decide(const struct model *m, const struct combination *c, struct model_answer *a)
{
	const struct model_mprotect_call call = { c->word[ADDR], c->word[LENGTH], c->word[PROT] };

	model_mprotect(m, &call, a);
}

static struct accounts before;

/* RLIMIT_DATA holds for the call alone: the layout could not be made under it. */
static bool prepare(const struct process *p, const struct combination *c)
{
	if (c->world >= FULL && !vma_limit_reach(p, c->world == ROOM_FOR_ONE))
		return false;
	if (c->dear)
		before = accounts_now();
	return p->model.limit_data == UINT64_MAX || process_limit(RLIMIT_DATA, p->model.limit_data);
}

static bool done(struct model *m, const struct combination *c __attribute__((unused)),
		 const struct model_answer *a, uint64_t result __attribute__((unused)))
{
	return model_mprotect_done(m, a);
}

/* Locked private memory that became writable is the process's own at once. */
static bool populated(const struct process *p, const struct model_answer *a,
		      const struct model *after)
{
	const struct model_vma *vma = model_find_overlap(after, a->address, a->address + a->length);
	uint64_t bytes;

	for (; vma; vma = model_find_overlap(after, vma->end, a->address + a->length)) {
		if ((vma->flags & (VM_LOCKED | VM_WRITE | VM_MAYSHARE)) != (VM_LOCKED | VM_WRITE) ||
		    model_find(&p->model, vma->start)->flags & VM_WRITE)
			continue;
		if (smaps_bytes(process_pointer(vma->start), "Anonymous", &bytes) &&
		    bytes != vma->end - vma->start)
			return false;
	}
	return true;
}

static bool agrees(const struct process *p, const struct combination *c,
		   const struct model_answer *a, const struct model *after,
		   uint64_t result __attribute__((unused)))
{
	uint64_t page = p->model.page_size, layout_end = process_page(p, LAYOUT_PAGES);
	uint64_t first = a->length ? a->address : c->word[ADDR] & -page;
	uint64_t start = first - page, end = first + a->length + page;

	if (c->world == PROMISED)
		return process_agrees(p, after, promised_addr, promised_addr + promised_length);
	if (c->dear || start < p->base || start > layout_end)
		start = p->base;
	if (c->dear || end > layout_end)
		end = layout_end;
	if (!process_agrees(p, after, start, end) ||
	    (c->dear && !accounts_agree(&before, &p->model, after)) ||
	    (a->length && !accesses_agree(after, first, first + page, c->dear)))
		return false;
	return (!c->dear || contents_agree(p, after, p->base, process_page(p, PAGE_HUGE))) &&
	       populated(p, a, after);
}

static bool touches(const struct process *p, const struct combination *c,
		    const struct model_answer *a)
{
	return a->length ||
	       model_find_overlap(&p->model, c->word[ADDR], c->word[ADDR] + p->model.page_size);
}

static bool undo(const struct process *p, const struct combination *c, const struct model_answer *a,
		 int error, uint64_t result __attribute__((unused)))
{
	if (p->model.limit_data != UINT64_MAX)
		process_limit(RLIMIT_DATA, RLIM_INFINITY);
	if (c->world == PROMISED) /* not of the layout */
		return error || !sys_mprotect(process_pointer(promised_addr),
					      (size_t)promised_length, PROT_READ);
	/* Of the refused ones, some have split a VMA, which counts where there may be no more. */
	return c->world < FULL && process_restore_in(p, a->address, a->address + a->length);
}

static const struct matrix matrix = {
	.call = "mprotect",
	.number = SYS_mprotect,
	.arguments = { { ARGUMENT_ADDRESS }, { ARGUMENT_BYTES }, { ARGUMENT_BITS, mmap_prot_bits } },
	.argument_count = PROT + 1,
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

DECISION(order_eacces_before_eperm_sealed, "mprotect.order.eacces-before-eperm-sealed")
DECISION(error_partial_eacces, "mprotect.error.partial-eacces")
DECISION(memfd_write_mprotect_eacces, "memfd.write.mprotect-eacces")
DECISION(perm_shared_readonly_fd, "mprotect.perm.shared-readonly-fd")
DECISION(perm_noexec_mount, "mprotect.perm.noexec-mount")
DECISION(vma_map_count_limit, "mprotect.vma.map-count-limit")
DECISION(hugetlb_unaligned, "mprotect.hugetlb.unaligned")
DECISION(mseal_block_mprotect, "mseal.block.mprotect")
DECISION(mseal_block_mprotect_partial, "mseal.block.mprotect-partial")
DECISION(limit_data_becoming_writable, "mprotect.limit.data-becoming-writable")
DECISION(limit_commit_becoming_writable, "mprotect.limit.commit-becoming-writable")
DECISION(effect_none, "mprotect.effect.none")
DECISION(effect_readonly, "mprotect.effect.readonly")
DECISION(effect_write_only_x86, "mprotect.effect.write-only-x86")
DECISION(effect_exec_only_x86, "mprotect.effect.exec-only-x86")
DECISION(ret_zero, "mprotect.ret.zero")
DECISION(mmap_kind_rdwr_shared_upgrade_ok, "mmap.kind.rdwr-shared-upgrade-ok")
DECISION(perm_private_readonly_fd, "mprotect.perm.private-readonly-fd")
DECISION(memfd_write_mmap_private, "memfd.write.mmap-private")
DECISION(effect_locked_private_writable, "mprotect.effect.locked-private-writable")
DECISION(effect_locked_none_populate, "mprotect.effect.locked-none-populate")
DECISION(limit_data_already_over, "mprotect.limit.data-already-over")
DECISION(hole_middle_partial, "mprotect.hole.middle-partial")
DECISION(hole_end_partial, "mprotect.hole.end-partial")
DECISION(hole_end_even_unchanged, "mprotect.hole.end-even-unchanged")
DECISION(args_both_grows, "mprotect.args.both-grows")
DECISION(order_grows_then_align_then_len, "mprotect.order.grows-then-align-then-len")
DECISION(args_addr_unaligned, "mprotect.args.addr-unaligned")
DECISION(args_range_wraps, "mprotect.args.range-wraps")
DECISION(args_unknown_prot_bits, "mprotect.args.unknown-prot-bits")
DECISION(order_badprot_before_enomem, "mprotect.order.badprot-before-enomem")
DECISION(growsdown_wholly_below_enomem, "mprotect.growsdown.wholly-below-enomem")
DECISION(growsdown_not_growable, "mprotect.growsdown.not-growable")
DECISION(growsup_unsupported, "mprotect.growsup.unsupported")
DECISION(unmapped_kernel_address, "mprotect.unmapped.kernel-address")
DECISION(unmapped_enomem, "mprotect.unmapped.enomem")
DECISION(vma_split, "mprotect.vma.split")
DECISION(vma_noop_no_split, "mprotect.vma.noop-no-split")
DECISION(args_len_rounded_up, "mprotect.args.len-rounded-up")
DECISION(args_prot_sem_accepted, "mprotect.args.prot-sem-accepted")
DECISION(effect_exec_sem_readable, "mprotect.effect.exec-sem-readable")
DECISION(growsdown_range_below_start, "mprotect.growsdown.range-below-start")
DECISION(growsdown_extends_to_start, "mprotect.growsdown.extends-to-start")
DECISION(args_len_zero_ok, "mprotect.args.len-zero-ok")

TEST_HARNESS_MAIN
