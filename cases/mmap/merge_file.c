// SPDX-License-Identifier: GPL-2.0
/*
 * Adjacent mappings of a file become one VMA if they are of one open file description, at
 * consecutive offsets, and both shared or both private.
 */
#include "kselftest_harness.h"
#include "lib/arena.h"
#include "lib/expect.h"
#include "lib/scratch.h"
#include "lib/syscalls.h"

EACH_FILESYSTEM;

FIXTURE(file)
{
	struct arena arena;
	int fd, again; /* its four pages, opened twice */
};
FIXTURE_VARIANT(file)
{
	const char *access;
	const char *layout; /* of two pages */
};
/* clang-format off */
FIXTURE_VARIANT_ADD(file, shared)		{ "rws", "rws rws .. .." };
FIXTURE_VARIANT_ADD(file, private)		{ "rw", "rw rw .. .." };
FIXTURE_VARIANT_ADD(file, private_read_only)	{ "r-", "r- r- .. .." };
/* clang-format on */
FIXTURE_SETUP(file)
{
	char path[SCRATCH_PATH_MAX];

	NEED_MAPS();
	NEED(scratch_path(path, "file"), "a scratch folder that can be written to");
	self->fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	self->again = open(path, O_RDWR | O_CLOEXEC);
	unlink(path);
	SETUP(self->fd >= 0 && self->again >= 0);
	SETUP(!ftruncate(self->fd, (off_t)pages(4)));
	SETUP(arena_init(&self->arena, 4));
	SETUP(arena_map_file(&self->arena, 0, 1, variant->access, self->fd, 0));
}
FIXTURE_TEARDOWN(file)
{
	arena_free(&self->arena);
	close(self->fd);
	close(self->again);
}

/* clause: mmap.merge.file-contiguous */
TEST_F(file, next_page_of_the_same_open_file_joins)
{
	int copy;

	NEED(object_filesystem(self->fd) != FS_MAGIC_OVERLAYFS, "a scratch folder on no overlayfs");
	copy = dup(self->fd);
	SETUP(copy >= 0);
	EXPECT_TRUE(arena_map_file(&self->arena, 1, 1, variant->access, self->fd, 1));
	EXPECT_LAYOUT(variant->layout, &self->arena);
	EXPECT_VMAS(1, &self->arena);
	EXPECT_TRUE(arena_map_file(&self->arena, 2, 1, variant->access, copy, 2));
	EXPECT_VMAS(1, &self->arena);
	close(copy);
}

/* clause: mmap.merge.file-other-open */
TEST_F(file, next_page_of_another_open_file_does_not)
{
	EXPECT_TRUE(arena_map_file(&self->arena, 1, 1, variant->access, self->again, 1));
	EXPECT_LAYOUT(variant->layout, &self->arena);
	EXPECT_VMAS(2, &self->arena);
}

/* clause: mmap.merge.file-gap-offset */
TEST_F(file, page_after_the_next_does_not)
{
	EXPECT_TRUE(arena_map_file(&self->arena, 1, 1, variant->access, self->fd, 2));
	EXPECT_LAYOUT(variant->layout, &self->arena);
	EXPECT_VMAS(2, &self->arena);
	EXPECT_TRUE(arena_map_file(&self->arena, 1, 1, variant->access, self->fd, 0));
	EXPECT_VMAS(2, &self->arena);
}

/* clause: mmap.merge.private-shared-never */
TEST_F(file, private_and_shared_never_join)
{
	bool shared = !strcmp(variant->access, "rws");

	EXPECT_TRUE(arena_map_file(&self->arena, 1, 1, shared ? "rw" : "rws", self->fd, 1));
	EXPECT_TRUE(arena_map_file(&self->arena, 2, 1, variant->access, self->fd, 2));
	EXPECT_VMAS(3, &self->arena);
}

FIXTURE(zero)
{
	struct arena arena;
	int fd;
};
FIXTURE_SETUP(zero)
{
	NEED_MAPS();
	OPEN_OBJECT(self->fd, OBJECT_DEV_ZERO, 0, 0);
	SETUP(arena_init(&self->arena, 6));
}
FIXTURE_TEARDOWN(zero)
{
	arena_free(&self->arena);
	close(self->fd);
}

/* clause: mmap.merge.zero-dev */
TEST_F(zero, dev_zero_counts_as_a_file_not_as_anonymous_memory)
{
	int again;

	OPEN_OBJECT(again, OBJECT_DEV_ZERO, 0, 0);
	EXPECT_TRUE(arena_map_file(&self->arena, 0, 1, "rw", self->fd, 0));
	EXPECT_TRUE(arena_map_file(&self->arena, 1, 1, "rw", self->fd, 1)); /* joins */
	EXPECT_VMAS(1, &self->arena);
	EXPECT_TRUE(arena_map_file(&self->arena, 2, 1, "rw", self->fd, 0)); /* not consecutive */
	EXPECT_VMAS(2, &self->arena);
	EXPECT_TRUE(arena_map_file(&self->arena, 3, 1, "rw", again, 1)); /* another open file */
	EXPECT_VMAS(3, &self->arena);
	EXPECT_TRUE(arena_map(&self->arena, 4, 1, "rw"));
	EXPECT_LAYOUT("rw rw rw rw rw ..", &self->arena);
	EXPECT_VMAS(4, &self->arena);
	close(again);
}

TEST_HARNESS_MAIN
