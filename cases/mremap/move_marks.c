// SPDX-License-Identifier: GPL-2.0
/*
 * Marks that a mapping has taken on since it was made move along with it: its name, its protection
 * key; and its pages count as stored to.
 */
#include <sys/prctl.h>

#include "kselftest_harness.h"
#include "lib/arena.h"
#include "lib/expect.h"
#include "lib/smaps.h"
#include "lib/syscalls.h"

#define RW (PROT_READ | PROT_WRITE)
#define FIXED (MREMAP_MAYMOVE | MREMAP_FIXED)

FIXTURE(arena)
{
	struct arena arena; /* |p|p|p|..|..|..|; the first two move */
	char *p, *to;
};
FIXTURE_SETUP(arena)
{
	SETUP(arena_init(&self->arena, 6));
	SETUP(arena_map(&self->arena, 0, 3, "rw"));
	self->p = slot(&self->arena, 0);
	self->to = slot(&self->arena, 4);
	memset(self->p, 'p', pages(3));
}
FIXTURE_TEARDOWN(arena)
{
	arena_free(&self->arena);
}

/* clause: mremap.move.anon-name-kept */
TEST_F(arena, name_moves_along)
{
	struct vma vma;

	NEED_MAPS();
	NEED(!prctl(PR_SET_VMA, PR_SET_VMA_ANON_NAME, self->p, pages(3), "moved"),
	     "a kernel built with names of anonymous memory");

	EXPECT_ADDR(self->to, sys_mremap(self->p, pages(2), pages(2), FIXED, self->to));
	EXPECT_EQ(1, maps_find((uintptr_t)self->to, &vma));
	EXPECT_EQ((uintptr_t)self->to, vma.start);
	EXPECT_STREQ("[anon:moved]", vma.name);
	EXPECT_EQ(1, maps_find((uintptr_t)slot(&self->arena, 2), &vma));
	EXPECT_STREQ("[anon:moved]", vma.name); /* what stays keeps it */
	EXPECT_LAYOUT(".. .. rw .. rw rw", &self->arena);
}

/* clause: mremap.move.pkey-kept */
TEST_F(arena, protection_key_moves_along)
{
	int key = sys_pkey_alloc(0, PKEY_DISABLE_WRITE);

	NEED(key > 0, "protection keys");
	SETUP(!sys_pkey_mprotect(self->p, pages(2), RW, key));
	SETUP(smaps_key(self->p) == key);

	EXPECT_ADDR(self->to, sys_mremap(self->p, pages(2), pages(2), FIXED, self->to));
	EXPECT_EQ(key, smaps_key(self->to));
	EXPECT_EQ(0, smaps_key(slot(&self->arena, 2)));
	EXPECT_LAYOUT(".. .. rw .. rw rw", &self->arena);
	EXPECT_BYTES('p', self->to, pages(2));
	/* Comes last: the way back from a signal leaves the rights that a handler has. */
	EXPECT_FAULT(SIGSEGV, SEGV_PKUERR, FAULT_WRITE, self->to + pages(2) - 1);
	sys_pkey_free(key);
}

/* clause: mremap.move.soft-dirty */
TEST_F(arena, pages_that_move_count_as_stored_to)
{
	NEED(page_present(self->p) == 1, "/proc/self/pagemap");
	NEED(page_soft_dirty(self->p) == 1, "a kernel built with soft-dirty tracking");
	SETUP(clear_soft_dirty());
	SETUP(!page_soft_dirty(self->p) && !page_soft_dirty(self->p + pages(1)));

	EXPECT_ADDR(self->to, sys_mremap(self->p, pages(2), pages(2), FIXED, self->to));
	EXPECT_EQ(1, page_soft_dirty(self->to));
	EXPECT_EQ(1, page_soft_dirty(self->to + pages(1)));
	EXPECT_EQ(0, page_soft_dirty(slot(&self->arena, 2)));
	EXPECT_BYTES('p', self->to, pages(2));
}

TEST_HARNESS_MAIN
