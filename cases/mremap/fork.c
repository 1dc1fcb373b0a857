// SPDX-License-Identifier: GPL-2.0
/*
 * A move is a matter of one process: it neither moves what another inherited nor undoes
 * copy-on-write between the two.
 */
#include "kselftest_harness.h"
#include "lib/arena.h"
#include "lib/expect.h"
#include "lib/letters.h"
#include "lib/syscalls.h"

#define FIXED (MREMAP_MAYMOVE | MREMAP_FIXED)

FIXTURE(inherited)
{
	struct arena arena; /* |a|b|..|..|..|..| */
	struct gate gate;
	char *p, *to;
};
FIXTURE_VARIANT(inherited)
{
	const char *access;
};
/* clang-format off */
FIXTURE_VARIANT_ADD(inherited, private)	{ "rw" };
FIXTURE_VARIANT_ADD(inherited, shared)	{ "rws" };
/* clang-format on */
FIXTURE_SETUP(inherited)
{
	NEED_OWN_PROCESS("it forks");
	SETUP(gate_init(&self->gate));
	SETUP(arena_init(&self->arena, 6));
	SETUP(arena_map(&self->arena, 0, 2, variant->access));
	self->p = slot(&self->arena, 0);
	self->to = slot(&self->arena, 3);
	memset(self->p, 'a', pages(1));
	memset(self->p + pages(1), 'b', pages(1));
}
FIXTURE_TEARDOWN(inherited)
{
	arena_free(&self->arena);
}

/* clause: mremap.fork.independent */
TEST_F(inherited, move_in_the_parent_leaves_the_mapping_of_the_child)
{
	CHILD(child) {
		SETUP(gate_wait(&self->gate));
		EXPECT_STREQ("ab....", letters_at(self->p, 6));
		EXPECT_NO_FAULT(FAULT_WRITE, self->p);
	}

	EXPECT_ADDR(self->to, sys_mremap(self->p, pages(2), pages(2), FIXED, self->to));
	gate_open(&self->gate);
	EXPECT_CHILD_OK(child);
	EXPECT_STREQ("...", letters_at(self->p, 3));
	EXPECT_STREQ("b", letters_at(self->to + pages(1), 1));
}

/* clause: mremap.fork.independent */
TEST_F(inherited, move_in_the_child_leaves_the_mapping_of_the_parent)
{
	CHILD(child) {
		EXPECT_ADDR(self->to, sys_mremap(self->p, pages(2), pages(2), FIXED, self->to));
		EXPECT_STREQ("...ab.", letters_at(self->p, 6));
	}

	EXPECT_CHILD_OK(child);
	EXPECT_STREQ("ab....", letters_at(self->p, 6));
}

FIXTURE(moved)
{
	struct arena arena; /* |..|..|..|a|b|..| */
	struct gate gate;
	char *to;
};
FIXTURE_SETUP(moved)
{
	NEED_OWN_PROCESS("it forks");
	SETUP(gate_init(&self->gate));
	SETUP(arena_init(&self->arena, 6));
	SETUP(arena_map(&self->arena, 0, 2, "rw"));
	self->to = slot(&self->arena, 3);
	memset(slot(&self->arena, 0), 'a', pages(1));
	memset(slot(&self->arena, 1), 'b', pages(1));
	SETUP(sys_mremap(slot(&self->arena, 0), pages(2), pages(2), FIXED, self->to) == self->to);
}
FIXTURE_TEARDOWN(moved)
{
	arena_free(&self->arena);
}

/* clause: mremap.fork.cow-after-move */
TEST_F(moved, stores_of_either_process_stay_its_own)
{
	CHILD(child) {
		memset(self->to, 'c', pages(1));
		SETUP(gate_wait(&self->gate));
		EXPECT_STREQ("cb", letters_at(self->to, 2));
	}

	memset(self->to + pages(1), 'p', pages(1));
	gate_open(&self->gate);
	EXPECT_CHILD_OK(child);
	EXPECT_STREQ("ap", letters_at(self->to, 2));
}

TEST_HARNESS_MAIN
