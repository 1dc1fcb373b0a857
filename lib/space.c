// SPDX-License-Identifier: GPL-2.0
#include <errno.h>

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

#elif defined(__i386__)

#define END_64BIT_KERNEL ((char *)0xffffe000)
#define END_32BIT_KERNEL ((char *)0xc0000000)

char *space_end(void)
{
	char *p = sys_mmap(END_32BIT_KERNEL, page_size(), PROT_NONE,
			   MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);

	if (p == MAP_FAILED)
		return errno == EEXIST ? END_64BIT_KERNEL : END_32BIT_KERNEL;
	sys_munmap(p, page_size());
	return p == END_32BIT_KERNEL ? END_64BIT_KERNEL : END_32BIT_KERNEL;
}

#else

char *space_end(void)
{
	return NULL;
}

#endif

char *space_beyond(const char *end)
{
	uintptr_t half = (UINTPTR_MAX - (uintptr_t)end) / 2;

	return (char *)(((uintptr_t)end + half) & -page_size());
}

bool space_words_match(void)
{
#if defined(__i386__)
	return space_end() == END_32BIT_KERNEL;
#else
	return sizeof(long) == 8;
#endif
}
