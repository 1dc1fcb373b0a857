// SPDX-License-Identifier: GPL-2.0
/*
 * What is known of a mapping moves along with it: protection, advice, guards; and whether it
 * becomes one with its new neighbour.
 */
#include "kselftest_harness.h"
#include "lib/arena.h"
#include "lib/expect.h"
#include "lib/letters.h"
#include "lib/smaps.h"
#include "lib/syscalls.h"

#define FIXED (MREMAP_MAYMOVE | MREMAP_FIXED)

FIXTURE(advice)
{
	struct arena arena; /* |r-|r-|..|..|..|..| */
	char *p, *to;
};
FIXTURE_VARIANT(advice)
{
	int advice;
	const char *mark; /* in VmFlags */
};
/* clang-format off */
FIXTURE_VARIANT_ADD(advice, no_fork)		{ MADV_DONTFORK, "dc" };
FIXTURE_VARIANT_ADD(advice, wipe_on_fork)	{ MADV_WIPEONFORK, "wf" };
FIXTURE_VARIANT_ADD(advice, no_dump)		{ MADV_DONTDUMP, "dd" };
FIXTURE_VARIANT_ADD(advice, sequential)		{ MADV_SEQUENTIAL, "sr" };
FIXTURE_VARIANT_ADD(advice, random)		{ MADV_RANDOM, "rr" };
FIXTURE_VARIANT_ADD(advice, huge_pages)		{ MADV_HUGEPAGE, "hg" };
FIXTURE_VARIANT_ADD(advice, no_huge_pages)	{ MADV_NOHUGEPAGE, "nh" };
/* clang-format on */
FIXTURE_SETUP(advice)
{
	char flags[SMAPS_FLAGS_MAX];

	NEED(smaps_flags(self, flags), "/proc/self/smaps with VmFlags");
	SETUP(arena_init(&self->arena, 6));
	SETUP(arena_map(&self->arena, 0, 2, "r-"));
	self->p = slot(&self->arena, 0);
	self->to = slot(&self->arena, 3);
	NEED_FEATURE(!sys_madvise(self->p, pages(2), variant->advice), "this advice");
	NEED(smaps_marked(self->p, variant->mark), "VmFlags that tell of the advice");
}
FIXTURE_TEARDOWN(advice)
{
	arena_free(&self->arena);
}

/* clause: mremap.move.protection-and-advice-kept */
TEST_F(advice, protection_and_advice_move_along)
{
	EXPECT_ADDR(self->to, sys_mremap(self->p, pages(2), pages(2), FIXED, self->to));
	EXPECT_LAYOUT(".. .. .. r- r- ..", &self->arena);
	EXPECT_TRUE(smaps_marked(self->to, variant->mark));
}

ARENA_FIXTURE(10);

/* clause: mremap.move.growsdown-kept */
TEST_F(arena, stack_stays_a_stack)
{
	char *p = slot(&self->arena, 0), *to = slot(&self->arena, 5), flags[SMAPS_FLAGS_MAX];

	NEED(smaps_flags(self, flags), "/proc/self/smaps with VmFlags");
	SETUP(sys_mmap(p, pages(1), PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED | MAP_GROWSDOWN, -1, 0) == p);

	EXPECT_ADDR(to, sys_mremap(p, pages(1), pages(1), FIXED, to));
	EXPECT_TRUE(smaps_marked(to, "gd"));
}

/* clause: mremap.move.guards-kept */
TEST_F(arena, guard_pages_move_along)
{
	char *p = slot(&self->arena, 0), *to = slot(&self->arena, 5);

	SETUP(arena_map(&self->arena, 0, 3, "rw"));
	memset(p, 'p', pages(3));
	NEED_FEATURE(!sys_madvise(p + pages(1), pages(1), MADV_GUARD_INSTALL) &&
			     fault_probe(FAULT_READ, p + pages(1)).signal,
		     "guard pages");

	EXPECT_ADDR(to, sys_mremap(p, pages(3), pages(3), FIXED, to));
	EXPECT_FAULT(SIGSEGV, SEGV_MAPERR, FAULT_READ, to + pages(1));
	EXPECT_FAULT(SIGSEGV, SEGV_MAPERR, FAULT_WRITE, to + pages(2) - 1);
	EXPECT_STREQ("p.p", letters_at(to, 3));
	EXPECT_LAYOUT(".. .. .. .. .. rw rw rw .. ..", &self->arena);
}

/* clause: mremap.move.unfaulted-merges */
TEST_F(arena, untouched_memory_becomes_one_with_its_neighbour)
{
	char *p = slot(&self->arena, 0), *to = slot(&self->arena, 7);

	NEED_MAPS();
	SETUP(arena_map(&self->arena, 0, 2, "rw"));
	SETUP(arena_map(&self->arena, 5, 2, "rw")); /* |rw|rw|..|..|..|rw|rw|..|..|..| */

	EXPECT_ADDR(to, sys_mremap(p, pages(2), pages(2), FIXED, to));
	EXPECT_VMAS(1, &self->arena);
	EXPECT_LAYOUT(".. .. .. .. .. rw rw rw rw ..", &self->arena);
}

/* clause: mremap.move.faulted-no-merge */
TEST_F(arena, touched_memory_stays_apart)
{
	char *p = slot(&self->arena, 0), *neighbour = slot(&self->arena, 5);
	char *to = slot(&self->arena, 7);

	NEED_MAPS();
	SETUP(arena_map(&self->arena, 0, 2, "rw"));
	SETUP(arena_map(&self->arena, 5, 2, "rw"));
	memset(p, 'p', pages(2));
	memset(neighbour, 'n', pages(2));

	EXPECT_ADDR(to, sys_mremap(p, pages(2), pages(2), FIXED, to));
	EXPECT_VMAS(2, &self->arena);
	EXPECT_STREQ("nnpp", letters_at(neighbour, 4));
}

/* clause: mremap.move.back-merges */
TEST_F(arena, touched_memory_moved_back_becomes_one_again)
{
	char *p = slot(&self->arena, 2), *away = slot(&self->arena, 6);

	NEED_MAPS();
	SETUP(arena_map(&self->arena, 0, 5, "rw"));
	for (int n = 0; n < 5; n++)
		memset(slot(&self->arena, n), 'a' + n, pages(1));

	EXPECT_ADDR(away, sys_mremap(p, pages(2), pages(2), FIXED, away));
	EXPECT_VMAS(3, &self->arena);
	EXPECT_ADDR(p, sys_mremap(away, pages(2), pages(2), FIXED, p));
	EXPECT_VMAS(1, &self->arena);
	EXPECT_STREQ("abcde", letters_at(slot(&self->arena, 0), 5));
}

TEST_HARNESS_MAIN
