/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Swapping to a file, ended when the process that began it ends, however it ends. Only in a case
 * that is EXCLUSIVE for "swap".
 */
#ifndef LIB_SWAP_H
#define LIB_SWAP_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct swap {
	pid_t watcher; /* the process that ends it */
	int alive; /* what it waits for the end of; -1: it is ended */
};

/* Makes the file, which is empty, a swap area of count pages. False: errno says why. */
bool swap_format(int fd, size_t count);

/* Begins to swap to it. False: errno says why. */
bool swap_on(struct swap *swap, const char *path);

/* Ends it, once. False: it could not be ended. */
bool swap_off(struct swap *swap);

#endif
