/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A MAP_GROWSDOWN mapping of one page, readable and writable, with more free address space below it
 * than the guard gap takes.
 */
#ifndef LIB_GROWING_H
#define LIB_GROWING_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Pages that stay free below a mapping that grows down, unless the boot option stack_guard_gap says
 * otherwise.
 */
#define GROWING_GAP 256

struct growing {
	char *space;
	char *start; /* where the mapping was made */
};

/*
 * Makes it where the kernel has found room; that space stays free but for the mapping. False: errno
 * says why.
 */
bool growing_init(struct growing *growing);

/* Unmaps all that is there. */
void growing_free(struct growing *growing);

/*
 * The pages that the mapping has by now, all in one VMA that ends where it did; else -1. Needs the
 * maps.
 */
long growing_pages(const struct growing *growing);

/*
 * Maps one anonymous page so many pages below the place where the mapping was made, the pages in
 * between being left as they are.
 */
bool growing_put_below(const struct growing *growing, size_t distance, unsigned long prot,
		       unsigned long flags);

#endif
