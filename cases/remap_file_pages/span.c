// SPDX-License-Identifier: GPL-2.0
/*
 * A range of remap_file_pages may span several mappings, if they lie side by side and are alike:
 * one open file, one protection, locked or not.
 */
#include "kselftest_harness.h"
#include "lib/arena.h"
#include "lib/expect.h"
#include "lib/letters.h"
#include "lib/scratch.h"
#include "lib/syscalls.h"
#include "window.h"

/* clause: remap_file_pages.span.same-file-ok */
TEST_F(window, pieces_of_one_file_are_taken_whatever_their_offsets)
{
	SETUP(arena_map_file(&self->arena, 1, 1, "rws", self->fd, 7));
	SETUP(arena_map_file(&self->arena, 3, 1, "rws", self->fd, 0)); /* |A|H|C|A|..|..|..|..| */
	SETUP(!strcmp("AHCA", letters_at(slot(&self->arena, 0), 4)));

	EXPECT_OK(sys_remap_file_pages(slot(&self->arena, 0), pages(4), 0, 4, 0));
	EXPECT_STREQ("EFGH", letters_at(slot(&self->arena, 0), 4));
	EXPECT_LAYOUT("rws rws rws rws .. .. .. ..", &self->arena);
}

/* clause: remap_file_pages.span.hole-einval */
TEST_F(window, hole_is_refused)
{
	SETUP(!sys_munmap(slot(&self->arena, 2), pages(1)));

	EXPECT_ERRNO(EINVAL, sys_remap_file_pages(slot(&self->arena, 0), pages(4), 0, 4, 0));
	EXPECT_ERRNO(EINVAL, sys_remap_file_pages(slot(&self->arena, 1), pages(3), 0, 4, 0));
	EXPECT_STREQ("AB.D", letters_at(slot(&self->arena, 0), 4));
	EXPECT_LAYOUT("rws rws .. rws .. .. .. ..", &self->arena);
}

/* clause: remap_file_pages.span.past-end-einval */
TEST_F(window, range_past_the_last_mapped_page_is_refused)
{
	EXPECT_ERRNO(EINVAL, sys_remap_file_pages(slot(&self->arena, 0), pages(5), 0, 0, 0));
	EXPECT_ERRNO(EINVAL, sys_remap_file_pages(slot(&self->arena, 3), pages(2), 0, 0, 0));
	EXPECT_STREQ("ABCD", letters_at(slot(&self->arena, 0), 4));
	EXPECT_LAYOUT("rws rws rws rws .. .. .. ..", &self->arena);
}

/* clause: remap_file_pages.span.ends-at-area-end-ok */
TEST_F(window, range_may_end_where_a_hole_begins)
{
	EXPECT_OK(sys_remap_file_pages(slot(&self->arena, 2), pages(2), 0, 6, 0));
	EXPECT_STREQ("ABGH", letters_at(slot(&self->arena, 0), 4));
	SETUP(!sys_munmap(slot(&self->arena, 1), pages(1)));
	EXPECT_OK(sys_remap_file_pages(slot(&self->arena, 0), pages(1), 0, 5, 0));
	EXPECT_STREQ("F.GH", letters_at(slot(&self->arena, 0), 4));
	EXPECT_LAYOUT("rws .. rws rws .. .. .. ..", &self->arena);
}

/* clause: remap_file_pages.span.prot-differs-einval */
TEST_F(window, pieces_of_different_protection_are_refused)
{
	SETUP(!sys_mprotect(slot(&self->arena, 2), pages(1), PROT_READ));

	EXPECT_ERRNO(EINVAL, sys_remap_file_pages(slot(&self->arena, 1), pages(2), 0, 4, 0));
	EXPECT_ERRNO(EINVAL, sys_remap_file_pages(slot(&self->arena, 2), pages(2), 0, 4, 0));
	EXPECT_STREQ("ABCD", letters_at(slot(&self->arena, 0), 4));
	EXPECT_LAYOUT("rws rws r-s rws .. .. .. ..", &self->arena);
	EXPECT_OK(sys_remap_file_pages(slot(&self->arena, 2), pages(1), 0, 4, 0));
}

/* clause: remap_file_pages.span.other-open-file-einval */
TEST_F(window, another_open_of_the_same_file_is_refused)
{
	char path[SCRATCH_PATH_MAX];
	int fd, again;

	SETUP(scratch_path(path, "twice"));
	fd = open(path, O_RDWR | O_CREAT | O_EXCL, 0600);
	again = open(path, O_RDWR);
	SETUP(fd >= 0 && again >= 0 && !unlink(path) && letters_write(fd, "abcd"));
	SETUP(arena_map_file(&self->arena, 4, 1, "rws", fd, 0));
	SETUP(arena_map_file(&self->arena, 5, 1, "rws", again, 1)); /* |A|B|C|D|a|b|..|..| */

	EXPECT_ERRNO(EINVAL, sys_remap_file_pages(slot(&self->arena, 4), pages(2), 0, 2, 0));
	EXPECT_ERRNO(EINVAL, sys_remap_file_pages(slot(&self->arena, 3), pages(2), 0, 2, 0));
	EXPECT_STREQ("ABCDab..", letters_at(slot(&self->arena, 0), 8));
	EXPECT_OK(sys_remap_file_pages(slot(&self->arena, 4), pages(1), 0, 2, 0));
	EXPECT_OK(sys_remap_file_pages(slot(&self->arena, 5), pages(1), 0, 3, 0));
	EXPECT_STREQ("ABCDcd..", letters_at(slot(&self->arena, 0), 8));
}

/* clause: remap_file_pages.span.locked-differs-einval */
TEST_F(window, locked_and_unlocked_pieces_are_refused)
{
	NEED(!sys_mlock(slot(&self->arena, 2), pages(1)), "RLIMIT_MEMLOCK of a page");

	EXPECT_ERRNO(EINVAL, sys_remap_file_pages(slot(&self->arena, 1), pages(2), 0, 4, 0));
	EXPECT_ERRNO(EINVAL, sys_remap_file_pages(slot(&self->arena, 2), pages(2), 0, 4, 0));
	EXPECT_STREQ("ABCD", letters_at(slot(&self->arena, 0), 4));
	SETUP(!sys_munlock(slot(&self->arena, 2), pages(1)));
	EXPECT_OK(sys_remap_file_pages(slot(&self->arena, 1), pages(2), 0, 4, 0));
}

TEST_HARNESS_MAIN
