// SPDX-License-Identifier: GPL-2.0
/*
 * MAP_LOCKED, and what mlockall(MCL_FUTURE) makes of plain mappings, under RLIMIT_MEMLOCK.
 */
#include "kselftest_harness.h"
#include "lib/arena.h"
#include "lib/caps.h"
#include "lib/expect.h"
#include "lib/limits.h"
#include "lib/smaps.h"
#include "lib/syscalls.h"

#define RW (PROT_READ | PROT_WRITE)
#define ANON (MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED)

FIXTURE(locker)
{
	struct arena arena;
	char *p; /* its first slot */
};
FIXTURE_SETUP(locker)
{
	NEED_OWN_PROCESS("it drops CAP_IPC_LOCK, and sets limits");
	NEED(caps_known() && caps_drop(CAPS_IPC_LOCK), "leave to drop CAP_IPC_LOCK");
	NEED(limit_set(RLIMIT_MEMLOCK, pages(2)), "a memlock limit of two pages");
	SETUP(arena_init(&self->arena, 6));
	self->p = slot(&self->arena, 0);
}
FIXTURE_TEARDOWN(locker)
{
	arena_free(&self->arena);
}

/* kB in "VmLck:" of /proc/self/status; -1: it does not tell. */
static long locked_kb(void)
{
	FILE *status = fopen("/proc/self/status", "re");
	char line[256];
	long kb = -1;

	while (status && fgets(line, sizeof(line), status) && sscanf(line, "VmLck: %ld", &kb) != 1)
		;
	if (status)
		fclose(status);
	return kb;
}

/* clause: mmap.locked.rlimit0-eperm */
TEST_F(locker, limit_of_zero_is_no_permission)
{
	SETUP(limit_set(RLIMIT_MEMLOCK, 0));

	EXPECT_ERRNO(EPERM, sys_mmap(self->p, pages(1), RW, ANON | MAP_LOCKED, -1, 0));
	EXPECT_LAYOUT(".. .. .. .. .. ..", &self->arena);
	EXPECT_OK(sys_mmap(self->p, pages(1), RW, ANON, -1, 0)); /* unlocked */
}

/* clause: mmap.locked.over-eagain */
TEST_F(locker, beyond_the_limit_is_eagain_and_the_limit_itself_is_fine)
{
	EXPECT_ERRNO(EAGAIN, sys_mmap(self->p, pages(3), RW, ANON | MAP_LOCKED, -1, 0));
	EXPECT_LAYOUT(".. .. .. .. .. ..", &self->arena);
	EXPECT_OK(sys_mmap(self->p, pages(2), RW, ANON | MAP_LOCKED, -1, 0));
	EXPECT_LAYOUT("rw rw .. .. .. ..", &self->arena);
}

/* clause: mmap.locked.counts-existing */
TEST_F(locker, what_is_locked_already_counts)
{
	SETUP(arena_map(&self->arena, 0, 1, "rw"));
	SETUP(!sys_mlock(self->p, pages(1)));

	EXPECT_ERRNO(EAGAIN,
		     sys_mmap(slot(&self->arena, 2), pages(2), RW, ANON | MAP_LOCKED, -1, 0));
	EXPECT_LAYOUT("rw .. .. .. .. ..", &self->arena);
	EXPECT_OK(sys_mmap(slot(&self->arena, 2), pages(1), RW, ANON | MAP_LOCKED, -1, 0));
	EXPECT_ERRNO(EAGAIN,
		     sys_mmap(slot(&self->arena, 4), pages(1), RW, ANON | MAP_LOCKED, -1, 0));
}

/* clause: mmap.locked.fixed-double-count */
TEST_F(locker, what_a_replacement_would_free_is_not_deducted)
{
	SETUP(sys_mmap(self->p, pages(2), RW, ANON | MAP_LOCKED, -1, 0) == self->p);
	memset(self->p, 'x', pages(2));

	EXPECT_ERRNO(EAGAIN, sys_mmap(self->p, pages(2), PROT_READ, ANON | MAP_LOCKED, -1, 0));
	EXPECT_LAYOUT("rw rw .. .. .. ..", &self->arena);
	EXPECT_BYTES('x', self->p, pages(2));
	EXPECT_OK(sys_mmap(self->p, pages(2), PROT_READ, ANON, -1, 0));
}

/* clause: mmap.locked.none-counts */
TEST_F(locker, memory_without_access_counts_as_well)
{
	long before = locked_kb();

	NEED(before >= 0, "/proc/self/status with VmLck");
	EXPECT_OK(sys_mmap(self->p, pages(2), PROT_NONE, ANON | MAP_LOCKED, -1, 0));
	EXPECT_EQ(before + (long)(pages(2) / 1024), locked_kb());
	EXPECT_ERRNO(EAGAIN,
		     sys_mmap(slot(&self->arena, 3), pages(1), RW, ANON | MAP_LOCKED, -1, 0));
	EXPECT_LAYOUT("-- -- .. .. .. ..", &self->arena);
}

/* clause: mmap.locked.mcl-future */
TEST_F(locker, after_mcl_future_plain_mappings_are_locked)
{
	char flags[SMAPS_FLAGS_MAX];
	struct rlimit limit;

	NEED(smaps_flags(self, flags), "/proc/self/smaps with VmFlags");
	SETUP(!mlockall(MCL_FUTURE));

	EXPECT_ERRNO(EAGAIN, sys_mmap(self->p, pages(3), RW, ANON, -1, 0));
	EXPECT_ERRNO(EAGAIN, sys_mmap(self->p, pages(3), PROT_NONE, ANON, -1, 0));
	EXPECT_LAYOUT(".. .. .. .. .. ..", &self->arena);
	EXPECT_OK(sys_mmap(self->p, pages(1), RW, ANON, -1, 0));
	EXPECT_OK(sys_mmap(slot(&self->arena, 2), pages(1), PROT_NONE, ANON, -1, 0));
	SETUP(!getrlimit(RLIMIT_MEMLOCK, &limit)); /* what reads smaps is locked too */
	SETUP(limit_set(RLIMIT_MEMLOCK, limit.rlim_max));
	EXPECT_TRUE(smaps_marked(self->p, "lo"));
	EXPECT_TRUE(smaps_marked(slot(&self->arena, 2), "lo"));
}

/* clause: mmap.locked.mcl-future-rlimit0-eagain */
TEST_F(locker, after_mcl_future_a_limit_of_zero_is_eagain)
{
	SETUP(!mlockall(MCL_FUTURE) && limit_set(RLIMIT_MEMLOCK, 0));

	EXPECT_ERRNO(EAGAIN, sys_mmap(self->p, pages(1), RW, ANON, -1, 0));
	EXPECT_ERRNO(EAGAIN, sys_mmap(self->p, pages(1), PROT_NONE, ANON, -1, 0));
	EXPECT_LAYOUT(".. .. .. .. .. ..", &self->arena);
}

/* clause: mmap.locked.cap-unlimited */
TEST(capability_lifts_the_limit)
{
	void *p;

	NEED_OWN_PROCESS("it sets limits");
	NEED(caps_have(CAPS_IPC_LOCK), "CAP_IPC_LOCK");
	SETUP(limit_set(RLIMIT_MEMLOCK, 0));
	ASSERT_OK(
		p = sys_mmap(NULL, pages(2), RW, MAP_PRIVATE | MAP_ANONYMOUS | MAP_LOCKED, -1, 0));
	SETUP(limit_set(RLIMIT_MEMLOCK, 1)); /* not zero, and no page */
	EXPECT_OK(sys_mmap(NULL, pages(2), RW, MAP_PRIVATE | MAP_ANONYMOUS | MAP_LOCKED, -1, 0));
	EXPECT_BYTES(0, p, pages(2));
}

TEST_HARNESS_MAIN
