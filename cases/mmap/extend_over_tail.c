// SPDX-License-Identifier: GPL-2.0
/*
 * Bytes stored behind the end of a file, within its last page: whether they become contents when
 * the file is extended is up to the file system.
 */
#include "kselftest_harness.h"
#include "lib/arena.h"
#include "lib/expect.h"
#include "lib/syscalls.h"

EACH_FILESYSTEM;

FIXTURE(file)
{
	struct arena arena;
	char *p; /* its page, with 't' at 300 */
	int fd; /* 100 bytes of 'f' */
	unsigned long system;
};
FIXTURE_VARIANT(file)
{
	enum object_kind kind;
	bool by_write; /* extended by a write at 400, not by ftruncate */
};
/* clang-format off */
FIXTURE_VARIANT_ADD(file, memfd_truncate)	{ OBJECT_MEMFD, false };
FIXTURE_VARIANT_ADD(file, memfd_write)		{ OBJECT_MEMFD, true };
FIXTURE_VARIANT_ADD(file, scratch_truncate)	{ OBJECT_SCRATCH_FILE, false };
FIXTURE_VARIANT_ADD(file, scratch_write)	{ OBJECT_SCRATCH_FILE, true };
/* clang-format on */
FIXTURE_SETUP(file)
{
	OPEN_OBJECT(self->fd, variant->kind, 100, 'f');
	self->system = object_filesystem(self->fd);
	SETUP(arena_init(&self->arena, 1));
	SETUP(arena_map_file(&self->arena, 0, 1, "rws", self->fd, 0));
	self->p = slot(&self->arena, 0);
	self->p[300] = 't';
}
FIXTURE_TEARDOWN(file)
{
	arena_free(&self->arena);
	close(self->fd);
}

static bool extend(int fd, bool by_write)
{
	return by_write ? object_fill(fd, 400, 1, 'w') : !ftruncate(fd, 401);
}

/*
 * clause: mmap.eof.extend-exposes-tail-tmpfs
 * clause: mmap.eof.extend-zeroes-tail-ext4
 */
TEST_F(file, tmpfs_makes_them_contents_and_ext4_zeroes_them)
{
	unsigned char found = self->system == FS_MAGIC_TMPFS ? 't' : 0;

	NEED(self->system == FS_MAGIC_TMPFS || self->system == FS_MAGIC_EXT4, "a tmpfs or an ext4");
	EXPECT_TRUE(extend(self->fd, variant->by_write));
	EXPECT_BYTES(found, self->p + 300, 1);
	EXPECT_FILE_BYTES(0, self->fd, 100, 200);
	EXPECT_FILE_BYTES(found, self->fd, 300, 1);
	EXPECT_FILE_BYTES(0, self->fd, 301, 99);
}

TEST_HARNESS_MAIN
