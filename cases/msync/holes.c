// SPDX-License-Identifier: GPL-2.0
/*
 * msync over a hole fails with ENOMEM whatever its flags are; a page without access or past end of
 * file is no hole.
 */
#include "kselftest_harness.h"
#include "lib/arena.h"
#include "lib/expect.h"
#include "lib/syscalls.h"

FIXTURE(range)
{
	struct arena arena; /* eight free slots */
	int fd; /* four pages of 'f' */
};
FIXTURE_VARIANT(range)
{
	int flags;
};
/* clang-format off */
FIXTURE_VARIANT_ADD(range, none)		{ 0 };
FIXTURE_VARIANT_ADD(range, async)		{ MS_ASYNC };
FIXTURE_VARIANT_ADD(range, sync)		{ MS_SYNC };
FIXTURE_VARIANT_ADD(range, invalidate)		{ MS_INVALIDATE };
FIXTURE_VARIANT_ADD(range, sync_invalidate)	{ MS_SYNC | MS_INVALIDATE };
/* clang-format on */
FIXTURE_SETUP(range)
{
	OPEN_OBJECT(self->fd, OBJECT_MEMFD, pages(4), 'f');
	SETUP(arena_init(&self->arena, 8));
}
FIXTURE_TEARDOWN(range)
{
	arena_free(&self->arena);
	close(self->fd);
}

/* clause: msync.hole.whole-enomem */
TEST_F(range, unmapped_range_is_refused)
{
	EXPECT_ERRNO(ENOMEM, sys_msync(slot(&self->arena, 0), pages(4), variant->flags));
}

/* clause: msync.hole.interior-enomem */
TEST_F(range, hole_anywhere_in_the_range_is_refused)
{
	SETUP(arena_map_file(&self->arena, 1, 2, "rws", self->fd, 0));
	SETUP(arena_map_file(&self->arena, 4, 2, "rws", self->fd, 2)); /* |..|s|s|..|s|s|..|..| */

	EXPECT_ERRNO(ENOMEM, sys_msync(slot(&self->arena, 0), pages(3), variant->flags));
	EXPECT_ERRNO(ENOMEM, sys_msync(slot(&self->arena, 1), pages(5), variant->flags));
	EXPECT_ERRNO(ENOMEM, sys_msync(slot(&self->arena, 4), pages(3), variant->flags));
	EXPECT_OK(sys_msync(slot(&self->arena, 1), pages(2), variant->flags));
	EXPECT_LAYOUT(".. rws rws .. rws rws .. ..", &self->arena);
}

/* clause: msync.hole.none-prot-not-hole */
TEST_F(range, pages_without_access_are_no_hole)
{
	SETUP(arena_map_file(&self->arena, 0, 1, "rws", self->fd, 0));
	SETUP(arena_map_file(&self->arena, 1, 1, "--s", self->fd, 1));
	SETUP(arena_map(&self->arena, 2, 1, "--"));

	EXPECT_OK(sys_msync(slot(&self->arena, 0), pages(3), variant->flags));
}

/* clause: msync.hole.past-eof-not-hole */
TEST_F(range, pages_past_end_of_file_are_no_hole)
{
	SETUP(arena_map_file(&self->arena, 0, 4, "rws", self->fd, 2));

	EXPECT_OK(sys_msync(slot(&self->arena, 0), pages(4), variant->flags));
}

TEST_HARNESS_MAIN
