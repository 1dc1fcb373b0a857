// SPDX-License-Identifier: GPL-2.0
#include "growing.h"
#include "maps.h"
#include "page.h"
#include "syscalls.h"

/* Pages of free address space, and the one that the mapping is made at. */
#define SPACE 1024
#define AT 800

bool growing_init(struct growing *growing)
{
	growing->space =
		sys_mmap(NULL, pages(SPACE), PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (growing->space == MAP_FAILED || sys_munmap(growing->space, pages(SPACE)))
		return false;
	growing->start = growing->space + pages(AT);
	return sys_mmap(growing->start, pages(1), PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED | MAP_GROWSDOWN, -1,
			0) == growing->start;
}

void growing_free(struct growing *growing)
{
	sys_munmap(growing->space, pages(SPACE));
}

long growing_pages(const struct growing *growing)
{
	uintptr_t end = (uintptr_t)growing->start + page_size();
	struct vma vma;

	if (maps_find((uintptr_t)growing->start, &vma) != 1 || vma.end != end)
		return -1;
	return (long)((vma.end - vma.start) / page_size());
}

bool growing_put_below(const struct growing *growing, size_t distance, unsigned long prot,
		       unsigned long flags)
{
	return sys_mmap(growing->start - pages(distance + 1), pages(1), prot,
			MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED | flags, -1, 0) != MAP_FAILED;
}
