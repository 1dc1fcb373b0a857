/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A FUSE file system that is a single file, FUSEFS_SIZE bytes of 'f', served by a child over
 * /dev/fuse. Its caller is in a mount namespace of its own (mounts.h).
 */
#ifndef LIB_FUSEFS_H
#define LIB_FUSEFS_H

#include <stdbool.h>
#include <stdint.h>

#define FUSEFS_SIZE 65536

/* linux/fuse.h: of the start of a connection, and of the answer to open() */
#define FUSEFS_DIRECT_IO_ALLOW_MMAP ((uint64_t)1 << 36)
#define FUSEFS_OPEN_DIRECT_IO (1U << 0)

/*
 * Mounts it over the file at path, which it makes, and starts the connection: *offered is what the
 * kernel can do, of which wanted is taken. Returns the descriptor that fusefs_serve() needs, or -1:
 * errno says why.
 */
int fusefs_mount(const char *path, uint64_t wanted, uint64_t *offered);

/*
 * Answers what the kernel asks until it is unmounted; open_flags is the answer to open(). For a
 * child, which ends with its parent.
 */
void fusefs_serve(int device, uint32_t open_flags);

#endif
