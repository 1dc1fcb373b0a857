// SPDX-License-Identifier: GPL-2.0
/*
 * MAP_DROPPABLE, a type of its own for anonymous memory that the kernel may drop: never charged,
 * locked, dumped or inherited.
 */
#include "kselftest_harness.h"
#include "lib/arena.h"
#include "lib/child.h"
#include "lib/expect.h"
#include "lib/smaps.h"
#include "lib/syscalls.h"

#define RW (PROT_READ | PROT_WRITE)
#define DROPPABLE (MAP_DROPPABLE | MAP_ANONYMOUS | MAP_FIXED)

FIXTURE(arena)
{
	struct arena arena; /* |rw|rw|..|..|, of 'o' */
	char *taken, *p; /* its first slot, its third */
};
FIXTURE_SETUP(arena)
{
	SETUP(arena_init(&self->arena, 4));
	SETUP(arena_map(&self->arena, 0, 2, "rw"));
	self->taken = slot(&self->arena, 0);
	self->p = slot(&self->arena, 2);
	memset(self->taken, 'o', pages(2));
}
FIXTURE_TEARDOWN(arena)
{
	arena_free(&self->arena);
}

/* clause: mmap.droppable.ok */
TEST_F(arena, it_is_memory_with_the_marks_of_one_that_may_go)
{
	char flags[SMAPS_FLAGS_MAX];

	NEED(smaps_flags(self, flags), "/proc/self/smaps with VmFlags");
	EXPECT_ADDR(self->p, sys_mmap(self->p, pages(2), RW, DROPPABLE, -1, 0));
	EXPECT_BYTES(0, self->p, pages(2));
	EXPECT_TRUE(smaps_marked(self->p, "dp"));
	EXPECT_TRUE(smaps_marked(self->p, "nr"));
	EXPECT_TRUE(smaps_marked(self->p, "wf"));
	EXPECT_TRUE(smaps_marked(self->p, "dd"));
	EXPECT_FALSE(smaps_marked(self->p, "ac"));
	EXPECT_FALSE(smaps_marked(self->p, "sh"));
	EXPECT_LAYOUT("rw rw rw rw", &self->arena);
	EXPECT_OK(sys_munmap(self->p, pages(2)));
	EXPECT_LAYOUT("rw rw .. ..", &self->arena);
}

FIXTURE(droppable)
{
	struct arena arena; /* |rw|rw|..|..|, of 'o', and then droppable in the two free slots */
	char *taken, *p;
};
FIXTURE_SETUP(droppable)
{
	SETUP(arena_init(&self->arena, 4));
	SETUP(arena_map(&self->arena, 0, 2, "rw"));
	self->taken = slot(&self->arena, 0);
	self->p = slot(&self->arena, 2);
	memset(self->taken, 'o', pages(2));
	NEED_FEATURE(sys_mmap(self->p, pages(2), RW, DROPPABLE, -1, 0) == self->p, "MAP_DROPPABLE");
}
FIXTURE_TEARDOWN(droppable)
{
	arena_free(&self->arena);
}

/*
 * clause: mmap.droppable.locked-einval
 * clause: mmap.droppable.growsdown-einval
 */
TEST_F(droppable, locked_or_a_stack_it_cannot_be)
{
	static const unsigned long with[] = { MAP_LOCKED, MAP_GROWSDOWN,
					      MAP_LOCKED | MAP_GROWSDOWN };

	NEED(sys_mmap(self->p, pages(2), RW, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED | MAP_LOCKED,
		      -1, 0) == self->p,
	     "leave to lock two pages");
	SETUP(!sys_munmap(self->p, pages(2)));
	for (int i = 0; i < 3; i++) {
		EXPECT_ERRNO(EINVAL,
			     sys_mmap(self->taken, pages(2), RW, DROPPABLE | with[i], -1, 0));
		EXPECT_ERRNO(EINVAL, sys_mmap(self->p, pages(1), RW, DROPPABLE | with[i], -1, 0));
	}
	EXPECT_LAYOUT("rw rw .. ..", &self->arena);
	EXPECT_BYTES('o', self->taken, pages(2));
}

/* clause: mmap.droppable.mlock-noop */
TEST_F(droppable, mlock_does_nothing_to_it)
{
	char flags[SMAPS_FLAGS_MAX];

	NEED(smaps_flags(self, flags), "/proc/self/smaps with VmFlags");
	NEED(!sys_mlock(self->taken, pages(1)), "leave to lock three pages");
	EXPECT_TRUE(smaps_marked(self->taken, "lo"));

	EXPECT_OK(sys_mlock(self->p, pages(2)));
	EXPECT_FALSE(smaps_marked(self->p, "lo"));
}

/* clause: mmap.droppable.mcl-future-not-locked */
TEST_F(droppable, mcl_future_does_not_lock_it)
{
	char *plain = slot(&self->arena, 3), flags[SMAPS_FLAGS_MAX];

	NEED_OWN_PROCESS("it locks what it maps");
	NEED(smaps_flags(self, flags), "/proc/self/smaps with VmFlags");
	NEED(!mlockall(MCL_FUTURE), "leave to lock memory");
	SETUP(!sys_munmap(self->p, pages(2)));

	EXPECT_ADDR(self->p, sys_mmap(self->p, pages(1), RW, DROPPABLE, -1, 0));
	EXPECT_FALSE(smaps_marked(self->p, "lo"));
	EXPECT_ADDR(plain,
		    sys_mmap(plain, pages(1), RW, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0));
	EXPECT_TRUE(smaps_marked(plain, "lo"));
}

/* clause: mmap.droppable.wiped-on-fork */
TEST_F(droppable, child_has_it_empty)
{
	NEED_OWN_PROCESS("it forks");
	memset(self->p, 'd', pages(2));
	CHILD(other) {
		EXPECT_BYTES(0, self->p, pages(2));
		EXPECT_BYTES('o', self->taken, pages(2));
		EXPECT_LAYOUT("rw rw rw rw", &self->arena);
		memset(self->p, 'c', pages(1));
	}
	EXPECT_CHILD_OK(other);
	EXPECT_BYTES('d', self->p, pages(2));
}

/* clause: mmap.droppable.madvise-fixed */
TEST_F(droppable, advice_does_not_make_it_stay)
{
	char flags[SMAPS_FLAGS_MAX];

	NEED(smaps_flags(self, flags), "/proc/self/smaps with VmFlags");
	EXPECT_ERRNO(EINVAL, sys_madvise(self->p, pages(2), MADV_KEEPONFORK));
	EXPECT_ERRNO(EINVAL, sys_madvise(self->p, pages(1), MADV_DODUMP));
	EXPECT_OK(sys_madvise(self->p, pages(2), MADV_WIPEONFORK)); /* as it is */
	EXPECT_OK(sys_madvise(self->p, pages(2), MADV_DONTDUMP));
	EXPECT_TRUE(smaps_marked(self->p, "wf"));
	EXPECT_TRUE(smaps_marked(self->p, "dd"));
}

TEST_HARNESS_MAIN
