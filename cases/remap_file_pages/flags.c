// SPDX-License-Identifier: GPL-2.0
/*
 * Of the flags of remap_file_pages only MAP_NONBLOCK has a meaning: the new pages are then not
 * mapped in advance.
 */
#include "kselftest_harness.h"
#include "lib/arena.h"
#include "lib/expect.h"
#include "lib/letters.h"
#include "lib/smaps.h"
#include "lib/syscalls.h"
#include "window.h"

/* clause: remap_file_pages.flags.unknown-ignored */
TEST_F(window, all_other_bits_are_ignored)
{
	void *p = slot(&self->arena, 1);

	for (size_t bit = 0; bit < 8 * sizeof(long); bit++) {
		if (1UL << bit == MAP_NONBLOCK)
			continue;
		TH_LOG("bit %zu", bit);
		EXPECT_OK(sys_remap_file_pages(p, pages(1), 0, bit % 8, 1UL << bit));
		EXPECT_BYTES('A' + bit % 8, p, pages(1));
	}
	EXPECT_OK(sys_remap_file_pages(p, pages(1), 0, 5, ~0UL));
	memset(p, 'x', pages(1)); /* MAP_PRIVATE among them makes it no copy */
	EXPECT_STREQ("ABCDExGH", letters_in(self->fd, 8));
	EXPECT_LAYOUT("rws rws rws rws .. .. .. ..", &self->arena);
}

/* clause: remap_file_pages.flags.populates */
TEST_F(window, new_pages_are_mapped_on_return)
{
	char *p = slot(&self->arena, 1);

	NEED(page_present(p) >= 0, "/proc/self/pagemap");

	EXPECT_OK(sys_remap_file_pages(p, pages(2), 0, 5, 0));
	EXPECT_EQ(1, page_present(p));
	EXPECT_EQ(1, page_present(p + pages(1)));
}

/* clause: remap_file_pages.flags.nonblock-ok */
TEST_F(window, nonblock_leaves_them_to_the_first_touch)
{
	char *p = slot(&self->arena, 1);

	NEED(page_present(p) >= 0, "/proc/self/pagemap");
	memset(p, 'x', pages(2)); /* so that they are mapped before the call */

	EXPECT_OK(sys_remap_file_pages(p, pages(2), 0, 5, MAP_NONBLOCK));
	EXPECT_EQ(0, page_present(p));
	EXPECT_EQ(0, page_present(p + pages(1)));
	EXPECT_STREQ("AFGD", letters_at(slot(&self->arena, 0), 4));
}

TEST_HARNESS_MAIN
