// SPDX-License-Identifier: GPL-2.0
/*
 * The C library's remap_file_pages passes each of its arguments on as it is.
 */
#include "kselftest_harness.h"
#include "lib/arena.h"
#include "lib/expect.h"
#include "lib/letters.h"
#include "lib/smaps.h"
#include "lib/syscalls.h"
#include "window.h"

/* clause: remap_file_pages.compat.wrapper-args */
TEST_F(window, every_argument_is_passed_and_errno_is_set)
{
	char *p = slot(&self->arena, 1);

	NEED(page_present(p) >= 0, "/proc/self/pagemap");

	errno = EXDEV;
	EXPECT_EQ(0, remap_file_pages(p, pages(2), 0, 5, 0));
	EXPECT_EQ(EXDEV, errno);
	EXPECT_EQ(1, page_present(p));
	EXPECT_STREQ("AFGD", letters_at(slot(&self->arena, 0), 4));
	EXPECT_EQ(0, remap_file_pages(p, pages(1), 0, 7, MAP_NONBLOCK));
	EXPECT_EQ(0, page_present(p));
	EXPECT_STREQ("AHGD", letters_at(slot(&self->arena, 0), 4));

	errno = 0;
	EXPECT_ERRNO(EINVAL, remap_file_pages(p, pages(1), PROT_READ, 5, 0));
	errno = 0;
	EXPECT_ERRNO(EINVAL, remap_file_pages(p, 0, 0, 5, 0));
	EXPECT_STREQ("AHGD", letters_at(slot(&self->arena, 0), 4));
	EXPECT_LAYOUT("rws rws rws rws .. .. .. ..", &self->arena);
}

TEST_HARNESS_MAIN
