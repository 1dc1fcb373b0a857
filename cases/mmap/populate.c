// SPDX-License-Identifier: GPL-2.0
/*
 * MAP_POPULATE and MAP_LOCKED bring the pages in before the call returns, as far as there are any
 * to bring in.
 */
#include "kselftest_harness.h"
#include "lib/arena.h"
#include "lib/expect.h"
#include "lib/syscalls.h"

#define RW (PROT_READ | PROT_WRITE)
#define ANON_FIXED (MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED)

/* How many of the first four slots are resident; -1: the kernel does not tell. */
static int resident(const struct arena *arena)
{
	unsigned char vec[4];
	int count = 0;

	if (sys_mincore(slot(arena, 0), pages(4), vec))
		return -1;
	for (int i = 0; i < 4; i++)
		count += vec[i] & 1;
	return count;
}

ARENA_FIXTURE(4);

/* clause: mmap.populate.resident */
TEST_F(arena, populate_brings_in_all_pages)
{
	void *p = slot(&self->arena, 0);

	EXPECT_ADDR(p, sys_mmap(p, pages(4), RW, ANON_FIXED | MAP_POPULATE, -1, 0));
	EXPECT_EQ(4, resident(&self->arena));
	EXPECT_BYTES(0, p, pages(4));
}

/* clause: mmap.populate.nonblock-noop */
TEST_F(arena, nonblock_takes_populate_back)
{
	void *p = slot(&self->arena, 0);

	EXPECT_ADDR(p, sys_mmap(p, pages(4), RW, ANON_FIXED | MAP_POPULATE | MAP_NONBLOCK, -1, 0));
	EXPECT_EQ(0, resident(&self->arena));
}

FIXTURE(locked)
{
	struct arena arena;
};
FIXTURE_VARIANT(locked)
{
	unsigned long flags, prot;
};
/* clang-format off */
FIXTURE_VARIANT_ADD(locked, private)		{ MAP_PRIVATE, PROT_READ | PROT_WRITE };
FIXTURE_VARIANT_ADD(locked, private_read)	{ MAP_PRIVATE, PROT_READ };
FIXTURE_VARIANT_ADD(locked, shared)		{ MAP_SHARED, PROT_READ | PROT_WRITE };
FIXTURE_VARIANT_ADD(locked, shared_read)	{ MAP_SHARED, PROT_READ };
/* clang-format on */
FIXTURE_SETUP(locked)
{
	SETUP(arena_init(&self->arena, 4));
	SETUP(arena_map(&self->arena, 0, 4, "rw"));
	NEED(!sys_mlock(slot(&self->arena, 0), pages(4)), "four pages that may be locked");
	SETUP(!sys_munmap(slot(&self->arena, 0), pages(4)));
}
FIXTURE_TEARDOWN(locked)
{
	arena_free(&self->arena);
}

/* clause: mmap.locked.resident */
TEST_F(locked, locking_brings_in_all_pages)
{
	unsigned long flags = variant->flags | MAP_ANONYMOUS | MAP_FIXED | MAP_LOCKED;
	void *p = slot(&self->arena, 0);

	EXPECT_ADDR(p, sys_mmap(p, pages(4), variant->prot, flags, -1, 0));
	EXPECT_EQ(4, resident(&self->arena));
}

/* clause: mmap.locked.nonblock-still-populates */
TEST_F(locked, nonblock_does_not_take_that_back)
{
	unsigned long flags = variant->flags | MAP_ANONYMOUS | MAP_FIXED | MAP_LOCKED |
			      MAP_NONBLOCK;
	void *p = slot(&self->arena, 0);

	EXPECT_ADDR(p, sys_mmap(p, pages(4), variant->prot, flags, -1, 0));
	EXPECT_EQ(4, resident(&self->arena));
}

/* clause: mmap.locked.populate-failure-ignored */
TEST_F(locked, pages_that_cannot_be_brought_in_do_not_matter)
{
	const unsigned long how[] = { MAP_LOCKED, MAP_POPULATE };
	char *p = slot(&self->arena, 0);
	int fd;

	OPEN_OBJECT(fd, OBJECT_MEMFD, pages(2), 'f');

	for (int i = 0; i < 2; i++) {
		unsigned long flags = variant->flags | MAP_FIXED | how[i];

		EXPECT_ADDR(p, sys_mmap(p, pages(4), variant->prot, flags, fd, 0));
		EXPECT_BYTES('f', p, pages(2));
		EXPECT_FAULT(SIGBUS, BUS_ADRERR, FAULT_READ, p + pages(2));
		EXPECT_ADDR(p, sys_mmap(p, pages(2), PROT_NONE, flags, fd, 0));
		EXPECT_FAULT(SIGSEGV, SEGV_ACCERR, FAULT_READ, p);
	}
	close(fd);
}

FIXTURE(file)
{
	struct arena arena;
	int fd; /* four pages of 'f' */
};
FILE_VARIANTS(file);
FIXTURE_SETUP(file)
{
	OPEN_OBJECT(self->fd, variant->kind, pages(4), 'f');
	SETUP(arena_init(&self->arena, 4));
}
FIXTURE_TEARDOWN(file)
{
	arena_free(&self->arena);
	close(self->fd);
}

/* clause: mmap.populate.private-file-cow */
TEST_F(file, populate_makes_private_copies)
{
	void *p = slot(&self->arena, 0);

	EXPECT_ADDR(p,
		    sys_mmap(p, pages(4), RW, MAP_PRIVATE | MAP_FIXED | MAP_POPULATE, self->fd, 0));
	SETUP(object_fill(self->fd, 0, pages(4), 'w'));
	EXPECT_BYTES('f', p, pages(4));
}

TEST_HARNESS_MAIN
