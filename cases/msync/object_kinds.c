// SPDX-License-Identifier: GPL-2.0
/*
 * MS_SYNC is accepted on memory that is nowhere stored, and on private mappings, whose stores it
 * leaves private.
 */
#include "kselftest_harness.h"
#include "lib/arena.h"
#include "lib/expect.h"
#include "lib/syscalls.h"

EACH_FILESYSTEM;

FIXTURE(anonymous)
{
	struct arena arena;
};
FIXTURE_VARIANT(anonymous)
{
	const char *access;
};
/* clang-format off */
FIXTURE_VARIANT_ADD(anonymous, private)	{ "rw" };
FIXTURE_VARIANT_ADD(anonymous, shared)	{ "rws" };
/* clang-format on */
FIXTURE_SETUP(anonymous)
{
	SETUP(arena_init(&self->arena, 2));
	SETUP(arena_map(&self->arena, 0, 2, variant->access));
}
FIXTURE_TEARDOWN(anonymous)
{
	arena_free(&self->arena);
}

/* clause: msync.sync.anon-noop */
TEST_F(anonymous, memory_untouched_or_stored_to_is_synced_without_effect)
{
	char *p = slot(&self->arena, 0);

	EXPECT_OK(sys_msync(p, pages(2), MS_SYNC));
	memset(p, 'a', pages(1));
	EXPECT_OK(sys_msync(p, pages(2), MS_SYNC));
	EXPECT_BYTES('a', p, pages(1));
	EXPECT_BYTES(0, p + pages(1), pages(1));
}

FIXTURE(file)
{
	struct arena arena;
	int fd; /* two pages of 'f' */
};
FIXTURE_VARIANT(file)
{
	enum object_kind kind;
};
/* clang-format off */
FIXTURE_VARIANT_ADD(file, memfd)	{ OBJECT_MEMFD };
FIXTURE_VARIANT_ADD(file, tmpfs)	{ OBJECT_TMPFS_FILE };
FIXTURE_VARIANT_ADD(file, scratch)	{ OBJECT_SCRATCH_FILE };
/* clang-format on */
FIXTURE_SETUP(file)
{
	OPEN_OBJECT(self->fd, variant->kind, pages(2), 'f');
	SETUP(arena_init(&self->arena, 2));
}
FIXTURE_TEARDOWN(file)
{
	arena_free(&self->arena);
	close(self->fd);
}

/* clause: msync.sync.memfd-ok */
TEST_F(file, shared_mapping_is_synced)
{
	char *p = slot(&self->arena, 0);

	SETUP(arena_map_file(&self->arena, 0, 2, "rws", self->fd, 0));
	memset(p, 's', pages(1));

	EXPECT_OK(sys_msync(p, pages(2), MS_SYNC));
	EXPECT_FILE_BYTES('s', self->fd, 0, pages(1));
	EXPECT_FILE_BYTES('f', self->fd, pages(1), pages(1));
}

/* clause: msync.sync.private-noop */
TEST_F(file, stores_of_a_private_mapping_stay_out_of_the_file)
{
	char *p = slot(&self->arena, 0);

	SETUP(arena_map_file(&self->arena, 0, 2, "rw", self->fd, 0));
	memset(p, 'p', pages(1));

	EXPECT_OK(sys_msync(p, pages(2), MS_SYNC));
	EXPECT_FILE_BYTES('f', self->fd, 0, pages(2));
	EXPECT_BYTES('p', p, pages(1));
	EXPECT_BYTES('f', p + pages(1), pages(1));
}

/* clause: msync.sync.unlinked-file-ok */
TEST_F(file, closed_and_unlinked_file_is_synced)
{
	char *p = slot(&self->arena, 0);

	SETUP(arena_map_file(&self->arena, 0, 2, "rws", self->fd, 0));
	SETUP(!close(self->fd)); /* the file has had no name from the start */
	self->fd = -1;
	memset(p, 's', pages(1));

	EXPECT_OK(sys_msync(p, pages(2), MS_SYNC));
	EXPECT_BYTES('s', p, pages(1));
	EXPECT_BYTES('f', p + pages(1), pages(1));
}

TEST_HARNESS_MAIN
