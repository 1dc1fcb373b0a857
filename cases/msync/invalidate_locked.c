// SPDX-License-Identifier: GPL-2.0
/*
 * MS_INVALIDATE is refused over locked memory with EBUSY, at the first locked mapping of the range,
 * holes or not.
 */
#include "kselftest_harness.h"
#include "lib/arena.h"
#include "lib/expect.h"
#include "lib/syscalls.h"

#define LOCKED 3 /* the slot */

FIXTURE(locked)
{
	struct arena arena; /* |..|rws|rws|L|rws|..| of 'f', |L| being rws and locked */
};
FIXTURE_VARIANT(locked)
{
	int flags;
};
/* clang-format off */
FIXTURE_VARIANT_ADD(locked, invalidate)		{ MS_INVALIDATE };
FIXTURE_VARIANT_ADD(locked, sync_invalidate)	{ MS_SYNC | MS_INVALIDATE };
FIXTURE_VARIANT_ADD(locked, async_invalidate)	{ MS_ASYNC | MS_INVALIDATE };
/* clang-format on */
FIXTURE_SETUP(locked)
{
	int fd;

	OPEN_OBJECT(fd, OBJECT_MEMFD, pages(4), 'f');
	SETUP(arena_init(&self->arena, 6));
	SETUP(arena_map_file(&self->arena, 1, 4, "rws", fd, 0));
	close(fd);
	NEED(!sys_mlock(slot(&self->arena, LOCKED), pages(1)), "RLIMIT_MEMLOCK of two pages");
}
FIXTURE_TEARDOWN(locked)
{
	arena_free(&self->arena);
}

/* clause: msync.invalidate.locked-ebusy */
TEST_F(locked, page_is_refused_until_it_is_unlocked)
{
	char *p = slot(&self->arena, LOCKED);

	EXPECT_ERRNO(EBUSY, sys_msync(p, pages(1), variant->flags));
	EXPECT_BYTES('f', p, pages(1));
	EXPECT_LAYOUT(".. rws rws rws rws ..", &self->arena);

	SETUP(!sys_munlock(p, pages(1)));
	EXPECT_OK(sys_msync(p, pages(1), variant->flags));
}

/* clause: msync.invalidate.locked-onfault-ebusy */
TEST_F(locked, page_locked_on_fault_and_never_touched_is_refused)
{
	char *p = slot(&self->arena, 0);

	SETUP(arena_map(&self->arena, 0, 1, "rw"));
	NEED_FEATURE(!syscall(SYS_mlock2, p, pages(1), MLOCK_ONFAULT) || errno != ENOSYS, "mlock2");
	NEED(!syscall(SYS_mlock2, p, pages(1), MLOCK_ONFAULT), "RLIMIT_MEMLOCK of two pages");

	EXPECT_ERRNO(EBUSY, sys_msync(p, pages(1), variant->flags));
}

/* clause: msync.invalidate.unlocked-part-ok */
TEST_F(locked, neighbours_are_not_refused)
{
	EXPECT_OK(sys_msync(slot(&self->arena, 1), pages(2), variant->flags));
	EXPECT_OK(sys_msync(slot(&self->arena, 4), pages(1), variant->flags));
	EXPECT_ERRNO(EBUSY, sys_msync(slot(&self->arena, 1), pages(3), variant->flags));
	EXPECT_ERRNO(EBUSY, sys_msync(slot(&self->arena, 3), pages(2), variant->flags));
}

/* Each range has a hole: slot 0, slot 5, both. */

/*
 * clause: msync.invalidate.ebusy-over-enomem
 * clause: msync.invalidate.async-hole-continues
 */
TEST_F(locked, hole_before_or_behind_does_not_hide_it)
{
	EXPECT_ERRNO(ENOMEM, sys_msync(slot(&self->arena, 0), pages(3), variant->flags));
	EXPECT_ERRNO(ENOMEM, sys_msync(slot(&self->arena, 4), pages(2), variant->flags));

	EXPECT_ERRNO(EBUSY, sys_msync(slot(&self->arena, 0), pages(4), variant->flags));
	EXPECT_ERRNO(EBUSY, sys_msync(slot(&self->arena, 3), pages(3), variant->flags));
	EXPECT_ERRNO(EBUSY, sys_msync(slot(&self->arena, 0), pages(6), variant->flags));
}

/* clause: msync.invalidate.without-flag-locked-ok */
TEST_F(locked, page_is_no_obstacle_without_invalidate)
{
	EXPECT_OK(sys_msync(slot(&self->arena, 1), pages(4), variant->flags & ~MS_INVALIDATE));
}

TEST_HARNESS_MAIN
