// SPDX-License-Identifier: GPL-2.0
/*
 * The marks of a mapping in smaps: what it may do, what it could be made to do, whether it is
 * charged, shared, locked.
 */
#include "kselftest_harness.h"
#include "lib/arena.h"
#include "lib/expect.h"
#include "lib/smaps.h"
#include "lib/syscalls.h"

#define RW (PROT_READ | PROT_WRITE)
#define ANON (MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED)

FIXTURE(arena)
{
	struct arena arena;
	char *p; /* its first slot */
};
FIXTURE_SETUP(arena)
{
	char flags[SMAPS_FLAGS_MAX];

	NEED(smaps_flags(self, flags), "/proc/self/smaps with VmFlags");
	SETUP(arena_init(&self->arena, 4));
	self->p = slot(&self->arena, 0);
}
FIXTURE_TEARDOWN(arena)
{
	arena_free(&self->arena);
}

/* clause: mmap.proc.vmflags-basic */
TEST_F(arena, private_memory_that_may_be_stored_to_is_charged_and_not_shared)
{
	EXPECT_ADDR(self->p, sys_mmap(self->p, pages(1), RW, ANON, -1, 0));
	EXPECT_TRUE(smaps_marked(self->p, "rd"));
	EXPECT_TRUE(smaps_marked(self->p, "wr"));
	EXPECT_FALSE(smaps_marked(self->p, "ex"));
	EXPECT_TRUE(smaps_marked(self->p, "mr"));
	EXPECT_TRUE(smaps_marked(self->p, "mw"));
	EXPECT_TRUE(smaps_marked(self->p, "me"));
	EXPECT_TRUE(smaps_marked(self->p, "ac"));
	EXPECT_FALSE(smaps_marked(self->p, "sh"));
	EXPECT_FALSE(smaps_marked(self->p, "ms"));
	EXPECT_FALSE(smaps_marked(self->p, "lo"));
}

/* clause: mmap.proc.vmflags-locked */
TEST_F(arena, locked_memory_is_marked_and_counted_in_whole_pages)
{
	uint64_t before, after;
	void *p;

	NEED(status_bytes("VmLck", &before), "/proc/self/status with VmLck");
	p = sys_mmap(self->p, pages(3), RW, ANON | MAP_LOCKED, -1, 0);
	NEED(p != MAP_FAILED || (errno != EPERM && errno != EAGAIN), "leave to lock three pages");
	SETUP(p == MAP_FAILED || !sys_munmap(p, pages(3)));

	EXPECT_ADDR(self->p, sys_mmap(self->p, pages(2) + 1, RW, ANON | MAP_LOCKED, -1, 0));
	EXPECT_TRUE(smaps_marked(self->p, "lo"));
	ASSERT_TRUE(status_bytes("VmLck", &after));
	EXPECT_EQ(before + pages(3), after);
	EXPECT_OK(sys_munmap(self->p, pages(3)));
	ASSERT_TRUE(status_bytes("VmLck", &after));
	EXPECT_EQ(before, after);
}

TEST_HARNESS_MAIN
