/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the kernel says of the mappings of this process: by PROCMAP_QUERY where it has that, else
 * from the text of /proc/self/maps. Nothing here allocates memory, since that would change what is
 * read.
 */
#ifndef LIB_MAPS_H
#define LIB_MAPS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define VMA_NAME_MAX 160

struct vma {
	uintptr_t start, end; /* end is the first byte above */
	char perms[5]; /* "rw-p", as in maps */
	uint64_t offset; /* bytes */
	unsigned int dev_major, dev_minor;
	uint64_t inode;
	char name[VMA_NAME_MAX]; /* "" for anonymous memory; cut off where it is longer */
};

/*
 * The lowest VMA that ends above addr. 1: found, 0: there is none, -1: this kernel does not tell
 * (no /proc).
 */
int maps_find(uintptr_t addr, struct vma *vma);

/*
 * A way through the mappings from low to high, by a descriptor of /proc/self/maps that is kept: for
 * who asks a million times.
 */
struct maps_reader {
	int fd;
	bool named; /* the names are asked for as well */
	bool begun; /* the query failed: from then on it is the text that is read */
	bool cut; /* the rest of a line that did not fit is still to come */
	size_t at, filled; /* in buffer */
	char buffer[1024]; /* the kernel writes as much as fits, though a few lines may be enough */
};

/* Begins anew. Names are not asked for. */
void maps_start(struct maps_reader *reader, int fd);

/* As maps_find(), for an address not below the one before. */
int maps_next(struct maps_reader *reader, uintptr_t addr, struct vma *vma);

/* The number of VMAs that overlap [start, end), or -1 where the kernel does not tell. */
int maps_count(uintptr_t start, uintptr_t end);

/* Can the mappings be read at all? */
bool maps_available(void);

#endif
