// SPDX-License-Identifier: GPL-2.0
/*
 * MREMAP_DONTUNMAP takes a lock along with the pages: what is moved is locked at its new address,
 * and the rest stays as it was.
 */
#include "kselftest_harness.h"
#include "lib/arena.h"
#include "lib/expect.h"
#include "lib/smaps.h"
#include "lib/syscalls.h"

#define DONTUNMAP_TO (MREMAP_MAYMOVE | MREMAP_FIXED | MREMAP_DONTUNMAP)

FIXTURE(locked)
{
	struct arena arena; /* |rw|rw|rw|..|..|..|..|..|, locked */
	char *p, *to;
	uint64_t before; /* VmLck */
};
FIXTURE_SETUP(locked)
{
	char flags[SMAPS_FLAGS_MAX];

	NEED(smaps_flags(self, flags), "/proc/self/smaps with VmFlags");
	SETUP(arena_init(&self->arena, 8));
	SETUP(arena_map(&self->arena, 0, 3, "rw"));
	self->p = slot(&self->arena, 0);
	self->to = slot(&self->arena, 4);
	NEED(!sys_mlock(self->p, pages(3)), "leave to lock three pages");
	NEED(locked_bytes(&self->before), "/proc/self/status with VmLck");
}
FIXTURE_TEARDOWN(locked)
{
	arena_free(&self->arena);
}

/* clause: mremap.dontunmap.lock-vmlck-unchanged */
TEST_F(locked, as_much_is_locked_as_before)
{
	uint64_t after;

	EXPECT_ADDR(self->to, sys_mremap(self->p, pages(3), pages(3), DONTUNMAP_TO, self->to));
	ASSERT_TRUE(locked_bytes(&after));
	EXPECT_EQ(self->before, after);
}

/* clause: mremap.dontunmap.lock-partial-split */
TEST_F(locked, lock_of_the_pages_that_stay_is_kept)
{
	char *middle = self->p + pages(1);

	EXPECT_ADDR(self->to, sys_mremap(middle, pages(1), pages(1), DONTUNMAP_TO, self->to));
	EXPECT_TRUE(smaps_marked(self->p, "lo"));
	EXPECT_FALSE(smaps_marked(middle, "lo"));
	EXPECT_TRUE(smaps_marked(self->p + pages(2), "lo"));
	EXPECT_TRUE(smaps_marked(self->to, "lo"));
	EXPECT_VMAS(4, &self->arena);
}

ARENA_FIXTURE(6);

/* clause: mremap.dontunmap.no-self-merge */
TEST_F(arena, untouched_memory_does_not_become_one_with_its_own_copy)
{
	char *p = slot(&self->arena, 1), *to = slot(&self->arena, 3);

	NEED_MAPS();
	SETUP(arena_map(&self->arena, 1, 2, "rw"));

	EXPECT_ADDR(to, sys_mremap(p, pages(2), pages(2), DONTUNMAP_TO, to));
	EXPECT_LAYOUT(".. rw rw rw rw ..", &self->arena);
	EXPECT_VMAS(2, &self->arena);
}

TEST_HARNESS_MAIN
