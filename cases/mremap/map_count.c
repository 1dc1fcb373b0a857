// SPDX-License-Identifier: GPL-2.0
/*
 * Near vm.max_map_count mremap refuses whatever it is asked, also what needs no VMA at all, unless
 * the most that it might need are left: 4, with MREMAP_DONTUNMAP 5.
 */
#include "kselftest_harness.h"
#include "lib/arena.h"
#include "lib/expect.h"
#include "lib/syscalls.h"

EXCLUSIVE("vm.max_map_count");

#define FREE_ABOVE "rw rw .. .. .. .. .. .."
#define TAKEN_ABOVE "rw rw r- .. .. .. .. .."

CROWD_FIXTURE(8);
FIXTURE_VARIANT(crowd)
{
	unsigned long flags;
	size_t new_pages; /* of 2 */
	int spare; /* VMAs that have to be left */
	const char *before, *after;
};
#define CALL(name, ...)                  \
	FIXTURE_VARIANT_ADD(crowd, name) \
	{                                \
		__VA_ARGS__              \
	}
CALL(nothing_to_do, 0, 2, 4, FREE_ABOVE, "rw rw .. .. .. .. .. ..");
CALL(shrink, 0, 1, 4, FREE_ABOVE, "rw .. .. .. .. .. .. ..");
CALL(grow_in_place, 0, 3, 4, FREE_ABOVE, "rw rw rw .. .. .. .. ..");
CALL(grow_elsewhere, MREMAP_MAYMOVE, 3, 4, TAKEN_ABOVE, ".. .. r- .. .. .. .. ..");
CALL(move, MREMAP_MAYMOVE | MREMAP_FIXED, 2, 4, FREE_ABOVE, ".. .. .. .. rw rw .. ..");
CALL(dontunmap, MREMAP_MAYMOVE | MREMAP_FIXED | MREMAP_DONTUNMAP, 2, 5, FREE_ABOVE,
     "rw rw .. .. rw rw .. ..");

static bool map_before(struct arena *arena, const char *before)
{
	return arena_map(arena, 0, 2, "rw") &&
	       (!strcmp(before, FREE_ABOVE) || arena_map(arena, 2, 1, "r-"));
}

/* clause: mremap.limit.map-count-all */
TEST_F(crowd, refused_with_one_vma_too_few_left)
{
	SETUP(map_before(&self->arena, variant->before));
	memset(slot(&self->arena, 0), 'x', pages(2));
	SETUP(crowd_fill(&self->crowd, variant->spare - 1));

	EXPECT_ERRNO(ENOMEM, sys_mremap(slot(&self->arena, 0), pages(2), pages(variant->new_pages),
					variant->flags, slot(&self->arena, 4)));
	EXPECT_LAYOUT(variant->before, &self->arena);
	EXPECT_BYTES('x', slot(&self->arena, 0), pages(2));
	EXPECT_EQ(CROWD_LIMIT - variant->spare + 1, crowd_count());
}

/* clause: mremap.limit.map-count-all */
TEST_F(crowd, granted_with_just_enough_left)
{
	void *p;

	SETUP(map_before(&self->arena, variant->before));
	SETUP(crowd_fill(&self->crowd, variant->spare));

	EXPECT_OK(p = sys_mremap(slot(&self->arena, 0), pages(2), pages(variant->new_pages),
				 variant->flags, slot(&self->arena, 4)));
	EXPECT_LAYOUT(variant->after, &self->arena);
	if (p != MAP_FAILED)
		sys_munmap(p, pages(variant->new_pages));
}

/* clause: mremap.limit.map-count-all */
TEST_F(crowd, granted_with_one_more_left)
{
	void *p;

	SETUP(map_before(&self->arena, variant->before));
	SETUP(crowd_fill(&self->crowd, variant->spare + 1));

	EXPECT_OK(p = sys_mremap(slot(&self->arena, 0), pages(2), pages(variant->new_pages),
				 variant->flags, slot(&self->arena, 4)));
	if (p != MAP_FAILED)
		sys_munmap(p, pages(variant->new_pages));
}

/* clause: mremap.limit.map-count-all */
TEST_F(crowd, granted_with_six_left)
{
	void *p;

	SETUP(map_before(&self->arena, variant->before));
	SETUP(crowd_fill(&self->crowd, 6));

	EXPECT_OK(p = sys_mremap(slot(&self->arena, 0), pages(2), pages(variant->new_pages),
				 variant->flags, slot(&self->arena, 4)));
	if (p != MAP_FAILED)
		sys_munmap(p, pages(variant->new_pages));
}

TEST_HARNESS_MAIN
