/* SPDX-License-Identifier: GPL-2.0 */
#ifndef LIB_SPACE_H
#define LIB_SPACE_H

#include <stdbool.h>
#include <stddef.h>

/* The largest number of address bits that a 4-level page table of x86-64 gives to a process. */
#define SPACE_4LEVEL_BITS 47

/*
 * The first address above all that this process can map, Linux's TASK_SIZE, or NULL where it is not
 * known for the machine. On x86-64 the kernel tells the depth of its page tables by whether it
 * takes a hint above the lower half of a 4-level one; to an i386 program it tells that it is a
 * 64-bit kernel by mappings in the fourth GiB. Source: arch/x86/include/asm/page_64_types.h,
 * page_32_types.h.
 */
char *space_end(void);

/*
 * A page-aligned address halfway between this end and the last address there is: not canonical on
 * x86-64.
 */
char *space_beyond(const char *end);

/*
 * Is a word of the kernel as long as a word of this program? Not for a 32-bit program on a 64-bit
 * kernel, which rounds the program's largest length up to 4 GiB and not to 0. False, too, for a
 * 32-bit program where it is not known.
 */
bool space_words_match(void);

#endif
