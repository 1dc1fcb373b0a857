// SPDX-License-Identifier: GPL-2.0
#include "page.h"
#include "space.h"
#include "syscalls.h"

#if defined(__x86_64__) && defined(__LP64__)

#define SPACE_5LEVEL_BITS 56

char *space_end(void)
{
	uintptr_t border = (uintptr_t)1 << SPACE_4LEVEL_BITS;
	char *p = sys_mmap((void *)(2 * border), page_size(), PROT_NONE,
			   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	int bits = SPACE_4LEVEL_BITS;

	if (p != MAP_FAILED) {
		if ((uintptr_t)p >= border)
			bits = SPACE_5LEVEL_BITS;
		sys_munmap(p, page_size());
	}
	return (char *)((uintptr_t)1 << bits) - page_size();
}

#else

char *space_end(void)
{
	return NULL;
}

#endif
