// SPDX-License-Identifier: GPL-2.0
/*
 * remap_file_pages rounds down what is no whole page: the start and the size, each by itself.
 */
#include "kselftest_harness.h"
#include "lib/arena.h"
#include "lib/expect.h"
#include "lib/letters.h"
#include "lib/syscalls.h"
#include "window.h"

/* clause: remap_file_pages.start.rounded-down */
TEST_F(window, start_is_that_of_its_page)
{
	char *p = slot(&self->arena, 1);

	for (size_t offset = 1; offset < page_size(); offset = 2 * offset + 1) {
		TH_LOG("offset %zu", offset);
		EXPECT_OK(sys_remap_file_pages(p + offset, pages(1), 0, 5, 0));
		EXPECT_STREQ("AFCD", letters_at(slot(&self->arena, 0), 4));
		SETUP(!sys_remap_file_pages(p, pages(1), 0, 1, 0));
	}
	EXPECT_LAYOUT("rws rws rws rws .. .. .. ..", &self->arena);
}

/* clause: remap_file_pages.size.rounded-down */
TEST_F(window, size_counts_whole_pages_only)
{
	char *p = slot(&self->arena, 1);

	EXPECT_OK(sys_remap_file_pages(p, pages(2) - 1, 0, 4, 0));
	EXPECT_STREQ("AECD", letters_at(slot(&self->arena, 0), 4));
	EXPECT_OK(sys_remap_file_pages(p, pages(2) + 1, 0, 5, 0));
	EXPECT_STREQ("AFGD", letters_at(slot(&self->arena, 0), 4));
}

/* Rounding the end of the range instead of its size would take two pages here, or a hole. */

/*
 * clause: remap_file_pages.start.rounded-down
 * clause: remap_file_pages.size.rounded-down
 */
TEST_F(window, start_inside_a_page_adds_nothing_to_the_size)
{
	char *p = slot(&self->arena, 2), *last = slot(&self->arena, 3);
	size_t most = page_size() - 1;

	EXPECT_OK(sys_remap_file_pages(p + most, pages(1) + most, 0, 5, 0));
	EXPECT_STREQ("ABFD", letters_at(slot(&self->arena, 0), 4));
	EXPECT_OK(sys_remap_file_pages(last + most, pages(1) + most, 0, 6, 0));
	EXPECT_STREQ("ABFG", letters_at(slot(&self->arena, 0), 4));
	EXPECT_ERRNO(EINVAL, sys_remap_file_pages(p + 1, most, 0, 0, 0));
}

TEST_HARNESS_MAIN
