/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Worlds in which there are as many VMAs as the kernel allows. The limit is the machine's, so it is
 * reached, not lowered; and only when a call is to be made there, since that takes tens of
 * thousands of calls.
 */
#ifndef CASES_MATRIX_VMA_LIMIT_H
#define CASES_MATRIX_VMA_LIMIT_H

#include "process.h"

#define VMA_LIMIT_MOST 100000 /* beyond, it would take too long */

/* The model has room for spare more VMAs. False: the limit can't be reached here. */
static inline bool vma_limit_enter(struct process *p, uint64_t spare)
{
	struct model *m = &p->model;
	int64_t limit = 0;

	if (!sysctl_read("vm.max_map_count", &limit) || limit > VMA_LIMIT_MOST)
		return false;
	m->max_map_count = (uint64_t)limit;
	m->unlisted_vmas = 0;
	m->unlisted_vmas = m->max_map_count - model_map_count(m) - spare;
	return true;
}

/*
 * Makes every second page of a mapping a VMA of its own, until there may be no more. NULL: trouble.
 */
static inline char *vma_limit_fill(const struct model *m)
{
	uint64_t page = m->page_size, length = (m->max_map_count + 1) * page;
	char *start = sys_mmap(NULL, length, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE,
			       -1, 0);

	if (start == MAP_FAILED)
		return NULL;
	for (uint64_t at = page; at + page < length; at += 2 * page)
		if (sys_mprotect(start + at, page, PROT_READ))
			return errno == ENOMEM ? start : NULL;
	return start;
}

/*
 * The process has room for spare more VMAs, 0 or later 1. What refused calls have split is whole
 * again before.
 */
static inline bool vma_limit_reach(const struct process *p, uint64_t spare)
{
	static char *filled;
	static bool spared;

	if (!filled) {
		if (!process_restore(p))
			return false;
		filled = vma_limit_fill(&p->model);
	}
	if (!filled || !spare || spared)
		return filled;
	/* The first page is a VMA by itself now. */
	spared = true;
	return !sys_munmap(filled, p->model.page_size);
}

/*
 * The process has one VMA more than the limit: mmap() alone makes one there. What is shared joins
 * nothing.
 */
static inline bool vma_limit_pass(const struct process *p)
{
	static bool passed;

	if (!passed)
		passed = sys_mmap(NULL, p->model.page_size, PROT_NONE, MAP_SHARED | MAP_ANONYMOUS,
				  -1, 0) != MAP_FAILED;
	return passed;
}

#endif
