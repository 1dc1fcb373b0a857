/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Things to map, by kind.
 */
#ifndef LIB_OBJECT_H
#define LIB_OBJECT_H

#include <stdbool.h>
#include <stddef.h>

enum object_kind {
	OBJECT_MEMFD, /* allows sealing */
	OBJECT_TMPFS_FILE, /* a file of a tmpfs mount: /dev/shm, /tmp or /run */
	OBJECT_SCRATCH_FILE, /* a file in the scratch folder, whatever its file system */
	OBJECT_READ_ONLY_FILE, /* a scratch file opened O_RDONLY */
	OBJECT_WRITE_ONLY_FILE, /* a scratch file opened O_WRONLY */
	OBJECT_PATH_FILE, /* a scratch file opened O_PATH */
	OBJECT_DEV_ZERO,
	OBJECT_DEV_NULL,
	OBJECT_DIRECTORY,
	OBJECT_PIPE_READ_END,
	OBJECT_PIPE_WRITE_END,
	OBJECT_UNIX_SOCKET,
	OBJECT_EVENTFD,
	OBJECT_PROC_FILE, /* /proc/self/status */
	OBJECT_TCP_SOCKET,
	OBJECT_PACKET_RING, /* its length is that of the ring */
	OBJECT_PERF_EVENT,
	OBJECT_IO_URING,
	OBJECT_SECRETMEM, /* zeros */
};

/*
 * Opens an object of this kind. Those that have contents get length bytes of the value fill.
 * Returns the descriptor, or -1: errno says why, and object_missing() whether that means that there
 * is none here.
 */
int object_open(enum object_kind kind, size_t length, int fill);

/*
 * After a failed object_open(): what is missing, as the reason of a SKIP, or NULL when it just
 * failed. *feature tells whether it is the kernel that lacks it, not the environment.
 */
const char *object_missing(enum object_kind kind, int error, bool *feature);

/*
 * The magic number of the file system that it is on, as FS_MAGIC_TMPFS of uapi.h; 0: errno says
 * why.
 */
unsigned long object_filesystem(int fd);

/* Is it a file on DAX, whose mappings are of the storage itself? */
bool object_is_dax(int fd);

/* Writes count bytes of the value fill at this offset in bytes. */
bool object_fill(int fd, size_t offset, size_t count, int fill);

#endif
