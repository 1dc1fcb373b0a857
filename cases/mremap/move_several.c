// SPDX-License-Identifier: GPL-2.0
/*
 * MREMAP_FIXED with equal lengths moves all mappings of a range, and the holes between them, one
 * after the other.
 */
#include "kselftest_harness.h"
#include "lib/arena.h"
#include "lib/expect.h"
#include "lib/letters.h"
#include "lib/syscalls.h"

#define FIXED (MREMAP_MAYMOVE | MREMAP_FIXED)

FIXTURE(several)
{
	struct arena arena; /* |a|b|c|d|..|..|..|..|..|..|..|..|, rw and r- */
	char *p, *to;
};
FIXTURE_SETUP(several)
{
	SETUP(arena_init(&self->arena, 12));
	SETUP(arena_map(&self->arena, 0, 4, "rw"));
	self->p = slot(&self->arena, 0);
	self->to = slot(&self->arena, 6);
	for (int n = 0; n < 4; n++)
		memset(slot(&self->arena, n), 'a' + n, pages(1));
	SETUP(!sys_mprotect(self->p + pages(2), pages(2), PROT_READ));
}
FIXTURE_TEARDOWN(several)
{
	arena_free(&self->arena);
}

/*
 * clause: mremap.multi.adjacent-vmas
 * clause: mremap.multi.returns-new-addr
 */
TEST_F(several, adjacent_mappings_move_and_keep_their_protections)
{
	EXPECT_ADDR(self->to, sys_mremap(self->p, pages(4), pages(4), FIXED, self->to));
	EXPECT_LAYOUT(".. .. .. .. .. .. rw rw r- r- .. ..", &self->arena);
	EXPECT_STREQ("abcd", letters_at(self->to, 4));
}

/* clause: mremap.multi.dontunmap-fixed */
TEST_F(several, with_dontunmap_all_of_them_stay_emptied)
{
	EXPECT_ADDR(self->to,
		    sys_mremap(self->p, pages(4), pages(4), FIXED | MREMAP_DONTUNMAP, self->to));
	EXPECT_LAYOUT("rw rw r- r- .. .. rw rw r- r- .. ..", &self->arena);
	EXPECT_STREQ("abcd", letters_at(self->to, 4));
	EXPECT_STREQ("0000", letters_at(self->p, 4));
}

/* clause: mremap.multi.not-without-fixed */
TEST_F(several, anything_but_a_plain_move_is_for_one_mapping)
{
	unsigned long dontunmap = MREMAP_MAYMOVE | MREMAP_DONTUNMAP;

	EXPECT_ERRNO(EFAULT, sys_mremap(self->p, pages(4), pages(4), dontunmap, NULL));
	EXPECT_ERRNO(EFAULT, sys_mremap(self->p, pages(4), pages(4), dontunmap, self->to));
	EXPECT_ERRNO(EFAULT, sys_mremap(self->p, pages(4), pages(5), MREMAP_MAYMOVE, NULL));
	EXPECT_ERRNO(EFAULT, sys_mremap(self->p, pages(4), pages(5), FIXED, self->to));
	EXPECT_LAYOUT("rw rw r- r- .. .. .. .. .. .. .. ..", &self->arena);
	EXPECT_STREQ("abcd", letters_at(self->p, 4));
	EXPECT_ERRNO(EFAULT, sys_mremap(self->p, pages(4), pages(3), FIXED, self->to));
}

/* clause: mremap.multi.partial-on-error */
TEST_F(several, error_at_a_later_mapping_stops_there)
{
	NEED_OWN_PROCESS("what is sealed cannot be unmapped");
	SETUP(!sys_mprotect(self->p + pages(3), pages(1), PROT_READ | PROT_WRITE));
	SEAL(self->p + pages(2), pages(1)); /* |rw|rw|sealed|rw|..| */

	EXPECT_ERRNO(EPERM, sys_mremap(self->p, pages(4), pages(4), FIXED, self->to));
	EXPECT_LAYOUT(".. .. r- rw .. .. rw rw .. .. .. ..", &self->arena);
	EXPECT_STREQ("..cd..ab....", letters_at(self->p, 12));
}

FIXTURE(holes)
{
	struct arena arena; /* |..|rw|rw|..|r-|..|, six free slots */
};
FIXTURE_SETUP(holes)
{
	SETUP(arena_init(&self->arena, 12));
	SETUP(arena_map(&self->arena, 1, 2, "rw"));
	SETUP(arena_map(&self->arena, 4, 1, "rw"));
	memset(slot(&self->arena, 1), 'a', pages(2));
	memset(slot(&self->arena, 4), 'b', pages(1));
	SETUP(!sys_mprotect(slot(&self->arena, 4), pages(1), PROT_READ));
}
FIXTURE_TEARDOWN(holes)
{
	arena_free(&self->arena);
}

/* clause: mremap.multi.holes-preserved */
TEST_F(holes, hole_stays_a_hole_and_spares_what_lies_under_it)
{
	char *p = slot(&self->arena, 1), *to = slot(&self->arena, 7);

	EXPECT_ADDR(to, sys_mremap(p, pages(4), pages(4), FIXED, to));
	EXPECT_LAYOUT(".. .. .. .. .. .. .. rw rw .. r- ..", &self->arena);
	EXPECT_STREQ("aa.b", letters_at(to, 4));

	SETUP(arena_map(&self->arena, 3, 1, "rws"));
	memset(slot(&self->arena, 3), 'u', pages(1));
	EXPECT_ADDR(p, sys_mremap(to, pages(4), pages(4), FIXED, p));
	EXPECT_LAYOUT(".. rw rw rws r- .. .. .. .. .. .. ..", &self->arena);
	EXPECT_STREQ("aaub", letters_at(p, 4));
}

/* clause: mremap.multi.hole-at-end-ok */
TEST_F(holes, hole_at_the_end_spares_what_lies_under_it)
{
	char *to = slot(&self->arena, 6);

	SETUP(arena_map(&self->arena, 6, 6, "r-"));

	EXPECT_ADDR(to, sys_mremap(slot(&self->arena, 1), pages(3), pages(3), FIXED, to));
	EXPECT_LAYOUT(".. .. .. .. r- .. rw rw r- r- r- r-", &self->arena);
	EXPECT_STREQ("aa0000", letters_at(to, 6));
}

/* clause: mremap.multi.hole-at-start-efault */
TEST_F(holes, hole_at_the_start_is_refused)
{
	char *to = slot(&self->arena, 6);

	SETUP(arena_map(&self->arena, 6, 6, "r-"));

	EXPECT_ERRNO(EFAULT, sys_mremap(slot(&self->arena, 0), pages(5), pages(5), FIXED, to));
	EXPECT_ERRNO(EFAULT, sys_mremap(slot(&self->arena, 3), pages(2), pages(2), FIXED, to));
	EXPECT_LAYOUT(".. rw rw .. r- .. r- r- r- r- r- r-", &self->arena);
	EXPECT_STREQ(".aa.b.000000", letters_at(slot(&self->arena, 0), 12));
}

TEST_HARNESS_MAIN
