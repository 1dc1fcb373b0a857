// SPDX-License-Identifier: GPL-2.0
/*
 * The address space of a process grows and shrinks by just the pages that mremap adds and takes
 * away.
 */
#include "kselftest_harness.h"
#include "lib/arena.h"
#include "lib/expect.h"
#include "lib/limits.h"
#include "lib/syscalls.h"

FIXTURE(counted)
{
	struct arena arena; /* |rw|rw|..|..|..|..|..|..| */
	char *p, *to;
	uint64_t before; /* bytes of address space, with the mapping */
};
FIXTURE_SETUP(counted)
{
	SETUP(arena_init(&self->arena, 8));
	SETUP(arena_map(&self->arena, 0, 2, "rw"));
	self->p = slot(&self->arena, 0);
	self->to = slot(&self->arena, 4);
	memset(self->p, 'p', pages(2));
	NEED(address_space_bytes(&self->before), "/proc/self/statm");
}
FIXTURE_TEARDOWN(counted)
{
	arena_free(&self->arena);
}

/* Pages gained since then. */
static long gained(uint64_t before)
{
	uint64_t now;

	return address_space_bytes(&now) ? (long)(now - before) / (long)page_size() : -1000;
}

/* clause: mremap.proc.vmsize-delta */
TEST_F(counted, growth_and_shrinking_count_and_a_move_does_not)
{
	char *p = self->p, *to = self->to;
	unsigned long fixed = MREMAP_MAYMOVE | MREMAP_FIXED;

	EXPECT_ADDR(p, sys_mremap(p, pages(2), pages(4), 0, NULL));
	EXPECT_EQ(2, gained(self->before));
	EXPECT_ADDR(to, sys_mremap(p, pages(4), pages(4), fixed, to));
	EXPECT_EQ(2, gained(self->before));
	EXPECT_ADDR(to, sys_mremap(to, pages(4), pages(1), 0, NULL));
	EXPECT_EQ(-1, gained(self->before));
	EXPECT_ADDR(p, sys_mremap(to, pages(1), pages(3), fixed, p));
	EXPECT_EQ(1, gained(self->before));
	EXPECT_ADDR(to, sys_mremap(p, pages(3), pages(2), fixed, to));
	EXPECT_EQ(0, gained(self->before));
}

/* clause: mremap.dontunmap.vmsize-grows */
TEST_F(counted, dontunmap_counts_the_pages_again)
{
	EXPECT_ADDR(self->to,
		    sys_mremap(self->p, pages(2), pages(2),
			       MREMAP_MAYMOVE | MREMAP_FIXED | MREMAP_DONTUNMAP, self->to));
	EXPECT_LAYOUT("rw rw .. .. rw rw .. ..", &self->arena);
	EXPECT_EQ(2, gained(self->before));
	EXPECT_OK(sys_munmap(self->p, pages(2)));
	EXPECT_EQ(0, gained(self->before));
}

TEST_HARNESS_MAIN
