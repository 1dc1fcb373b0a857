/* SPDX-License-Identifier: GPL-2.0 */
#ifndef LIB_NAMED_AREA_H
#define LIB_NAMED_AREA_H

#include <stdbool.h>
#include <stddef.h>

#include "maps.h"

/*
 * The first VMA that the kernel shows under this name: "[vdso]", "[vvar]". False: there is none, or
 * it does not tell.
 */
bool named_area(const char *name, struct vma *vma);

/* Is it, from its first byte to its last, at this address and of this length? */
bool named_area_is_at(const char *name, const void *start, size_t length);

#endif
