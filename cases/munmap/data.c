// SPDX-License-Identifier: GPL-2.0
/*
 * Stores to a shared mapping outlive it in the file, stores to a private one do not.
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
	int fd; /* pages A, B and C */
	char *p;
};
FILE_VARIANTS(file);
FIXTURE_SETUP(file)
{
	OPEN_OBJECT(self->fd, variant->kind, 0, 0);
	SETUP(letters_write(self->fd, "ABC"));
	SETUP(arena_init(&self->arena, 3));
	self->p = slot(&self->arena, 0);
}
FIXTURE_TEARDOWN(file)
{
	arena_free(&self->arena);
	close(self->fd);
}

/* clause: munmap.data.private-discarded */
TEST_F(file, private_stores_are_lost)
{
	SETUP(arena_map_file(&self->arena, 0, 3, "rw", self->fd, 0));
	memset(self->p, 'x', pages(2));

	EXPECT_OK(sys_munmap(self->p, pages(3)));
	EXPECT_STREQ("ABC", letters_in(self->fd, 3));
	SETUP(arena_map_file(&self->arena, 0, 3, "rw", self->fd, 0));
	EXPECT_STREQ("ABC", letters_at(self->p, 3));
}

/* clause: munmap.data.shared-kept */
TEST_F(file, shared_stores_are_in_the_file)
{
	SETUP(arena_map_file(&self->arena, 0, 3, "rws", self->fd, 0));
	memset(self->p, 'x', pages(2));

	EXPECT_OK(sys_munmap(self->p, pages(3)));
	EXPECT_STREQ("xxC", letters_in(self->fd, 3));
}

TEST_HARNESS_MAIN
