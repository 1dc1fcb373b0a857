/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Huge pages of the default size. Their pool belongs to the machine: a case that sets it is
 * EXCLUSIVE("vm.nr_hugepages").
 */
#ifndef LIB_HUGEPAGE_H
#define LIB_HUGEPAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes of a huge page of the default size; 0: the kernel has none. */
size_t hugepage_size(void);

/*
 * Makes the pool this large, with all of it free and none lent beyond it; false: that cannot be
 * had.
 */
bool hugepage_pool(unsigned int count);

/* The number of pages of the pool that are free, or -1. */
int hugepage_free(void);

/* Bytes of a transparent huge page; 0: the kernel has none. */
size_t hugepage_transparent(void);

#endif
