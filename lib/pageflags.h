/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the kernel knows of a page frame, by /proc/kpageflags, which only root is told.
 */
#ifndef LIB_PAGEFLAGS_H
#define LIB_PAGEFLAGS_H

#include <stdbool.h>
#include <stdint.h>

/* linux/kernel-page-flags.h */
#define PAGEFLAG_DIRTY ((uint64_t)1 << 4)
#define PAGEFLAG_WRITEBACK ((uint64_t)1 << 8)

/*
 * The flags of the page that is mapped at p; it has to have been touched. False: the kernel does
 * not tell.
 */
bool page_flags(const void *p, uint64_t *flags);

#endif
