// SPDX-License-Identifier: GPL-2.0
/*
 * Transparent huge pages: they move whole to where they fit, and page by page elsewhere.
 */
#include "kselftest_harness.h"
#include "lib/arena.h"
#include "lib/expect.h"
#include "lib/smaps.h"
#include "lib/syscalls.h"

#define FIXED (MREMAP_MAYMOVE | MREMAP_FIXED)

FIXTURE(thp)
{
	struct arena arena; /* |rw|..|..|..|rw|, slots of a huge page */
	size_t size;
	char *p; /* its first slot, one huge page */
	char *copy; /* its last slot: the same bytes, no two pages of them equal */
};
FIXTURE_SETUP(thp)
{
	uint64_t huge = 0;

	self->size = hugepage_transparent();
	NEED(self->size, "transparent huge pages");
	SETUP(arena_init_sized(&self->arena, 5, self->size));
	SETUP(arena_map(&self->arena, 0, 1, "rw") && arena_map(&self->arena, 4, 1, "rw"));
	self->p = slot(&self->arena, 0);
	self->copy = slot(&self->arena, 4);
	for (size_t n = 0; n < self->size; n += sizeof(size_t))
		*(size_t *)(self->copy + n) = n;
	NEED(!sys_madvise(self->p, self->size, MADV_HUGEPAGE), "transparent huge pages");
	memcpy(self->p, self->copy, self->size);
	NEED(smaps_bytes(self->p, "AnonHugePages", &huge) && huge == self->size,
	     "a huge page that is free, and leave to take it");
}
FIXTURE_TEARDOWN(thp)
{
	arena_free(&self->arena);
}

/* clause: mremap.move.thp-aligned-keeps-huge */
TEST_F(thp, move_to_where_it_fits_keeps_it_whole)
{
	char *to = slot(&self->arena, 2);
	uint64_t huge = 0;

	EXPECT_ADDR(to, sys_mremap(self->p, self->size, self->size, FIXED, to));
	EXPECT_TRUE(smaps_bytes(to, "AnonHugePages", &huge));
	EXPECT_EQ(self->size, huge);
	EXPECT_COPY(self->copy, to, self->size);
	EXPECT_LAYOUT(".. .. rw .. rw", &self->arena);
}

/* clause: mremap.move.thp-unaligned-splits */
TEST_F(thp, move_to_where_it_does_not_fit_keeps_its_bytes)
{
	char *to = (char *)slot(&self->arena, 2) + pages(1);
	uint64_t huge = 1;

	EXPECT_ADDR(to, sys_mremap(self->p, self->size, self->size, FIXED, to));
	EXPECT_TRUE(smaps_bytes(to, "AnonHugePages", &huge));
	EXPECT_FALSE(huge);
	EXPECT_COPY(self->copy, to, self->size);
	EXPECT_FAULT(SIGSEGV, SEGV_MAPERR, FAULT_READ, self->p);
	EXPECT_FAULT(SIGSEGV, SEGV_MAPERR, FAULT_READ, self->p + self->size - 1);
}

TEST_HARNESS_MAIN
