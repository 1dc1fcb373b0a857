// SPDX-License-Identifier: GPL-2.0
/*
 * What becomes of an address that a caller hints at: mmap() and mremap() ask the same
 * (arch/x86/kernel/sys_x86_64.c:arch_get_unmapped_area_topdown).
 */
#include "decide.h"

#define STACK_GUARD_GAP_PAGES 256

bool model_hint_valid(const struct model *m, uint64_t addr, uint64_t length)
{
	if (m->task_size - length < addr)
		return false;
	return (addr > m->window_end) == (addr + length > m->window_end);
}

enum obstacle model_obstacle(const struct model *m, uint64_t addr, uint64_t length)
{
	const struct model_vma *vma = model_find(m, addr);
	uint64_t gap = STACK_GUARD_GAP_PAGES * m->page_size;

	if (!vma)
		return FREE;
	if (addr + length > vma->start)
		return OCCUPIED;
	if (vma->flags & VM_GROWSDOWN && addr + length > vma->start - gap)
		return IN_GAP;
	return FREE;
}
