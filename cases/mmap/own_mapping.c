// SPDX-License-Identifier: GPL-2.0
/*
 * read(2) and write(2) of a file whose buffer is a shared mapping of that file, not touched before:
 * the page that the call works on is the one that it has to bring in. Neither hangs, and the bytes
 * are those of the file.
 */
#include "kselftest_harness.h"
#include "lib/arena.h"
#include "lib/expect.h"
#include "lib/letters.h"
#include "lib/syscalls.h"

EACH_FILESYSTEM;

FIXTURE(file)
{
	struct arena arena;
	int fd; /* pages "ABC", mapped shared at the first slots */
	char *p;
};
FIXTURE_VARIANT(file)
{
	enum object_kind kind;
	bool touched;
};
/* clang-format off */
FIXTURE_VARIANT_ADD(file, memfd)		{ OBJECT_MEMFD };
FIXTURE_VARIANT_ADD(file, memfd_touched)	{ OBJECT_MEMFD, true };
FIXTURE_VARIANT_ADD(file, scratch)		{ OBJECT_SCRATCH_FILE };
FIXTURE_VARIANT_ADD(file, scratch_touched)	{ OBJECT_SCRATCH_FILE, true };
/* clang-format on */
FIXTURE_SETUP(file)
{
	OPEN_OBJECT(self->fd, variant->kind, pages(3), 0);
	SETUP(letters_write(self->fd, "ABC"));
	SETUP(arena_init(&self->arena, 4));
	SETUP(arena_map_file(&self->arena, 0, 3, "rws", self->fd, 0));
	self->p = slot(&self->arena, 0);
	if (variant->touched)
		memset(self->p, 'A', pages(1));
}
FIXTURE_TEARDOWN(file)
{
	arena_free(&self->arena);
	close(self->fd);
}

/* clause: mmap.shared.read-into-itself */
TEST_F(file, page_is_read_into_itself)
{
	EXPECT_EQ((ssize_t)pages(1), pread(self->fd, self->p, pages(1), 0));
	EXPECT_STREQ("ABC", letters_at(self->p, 3));
	EXPECT_STREQ("ABC", letters_in(self->fd, 3));
}

/* clause: mmap.shared.read-into-itself */
TEST_F(file, page_is_read_into_another_of_the_same_file)
{
	EXPECT_EQ((ssize_t)pages(1), pread(self->fd, self->p, pages(1), (off_t)pages(2)));
	EXPECT_STREQ("CBC", letters_at(self->p, 3));
	EXPECT_STREQ("CBC", letters_in(self->fd, 3));
}

/* clause: mmap.shared.write-from-itself */
TEST_F(file, page_is_written_from_itself)
{
	EXPECT_EQ((ssize_t)pages(1), pwrite(self->fd, self->p, pages(1), 0));
	EXPECT_EQ(100, pwrite(self->fd, self->p + pages(1), 100, (off_t)pages(1)));
	EXPECT_STREQ("ABC", letters_at(self->p, 3));
	EXPECT_STREQ("ABC", letters_in(self->fd, 3));
}

/* clause: mmap.shared.write-from-itself */
TEST_F(file, page_is_written_from_another_of_the_same_file)
{
	EXPECT_EQ((ssize_t)pages(1), pwrite(self->fd, self->p + pages(2), pages(1), 0));
	EXPECT_STREQ("CBC", letters_at(self->p, 3));
	EXPECT_STREQ("CBC", letters_in(self->fd, 3));
}

TEST_HARNESS_MAIN
