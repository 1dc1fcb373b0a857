// SPDX-License-Identifier: GPL-2.0
/*
 * Private anonymous memory after a fork: each process stores for itself alone, whoever is first,
 * whoever still lives, and whatever had been in the page.
 */
#include "kselftest_harness.h"
#include "lib/arena.h"
#include "lib/child.h"
#include "lib/expect.h"
#include "lib/syscalls.h"

FIXTURE(memory)
{
	struct arena arena;
	char *p; /* two pages of the byte was */
	char was;
};
FIXTURE_VARIANT(memory)
{
	enum {
		UNTOUCHED,
		LOADED, /* the zero page is in the page table */
		STORED,
	} before; /* the fork */
};
/* clang-format off */
FIXTURE_VARIANT_ADD(memory, untouched)	{ UNTOUCHED };
FIXTURE_VARIANT_ADD(memory, loaded)	{ LOADED };
FIXTURE_VARIANT_ADD(memory, stored)	{ STORED };
/* clang-format on */
FIXTURE_SETUP(memory)
{
	NEED_OWN_PROCESS("it forks");
	SETUP(arena_init(&self->arena, 4));
	SETUP(arena_map(&self->arena, 0, 2, "rw"));
	self->p = slot(&self->arena, 0);
	if (variant->before == LOADED)
		SETUP(!((volatile char *)self->p)[0] && !((volatile char *)self->p)[pages(1)]);
	if (variant->before == STORED)
		memset(self->p, self->was = 'a', pages(2));
}
FIXTURE_TEARDOWN(memory)
{
	arena_free(&self->arena);
}

/* clause: mmap.life.fork-private-child-first */
TEST_F(memory, what_a_child_stores_is_not_seen_by_its_parent_nor_a_later_child)
{
	CHILD(writer) {
		memset(self->p, 'C', pages(1));
		EXPECT_BYTES(self->was, self->p + pages(1), pages(1));
		EXPECT_BYTES('C', self->p, pages(1));
	}
	EXPECT_CHILD_OK(writer);
	EXPECT_BYTES(self->was, self->p, pages(2));
	CHILD(sibling) {
		EXPECT_BYTES(self->was, self->p, pages(2));
	}
	EXPECT_CHILD_OK(sibling);
	/* the zero page is everybody's */
	SETUP(arena_map(&self->arena, 3, 1, "rw"));
	EXPECT_BYTES(0, slot(&self->arena, 3), pages(1));
}

/* clause: mmap.life.fork-private-parent-first */
TEST_F(memory, what_a_parent_stores_is_not_seen_by_its_child)
{
	struct gate stored, seen;

	SETUP(gate_init(&stored) && gate_init(&seen));
	CHILD(reader) {
		gate_wait(&stored);
		EXPECT_BYTES(self->was, self->p, pages(2));
		self->p[pages(1)] = 'C';
		gate_open(&seen);
	}
	memset(self->p, 'P', pages(1));
	gate_open(&stored);
	gate_wait(&seen);
	EXPECT_BYTES('P', self->p, pages(1)); /* while the child may still live */
	EXPECT_BYTES(self->was, self->p + pages(1), pages(1));
	EXPECT_CHILD_OK(reader);
	memset(self->p, 'Q', pages(2)); /* nobody else has the pages any more */
	EXPECT_BYTES('Q', self->p, pages(2));
}

/*
 * clause: mmap.life.fork-private-child-first
 * clause: mmap.life.fork-private-parent-first
 */
TEST_F(memory, three_generations_have_a_page_each)
{
	struct gate stored;

	SETUP(gate_init(&stored));
	CHILD(child) {
		CHILD(grandchild) {
			self->p[0] = 'G';
			gate_wait(&stored);
			EXPECT_BYTES('G', self->p, 1);
			EXPECT_BYTES(self->was, self->p + 1, pages(2) - 1);
		}
		self->p[0] = 'C';
		EXPECT_CHILD_OK(grandchild);
		EXPECT_BYTES('C', self->p, 1);
		EXPECT_BYTES(self->was, self->p + 1, pages(2) - 1);
	}
	self->p[0] = 'P';
	gate_open(&stored);
	EXPECT_CHILD_OK(child);
	EXPECT_BYTES('P', self->p, 1);
	EXPECT_BYTES(self->was, self->p + 1, pages(2) - 1);
}

TEST_HARNESS_MAIN
