// SPDX-License-Identifier: GPL-2.0
/*
 * A page of a private mapping is the file's until the first store to it, and from then on a copy
 * that the file no longer reaches.
 */
#include "kselftest_harness.h"
#include "lib/arena.h"
#include "lib/expect.h"
#include "lib/syscalls.h"

EACH_FILESYSTEM;

FIXTURE(file)
{
	struct arena arena;
	char *p;
	int fd; /* two pages of 'f' */
};
FILE_VARIANTS(file);
FIXTURE_SETUP(file)
{
	OPEN_OBJECT(self->fd, variant->kind, pages(2), 'f');
	SETUP(arena_init(&self->arena, 4));
	self->p = slot(&self->arena, 0);
}
FIXTURE_TEARDOWN(file)
{
	arena_free(&self->arena);
	close(self->fd);
}

/* clause: mmap.private.uncowed-follows-file */
TEST_F(file, page_never_stored_to_follows_the_file)
{
	SETUP(arena_map_file(&self->arena, 0, 2, "rw", self->fd, 0));
	EXPECT_BYTES('f', self->p + pages(1), pages(1));

	SETUP(object_fill(self->fd, pages(1) + 8, 4, 'W'));
	EXPECT_BYTES('f', self->p + pages(1), 8);
	EXPECT_BYTES('W', self->p + pages(1) + 8, 4);
}

/* clause: mmap.private.cowed-frozen */
TEST_F(file, page_stored_to_follows_it_no_more)
{
	SETUP(arena_map_file(&self->arena, 0, 2, "rw", self->fd, 0));
	self->p[7] = 'P';

	SETUP(object_fill(self->fd, 0, pages(1), 'W'));
	EXPECT_BYTES('f', self->p, 7);
	EXPECT_BYTES('P', self->p + 7, 1);
	EXPECT_BYTES('f', self->p + 8, pages(1) - 8);
	EXPECT_FILE_BYTES('W', self->fd, 0, pages(1));
}

/* clause: mmap.private.readonly-then-writable */
TEST_F(file, mapping_made_writable_later_copies_too)
{
	SETUP(arena_map_file(&self->arena, 0, 2, "r-", self->fd, 0));
	EXPECT_BYTES('f', self->p, pages(1));

	EXPECT_OK(sys_mprotect(self->p, pages(2), PROT_READ | PROT_WRITE));
	EXPECT_NO_FAULT(FAULT_WRITE, self->p); /* loaded from before */
	EXPECT_NO_FAULT(FAULT_WRITE, self->p + pages(1)); /* not */
	EXPECT_BYTES('!', self->p, 1);
	EXPECT_BYTES('!', self->p + pages(1), 1);
	EXPECT_FILE_BYTES('f', self->fd, 0, pages(2));
}

/* clause: mmap.private.store-not-in-file */
TEST_F(file, store_is_seen_by_no_other_mapping_and_no_read)
{
	SETUP(arena_map_file(&self->arena, 0, 1, "rw", self->fd, 0));
	SETUP(arena_map_file(&self->arena, 1, 1, "rw", self->fd, 0));
	SETUP(arena_map_file(&self->arena, 2, 1, "rws", self->fd, 0));
	memset(self->p, 'P', pages(1));

	EXPECT_BYTES('P', self->p, pages(1));
	EXPECT_BYTES('f', slot(&self->arena, 1), pages(1));
	EXPECT_BYTES('f', slot(&self->arena, 2), pages(1));
	EXPECT_FILE_BYTES('f', self->fd, 0, pages(1));
}

/* clause: mmap.shared.read-into-private */
TEST_F(file, read_of_the_file_into_its_own_private_mapping)
{
	SETUP(arena_map_file(&self->arena, 0, 1, "rw", self->fd, 0));
	SETUP(object_fill(self->fd, pages(1), pages(1), 'g'));

	EXPECT_EQ(10, pread(self->fd, self->p, 10, (off_t)pages(1)));
	EXPECT_BYTES('g', self->p, 10);
	EXPECT_BYTES('f', self->p + 10, pages(1) - 10);
	EXPECT_FILE_BYTES('f', self->fd, 0, pages(1));
}

TEST_HARNESS_MAIN
