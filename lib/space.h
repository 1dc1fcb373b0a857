/* SPDX-License-Identifier: GPL-2.0 */
#ifndef LIB_SPACE_H
#define LIB_SPACE_H

#include <stddef.h>

/* The largest number of address bits that a 4-level page table of x86-64 gives to a process. */
#define SPACE_4LEVEL_BITS 47

/*
 * The first address above all that this process can map, Linux's TASK_SIZE, or NULL where it is not known for the machine.
 * The kernel tells the depth of its page tables by whether it takes a hint above the lower half of a 4-level one.
 * Source: arch/x86/include/asm/page_64_types.h.
 */
char *space_end(void);

#endif
