// SPDX-License-Identifier: GPL-2.0
/*
 * munmap does not mind holes: it removes what there is in its range, and nothing else.
 */
#include "kselftest_harness.h"
#include "lib/arena.h"
#include "lib/expect.h"
#include "lib/letters.h"
#include "lib/syscalls.h"

ARENA_FIXTURE(8);

/* clause: munmap.hole.never-mapped-ok */
TEST_F(arena, range_without_any_mapping_is_no_error)
{
	EXPECT_OK(sys_munmap(slot(&self->arena, 0), pages(8)));
	SETUP(arena_map(&self->arena, 2, 2, "rw"));
	EXPECT_OK(sys_munmap(slot(&self->arena, 2), pages(2)));
	EXPECT_OK(sys_munmap(slot(&self->arena, 2), pages(2)));
	EXPECT_LAYOUT(".. .. .. .. .. .. .. ..", &self->arena);
}

/* clause: munmap.hole.interior-ok */
TEST_F(arena, every_mapping_between_the_holes_is_removed)
{
	SETUP(arena_map(&self->arena, 1, 2, "rw"));
	SETUP(arena_map(&self->arena, 4, 1, "r-"));
	SETUP(arena_map(&self->arena, 6, 1, "--s")); /* |..|rw|rw|..|r-|..|--s|..| */

	EXPECT_OK(sys_munmap(slot(&self->arena, 0), pages(8)));
	EXPECT_LAYOUT(".. .. .. .. .. .. .. ..", &self->arena);
}

/* clause: munmap.split.ends-of-two-areas */
TEST_F(arena, range_from_one_mapping_into_another_trims_both)
{
	SETUP(arena_map(&self->arena, 0, 3, "rw"));
	SETUP(arena_map(&self->arena, 4, 3, "rws")); /* |a|b|c|..|d|e|f|..| */
	for (int n = 0; n < 3; n++) {
		memset(slot(&self->arena, n), 'a' + n, pages(1));
		memset(slot(&self->arena, 4 + n), 'd' + n, pages(1));
	}

	EXPECT_OK(sys_munmap(slot(&self->arena, 2), pages(3)));
	EXPECT_LAYOUT("rw rw .. .. .. rws rws ..", &self->arena);
	EXPECT_STREQ("ab...ef.", letters_at(slot(&self->arena, 0), 8));
}

TEST_HARNESS_MAIN
