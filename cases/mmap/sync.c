// SPDX-License-Identifier: GPL-2.0
/*
 * MAP_SYNC asks for something that only a DAX file can give: refused elsewhere by
 * MAP_SHARED_VALIDATE, without a meaning for anonymous memory.
 */
#include "kselftest_harness.h"
#include "lib/arena.h"
#include "lib/expect.h"
#include "lib/smaps.h"
#include "lib/syscalls.h"

#define RW (PROT_READ | PROT_WRITE)

FIXTURE(file)
{
	struct arena arena; /* |rw|rw|..|..|, of 'o' */
	int fd;
};
FIXTURE_VARIANT(file)
{
	enum object_kind kind; /* in memory, so never on DAX */
};
/* clang-format off */
FIXTURE_VARIANT_ADD(file, memfd)	{ OBJECT_MEMFD };
FIXTURE_VARIANT_ADD(file, tmpfs)	{ OBJECT_TMPFS_FILE };
FIXTURE_VARIANT_ADD(file, scratch)	{ OBJECT_SCRATCH_FILE };
/* clang-format on */
FIXTURE_SETUP(file)
{
	OPEN_OBJECT(self->fd, variant->kind, pages(2), 'f');
	SETUP(arena_init(&self->arena, 4));
	SETUP(arena_map(&self->arena, 0, 2, "rw"));
	memset(slot(&self->arena, 0), 'o', pages(2));
}
FIXTURE_TEARDOWN(file)
{
	arena_free(&self->arena);
	close(self->fd);
}

/* clause: mmap.sync.non-dax-validate-eopnotsupp */
TEST_F(file, without_dax_is_refused)
{
	const unsigned long flags = MAP_SHARED_VALIDATE | MAP_SYNC;
	/* Where nothing is mapped: ext4 refuses so late that an old mapping would be gone. */
	void *free = slot(&self->arena, 2);

	EXPECT_ERRNO(EOPNOTSUPP, sys_mmap(free, pages(2), RW, flags | MAP_FIXED, self->fd, 0));
	EXPECT_ERRNO(EOPNOTSUPP, sys_mmap(NULL, pages(2), PROT_READ, flags, self->fd, 0));
	EXPECT_LAYOUT("rw rw .. ..", &self->arena);
	EXPECT_BYTES('o', slot(&self->arena, 0), pages(2));
}

ARENA_FIXTURE(4);

/* clause: mmap.sync.anon-ignored */
TEST_F(arena, of_anonymous_memory_only_leaves_a_mark)
{
	const unsigned long flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED;
	char *p = slot(&self->arena, 1), all[SMAPS_FLAGS_MAX];

	SETUP(arena_map(&self->arena, 0, 1, "rw"));
	NEED_MAPS();
	NEED(smaps_flags(slot(&self->arena, 0), all), "a kernel that tells the marks of a mapping");

	EXPECT_ADDR(p, sys_mmap(p, pages(1), RW, flags | MAP_SYNC, -1, 0));
	EXPECT_LAYOUT("rw rw .. ..", &self->arena);
	EXPECT_BYTES(0, p, pages(1));
	EXPECT_TRUE(smaps_marked(p, "sf"));
	EXPECT_FALSE(smaps_marked(slot(&self->arena, 0), "sf"));
	EXPECT_VMAS(2, &self->arena);
}

TEST_HARNESS_MAIN
