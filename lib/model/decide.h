/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How the model's functions decide: one statement a check, in the kernel's order.
 */
#ifndef LIB_MODEL_DECIDE_H
#define LIB_MODEL_DECIDE_H

#include <errno.h>
#include <string.h>

#include "../uapi.h"
#include "model.h"

/* Is this decision the one that a test has planted a fault in, by leaving it out? */
static inline bool planted(const struct model *m, const char *clause)
{
	return m->planted && !strcmp(m->planted, clause);
}

/* The name of a decision of mmap's, say, in a call that mmap emulates. */
static inline const char *renamed(const struct model_answer *a, const char *clause)
{
	for (const struct model_renaming *r = a->renamings; r && r->theirs; r++)
		if (!strcmp(r->theirs, clause))
			return r->ours;
	return clause;
}

/*
 * The arguments deserve this error: it is the answer unless an earlier check has refused. True: it
 * is the answer.
 */
static inline bool refuse(const struct model *m, struct model_answer *a, int error,
			  const char *clause)
{
	clause = renamed(a, clause);
	if (planted(m, clause))
		return false;
	a->deserved[error] = true;
	if (a->error)
		return false;
	a->error = error;
	a->clause = clause;
	return true;
}

/*
 * The kernel returns this error when the condition holds, by this clause. For functions that have m
 * and a.
 */
#define DENY(condition, error, clause)               \
	do {                                         \
		if (condition)                       \
			refuse(m, a, error, clause); \
	} while (0)

/* Where the call succeeds, this clause tells its result. */
static inline void grant(struct model_answer *a, const char *clause)
{
	if (!a->error)
		a->clause = clause;
}

static inline uint64_t align_down(uint64_t value, uint64_t unit)
{
	return value & ~(unit - 1);
}

/* Wraps to 0 as the kernel's ALIGN() does. */
static inline uint64_t align_up(uint64_t value, uint64_t unit)
{
	return align_down(value + unit - 1, unit);
}

static inline bool unaligned(uint64_t value, uint64_t unit)
{
	return value & (unit - 1);
}

/*
 * Where a call that succeeds, by this clause, leaves its result: at an address, or anywhere in a
 * range.
 */
static inline void place_at(struct model_answer *a, uint64_t address, const char *clause)
{
	a->place = PLACE_EXACT;
	a->address = address;
	grant(a, clause);
}

static inline void place_in(struct model_answer *a, uint64_t low, uint64_t high, const char *clause)
{
	a->place = PLACE_FREE;
	a->low = low;
	a->high = high;
	grant(a, clause);
}

/*
 * Is [addr, addr + length) free, and above it the guard gap of an area that grows down to it? 0:
 * yes, else what is in the way.
 */
enum obstacle { FREE, OCCUPIED, IN_GAP };
enum obstacle model_obstacle(const struct model *m, uint64_t addr, uint64_t length);

/* arch/x86/mm/mmap.c:mmap_address_hint_valid */
bool model_hint_valid(const struct model *m, uint64_t addr, uint64_t length);

/* Bytes of the pages of a huge mapping; 0: it is none. */
static inline uint64_t huge_page(const struct model_vma *vma)
{
	return vma->object && vma->object->huge_shift ? (uint64_t)1 << vma->object->huge_shift : 0;
}

/* mm/hugetlb.c:hugetlb_vm_op_split: may the VMA not be cut at addr? */
static inline bool inside_huge_page(const struct model_vma *vma, uint64_t addr)
{
	return huge_page(vma) && unaligned(addr, huge_page(vma));
}

#endif
