// SPDX-License-Identifier: GPL-2.0
/*
 * The page offset of remap_file_pages counts pages; it may lie past the end of the file, but not
 * past what a file can be.
 */
#include "kselftest_harness.h"
#include "lib/arena.h"
#include "lib/expect.h"
#include "lib/letters.h"
#include "lib/syscalls.h"
#include "window.h"

EACH_FILESYSTEM;

/* clause: remap_file_pages.pgoff.in-pages */
TEST_F(window, offset_counts_pages_of_the_system)
{
	for (size_t n = 0; n < 8; n++) {
		char *p = slot(&self->arena, 2);

		TH_LOG("page %zu", n);
		EXPECT_OK(sys_remap_file_pages(p, pages(1), 0, n, 0));
		EXPECT_BYTES('A' + n, p, pages(1));
	}
	EXPECT_STREQ("AB", letters_at(slot(&self->arena, 0), 2));
	EXPECT_STREQ("D", letters_at(slot(&self->arena, 3), 1));
}

/* clause: remap_file_pages.pgoff.beyond-eof-ok */
TEST_F(window, page_past_the_end_of_the_file_is_taken_and_raises_sigbus)
{
	char *p = slot(&self->arena, 1);

	EXPECT_OK(
		sys_remap_file_pages(p, pages(2), 0, 7, 0)); /* the last page and the one behind */
	EXPECT_STREQ("AH!D", letters_at(slot(&self->arena, 0), 4));
	EXPECT_FAULT(SIGBUS, BUS_ADRERR, FAULT_READ, p + pages(1));
	EXPECT_FAULT(SIGBUS, BUS_ADRERR, FAULT_WRITE, p + pages(1) + 1);
	EXPECT_OK(sys_remap_file_pages(p, pages(1), 0, 100, 0));
	EXPECT_FAULT(SIGBUS, BUS_ADRERR, FAULT_READ, p);
	EXPECT_STREQ("ABCDEFGH", letters_in(self->fd, 8));
	EXPECT_LAYOUT("rws rws rws rws .. .. .. ..", &self->arena);
}

FIXTURE(largest)
{
	struct arena arena; /* |A|B|..|..|, rws */
	int fd;
	size_t last; /* the number of the last page that a file can have */
};
FILE_VARIANTS(largest);
FIXTURE_SETUP(largest)
{
	NEED(sizeof(long) == 8, "a 64-bit machine");
	NEED_FEATURE(!sys_remap_file_pages(NULL, 0, 0, 0, 0) || errno != ENOSYS,
		     "remap_file_pages");
	self->last = (size_t)INT64_MAX / page_size() - 1; /* 0x7fffffffffffe of 4096 bytes */
	OPEN_OBJECT(self->fd, variant->kind, 0, 0);
	SETUP(letters_write(self->fd, "AB"));
	SETUP(arena_init(&self->arena, 4));
	SETUP(arena_map_file(&self->arena, 0, 2, "rws", self->fd, 0));
}
FIXTURE_TEARDOWN(largest)
{
	arena_free(&self->arena);
	close(self->fd);
}

/* clause: remap_file_pages.pgoff.last-ok */
TEST_F(largest, last_page_that_a_file_can_have_is_taken)
{
	char *p = slot(&self->arena, 1);

	EXPECT_OK(sys_remap_file_pages(p, pages(1), 0, self->last, 0));
	EXPECT_FAULT(SIGBUS, BUS_ADRERR, FAULT_READ, p);
	EXPECT_STREQ("A!", letters_at(slot(&self->arena, 0), 2));
	EXPECT_LAYOUT("rws rws .. ..", &self->arena);
}

/* clause: remap_file_pages.pgoff.over-lfs-eoverflow */
TEST_F(largest, page_that_no_file_can_have_is_refused)
{
	char *p = slot(&self->arena, 0);

	EXPECT_ERRNO(EOVERFLOW, sys_remap_file_pages(p, pages(1), 0, self->last + 1, 0));
	EXPECT_ERRNO(EOVERFLOW, sys_remap_file_pages(p, pages(2), 0, self->last, 0));
	EXPECT_ERRNO(EOVERFLOW, sys_remap_file_pages(p, pages(1), 0, SIZE_MAX - 1, 0));
	EXPECT_STREQ("AB", letters_at(p, 2));
	EXPECT_LAYOUT("rws rws .. ..", &self->arena);
}

TEST_HARNESS_MAIN
