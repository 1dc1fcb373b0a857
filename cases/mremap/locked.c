// SPDX-License-Identifier: GPL-2.0
/*
 * A locked mapping stays locked and counted as it grows, shrinks, moves or is doubled; only what it
 * gains is held to RLIMIT_MEMLOCK.
 */
#include "kselftest_harness.h"
#include "lib/arena.h"
#include "lib/caps.h"
#include "lib/expect.h"
#include "lib/limits.h"
#include "lib/smaps.h"
#include "lib/syscalls.h"

#define FIXED (MREMAP_MAYMOVE | MREMAP_FIXED)

/* May lock three pages and no more. */
FIXTURE(limited)
{
	struct arena arena;
	char *p, *to;
};
FIXTURE_SETUP(limited)
{
	NEED_OWN_PROCESS("it sets limits");
	NEED(caps_known() && caps_drop(CAPS_IPC_LOCK), "leave to drop CAP_IPC_LOCK");
	NEED(limit_set(RLIMIT_MEMLOCK, pages(3)), "leave to lock three pages");
	SETUP(arena_init(&self->arena, 8));
	self->p = slot(&self->arena, 0);
	self->to = slot(&self->arena, 4);
}
FIXTURE_TEARDOWN(limited)
{
	arena_free(&self->arena);
}

static long locked_pages(void)
{
	uint64_t bytes;

	return locked_bytes(&bytes) ? (long)(bytes / page_size()) : -1;
}

/* clause: mremap.lock.grow-within-limit-populates */
TEST_F(limited, new_pages_are_locked_and_present)
{
	unsigned char present[3];

	NEED(!locked_pages(), "/proc/self/status with a VmLck of 0");
	SETUP(arena_map(&self->arena, 0, 1, "rw") && !sys_mlock(self->p, pages(1)));

	EXPECT_ADDR(self->p, sys_mremap(self->p, pages(1), pages(3), 0, NULL));
	EXPECT_OK(sys_mincore(self->p, pages(3), present));
	EXPECT_COPY("\1\1\1", present, 3);
	EXPECT_EQ(3, locked_pages());
}

/* clause: mremap.lock.grow-onfault-no-populate */
TEST_F(limited, new_pages_locked_on_fault_are_counted_and_not_present)
{
	unsigned char present[3];
	long locked;

	NEED(!locked_pages(), "/proc/self/status with a VmLck of 0");
	SETUP(arena_map(&self->arena, 0, 1, "rw"));
	locked = syscall(SYS_mlock2, self->p, pages(1), MLOCK_ONFAULT);
	NEED_FEATURE(!locked || errno != ENOSYS, "mlock2");
	SETUP(!locked);

	EXPECT_ADDR(self->p, sys_mremap(self->p, pages(1), pages(3), 0, NULL));
	EXPECT_OK(sys_mincore(self->p, pages(3), present));
	EXPECT_COPY("\0\0\0", present, 3);
	EXPECT_EQ(3, locked_pages());
}

/* clause: mremap.lock.grow-over-limit */
TEST_F(limited, growth_over_the_limit_is_refused)
{
	SETUP(arena_map(&self->arena, 0, 2, "rw") && !sys_mlock(self->p, pages(2)));

	EXPECT_ERRNO(EAGAIN, sys_mremap(self->p, pages(2), pages(4), 0, NULL));
	EXPECT_ERRNO(EAGAIN, sys_mremap(self->p, pages(2), pages(4), MREMAP_MAYMOVE, NULL));
	EXPECT_LAYOUT("rw rw .. .. .. .. .. ..", &self->arena);
	EXPECT_ADDR(self->p, sys_mremap(self->p, pages(2), pages(3), 0, NULL));
}

/* clause: mremap.lock.same-size-move-free */
TEST_F(limited, move_at_the_limit_is_free)
{
	NEED(!locked_pages(), "/proc/self/status with a VmLck of 0");
	SETUP(arena_map(&self->arena, 0, 3, "rw") && !sys_mlock(self->p, pages(3)));

	EXPECT_ADDR(self->to, sys_mremap(self->p, pages(3), pages(3), FIXED, self->to));
	EXPECT_LAYOUT(".. .. .. .. rw rw rw ..", &self->arena);
	EXPECT_EQ(3, locked_pages());
}

/* clause: mremap.shrink.locked-updates-vmlck */
TEST_F(limited, pages_cut_off_are_no_longer_counted)
{
	NEED(!locked_pages(), "/proc/self/status with a VmLck of 0");
	SETUP(arena_map(&self->arena, 0, 3, "rw") && !sys_mlock(self->p, pages(3)));

	EXPECT_ADDR(self->p, sys_mremap(self->p, pages(3), pages(1), 0, NULL));
	EXPECT_EQ(1, locked_pages());
}

/* clause: mremap.dup.locked-counts */
TEST_F(limited, second_view_counts_like_the_first)
{
	SETUP(arena_map(&self->arena, 0, 2, "rws") && !sys_mlock(self->p, pages(2)));

	EXPECT_ERRNO(EAGAIN, sys_mremap(self->p, 0, pages(2), MREMAP_MAYMOVE, NULL));
	EXPECT_ERRNO(EAGAIN, sys_mremap(self->p, 0, pages(2), FIXED, self->to));
	EXPECT_LAYOUT("rws rws .. .. .. .. .. ..", &self->arena);
	EXPECT_ADDR(self->to, sys_mremap(self->p, 0, pages(1), FIXED, self->to));
}

/* clause: mremap.fixed.replaces-locked-drops-vmlck */
TEST_F(limited, locked_destination_is_no_longer_counted)
{
	char flags[SMAPS_FLAGS_MAX];

	NEED(!locked_pages(), "/proc/self/status with a VmLck of 0");
	NEED(smaps_flags(self, flags), "/proc/self/smaps with VmFlags");
	SETUP(arena_map(&self->arena, 0, 2, "rw"));
	SETUP(arena_map(&self->arena, 4, 2, "rw") && !sys_mlock(self->to, pages(2)));
	SETUP(locked_pages() == 2);

	EXPECT_ADDR(self->to, sys_mremap(self->p, pages(2), pages(2), FIXED, self->to));
	EXPECT_EQ(0, locked_pages());
	EXPECT_FALSE(smaps_marked(self->to, "lo"));
}

/* clause: mremap.dontunmap.lock-moves */
TEST_F(limited, lock_moves_with_the_pages)
{
	char flags[SMAPS_FLAGS_MAX];

	NEED(smaps_flags(self, flags), "/proc/self/smaps with VmFlags");
	SETUP(arena_map(&self->arena, 0, 1, "rw") && !sys_mlock(self->p, pages(1)));

	EXPECT_ADDR(self->to,
		    sys_mremap(self->p, pages(1), pages(1), FIXED | MREMAP_DONTUNMAP, self->to));
	EXPECT_FALSE(smaps_marked(self->p, "lo"));
	EXPECT_TRUE(smaps_marked(self->to, "lo"));
}

TEST_HARNESS_MAIN
