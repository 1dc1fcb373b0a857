/* SPDX-License-Identifier: GPL-2.0 */
/*
 * An arena: a stretch of slots, of a page each unless said, at addresses where nothing is mapped
 * and where the kernel places nothing of its own choice. Its layout is a picture, one token a slot,
 * read from left to right:
 *
 *	..	nothing mapped
 *	--	mapped, no access
 *	r-	readable; rw readable and writable; -w writable
 *	r-x	the same and executable
 *	rws	the same and shared
 */
#ifndef LIB_ARENA_H
#define LIB_ARENA_H

#include <stdbool.h>
#include <stddef.h>

#include "page.h"

#define ARENA_SLOTS_MAX 32
#define ARENA_PICTURE_MAX (ARENA_SLOTS_MAX * 5 + 1)

struct arena {
	char *start;
	size_t slots, slot_bytes;
};

/* Finds slots free pages, with a free page at either end. False: errno says why. */
bool arena_init(struct arena *arena, size_t slots);

/* The same with slots of slot_bytes, a power of two, which they are aligned to. */
bool arena_init_sized(struct arena *arena, size_t slots, size_t slot_bytes);

/* Unmaps all that is there. */
void arena_free(struct arena *arena);

/* The address of slot number n; n may be one beyond the last, or -1. */
static inline void *slot(const struct arena *arena, long n)
{
	return arena->start + n * (long)arena->slot_bytes;
}

/*
 * Maps count slots from first on as one private anonymous mapping: access is a token as above.
 * False: errno says why.
 */
bool arena_map(struct arena *arena, long first, size_t count, const char *access);

/* Maps count slots from first on to fd at page number page, MAP_SHARED if the token ends in 's'. */
bool arena_map_file(struct arena *arena, long first, size_t count, const char *access, int fd,
		    size_t page);

/* The same with MAP_HUGETLB: the slots are of the size of a huge page. */
bool arena_map_huge(struct arena *arena, long first, size_t count, const char *access);

/*
 * Draws the arena as it is: from the maps where the kernel has them, else by touching each slot,
 * which tells neither shared from private nor, without reading, executable.
 */
void arena_picture(const struct arena *arena, char picture[ARENA_PICTURE_MAX]);

/* Is this the arena's picture, but for what touching cannot tell? */
bool arena_looks_like(const struct arena *arena, const char *wanted,
		      char picture[ARENA_PICTURE_MAX]);

/* The number of VMAs in the arena, or -1 where the kernel does not tell. */
int arena_vmas(const struct arena *arena);

#endif
