// SPDX-License-Identifier: GPL-2.0
/*
 * The length that mprotect takes: none is fine, a part of a page is the page, and no range goes
 * past the end of all addresses.
 */
#include "kselftest_harness.h"
#include "lib/arena.h"
#include "lib/expect.h"
#include "lib/space.h"
#include "lib/syscalls.h"

FIXTURE(arena)
{
	struct arena arena; /* |rw|rw|rw|..|, of 'o' */
	char *p; /* its first slot */
};
FIXTURE_SETUP(arena)
{
	SETUP(arena_init(&self->arena, 4));
	SETUP(arena_map(&self->arena, 0, 3, "rw"));
	self->p = slot(&self->arena, 0);
	memset(self->p, 'o', pages(3));
}
FIXTURE_TEARDOWN(arena)
{
	arena_free(&self->arena);
}

/* clause: mprotect.args.len-zero-ok */
TEST_F(arena, zero_changes_nothing_whatever_else_is_said)
{
	EXPECT_OK(sys_mprotect(self->p, 0, PROT_NONE));
	EXPECT_OK(sys_mprotect(slot(&self->arena, 3), 0, PROT_READ)); /* not mapped */
	EXPECT_OK(sys_mprotect(self->p, 0, 0x10)); /* no protection */
	EXPECT_OK(sys_mprotect(slot(&self->arena, 3), 0, 0x10));
	EXPECT_LAYOUT("rw rw rw ..", &self->arena);
}

/* clause: mprotect.args.len-rounded-up */
TEST_F(arena, part_of_a_page_is_the_page)
{
	EXPECT_OK(sys_mprotect(self->p, 1, PROT_READ));
	EXPECT_LAYOUT("r- rw rw ..", &self->arena);
	EXPECT_OK(sys_mprotect(self->p, pages(1) + 1, PROT_NONE));
	EXPECT_LAYOUT("-- -- rw ..", &self->arena);
	EXPECT_FAULT(SIGSEGV, SEGV_ACCERR, FAULT_READ, self->p + pages(2) - 1);
	EXPECT_BYTES('o', self->p + pages(2), pages(1));
	EXPECT_OK(sys_mprotect(self->p, pages(3), PROT_READ | PROT_WRITE));
	EXPECT_BYTES('o', self->p, pages(3));
}

/* clause: mprotect.args.range-wraps */
TEST_F(arena, range_that_wraps_is_refused)
{
	const size_t length[] = { (size_t)-1, -pages(1), -pages(1) - 1,
				  -(size_t)(uintptr_t)self->p };

	NEED(space_words_match(), "a kernel with words of the program's size");

	for (int i = 0; i < 4; i++)
		EXPECT_ERRNO(ENOMEM, sys_mprotect(self->p, length[i], PROT_READ));
	EXPECT_LAYOUT("rw rw rw ..", &self->arena);
	EXPECT_BYTES('o', self->p, pages(3));
}

TEST_HARNESS_MAIN
