// SPDX-License-Identifier: GPL-2.0
/*
 * What a page shows after remap_file_pages: the page of the file that it was given, to load from
 * and to store to.
 */
#include "kselftest_harness.h"
#include "lib/arena.h"
#include "lib/expect.h"
#include "lib/letters.h"
#include "lib/syscalls.h"

EACH_FILESYSTEM;

FIXTURE(window)
{
	struct arena arena; /* |A|B|C|D|..|..|..|..|, rws */
	int fd; /* pages A to H */
};
FILE_VARIANTS(window);
FIXTURE_SETUP(window)
{
	NEED_FEATURE(!sys_remap_file_pages(NULL, 0, 0, 0, 0) || errno != ENOSYS,
		     "remap_file_pages");
	OPEN_OBJECT(self->fd, variant->kind, 0, 0);
	SETUP(letters_write(self->fd, "ABCDEFGH"));
	SETUP(arena_init(&self->arena, 8));
	SETUP(arena_map_file(&self->arena, 0, 4, "rws", self->fd, 0));
}
FIXTURE_TEARDOWN(window)
{
	arena_free(&self->arena);
	close(self->fd);
}

/* clause: remap_file_pages.data.shows-new-page */
TEST_F(window, page_shows_the_page_of_the_file_it_was_given)
{
	EXPECT_OK(sys_remap_file_pages(slot(&self->arena, 1), pages(2), 0, 5, 0));
	EXPECT_STREQ("AFGD", letters_at(slot(&self->arena, 0), 4));
	EXPECT_LAYOUT("rws rws rws rws .. .. .. ..", &self->arena);
	EXPECT_STREQ("ABCDEFGH", letters_in(self->fd, 8));
}

/* clause: remap_file_pages.data.store-reaches-new-page */
TEST_F(window, store_goes_to_the_new_page_alone)
{
	void *p = slot(&self->arena, 1);

	EXPECT_OK(sys_remap_file_pages(p, pages(1), 0, 5, 0));
	memset(p, 'x', pages(1));
	EXPECT_STREQ("ABCDExGH", letters_in(self->fd, 8));
}

/* clause: remap_file_pages.data.alias */
TEST_F(window, two_pages_of_one_page_of_the_file_are_aliases)
{
	char *one = slot(&self->arena, 1), *other = slot(&self->arena, 3);

	EXPECT_OK(sys_remap_file_pages(one, pages(1), 0, 5, 0));
	EXPECT_OK(sys_remap_file_pages(other, pages(1), 0, 5, 0));
	memset(one, 'x', pages(1));
	EXPECT_STREQ("AxCx", letters_at(slot(&self->arena, 0), 4));
	memset(other, 'y', pages(1));
	EXPECT_STREQ("AyCy", letters_at(slot(&self->arena, 0), 4));
	EXPECT_STREQ("ABCDEyGH", letters_in(self->fd, 8));
}

/* clause: remap_file_pages.data.earlier-stores-kept */
TEST_F(window, earlier_stores_stay_where_they_were_made)
{
	void *p = slot(&self->arena, 1);

	memset(p, 'x', pages(1));
	EXPECT_OK(sys_remap_file_pages(p, pages(1), 0, 5, 0));
	memset(p, 'y', pages(1));
	EXPECT_OK(sys_remap_file_pages(p, pages(1), 0, 6, 0));
	EXPECT_STREQ("AxCDEyGH", letters_in(self->fd, 8));
	EXPECT_STREQ("AGCD", letters_at(slot(&self->arena, 0), 4));
}

/* clause: remap_file_pages.data.reverse-order */
TEST_F(window, window_can_be_turned_round_page_by_page)
{
	SETUP(arena_map_file(&self->arena, 0, 8, "rws", self->fd, 0));

	for (size_t n = 0; n < 8; n++)
		EXPECT_OK(sys_remap_file_pages(slot(&self->arena, n), pages(1), 0, 7 - n, 0));
	EXPECT_STREQ("HGFEDCBA", letters_at(slot(&self->arena, 0), 8));
	EXPECT_STREQ("ABCDEFGH", letters_in(self->fd, 8));
}

/* clause: remap_file_pages.data.fork-inherits */
TEST_F(window, child_inherits_the_view_and_changes_its_own)
{
	struct gate remapped;

	NEED_OWN_PROCESS("it forks");
	SETUP(gate_init(&remapped));
	SETUP(!sys_remap_file_pages(slot(&self->arena, 1), pages(1), 0, 5, 0));

	CHILD(child) {
		EXPECT_STREQ("AFCD", letters_at(slot(&self->arena, 0), 4));
		EXPECT_OK(sys_remap_file_pages(slot(&self->arena, 2), pages(1), 0, 6, 0));
		EXPECT_STREQ("AFGD", letters_at(slot(&self->arena, 0), 4));
	}
	EXPECT_CHILD_OK(child);
	EXPECT_STREQ("AFCD", letters_at(slot(&self->arena, 0), 4));

	CHILD(second) {
		gate_wait(&remapped);
		EXPECT_STREQ("AFCD", letters_at(slot(&self->arena, 0), 4));
	}
	EXPECT_OK(sys_remap_file_pages(slot(&self->arena, 3), pages(1), 0, 7, 0));
	gate_open(&remapped);
	EXPECT_CHILD_OK(second);
}

TEST_HARNESS_MAIN
