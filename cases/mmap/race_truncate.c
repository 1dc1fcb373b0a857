// SPDX-License-Identifier: GPL-2.0
/*
 * While a file is cut and made long again, a page of it shows the file's bytes, or zeros, or
 * SIGBUS: nothing of whoever gets the page next.
 */
#include "kselftest_harness.h"
#include "lib/arena.h"
#include "lib/expect.h"
#include "lib/letters.h"
#include "lib/race.h"
#include "lib/syscalls.h"

#define ROUNDS 1000

FIXTURE(cut)
{
	struct arena arena; /* |A|A|..|x| */
	char *p, *next_owner;
	int fd;
	bool copied;
	struct race_sight sight;
};
FIXTURE_VARIANT(cut)
{
	enum object_kind kind;
	const char *access;
};
/* clang-format off */
FIXTURE_VARIANT_ADD(cut, shared_memfd)		{ OBJECT_MEMFD, "rws" };
FIXTURE_VARIANT_ADD(cut, private_memfd)		{ OBJECT_MEMFD, "rw" };
FIXTURE_VARIANT_ADD(cut, shared_scratch)	{ OBJECT_SCRATCH_FILE, "rws" };
FIXTURE_VARIANT_ADD(cut, private_scratch)	{ OBJECT_SCRATCH_FILE, "rw" };
/* clang-format on */
FIXTURE_SETUP(cut)
{
	NEED_FEATURE(race_threads(), "threads");
	OPEN_OBJECT(self->fd, variant->kind, pages(2), 'A');
	SETUP(arena_init(&self->arena, 4));
	SETUP(arena_map_file(&self->arena, 0, 2, variant->access, self->fd, 0));
	self->p = slot(&self->arena, 0);
	self->next_owner = slot(&self->arena, 3);
	self->sight.allowed = "A0!";
}
FIXTURE_TEARDOWN(cut)
{
	arena_free(&self->arena);
	close(self->fd);
}

/* The pages that the file has lost are the ones that new memory is likely to get. */
static bool cut_and_grow(void *world, unsigned int round)
{
	FIXTURE_DATA(cut) *self = world;
	bool cut = !ftruncate(self->fd, 0);

	(void)round;
	if (!race_call(&self->sight, "ftruncate", cut) ||
	    !race_call(&self->sight, "mmap", arena_map(&self->arena, 3, 1, "rw")))
		return false;
	memset(self->next_owner, 'x', pages(1));
	return race_call(&self->sight, "ftruncate", !ftruncate(self->fd, (off_t)pages(2))) &&
	       race_call(&self->sight, "write", object_fill(self->fd, 0, pages(2), 'A'));
}

static bool look(void *world, unsigned int round)
{
	FIXTURE_DATA(cut) *self = world;

	(void)round;
	return race_look(&self->sight, self->p) && race_look(&self->sight, self->p + pages(2) - 1);
}

/* clause: mmap.race.truncate-vs-access */
TEST_F(cut, reader_sees_the_file_or_zeros_or_sigbus)
{
	SETUP(race_watched(cut_and_grow, look, self, ROUNDS));
	EXPECT_STREQ("", self->sight.foreign);
	EXPECT_STREQ("AA.x", letters_at(self->p, 4));
}

TEST_HARNESS_MAIN
