/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Ranges for calls that take no more than one: every page of the small areas of a layout and of
 * what lies between them, and the ends of others, which have their places here; and addresses far
 * from it; by lengths from none to all.
 */
#ifndef CASES_MATRIX_RANGES_H
#define CASES_MATRIX_RANGES_H

#include "drive.h"

#define RANGES_NEAR 45 /* the first page behind the small areas */
#define RANGES_GROWSDOWN 100 /* four pages that grow down */
#define RANGES_HUGE 512 /* a huge page, or room for it */
#define RANGES_HUGES 1024 /* two of them */
#define RANGES_HUGE_PAGES 512 /* small ones of a huge one */

/* The first two arguments. */
enum { RANGE_ADDR, RANGE_LENGTH };

/* Pages that addresses are in: all of the small areas, and the ends of the others. */
static const unsigned int range_far_pages[] = {
	RANGES_GROWSDOWN - 1,
	RANGES_GROWSDOWN,
	RANGES_GROWSDOWN + 1,
	RANGES_GROWSDOWN + 3,
	RANGES_GROWSDOWN + 4,
	RANGES_HUGE - 1,
	RANGES_HUGE,
	RANGES_HUGE + 1,
	RANGES_HUGES - 1,
	RANGES_HUGES,
	RANGES_HUGES + 1,
	RANGES_HUGES + RANGES_HUGE_PAGES,
	RANGES_HUGES + 2 * RANGES_HUGE_PAGES - 1,
};
#define RANGES_FAR (sizeof(range_far_pages) / sizeof(range_far_pages[0]))
#define RANGES_OTHER_ADDRESSES 12
#define RANGES_ADDRESSES (RANGES_NEAR + RANGES_FAR + RANGES_OTHER_ADDRESSES)

static inline uint64_t range_address(const struct process *p, unsigned int level)
{
	uint64_t page = p->model.page_size, top = p->model.task_size;
	const uint64_t others[RANGES_OTHER_ADDRESSES] = {
		0,	   page,       p->model.min_addr,  top - 2 * page,    top - page,
		top,	   top + page, top + (top & -top), (uint64_t)1 << 63, -top,
		-2 * page, -page,
	};

	if (level < RANGES_NEAR)
		return process_page(p, level);
	level -= RANGES_NEAR;
	return level < RANGES_FAR ? process_page(p, range_far_pages[level]) :
				    others[level - RANGES_FAR];
}

static const unsigned int range_pages[] = {
	1, 2, 3, 4, 5, 7, 31, RANGES_HUGE_PAGES, RANGES_HUGE_PAGES + 1, 2 * RANGES_HUGE_PAGES
};
#define RANGES_OTHER_LENGTHS 13
#define RANGES_LENGTHS (2 * (sizeof(range_pages) / sizeof(range_pages[0])) + RANGES_OTHER_LENGTHS)

static inline uint64_t range_length(const struct process *p, uint64_t addr, unsigned int level)
{
	uint64_t page = p->model.page_size, left = p->model.task_size - addr;
	const uint64_t others[RANGES_OTHER_LENGTHS] = {
		0,
		1,
		LONG_LENGTH,
		left,
		left + 1,
		left + page,
		p->model.task_size,
		-addr,
		-addr - 1,
		-page,
		-page - 1,
		UINT64_MAX,
		(uint64_t)1 << 63,
	};

	if (level < RANGES_OTHER_LENGTHS)
		return others[level];
	level -= RANGES_OTHER_LENGTHS;
	return range_pages[level / 2] * page - level % 2 * (page - 1);
}

/* Every address, the first byte of its page and another, by every length. */
#define RANGES (2 * RANGES_ADDRESSES * RANGES_LENGTHS)

static inline bool range_row(const struct process *p, uint64_t number, struct combination *c)
{
	unsigned int in_page = number % 2, address = number / 2 % RANGES_ADDRESSES;
	unsigned int length = (unsigned int)(number / 2 / RANGES_ADDRESSES);

	c->word[RANGE_ADDR] = range_address(p, address);
	c->word[RANGE_LENGTH] = range_length(p, c->word[RANGE_ADDR], length);
	c->word[RANGE_ADDR] += in_page;
	c->weight = in_page + (address >= RANGES_NEAR) + 2 * (length < RANGES_OTHER_LENGTHS);
	c->dear = !((uint32_t)number * 2654435761u >> 29);
	return true;
}

/* Would the call change what the process itself stands on? Such a call can't be made. */
static inline bool range_beyond_layout(const struct process *p, const struct combination *c)
{
	const struct model_vma *vma;
	struct model_answer a;

	matrix.decide(&p->model, c, &a);
	vma = model_find_overlap(&p->model, a.address, a.address + a.length);
	for (; vma; vma = model_find_overlap(&p->model, vma->end, a.address + a.length))
		if (vma->start < p->base || vma->start >= process_page(p, LAYOUT_PAGES))
			return true;
	return false;
}

#endif
