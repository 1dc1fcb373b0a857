// SPDX-License-Identifier: GPL-2.0
/*
 * mprotect goes upwards and stops at the first page that is not mapped: ENOMEM, and what lies below
 * is changed, what lies above is not.
 */
#include "kselftest_harness.h"
#include "lib/arena.h"
#include "lib/expect.h"
#include "lib/syscalls.h"

FIXTURE(arena)
{
	struct arena arena; /* |rw|rw|..|rw|rws|..|, of 'o' */
	char *p; /* its first slot */
};
FIXTURE_SETUP(arena)
{
	SETUP(arena_init(&self->arena, 6));
	SETUP(arena_map(&self->arena, 0, 2, "rw") && arena_map(&self->arena, 3, 1, "rw"));
	SETUP(arena_map(&self->arena, 4, 1, "rws"));
	self->p = slot(&self->arena, 0);
	memset(self->p, 'o', pages(2));
	memset(slot(&self->arena, 3), 'o', pages(2));
}
FIXTURE_TEARDOWN(arena)
{
	EXPECT_BYTES('o', self->p, pages(2)); /* all that can be read is as it was */
	EXPECT_BYTES('o', slot(&self->arena, 3), pages(2));
	arena_free(&self->arena);
}

/* clause: mprotect.hole.middle-partial */
TEST_F(arena, hole_in_the_middle_parts_what_is_changed_from_what_is_not)
{
	EXPECT_ERRNO(ENOMEM, sys_mprotect(self->p, pages(5), PROT_READ));
	EXPECT_LAYOUT("r- r- .. rw rws ..", &self->arena);
	EXPECT_FAULT(SIGSEGV, SEGV_ACCERR, FAULT_WRITE, self->p + pages(1));
	EXPECT_ERRNO(ENOMEM, sys_mprotect(self->p + pages(1), pages(3), PROT_READ | PROT_WRITE));
	EXPECT_LAYOUT("r- rw .. rw rws ..", &self->arena);
}

/* clause: mprotect.hole.end-partial */
TEST_F(arena, hole_at_the_end_leaves_all_that_is_mapped_changed)
{
	EXPECT_ERRNO(ENOMEM, sys_mprotect(slot(&self->arena, 3), pages(3), PROT_READ));
	EXPECT_LAYOUT("rw rw .. r- r-s ..", &self->arena);
	EXPECT_FAULT(SIGSEGV, SEGV_ACCERR, FAULT_WRITE, slot(&self->arena, 4));
}

/* clause: mprotect.hole.end-even-unchanged */
TEST_F(arena, hole_is_told_where_nothing_was_to_be_changed)
{
	EXPECT_ERRNO(ENOMEM, sys_mprotect(self->p, pages(3), PROT_READ | PROT_WRITE));
	EXPECT_LAYOUT("rw rw .. rw rws ..", &self->arena);
}

/* clause: mprotect.unmapped.enomem */
TEST_F(arena, hole_at_the_start_keeps_everything)
{
	EXPECT_ERRNO(ENOMEM, sys_mprotect(slot(&self->arena, 2), pages(3), PROT_READ));
	EXPECT_ERRNO(ENOMEM, sys_mprotect(slot(&self->arena, 2), pages(1), PROT_READ));
	EXPECT_ERRNO(ENOMEM, sys_mprotect(slot(&self->arena, 5), pages(1), PROT_NONE));
	EXPECT_LAYOUT("rw rw .. rw rws ..", &self->arena);
}

TEST_HARNESS_MAIN
