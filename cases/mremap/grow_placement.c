// SPDX-License-Identifier: GPL-2.0
/*
 * Where a mapping goes that grows and cannot stay: to where mmap would put one of its size, or
 * nowhere.
 */
#include "kselftest_harness.h"
#include "lib/arena.h"
#include "lib/expect.h"
#include "lib/space.h"
#include "lib/syscalls.h"

ARENA_FIXTURE(4);

/* clause: mremap.grow.placement-like-mmap */
TEST_F(arena, place_is_the_one_that_mmap_would_take)
{
	char *p = slot(&self->arena, 0);

	SETUP(arena_map(&self->arena, 0, 1, "rw"));
	SETUP(arena_map(&self->arena, 1, 1, "r-")); /* |rw|r-|..|..| */

	for (size_t n = 3; n <= 20; n += 17) {
		char *probe = sys_mmap(NULL, pages(n), PROT_READ | PROT_WRITE,
				       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

		SETUP(probe != MAP_FAILED && !sys_munmap(probe, pages(n)));
		SETUP(arena_map(&self->arena, 0, 1, "rw"));
		EXPECT_ADDR(probe, sys_mremap(p, pages(1), pages(n), MREMAP_MAYMOVE, NULL));
		EXPECT_LAYOUT(".. r- .. ..", &self->arena);
		sys_munmap(probe, pages(n));
	}
}

/* clause: mremap.grow.thp-aligned-placement */
TEST_F(arena, whole_huge_pages_go_where_they_fit_and_other_lengths_do_not)
{
	size_t size = hugepage_transparent(), off[4];

	NEED(size, "transparent huge pages");
	for (int i = 0; i < 4; i++) {
		/* Two of a kind that fit by chance would be a page off each other. */
		size_t length = 2 * size + (i % 2) * pages(1);
		char *moved;

		SETUP(arena_map(&self->arena, 0, 1, "rw") && arena_map(&self->arena, 1, 1, "r-"));
		ASSERT_OK(moved = sys_mremap(slot(&self->arena, 0), pages(1), length,
					     MREMAP_MAYMOVE, NULL));
		off[i] = (uintptr_t)moved % size;
	}
	EXPECT_TRUE(!off[0] && !off[2]);
	EXPECT_TRUE(off[1] || off[3]);
}

/* clause: mremap.grow.top-of-address-space */
TEST_F(arena, mapping_at_the_top_can_only_move_down)
{
	char *end = space_end(), *last = end - pages(1), *got, *moved;

	NEED(end, "a machine whose address space is known");
	got = sys_mmap(last, pages(1), PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
	NEED(got == last, "a last page that is free and can be mapped");
	memset(last, 'g', pages(1));

	EXPECT_ERRNO(ENOMEM, sys_mremap(last, pages(1), pages(2), 0, NULL));
	EXPECT_BYTES('g', last, pages(1));
	ASSERT_OK(moved = sys_mremap(last, pages(1), pages(2), MREMAP_MAYMOVE, NULL));
	EXPECT_LT((uintptr_t)moved, (uintptr_t)last);
	EXPECT_BYTES('g', moved, pages(1));
	EXPECT_BYTES(0, moved + pages(1), pages(1));
	EXPECT_FAULT(SIGSEGV, SEGV_MAPERR, FAULT_READ, last);
	sys_munmap(moved, pages(2));
}

/* clause: mremap.grow.absurd-len-enomem */
TEST_F(arena, length_that_fits_nowhere_keeps_the_mapping)
{
	char *p = slot(&self->arena, 0);
	size_t end = (size_t)space_end();

	NEED(end, "a machine whose address space is known");
	SETUP(arena_map(&self->arena, 0, 2, "rw"));
	memset(p, 'g', pages(2));
	SETUP(!sys_mprotect(p, pages(2), PROT_READ));

	EXPECT_ERRNO(ENOMEM, sys_mremap(p, pages(2), end - pages(1), MREMAP_MAYMOVE, NULL));
	EXPECT_LAYOUT("r- r- .. ..", &self->arena);
	EXPECT_BYTES('g', p, pages(2));
}

TEST_HARNESS_MAIN
