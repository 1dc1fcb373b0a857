// SPDX-License-Identifier: GPL-2.0
/*
 * Below an area that grows down lies a gap of 256 pages, which a hint cannot enter and MAP_FIXED
 * can.
 */
#include "kselftest_harness.h"
#include "lib/arena.h"
#include "lib/expect.h"
#include "lib/syscalls.h"

#define RW (PROT_READ | PROT_WRITE)
#define ANON (MAP_PRIVATE | MAP_ANONYMOUS)

FIXTURE(below_stack)
{
	struct arena arena; /* the area that grows down is slot 15 */
};
FIXTURE_SETUP(below_stack)
{
	SETUP(arena_init(&self->arena, 16));
	SETUP(sys_mmap(slot(&self->arena, 15), pages(1), RW, ANON | MAP_GROWSDOWN | MAP_FIXED, -1,
		       0) != MAP_FAILED);
}
FIXTURE_TEARDOWN(below_stack)
{
	arena_free(&self->arena);
}

/* clause: mmap.hint.in-stack-gap-moved */
TEST_F(below_stack, hint_in_the_gap_is_not_taken)
{
	for (int n = 0; n < 15; n++) {
		void *hint = slot(&self->arena, n), *p;

		ASSERT_OK(p = sys_mmap(hint, pages(1), PROT_READ, ANON, -1, 0));
		EXPECT_LAYOUT(".. .. .. .. .. .. .. .. .. .. .. .. .. .. .. rw", &self->arena);
		SETUP(!sys_munmap(p, pages(1)));
	}
}

/* clause: mmap.fixed.may-enter-stack-gap */
TEST_F(below_stack, fixed_address_in_the_gap_is_taken)
{
	void *p = slot(&self->arena, 7), *q = slot(&self->arena, 9);
	void *right_below = slot(&self->arena, 14);

	EXPECT_ADDR(p, sys_mmap(p, pages(1), PROT_READ, ANON | MAP_FIXED, -1, 0));
	EXPECT_ADDR(q, sys_mmap(q, pages(1), PROT_READ, ANON | MAP_FIXED_NOREPLACE, -1, 0));
	EXPECT_ADDR(right_below,
		    sys_mmap(right_below, pages(1), PROT_READ, ANON | MAP_FIXED_NOREPLACE, -1, 0));
	EXPECT_LAYOUT(".. .. .. .. .. .. .. r- .. r- .. .. .. .. r- rw", &self->arena);
}

TEST_HARNESS_MAIN
