// SPDX-License-Identifier: GPL-2.0
/*
 * A mapping that grows down grows again over what munmap took: its own lower pages, and what stood
 * in its way.
 */
#include "kselftest_harness.h"
#include "lib/expect.h"
#include "lib/page.h"
#include "lib/syscalls.h"

GROWING_FIXTURE;

/* clause: munmap.stack.growsdown-below */
TEST_F(growing, lower_pages_taken_away_grow_back_with_zeros)
{
	memset(self->g, 's', pages(1));
	EXPECT_NO_FAULT(FAULT_WRITE, self->g - pages(3));
	ASSERT_EQ(4, growing_pages(&self->area));
	memset(self->g - pages(3), 's', pages(3));

	EXPECT_OK(sys_munmap(self->g - pages(3), pages(2)));
	EXPECT_EQ(2, growing_pages(&self->area));
	EXPECT_NO_FAULT(FAULT_READ, self->g - pages(3));
	EXPECT_EQ(4, growing_pages(&self->area));
	EXPECT_BYTES(0, self->g - pages(3), pages(2));
	EXPECT_BYTES('s', self->g - pages(1), pages(2));
}

/* clause: munmap.stack.guard-removed */
TEST_F(growing, mapping_in_its_gap_taken_away_lets_it_grow)
{
	char *obstacle = self->g - pages(9);

	SETUP(growing_put_below(&self->area, 8, PROT_READ, 0));
	EXPECT_FAULT(SIGSEGV, SEGV_MAPERR, FAULT_WRITE, self->g - 1);
	EXPECT_EQ(1, growing_pages(&self->area));

	EXPECT_OK(sys_munmap(obstacle, pages(1)));
	EXPECT_NO_FAULT(FAULT_WRITE, self->g - 1);
	EXPECT_EQ(2, growing_pages(&self->area));
	EXPECT_NO_FAULT(FAULT_WRITE, obstacle);
	EXPECT_EQ(10, growing_pages(&self->area));
	EXPECT_BYTES(0, obstacle + 1, pages(9) - 2);
}

TEST_HARNESS_MAIN
