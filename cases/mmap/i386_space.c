// SPDX-License-Identifier: GPL-2.0
/*
 * The addresses of an i386 program: on a 64-bit kernel all of its 4 GiB but the last two pages.
 * MAP_32BIT, which x86-64 has for the lower two, takes nothing away from them.
 */
#include "kselftest_harness.h"
#include "lib/arena.h"
#include "lib/expect.h"
#include "lib/space.h"
#include "lib/syscalls.h"
#include "lib/x86.h"

#if !X86
#define MAP_32BIT 0
#endif

#define RW (PROT_READ | PROT_WRITE)
#define END ((char *)(uintptr_t)0xffffe000)
#define GIB ((uintptr_t)1 << 30)

FIXTURE(request)
{
	int fd; /* two pages of 0 */
};
MAPPING_VARIANTS(request);
FIXTURE_SETUP(request)
{
	NEED(I386, "an i386 program");
	OPEN_OBJECT(self->fd, OBJECT_MEMFD, pages(2), 0);
}
FIXTURE_TEARDOWN(request)
{
	close(self->fd);
}

/* Is nothing mapped in that page? */
static bool is_free(void *page)
{
	void *p = sys_mmap(page, pages(1), PROT_NONE,
			   MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);

	if (p == MAP_FAILED)
		return errno != EEXIST;
	sys_munmap(p, pages(1));
	return true;
}

/* clause: mmap.compat.i386-top */
TEST_F(request, last_page_is_the_third_from_the_top)
{
	unsigned long fixed = variant->flags | MAP_FIXED;
	char *last = END - pages(1);

	NEED(!space_words_match(), "a 64-bit kernel");
	NEED(is_free(last), "a stack that leaves the last page free");

	EXPECT_ADDR(last, sys_mmap(last, pages(1), RW, fixed, self->fd, 0));
	EXPECT_NO_FAULT(FAULT_WRITE, END - 1);
	EXPECT_ERRNO(ENOMEM, sys_mmap(END, pages(1), RW, fixed, self->fd, 0));
	EXPECT_ERRNO(ENOMEM, sys_mmap(END + pages(1), pages(1), RW, fixed, self->fd, 0));
	EXPECT_ERRNO(ENOMEM, sys_mmap(last, pages(2), RW, fixed, self->fd, 0));
	EXPECT_NO_FAULT(FAULT_READ, last);
	EXPECT_OK(sys_munmap(last, pages(1)));
}

/* clause: mmap.32bit.compat-ignored */
TEST_F(request, map_32bit_leaves_the_kernels_choice_as_it_is)
{
	unsigned long flags = variant->flags | MAP_32BIT;
	char *chosen = sys_mmap(NULL, pages(2), RW, variant->flags, self->fd, 0);

	SETUP(chosen != MAP_FAILED);
	SETUP(!sys_munmap(chosen, pages(2)));
	NEED((uintptr_t)chosen >= 2 * GIB, "mappings placed from above");

	EXPECT_ADDR(chosen, sys_mmap(NULL, pages(2), RW, flags, self->fd, 0));
	EXPECT_OK(sys_munmap(chosen, pages(2)));
}

/* clause: mmap.32bit.compat-ignored */
TEST_F(request, map_32bit_leaves_a_hint_above_2_gib_as_it_is)
{
	unsigned long flags = variant->flags | MAP_32BIT;
	char *hint = (char *)(2 * GIB);

	while ((uintptr_t)hint < 3 * GIB && (!is_free(hint) || !is_free(hint + pages(1))))
		hint += GIB / 64;
	NEED((uintptr_t)hint < 3 * GIB, "two free pages in the third GiB");

	EXPECT_ADDR(hint, sys_mmap(hint, pages(2), RW, flags, self->fd, 0));
	EXPECT_OK(sys_munmap(hint, pages(2)));
}

ARENA_FIXTURE(2);

/* clause: mmap.droppable.compat-ok */
TEST_F(arena, droppable_memory_comes_with_a_64_bit_kernel)
{
	unsigned long flags = MAP_DROPPABLE | MAP_ANONYMOUS | MAP_FIXED;
	char *p = slot(&self->arena, 0);

	NEED(I386, "an i386 program");

	if (space_words_match()) {
		EXPECT_ERRNO(EOPNOTSUPP, sys_mmap(p, pages(2), RW, flags, -1, 0));
		EXPECT_LAYOUT(".. ..", &self->arena);
	} else {
		EXPECT_ADDR(p, sys_mmap(p, pages(2), RW, flags, -1, 0));
		EXPECT_LAYOUT("rw rw", &self->arena);
		EXPECT_BYTES(0, p, pages(2));
		EXPECT_NO_FAULT(FAULT_WRITE, p);
	}
}

TEST_HARNESS_MAIN
