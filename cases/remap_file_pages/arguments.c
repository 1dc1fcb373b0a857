// SPDX-License-Identifier: GPL-2.0
/*
 * The arguments of remap_file_pages by themselves: prot is zero, the range is a page at least,
 * neither range nor offset wraps.
 */
#include "kselftest_harness.h"
#include "lib/arena.h"
#include "lib/expect.h"
#include "lib/letters.h"
#include "lib/space.h"
#include "lib/syscalls.h"
#include "window.h"

/* clause: remap_file_pages.ret.zero */
TEST_F(window, success_is_zero)
{
	EXPECT_EQ(0, sys_remap_file_pages(slot(&self->arena, 0), pages(1), 0, 5, 0));
	EXPECT_EQ(0, sys_remap_file_pages(slot(&self->arena, 1), pages(3), 0, 0, MAP_NONBLOCK));
	EXPECT_STREQ("FABC", letters_at(slot(&self->arena, 0), 4));
}

/* clause: remap_file_pages.prot.nonzero-einval */
TEST_F(window, any_bit_of_prot_is_refused)
{
	void *p = slot(&self->arena, 1);

	for (size_t bit = 0; bit < 8 * sizeof(long); bit++) {
		TH_LOG("bit %zu", bit);
		EXPECT_ERRNO(EINVAL, sys_remap_file_pages(p, pages(1), 1UL << bit, 5, 0));
	}
	EXPECT_ERRNO(EINVAL, sys_remap_file_pages(p, pages(1), PROT_READ | PROT_WRITE, 5, 0));
	EXPECT_STREQ("ABCD", letters_at(slot(&self->arena, 0), 4));
	EXPECT_LAYOUT("rws rws rws rws .. .. .. ..", &self->arena);
}

/* clause: remap_file_pages.size.zero-einval */
TEST_F(window, less_than_a_page_is_refused)
{
	void *p = slot(&self->arena, 1);

	EXPECT_ERRNO(EINVAL, sys_remap_file_pages(p, 0, 0, 5, 0));
	EXPECT_ERRNO(EINVAL, sys_remap_file_pages(p, 1, 0, 5, 0));
	EXPECT_ERRNO(EINVAL, sys_remap_file_pages(p, pages(1) - 1, 0, 5, 0));
	EXPECT_STREQ("ABCD", letters_at(slot(&self->arena, 0), 4));
}

/* clause: remap_file_pages.range.wrap-einval */
TEST_F(window, range_up_to_or_over_the_end_of_the_address_space_is_refused)
{
	char *p = slot(&self->arena, 1), *last_page = (char *)((uintptr_t)0 - pages(1));
	size_t to_the_end = (size_t)0 - (uintptr_t)p;

	EXPECT_ERRNO(EINVAL, sys_remap_file_pages(last_page, pages(1), 0, 5, 0));
	EXPECT_ERRNO(EINVAL, sys_remap_file_pages(last_page, pages(2), 0, 5, 0));
	EXPECT_ERRNO(EINVAL, sys_remap_file_pages(p, to_the_end, 0, 5, 0));
	EXPECT_ERRNO(EINVAL, sys_remap_file_pages(p, to_the_end + pages(1), 0, 5, 0));
	EXPECT_ERRNO(EINVAL, sys_remap_file_pages(p, SIZE_MAX, 0, 5, 0));
	EXPECT_STREQ("ABCD", letters_at(slot(&self->arena, 0), 4));
	EXPECT_LAYOUT("rws rws rws rws .. .. .. ..", &self->arena);
}

/* clause: remap_file_pages.pgoff.wrap-einval */
TEST_F(window, page_offset_that_wraps_is_refused)
{
	void *p = slot(&self->arena, 1);

	NEED(space_words_match(), "a kernel with words of the program's size");

	EXPECT_ERRNO(EINVAL, sys_remap_file_pages(p, pages(1), 0, SIZE_MAX, 0));
	EXPECT_ERRNO(EINVAL, sys_remap_file_pages(p, pages(2), 0, SIZE_MAX, 0));
	EXPECT_ERRNO(EINVAL, sys_remap_file_pages(p, pages(2), 0, SIZE_MAX - 1, 0));
	EXPECT_STREQ("ABCD", letters_at(slot(&self->arena, 0), 4));
}

TEST_HARNESS_MAIN
