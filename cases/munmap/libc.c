// SPDX-License-Identifier: GPL-2.0
/*
 * The C library's munmap says in errno why it failed, and leaves errno alone when it did not.
 */
#include "kselftest_harness.h"
#include "lib/arena.h"
#include "lib/expect.h"

ARENA_FIXTURE(3);

/* clause: munmap.compat.errno-only-on-failure */
TEST_F(arena, errno_is_set_by_a_failure_alone)
{
	char *p = slot(&self->arena, 0);

	SETUP(arena_map(&self->arena, 0, 2, "rw"));

	errno = EXDEV;
	EXPECT_EQ(-1, munmap(p + 1, pages(1)));
	EXPECT_EQ(EINVAL, errno);
	errno = EXDEV;
	EXPECT_EQ(0, munmap(p, pages(1)));
	EXPECT_EQ(EXDEV, errno);
	errno = 0;
	EXPECT_EQ(0, munmap(p, pages(3))); /* partly gone already */
	EXPECT_EQ(0, errno);
	EXPECT_EQ(-1, munmap(p, 0));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_LAYOUT(".. .. ..", &self->arena);
}

TEST_HARNESS_MAIN
