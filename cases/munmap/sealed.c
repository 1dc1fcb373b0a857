// SPDX-License-Identifier: GPL-2.0
/*
 * munmap of any sealed page is refused, and then nothing is removed or split.
 */
#include "kselftest_harness.h"
#include "lib/arena.h"
#include "lib/expect.h"
#include "lib/syscalls.h"

SEALED_FIXTURE(6);

#define EXPECT_UNTOUCHED()                                        \
	do {                                                      \
		EXPECT_LAYOUT("rw r- r- r- rw ..", &self->arena); \
		EXPECT_BYTES('x', self->p, pages(5));             \
	} while (0)

/* clause: munmap.sealed.eperm */
TEST_F(sealed, any_page_of_it_stays)
{
	for (int first = 1; first <= 3; first++) {
		for (int count = 1; first + count <= 4; count++)
			EXPECT_ERRNO(EPERM, sys_munmap(self->p + pages(first), pages(count)));
	}
	EXPECT_UNTOUCHED();
}

/* clause: munmap.sealed.span-nothing-removed */
TEST_F(sealed, so_do_its_neighbours_in_the_same_range)
{
	EXPECT_ERRNO(EPERM, sys_munmap(self->p, pages(5)));
	EXPECT_ERRNO(EPERM, sys_munmap(self->p, pages(6)));
	EXPECT_ERRNO(EPERM, sys_munmap(self->p, pages(2)));
	EXPECT_ERRNO(EPERM, sys_munmap(self->p + pages(3), pages(2)));
	EXPECT_UNTOUCHED();
}

/* clause: munmap.sealed.middle-no-split */
TEST_F(sealed, it_is_not_split)
{
	NEED_MAPS();
	EXPECT_ERRNO(EPERM, sys_munmap(self->p + pages(2), pages(1)));
	EXPECT_VMAS(3, &self->arena);
	EXPECT_UNTOUCHED();
}

/* clause: munmap.sealed.neighbour-ok */
TEST_F(sealed, neighbours_by_themselves_go)
{
	EXPECT_OK(sys_munmap(self->p, pages(1)));
	EXPECT_OK(sys_munmap(self->p + pages(4), pages(2)));
	EXPECT_LAYOUT(".. r- r- r- .. ..", &self->arena);
	EXPECT_BYTES('x', self->p + pages(1), pages(3));
}

/* clause: munmap.order.einval-before-sealed */
TEST_F(sealed, arguments_come_before_the_seal)
{
	EXPECT_ERRNO(EINVAL, sys_munmap(self->p + pages(1) + 1, pages(1)));
	EXPECT_ERRNO(EINVAL, sys_munmap(self->p + pages(2) - 1, 1));
	EXPECT_ERRNO(EINVAL, sys_munmap(self->p + pages(1), 0));
	EXPECT_ERRNO(EPERM, sys_munmap(self->p + pages(1), 1));
	EXPECT_UNTOUCHED();
}

TEST_HARNESS_MAIN
