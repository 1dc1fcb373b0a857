// SPDX-License-Identifier: GPL-2.0
/*
 * Of the protection, mmap looks at read, write and execute alone, where mprotect would refuse what
 * it does not know.
 */
#include "kselftest_harness.h"
#include "lib/arena.h"
#include "lib/expect.h"
#include "lib/syscalls.h"

#if defined(__x86_64__) || defined(__i386__)
#define X86 1 /* other machines have bits of their own here */
#else
#define X86 0
#endif

#define BITS ((int)sizeof(long) * 8)
#define RWX (PROT_READ | PROT_WRITE | PROT_EXEC)

FIXTURE(arena)
{
	struct arena arena;
};
FIXTURE_VARIANT(arena)
{
	unsigned long flags;
	const char *none, *read, *all;
};
/* clang-format off */
FIXTURE_VARIANT_ADD(arena, private)	{ MAP_PRIVATE, "-- ..", "r- ..", "rwx .." };
FIXTURE_VARIANT_ADD(arena, shared)	{ MAP_SHARED, "--s ..", "r-s ..", "rwxs .." };
/* clang-format on */
FIXTURE_SETUP(arena)
{
	SETUP(arena_init(&self->arena, 2));
}
FIXTURE_TEARDOWN(arena)
{
	arena_free(&self->arena);
}

/* clause: mmap.prot.unknown-bits-ignored */
TEST_F(arena, unknown_bit_gives_and_takes_nothing)
{
	unsigned long flags = variant->flags | MAP_ANONYMOUS | MAP_FIXED;
	void *p = slot(&self->arena, 0);

	NEED(X86, "x86");

	for (int n = 3; n < BITS && !TEST_FAILED(); n++) {
		EXPECT_ADDR(p, sys_mmap(p, pages(1), 1ul << n, flags, -1, 0));
		EXPECT_LAYOUT(variant->none, &self->arena);
		EXPECT_ADDR(p, sys_mmap(p, pages(1), PROT_READ | 1ul << n, flags, -1, 0));
		EXPECT_LAYOUT(variant->read, &self->arena);
		if (TEST_FAILED())
			TH_LOG("bit %d", n);
	}
}

/* clause: mmap.prot.unknown-bits-ignored */
TEST_F(arena, all_bits_are_all_access)
{
	unsigned long flags = variant->flags | MAP_ANONYMOUS | MAP_FIXED;
	void *p = slot(&self->arena, 0);

	NEED(X86, "x86");

	EXPECT_ADDR(p, sys_mmap(p, pages(1), ~0ul & ~RWX, flags, -1, 0));
	EXPECT_LAYOUT(variant->none, &self->arena);
	EXPECT_ADDR(p, sys_mmap(p, pages(1), ~0ul, flags, -1, 0));
	EXPECT_LAYOUT(variant->all, &self->arena);
}

/* clause: mmap.prot.sem-no-effect */
TEST_F(arena, semaphore_memory_alone_has_no_access)
{
	unsigned long flags = variant->flags | MAP_ANONYMOUS | MAP_FIXED;
	char *p = slot(&self->arena, 0);

	EXPECT_ADDR(p, sys_mmap(p, pages(1), PROT_SEM, flags, -1, 0));
	EXPECT_LAYOUT(variant->none, &self->arena);
	EXPECT_FAULT(SIGSEGV, SEGV_ACCERR, FAULT_READ, p);
	EXPECT_FAULT(SIGSEGV, SEGV_ACCERR, FAULT_WRITE, p);
}

TEST_HARNESS_MAIN
