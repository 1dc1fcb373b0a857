/* SPDX-License-Identifier: GPL-2.0 */
/*
 * System V shared memory that does not outlive its process, however that ends.
 */
#ifndef LIB_SYSV_H
#define LIB_SYSV_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/ipc.h>

struct sysv {
	int id;
	void *keeper; /* an attachment where the kernel chose: while it is there, the segment is */
};

/*
 * Makes a segment, attaches it once, and marks it to be destroyed with its last attachment; it can
 * be attached by its id until then. False: errno says why.
 */
bool sysv_make(struct sysv *segment, key_t key, size_t length);

/* The number of attachments in all processes, or -1: errno says why. */
int sysv_attachments(int id);

#endif
