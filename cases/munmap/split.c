// SPDX-License-Identifier: GPL-2.0
/*
 * What munmap leaves of a mapping are mappings of their own, each of the part of the file that it
 * showed before.
 */
#include "kselftest_harness.h"
#include "lib/arena.h"
#include "lib/expect.h"
#include "lib/letters.h"
#include "lib/maps.h"
#include "lib/syscalls.h"

FIXTURE(file)
{
	struct arena arena; /* |B|C|D|E|F| */
	int fd; /* pages A to F */
	char *p;
};
FIXTURE_VARIANT(file)
{
	const char *access;
};
/* clang-format off */
FIXTURE_VARIANT_ADD(file, shared)	{ "rws" };
FIXTURE_VARIANT_ADD(file, private)	{ "rw" };
/* clang-format on */
FIXTURE_SETUP(file)
{
	NEED_MAPS();
	OPEN_OBJECT(self->fd, OBJECT_MEMFD, 0, 0);
	SETUP(letters_write(self->fd, "ABCDEF"));
	SETUP(arena_init(&self->arena, 5));
	SETUP(arena_map_file(&self->arena, 0, 5, variant->access, self->fd, 1));
	self->p = slot(&self->arena, 0);
}
FIXTURE_TEARDOWN(file)
{
	arena_free(&self->arena);
	close(self->fd);
}

/* The VMA that starts at p ends count pages on and shows the file from this page on. */
#define EXPECT_PART(p, count, page)                                 \
	do {                                                        \
		struct vma vma_;                                    \
		ASSERT_EQ(1, maps_find((uintptr_t)(p), &vma_));     \
		EXPECT_EQ((uintptr_t)(p), vma_.start);              \
		EXPECT_EQ((uintptr_t)(p) + pages(count), vma_.end); \
		EXPECT_EQ(pages(page), vma_.offset);                \
	} while (0)

/* clause: munmap.split.head */
TEST_F(file, without_its_head_it_starts_later_in_the_file)
{
	EXPECT_OK(sys_munmap(self->p, pages(1)));
	EXPECT_VMAS(1, &self->arena);
	EXPECT_PART(self->p + pages(1), 4, 2);
	EXPECT_STREQ(".CDEF", letters_at(self->p, 5));
}

/* clause: munmap.split.tail */
TEST_F(file, without_its_tail_it_starts_where_it_did)
{
	EXPECT_OK(sys_munmap(self->p + pages(4), pages(1)));
	EXPECT_VMAS(1, &self->arena);
	EXPECT_PART(self->p, 4, 1);
	EXPECT_STREQ("BCDE.", letters_at(self->p, 5));
}

/* clause: munmap.split.middle-file-offsets */
TEST_F(file, without_its_middle_both_parts_show_what_they_did)
{
	EXPECT_OK(sys_munmap(self->p + pages(2), pages(1)));
	EXPECT_VMAS(2, &self->arena);
	EXPECT_PART(self->p, 2, 1);
	EXPECT_PART(self->p + pages(3), 2, 4);
	EXPECT_STREQ("BC.EF", letters_at(self->p, 5));
}

ARENA_FIXTURE(5);

/* clause: munmap.split.middle-two-lines */
TEST_F(arena, anonymous_memory_without_its_middle_is_two_mappings)
{
	NEED_MAPS();
	SETUP(arena_map(&self->arena, 0, 5, "rw"));
	for (int n = 0; n < 5; n++)
		memset(slot(&self->arena, n), 'a' + n, pages(1));
	SETUP(arena_vmas(&self->arena) == 1);

	EXPECT_OK(sys_munmap(slot(&self->arena, 2), pages(1)));
	EXPECT_VMAS(2, &self->arena);
	EXPECT_LAYOUT("rw rw .. rw rw", &self->arena);
	EXPECT_STREQ("ab.de", letters_at(slot(&self->arena, 0), 5));
}

TEST_HARNESS_MAIN
