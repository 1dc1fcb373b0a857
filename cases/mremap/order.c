// SPDX-License-Identifier: GPL-2.0
/*
 * Where a call of mremap deserves two errors: arguments come before the mapping and its seal, the
 * range before the locking limit, and that before the address space.
 */
#include "kselftest_harness.h"
#include "lib/arena.h"
#include "lib/caps.h"
#include "lib/expect.h"
#include "lib/limits.h"
#include "lib/syscalls.h"

#define FIXED (MREMAP_MAYMOVE | MREMAP_FIXED)
#define DONTUNMAP (MREMAP_MAYMOVE | MREMAP_DONTUNMAP)

ARENA_FIXTURE(8);

/* clause: mremap.order.einval-before-efault-flags */
TEST_F(arena, flags_and_lengths_come_before_a_missing_mapping)
{
	char *hole = slot(&self->arena, 0), *to = slot(&self->arena, 4);

	EXPECT_ERRNO(EFAULT, sys_mremap(hole, pages(1), pages(1), FIXED, to));
	EXPECT_ERRNO(EINVAL, sys_mremap(hole, pages(1), pages(1), FIXED | 8, to));
	EXPECT_ERRNO(EINVAL, sys_mremap(hole, pages(1), pages(1), 8, NULL));
	EXPECT_ERRNO(EINVAL, sys_mremap(hole, pages(1), 0, FIXED, to));
	EXPECT_ERRNO(EINVAL, sys_mremap(hole, pages(1), 0, 0, NULL));
	EXPECT_ERRNO(EINVAL, sys_mremap(hole, pages(1), pages(1), MREMAP_FIXED, to));
	EXPECT_ERRNO(EINVAL, sys_mremap(hole, pages(1), pages(2), DONTUNMAP, to));
	EXPECT_ERRNO(EINVAL, sys_mremap(hole, pages(2), pages(1), DONTUNMAP | FIXED, to));
}

/* clause: mremap.order.einval-before-efault-newaddr */
TEST_F(arena, new_address_comes_before_a_missing_mapping)
{
	char *hole = slot(&self->arena, 0), *to = slot(&self->arena, 4);

	EXPECT_ERRNO(EFAULT, sys_mremap(hole, pages(2), pages(2), FIXED, to));
	EXPECT_ERRNO(EINVAL, sys_mremap(hole, pages(2), pages(2), FIXED, to + 1));
	EXPECT_ERRNO(EINVAL, sys_mremap(hole, pages(2), pages(2), FIXED, hole));
	EXPECT_ERRNO(EINVAL, sys_mremap(hole, pages(2), pages(2), FIXED, hole + pages(1)));
	EXPECT_ERRNO(EINVAL, sys_mremap(hole + pages(1), pages(2), pages(2), FIXED, hole));
}

/* clause: mremap.order.efault-before-dup-einval */
TEST_F(arena, missing_mapping_comes_before_the_ban_on_duplicates)
{
	char *private = slot(&self->arena, 0), *hole = slot(&self->arena, 4);

	SETUP(arena_map(&self->arena, 0, 1, "rw"));

	EXPECT_ERRNO(EINVAL, sys_mremap(private, 0, pages(1), MREMAP_MAYMOVE, NULL));
	EXPECT_ERRNO(EFAULT, sys_mremap(hole, 0, pages(1), MREMAP_MAYMOVE, NULL));
}

/* clause: mremap.order.einval-before-eperm-sealed */
TEST_F(arena, arguments_come_before_the_seal)
{
	char *p = slot(&self->arena, 0), *to = slot(&self->arena, 4);

	NEED_OWN_PROCESS("what is sealed cannot be unmapped");
	SETUP(arena_map(&self->arena, 0, 2, "rw"));
	SEAL(p, pages(2));

	EXPECT_ERRNO(EPERM, sys_mremap(p, pages(2), pages(1), 0, NULL));
	EXPECT_ERRNO(EPERM, sys_mremap(p, pages(2), pages(2), FIXED, to));
	EXPECT_ERRNO(EINVAL, sys_mremap(p, pages(2), 0, 0, NULL));
	EXPECT_ERRNO(EINVAL, sys_mremap(p, pages(2), 0, FIXED, to));
	EXPECT_ERRNO(EINVAL, sys_mremap(p, pages(2), pages(1), 8, NULL));
	EXPECT_ERRNO(EINVAL, sys_mremap(p, pages(2), pages(2), FIXED | 8, to));
	EXPECT_ERRNO(EINVAL, sys_mremap(p + 1, pages(2), pages(1), 0, NULL));
	EXPECT_LAYOUT("rw rw .. .. .. .. .. ..", &self->arena);
}

FIXTURE(locked)
{
	struct arena arena; /* |rw|r-|..|..|: the first is locked, and no more may be */
	char *p;
};
FIXTURE_SETUP(locked)
{
	NEED_OWN_PROCESS("it sets limits");
	NEED(caps_known() && caps_drop(CAPS_IPC_LOCK), "leave to drop CAP_IPC_LOCK");
	NEED(limit_set(RLIMIT_MEMLOCK, pages(1)), "leave to lock one page");
	SETUP(arena_init(&self->arena, 4));
	SETUP(arena_map(&self->arena, 0, 1, "rw"));
	SETUP(arena_map(&self->arena, 1, 1, "r-"));
	self->p = slot(&self->arena, 0);
	SETUP(!sys_mlock(self->p, pages(1)));
}
FIXTURE_TEARDOWN(locked)
{
	arena_free(&self->arena);
}

/* clause: mremap.order.efault-before-eagain */
TEST_F(locked, end_of_the_mapping_comes_before_the_locking_limit)
{
	EXPECT_ERRNO(EAGAIN, sys_mremap(self->p, pages(1), pages(9), MREMAP_MAYMOVE, NULL));
	EXPECT_ERRNO(EFAULT, sys_mremap(self->p, pages(2), pages(9), MREMAP_MAYMOVE, NULL));
	EXPECT_ERRNO(EFAULT, sys_mremap(self->p, pages(2), pages(9), 0, NULL));
	EXPECT_LAYOUT("rw r- .. ..", &self->arena);
}

/* clause: mremap.order.eagain-before-enomem */
TEST_F(locked, locking_limit_comes_before_address_space_and_room)
{
	struct rlimit limit;

	SETUP(!getrlimit(RLIMIT_AS, &limit));

	EXPECT_ERRNO(EAGAIN, sys_mremap(self->p, pages(1), pages(2), 0, NULL));
	SETUP(limit_set(RLIMIT_AS, pages(1))); /* far more is mapped already */
	EXPECT_ERRNO(EAGAIN, sys_mremap(self->p, pages(1), pages(2), MREMAP_MAYMOVE, NULL));

	/* Without the lock there is either of them. */
	SETUP(!sys_munlock(self->p, pages(1)));
	EXPECT_ERRNO(ENOMEM, sys_mremap(self->p, pages(1), pages(2), MREMAP_MAYMOVE, NULL));
	SETUP(limit_set(RLIMIT_AS, limit.rlim_cur));
	EXPECT_ERRNO(ENOMEM, sys_mremap(self->p, pages(1), pages(2), 0, NULL));
	EXPECT_LAYOUT("rw r- .. ..", &self->arena);
}

TEST_HARNESS_MAIN
