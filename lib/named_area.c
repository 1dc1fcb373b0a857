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
