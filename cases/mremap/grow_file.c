// SPDX-License-Identifier: GPL-2.0
/*
 * A grown mapping of a file shows more of the file, up to its end and not behind it; shared memory
 * without a file ends where it ended.
 */
#include "kselftest_harness.h"
#include "lib/arena.h"
#include "lib/expect.h"
#include "lib/letters.h"
#include "lib/syscalls.h"

EACH_FILESYSTEM;

FIXTURE(view)
{
	struct arena arena; /* |A|..|..|..|..|..| */
	int fd; /* pages A and B */
	char *p;
};
FIXTURE_VARIANT(view)
{
	enum object_kind kind;
	const char *access;
};
/* clang-format off */
FIXTURE_VARIANT_ADD(view, shared_memfd)		{ OBJECT_MEMFD, "rws" };
FIXTURE_VARIANT_ADD(view, private_memfd)	{ OBJECT_MEMFD, "rw" };
FIXTURE_VARIANT_ADD(view, shared_scratch)	{ OBJECT_SCRATCH_FILE, "rws" };
FIXTURE_VARIANT_ADD(view, private_scratch)	{ OBJECT_SCRATCH_FILE, "rw" };
/* clang-format on */
FIXTURE_SETUP(view)
{
	OPEN_OBJECT(self->fd, variant->kind, 0, 0);
	SETUP(letters_write(self->fd, "AB"));
	SETUP(arena_init(&self->arena, 6));
	SETUP(arena_map_file(&self->arena, 0, 1, variant->access, self->fd, 0));
	self->p = slot(&self->arena, 0);
}
FIXTURE_TEARDOWN(view)
{
	arena_free(&self->arena);
	close(self->fd);
}

/*
 * clause: mremap.grow.file-in-place-maps-more
 * clause: mremap.grow.file-past-eof
 */
TEST_F(view, rest_of_the_file_is_seen_and_behind_it_is_sigbus)
{
	EXPECT_ADDR(self->p, sys_mremap(self->p, pages(1), pages(4), 0, NULL));
	EXPECT_STREQ("AB!!", letters_at(self->p, 4));
	EXPECT_FAULT(SIGBUS, BUS_ADRERR, FAULT_READ, self->p + pages(2));
	EXPECT_FAULT(SIGBUS, BUS_ADRERR, FAULT_WRITE, self->p + pages(4) - 1);
}

/* clause: mremap.grow.file-past-eof-then-extend */
TEST_F(view, file_made_longer_ends_the_sigbus)
{
	SETUP(sys_mremap(self->p, pages(1), pages(4), 0, NULL) == self->p);
	EXPECT_FAULT(SIGBUS, BUS_ADRERR, FAULT_WRITE, self->p + pages(2));

	SETUP(!ftruncate(self->fd, (off_t)pages(3)));
	EXPECT_STREQ("AB0!", letters_at(self->p, 4));
	EXPECT_NO_FAULT(FAULT_WRITE, self->p + pages(2));
	EXPECT_BYTES('!', self->p + pages(2), 1);
}

FIXTURE(shared)
{
	struct arena arena;
	int fd;
	char *p;
};
FILE_VARIANTS(shared);
FIXTURE_SETUP(shared)
{
	OPEN_OBJECT(self->fd, variant->kind, 0, 0);
	SETUP(letters_write(self->fd, "ABC"));
	SETUP(arena_init(&self->arena, 4));
	SETUP(arena_map_file(&self->arena, 0, 1, "rws", self->fd, 0));
	self->p = slot(&self->arena, 0);
}
FIXTURE_TEARDOWN(shared)
{
	arena_free(&self->arena);
	close(self->fd);
}

/* clause: mremap.grow.shared-write-visible */
TEST_F(shared, store_to_a_new_page_is_in_the_file)
{
	EXPECT_ADDR(self->p, sys_mremap(self->p, pages(1), pages(3), 0, NULL));
	memset(self->p + pages(1), 'x', pages(1));
	EXPECT_STREQ("AxC", letters_in(self->fd, 3));
}

ARENA_FIXTURE(6);

/* clause: mremap.grow.memfd-sealed-size */
TEST_F(arena, seal_on_the_size_is_none_on_the_mapping)
{
	char *p = slot(&self->arena, 0);
	int fd;

	OPEN_OBJECT(fd, OBJECT_MEMFD, pages(1), 'A');
	SETUP(arena_map_file(&self->arena, 0, 1, "rws", fd, 0));
	SETUP(!fcntl(fd, F_ADD_SEALS, F_SEAL_GROW | F_SEAL_SHRINK));

	EXPECT_ADDR(p, sys_mremap(p, pages(1), pages(3), 0, NULL));
	EXPECT_STREQ("A!!", letters_at(p, 3));
	EXPECT_FAULT(SIGBUS, BUS_ADRERR, FAULT_WRITE, p + pages(1));
	close(fd);
}

/* clause: mremap.grow.shared-anon-sigbus */
TEST_F(arena, shared_anonymous_memory_stays_as_long_as_it_was_made)
{
	char *p = slot(&self->arena, 0);

	SETUP(arena_map(&self->arena, 0, 2, "rws"));
	memset(p, 'g', pages(2));

	EXPECT_ADDR(p, sys_mremap(p, pages(2), pages(4), 0, NULL));
	EXPECT_STREQ("gg!!", letters_at(p, 4));
	EXPECT_FAULT(SIGBUS, BUS_ADRERR, FAULT_WRITE, p + pages(2));
	EXPECT_LAYOUT("rws rws rws rws .. ..", &self->arena);
}

/* clause: mremap.grow.devzero-shared-sigbus */
TEST_F(arena, dev_zero_is_like_anonymous_memory)
{
	char *shared = slot(&self->arena, 0), *private = slot(&self->arena, 3);
	int fd;

	OPEN_OBJECT(fd, OBJECT_DEV_ZERO, 0, 0);
	SETUP(arena_map_file(&self->arena, 0, 1, "rws", fd, 0));
	SETUP(arena_map_file(&self->arena, 3, 1, "rw", fd, 0)); /* |S|..|..|P|..|..| */
	memset(shared, 'g', pages(1));
	memset(private, 'g', pages(1));

	EXPECT_ADDR(shared, sys_mremap(shared, pages(1), pages(2), 0, NULL));
	EXPECT_STREQ("g!", letters_at(shared, 2));
	EXPECT_FAULT(SIGBUS, BUS_ADRERR, FAULT_WRITE, shared + pages(1));
	EXPECT_ADDR(private, sys_mremap(private, pages(1), pages(2), 0, NULL));
	EXPECT_STREQ("g0", letters_at(private, 2));
	EXPECT_NO_FAULT(FAULT_WRITE, private + pages(1));
	close(fd);
}

TEST_HARNESS_MAIN
