// SPDX-License-Identifier: GPL-2.0
/*
 * Where the kernel begins to place mappings and which way it goes on: downwards from below the
 * stack, at random; upwards for a program that asks for the old layout.
 */
#include <sys/personality.h>

#include "kselftest_harness.h"
#include "lib/anew.h"
#include "lib/expect.h"
#include "lib/limits.h"
#include "lib/page.h"
#include "lib/space.h"
#include "lib/syscalls.h"

/* Too many pages for the holes between a program's first mappings, too few for a huge page. */
#define LENGTH pages(300)
#define ROUNDS 4

#if defined(__x86_64__) && defined(__LP64__)
/* A third of what a process has below the border of 4-level page tables. */
#define LEGACY_START ((((uintptr_t)1 << SPACE_4LEVEL_BITS) / 3) & ~(page_size() - 1))
#define X86_64 1
#else
#define LEGACY_START 0
#define X86_64 0
#endif

FIXTURE(downwards)
{
	char *p[ROUNDS];
};
FIXTURE_VARIANT(downwards)
{
	unsigned long flags, prot;
};
/* clang-format off */
FIXTURE_VARIANT_ADD(downwards, shared)	{ MAP_SHARED, PROT_READ | PROT_WRITE };
FIXTURE_VARIANT_ADD(downwards, private)	{ MAP_PRIVATE, PROT_READ | PROT_WRITE };
FIXTURE_VARIANT_ADD(downwards, none)	{ MAP_PRIVATE | MAP_NORESERVE, PROT_NONE };
/* clang-format on */
FIXTURE_SETUP(downwards)
{
	int64_t legacy;

	NEED(!sysctl_read("vm.legacy_va_layout", &legacy) || !legacy, "vm.legacy_va_layout of 0");
	NEED(personality(ANEW_AS_IS) < 0 || !(personality(ANEW_AS_IS) & ADDR_COMPAT_LAYOUT),
	     "the default layout");
}
FIXTURE_TEARDOWN(downwards)
{
	for (int i = 0; i < ROUNDS; i++)
		sys_munmap(self->p[i], LENGTH);
}

/* clause: mmap.addr.topdown-adjacent */
TEST_F(downwards, next_mapping_lies_right_below_the_last)
{
	for (int i = 0; i < ROUNDS; i++)
		ASSERT_OK(self->p[i] = sys_mmap(NULL, LENGTH, variant->prot,
						variant->flags | MAP_ANONYMOUS, -1, 0));
	for (int i = 1; i < ROUNDS; i++)
		EXPECT_TRUE(self->p[i] == self->p[i - 1] - LENGTH);
}

/* Its first mappings, of a page each. */
ANEW(place)
{
	for (int i = 0; i < 3; i++)
		words[i] = (uintptr_t)sys_mmap(NULL, pages(1), PROT_READ,
					       MAP_SHARED | MAP_ANONYMOUS, -1, 0);
}

/* Where a new program gets its first mapping; 0: it does not come up. */
static uintptr_t first_place(unsigned long persona)
{
	uintptr_t words[ANEW_WORDS] = { 0 };

	return anew_run(ANEW_NAME(place), persona, words) ? words[0] : 0;
}

FIXTURE(program)
{
	unsigned long persona; /* of this process, without what would choose the layout */
	int64_t random;
};
FIXTURE_SETUP(program)
{
	int64_t legacy;
	int persona = personality(ANEW_AS_IS);

	NEED_OWN_PROCESS("it forks and sets a limit");
	NEED_FEATURE(persona >= 0, "personalities");
	self->persona = (unsigned long)(persona & ~(ADDR_COMPAT_LAYOUT | ADDR_NO_RANDOMIZE));
	NEED(first_place(self->persona | ADDR_NO_RANDOMIZE),
	     "a program that can start itself anew");
	NEED(sysctl_read("kernel.randomize_va_space", &self->random), "kernel.randomize_va_space");
	NEED(!sysctl_read("vm.legacy_va_layout", &legacy) || !legacy, "vm.legacy_va_layout of 0");
}
FIXTURE_TEARDOWN(program)
{
}

/* clause: mmap.addr.aslr */
TEST_F(program, starts_elsewhere_each_time_unless_told_not_to)
{
	uintptr_t first = first_place(self->persona), fixed;
	bool moved = false;

	for (int i = 0; i < ROUNDS; i++)
		moved |= first_place(self->persona) != first;
	EXPECT_EQ(self->random != 0, moved);

	fixed = first_place(self->persona | ADDR_NO_RANDOMIZE);
	for (int i = 0; i < ROUNDS; i++)
		EXPECT_TRUE(first_place(self->persona | ADDR_NO_RANDOMIZE) == fixed);
}

/* clause: mmap.addr.legacy-layout-bottomup */
TEST_F(program, old_layout_goes_upwards_from_a_third)
{
	uintptr_t words[ANEW_WORDS] = { 0 };

	NEED(X86_64, "x86-64");

	EXPECT_TRUE(anew_run(ANEW_NAME(place),
			     self->persona | ADDR_COMPAT_LAYOUT | ADDR_NO_RANDOMIZE, words));
	EXPECT_TRUE(words[0] - LEGACY_START < pages(300));
	EXPECT_TRUE(words[1] == words[0] + pages(1));
	EXPECT_TRUE(words[2] == words[1] + pages(1));
}

/* clause: mmap.addr.unlimited-stack-topdown */
TEST_F(program, unlimited_stack_does_not_bring_the_old_layout)
{
	uintptr_t words[ANEW_WORDS] = { 0 };

	NEED(X86_64, "x86-64");
	NEED(limit_set(RLIMIT_STACK, RLIM_INFINITY), "leave to have an unlimited stack");

	EXPECT_TRUE(anew_run(ANEW_NAME(place), self->persona | ADDR_NO_RANDOMIZE, words));
	EXPECT_FALSE(words[0] - LEGACY_START < pages(300));
	EXPECT_TRUE(words[1] == words[0] - pages(1));
	EXPECT_TRUE(words[2] == words[1] - pages(1));
}

TEST_HARNESS_MAIN
