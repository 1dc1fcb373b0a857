// SPDX-License-Identifier: GPL-2.0
/*
 * Adjacent anonymous mappings that differ in nothing become one VMA; those that differ in anything
 * that outlives the call do not.
 */
#include "kselftest_harness.h"
#include "lib/arena.h"
#include "lib/expect.h"
#include "lib/limits.h"
#include "lib/smaps.h"
#include "lib/syscalls.h"

#define RW (PROT_READ | PROT_WRITE)
#define ANON (MAP_PRIVATE | MAP_ANONYMOUS)

FIXTURE(arena)
{
	struct arena arena;
};
FIXTURE_SETUP(arena)
{
	NEED_MAPS();
	SETUP(arena_init(&self->arena, 6));
}
FIXTURE_TEARDOWN(arena)
{
	arena_free(&self->arena);
}

/* Maps one slot. */
static void *map(const struct arena *arena, long n, unsigned long prot, unsigned long flags)
{
	return sys_mmap(slot(arena, n), pages(1), prot, MAP_FIXED | flags, -1, 0);
}

/*
 * clause: mmap.merge.anon-adjacent
 * clause: mmap.merge.result-address-inside
 */
TEST_F(arena, equal_neighbours_are_one)
{
	struct vma vma;

	EXPECT_OK(map(&self->arena, 2, RW, ANON));
	EXPECT_OK(map(&self->arena, 3, RW, ANON)); /* above it: the address lies inside */
	EXPECT_VMAS(1, &self->arena);
	EXPECT_OK(map(&self->arena, 1, RW, ANON)); /* below it */
	EXPECT_VMAS(1, &self->arena);
	EXPECT_EQ(1, maps_find((uintptr_t)slot(&self->arena, 3), &vma));
	EXPECT_EQ((uintptr_t)slot(&self->arena, 1), vma.start);
	EXPECT_EQ((uintptr_t)slot(&self->arena, 4), vma.end);
	EXPECT_LAYOUT(".. rw rw rw .. ..", &self->arena);
}

/* clause: mmap.merge.prot-differs */
TEST_F(arena, different_protections_stay_apart)
{
	EXPECT_OK(map(&self->arena, 0, RW, ANON));
	EXPECT_OK(map(&self->arena, 1, PROT_READ, ANON));
	EXPECT_OK(map(&self->arena, 2, PROT_NONE, ANON));
	EXPECT_OK(map(&self->arena, 3, PROT_READ | PROT_EXEC, ANON));
	EXPECT_LAYOUT("rw r- -- r-x .. ..", &self->arena);
	EXPECT_VMAS(4, &self->arena);
}

/* clause: mmap.merge.noreserve-differs */
TEST_F(arena, noreserve_stays_apart)
{
	int64_t mode;

	NEED(!sysctl_read("vm.overcommit_memory", &mode) || mode != 2,
	     "an overcommit mode other than 2");
	EXPECT_OK(map(&self->arena, 0, RW, ANON));
	EXPECT_OK(map(&self->arena, 1, RW, ANON | MAP_NORESERVE));
	EXPECT_OK(map(&self->arena, 3, PROT_READ, ANON | MAP_NORESERVE));
	EXPECT_OK(map(&self->arena, 4, PROT_READ, ANON));
	EXPECT_LAYOUT("rw rw .. r- r- ..", &self->arena);
	EXPECT_VMAS(4, &self->arena);
}

/* clause: mmap.merge.locked-differs */
TEST_F(arena, locked_stays_apart)
{
	SETUP(map(&self->arena, 0, RW, ANON) != MAP_FAILED);
	NEED(map(&self->arena, 1, RW, ANON | MAP_LOCKED) != MAP_FAILED, "leave to lock two pages");
	NEED(map(&self->arena, 2, RW, ANON | MAP_LOCKED) != MAP_FAILED, "leave to lock two pages");

	EXPECT_LAYOUT("rw rw rw .. .. ..", &self->arena);
	EXPECT_VMAS(2, &self->arena); /* the locked two are one */
}

/* clause: mmap.merge.stack-differs */
TEST_F(arena, stack_stays_apart_for_it_has_no_huge_pages)
{
	char flags[SMAPS_FLAGS_MAX];

	NEED(smaps_flags(self, flags), "/proc/self/smaps with VmFlags");
	EXPECT_OK(map(&self->arena, 0, RW, ANON));
	EXPECT_OK(map(&self->arena, 1, RW, ANON | MAP_STACK));
	EXPECT_VMAS(2, &self->arena);
	EXPECT_FALSE(smaps_marked(slot(&self->arena, 0), "nh"));
	EXPECT_TRUE(smaps_marked(slot(&self->arena, 1), "nh"));
}

/* clause: mmap.merge.shared-anon-never */
TEST_F(arena, shared_memory_is_an_object_each_time)
{
	EXPECT_OK(map(&self->arena, 0, RW, MAP_SHARED | MAP_ANONYMOUS));
	EXPECT_OK(map(&self->arena, 1, RW, MAP_SHARED | MAP_ANONYMOUS));
	EXPECT_LAYOUT("rws rws .. .. .. ..", &self->arena);
	EXPECT_VMAS(2, &self->arena);
}

/* clause: mmap.merge.ignored-flags */
TEST_F(arena, flags_that_leave_no_trace_do_not_matter)
{
	EXPECT_OK(map(&self->arena, 0, RW, ANON));
	EXPECT_OK(map(&self->arena, 1, RW, ANON | MAP_DENYWRITE));
	EXPECT_OK(map(&self->arena, 2, RW, ANON | MAP_EXECUTABLE));
	EXPECT_OK(map(&self->arena, 3, RW, ANON | MAP_POPULATE));
	EXPECT_OK(map(&self->arena, 4, RW, ANON));
	EXPECT_LAYOUT("rw rw rw rw rw ..", &self->arena);
	EXPECT_VMAS(1, &self->arena);
}

/* clause: mmap.merge.fill-gap */
TEST_F(arena, filled_hole_joins_both_sides)
{
	SETUP(arena_map(&self->arena, 0, 5, "rw"));
	SETUP(!sys_munmap(slot(&self->arena, 2), pages(1)));
	EXPECT_VMAS(2, &self->arena);

	EXPECT_OK(map(&self->arena, 2, RW, ANON));
	EXPECT_LAYOUT("rw rw rw rw rw ..", &self->arena);
	EXPECT_VMAS(1, &self->arena);
}

/* clause: mmap.merge.fill-gap-both-written */
TEST_F(arena, sides_that_were_written_apart_are_not_joined)
{
	char *below = slot(&self->arena, 1), *above = slot(&self->arena, 3);

	SETUP(arena_map(&self->arena, 1, 1, "rw"));
	SETUP(arena_map(&self->arena, 3, 1, "rw"));
	*below = *above = 'w';

	EXPECT_OK(map(&self->arena, 2, RW, ANON));
	EXPECT_LAYOUT(".. rw rw rw .. ..", &self->arena);
	EXPECT_VMAS(2, &self->arena);
}

TEST_HARNESS_MAIN
