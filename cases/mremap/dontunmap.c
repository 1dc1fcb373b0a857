// SPDX-License-Identifier: GPL-2.0
/*
 * MREMAP_DONTUNMAP moves the pages and leaves the mapping: emptied where the pages were its own, a
 * second view where they are shared.
 */
#include "kselftest_harness.h"
#include "lib/arena.h"
#include "lib/expect.h"
#include "lib/letters.h"
#include "lib/syscalls.h"

EACH_FILESYSTEM;

#define DONTUNMAP (MREMAP_MAYMOVE | MREMAP_DONTUNMAP)

FIXTURE(anonymous)
{
	struct arena arena; /* |a|b|c|d|..|..|..|..|..| */
	char *p, *to;
};
FIXTURE_SETUP(anonymous)
{
	SETUP(arena_init(&self->arena, 9));
	SETUP(arena_map(&self->arena, 0, 4, "rw"));
	self->p = slot(&self->arena, 0);
	self->to = slot(&self->arena, 5);
	for (int n = 0; n < 4; n++)
		memset(self->p + pages(n), 'a' + n, pages(1));
}
FIXTURE_TEARDOWN(anonymous)
{
	arena_free(&self->arena);
}

/* clause: mremap.dontunmap.anon-zero-after */
TEST_F(anonymous, bytes_move_and_zeros_are_left)
{
	char *moved;

	ASSERT_OK(moved = sys_mremap(self->p, pages(4), pages(4), DONTUNMAP, NULL));
	EXPECT_NE(self->p, moved);
	EXPECT_LAYOUT("rw rw rw rw .. .. .. .. ..", &self->arena);
	EXPECT_STREQ("abcd", letters_at(moved, 4));
	EXPECT_STREQ("0000", letters_at(self->p, 4));
	EXPECT_NO_FAULT(FAULT_WRITE, self->p);
	EXPECT_STREQ("abcd", letters_at(moved, 4));
	sys_munmap(moved, pages(4));
}

/* clause: mremap.dontunmap.partial */
TEST_F(anonymous, part_of_a_mapping_is_emptied_alone)
{
	EXPECT_ADDR(self->to, sys_mremap(self->p + pages(1), pages(2), pages(2),
					 DONTUNMAP | MREMAP_FIXED, self->to));
	EXPECT_STREQ("a00d.bc..", letters_at(self->p, 9));
	EXPECT_LAYOUT("rw rw rw rw .. rw rw .. ..", &self->arena);
}

/* clause: mremap.dontunmap.fixed-replaces */
TEST_F(anonymous, with_fixed_the_destination_is_replaced)
{
	SETUP(arena_map(&self->arena, 5, 4, "rws"));
	memset(self->to, 'x', pages(4));

	EXPECT_ADDR(self->to + pages(1), sys_mremap(self->p, pages(2), pages(2),
						    DONTUNMAP | MREMAP_FIXED, self->to + pages(1)));
	EXPECT_STREQ("00cd.xabx", letters_at(self->p, 9));
	EXPECT_LAYOUT("rw rw rw rw .. rws rw rw rws", &self->arena);
}

ARENA_FIXTURE(6);

/* clause: mremap.dontunmap.shared-anon */
TEST_F(arena, shared_anonymous_memory_is_seen_twice)
{
	char *p = slot(&self->arena, 0), *to = slot(&self->arena, 3);

	SETUP(arena_map(&self->arena, 0, 2, "rws"));
	memset(p, 'a', pages(2));

	EXPECT_ADDR(to, sys_mremap(p, pages(2), pages(2), DONTUNMAP | MREMAP_FIXED, to));
	EXPECT_STREQ("aa.aa.", letters_at(p, 6));
	memset(to, 'x', pages(1));
	memset(p + pages(1), 'y', pages(1));
	EXPECT_STREQ("xy.xy.", letters_at(p, 6));
	EXPECT_LAYOUT("rws rws .. rws rws ..", &self->arena);
}

FIXTURE(file)
{
	struct arena arena; /* six free slots */
	int fd; /* pages A and B */
	char *p, *to;
};
FILE_VARIANTS(file);
FIXTURE_SETUP(file)
{
	OPEN_OBJECT(self->fd, variant->kind, 0, 0);
	SETUP(letters_write(self->fd, "AB"));
	SETUP(arena_init(&self->arena, 6));
	self->p = slot(&self->arena, 0);
	self->to = slot(&self->arena, 3);
}
FIXTURE_TEARDOWN(file)
{
	arena_free(&self->arena);
	close(self->fd);
}

/* clause: mremap.dontunmap.shared-file */
TEST_F(file, shared_file_is_seen_twice)
{
	SETUP(arena_map_file(&self->arena, 0, 2, "rws", self->fd, 0));

	EXPECT_ADDR(self->to,
		    sys_mremap(self->p, pages(2), pages(2), DONTUNMAP | MREMAP_FIXED, self->to));
	memset(self->to, 'x', pages(1));
	EXPECT_STREQ("xB.xB.", letters_at(self->p, 6));
	memset(self->p + pages(1), 'y', pages(1));
	EXPECT_STREQ("xy.xy.", letters_at(self->p, 6));
	EXPECT_STREQ("xy", letters_in(self->fd, 2));
	EXPECT_LAYOUT("rws rws .. rws rws ..", &self->arena);
}

/* clause: mremap.dontunmap.private-file */
TEST_F(file, private_copies_move_and_the_file_is_left)
{
	SETUP(arena_map_file(&self->arena, 0, 2, "rw", self->fd, 0));
	memset(self->p, 'x', pages(1));

	EXPECT_ADDR(self->to,
		    sys_mremap(self->p, pages(2), pages(2), DONTUNMAP | MREMAP_FIXED, self->to));
	EXPECT_STREQ("AB.xB.", letters_at(self->p, 6));
	EXPECT_STREQ("AB", letters_in(self->fd, 2));
	EXPECT_LAYOUT("rw rw .. rw rw ..", &self->arena);
}

TEST_HARNESS_MAIN
