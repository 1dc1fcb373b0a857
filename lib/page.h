/* SPDX-License-Identifier: GPL-2.0 */
#ifndef LIB_PAGE_H
#define LIB_PAGE_H

#include <stddef.h>
#include <unistd.h>

/* The page size in bytes: 4K, 16K, 64K. */
static inline size_t page_size(void)
{
	return (size_t)sysconf(_SC_PAGESIZE);
}

/* The bytes of n pages. */
static inline size_t pages(size_t n)
{
	return n * page_size();
}

#endif
