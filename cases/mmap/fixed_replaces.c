// SPDX-License-Identifier: GPL-2.0
/*
 * MAP_FIXED over what is mapped already: what it covers goes, what it does not cover stays.
 */
#include "kselftest_harness.h"
#include "lib/arena.h"
#include "lib/expect.h"
#include "lib/syscalls.h"

EACH_FILESYSTEM;

#define RW (PROT_READ | PROT_WRITE)
#define ANON_FIXED (MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED)

FIXTURE(old)
{
	struct arena arena; /* |..|M|M|M|M|M|..|..|: five pages of 'o' */
	int fd;
};
FIXTURE_VARIANT(old)
{
	unsigned long flags;
	enum object_kind object;
	const char *middle_replaced;
};
/* clang-format off */
FIXTURE_VARIANT_ADD(old, private_anon)		{ MAP_PRIVATE | MAP_ANONYMOUS, OBJECT_MEMFD, ".. rw rw r- rw rw .. .." };
FIXTURE_VARIANT_ADD(old, shared_anon)		{ MAP_SHARED | MAP_ANONYMOUS, OBJECT_MEMFD, ".. rws rws r- rws rws .. .." };
FIXTURE_VARIANT_ADD(old, private_memfd)		{ MAP_PRIVATE, OBJECT_MEMFD, ".. rw rw r- rw rw .. .." };
FIXTURE_VARIANT_ADD(old, shared_memfd)		{ MAP_SHARED, OBJECT_MEMFD, ".. rws rws r- rws rws .. .." };
FIXTURE_VARIANT_ADD(old, private_scratch)	{ MAP_PRIVATE, OBJECT_SCRATCH_FILE, ".. rw rw r- rw rw .. .." };
FIXTURE_VARIANT_ADD(old, shared_scratch)	{ MAP_SHARED, OBJECT_SCRATCH_FILE, ".. rws rws r- rws rws .. .." };
/* clang-format on */
FIXTURE_SETUP(old)
{
	OPEN_OBJECT(self->fd, variant->object, pages(5), 0);
	SETUP(arena_init(&self->arena, 8));
	SETUP(sys_mmap(slot(&self->arena, 1), pages(5), RW, variant->flags | MAP_FIXED, self->fd,
		       0) != MAP_FAILED);
	memset(slot(&self->arena, 1), 'o', pages(5));
}
FIXTURE_TEARDOWN(old)
{
	arena_free(&self->arena);
	close(self->fd);
}

/* clause: mmap.fixed.replaces-whole */
TEST_F(old, replaced_as_a_whole_it_is_gone)
{
	char *p = slot(&self->arena, 1);

	EXPECT_ADDR(p, sys_mmap(p, pages(5), PROT_READ, ANON_FIXED, -1, 0));
	EXPECT_LAYOUT(".. r- r- r- r- r- .. ..", &self->arena);
	EXPECT_BYTES(0, p, pages(5));
}

/* clause: mmap.fixed.replaces-middle */
TEST_F(old, both_ends_stay_with_their_bytes)
{
	char *p = slot(&self->arena, 3);

	EXPECT_ADDR(p, sys_mmap(p, pages(1), PROT_READ, ANON_FIXED, -1, 0));
	EXPECT_LAYOUT(variant->middle_replaced, &self->arena);
	EXPECT_BYTES('o', slot(&self->arena, 1), pages(2));
	EXPECT_BYTES(0, p, pages(1));
	EXPECT_BYTES('o', slot(&self->arena, 4), pages(2));
}

FIXTURE(file)
{
	struct arena arena;
	int fd; /* a page of 'f' */
};
FILE_VARIANTS(file);
FIXTURE_SETUP(file)
{
	OPEN_OBJECT(self->fd, variant->kind, pages(1), 'f');
	SETUP(arena_init(&self->arena, 4));
	SETUP(arena_map_file(&self->arena, 0, 1, "rws", self->fd, 0));
}
FIXTURE_TEARDOWN(file)
{
	arena_free(&self->arena);
	close(self->fd);
}

/* clause: mmap.fixed.drops-shared-without-flush-loss */
TEST_F(file, what_was_stored_through_a_shared_mapping_is_in_the_file)
{
	char *p = slot(&self->arena, 0);

	memset(p, 's', pages(1));

	EXPECT_ADDR(p, sys_mmap(p, pages(1), RW, ANON_FIXED, -1, 0));
	EXPECT_BYTES(0, p, pages(1));
	EXPECT_FILE_BYTES('s', self->fd, 0, pages(1));
}

ARENA_FIXTURE(8);

/* clause: mmap.fixed.spans-several */
TEST_F(arena, several_mappings_and_holes_become_one)
{
	char *p = slot(&self->arena, 1);

	NEED_MAPS();
	SETUP(arena_map(&self->arena, 0, 2, "rw"));
	SETUP(arena_map(&self->arena, 3, 1, "r-"));
	SETUP(arena_map(&self->arena, 5, 2, "--s")); /* |rw|rw|..|r-|..|--s|--s|..| */
	memset(slot(&self->arena, 0), 'o', pages(2));

	EXPECT_ADDR(p, sys_mmap(p, pages(5), PROT_READ, ANON_FIXED, -1, 0));
	EXPECT_LAYOUT("rw r- r- r- r- r- --s ..", &self->arena);
	EXPECT_VMAS(3, &self->arena);
	EXPECT_BYTES('o', slot(&self->arena, 0), pages(1));
	EXPECT_BYTES(0, p, pages(5));
}

/* clause: mmap.fixed.same-kind-merges-back */
TEST_F(arena, middle_replaced_by_its_like_merges_with_both_ends)
{
	char *p = slot(&self->arena, 3);

	NEED_MAPS();
	SETUP(arena_map(&self->arena, 1, 5, "rw"));
	memset(slot(&self->arena, 1), 'o', pages(5));

	EXPECT_ADDR(p, sys_mmap(p, pages(1), RW, ANON_FIXED, -1, 0));
	EXPECT_LAYOUT(".. rw rw rw rw rw .. ..", &self->arena);
	EXPECT_VMAS(1, &self->arena);
	EXPECT_BYTES('o', slot(&self->arena, 1), pages(2));
	EXPECT_BYTES(0, p, pages(1));
	EXPECT_BYTES('o', slot(&self->arena, 4), pages(2));
}

TEST_HARNESS_MAIN
