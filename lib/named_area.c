// SPDX-License-Identifier: GPL-2.0
#include <string.h>

#include "named_area.h"

bool named_area(const char *name, struct vma *vma)
{
	for (uintptr_t at = 0; maps_find(at, vma) == 1; at = vma->end) {
		if (!strcmp(vma->name, name))
			return true;
	}
	return false;
}

bool named_area_is_at(const char *name, const void *start, size_t length)
{
	struct vma vma;

	return named_area(name, &vma) && vma.start == (uintptr_t)start &&
	       vma.end == (uintptr_t)start + length;
}
