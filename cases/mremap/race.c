// SPDX-License-Identifier: GPL-2.0
/*
 * A mapping moves in one step for whoever loads from it or stores to it: it is here or there, with
 * all its bytes.
 */
#include "kselftest_harness.h"
#include "lib/arena.h"
#include "lib/expect.h"
#include "lib/letters.h"
#include "lib/race.h"
#include "lib/syscalls.h"

#define FIXED (MREMAP_MAYMOVE | MREMAP_FIXED)
#define ROUNDS 1000 /* even: there and back again */
#define LENGTH 8

FIXTURE(moving)
{
	/* Eight pages of 'm', eight free slots, and one free behind each of them. */
	struct arena arena;
	char *here, *there;
	struct race_sight sight;
	unsigned int looks;
	unsigned int stored[LENGTH]; /* the last that went well, by page */
};
FIXTURE_VARIANT(moving)
{
	bool anonymous;
	const char *access;
	enum object_kind kind;
};
/* clang-format off */
FIXTURE_VARIANT_ADD(moving, anonymous)		{ true, "rw" };
FIXTURE_VARIANT_ADD(moving, shared_anonymous)	{ true, "rws" };
FIXTURE_VARIANT_ADD(moving, shared_memfd)	{ false, "rws", OBJECT_MEMFD };
FIXTURE_VARIANT_ADD(moving, private_memfd)	{ false, "rw", OBJECT_MEMFD };
FIXTURE_VARIANT_ADD(moving, shared_scratch)	{ false, "rws", OBJECT_SCRATCH_FILE };
/* clang-format on */
FIXTURE_SETUP(moving)
{
	NEED_FEATURE(race_threads(), "threads");
	SETUP(arena_init(&self->arena, 2 * LENGTH + 2));
	self->here = slot(&self->arena, 0);
	self->there = slot(&self->arena, LENGTH + 1);
	if (variant->anonymous) {
		SETUP(arena_map(&self->arena, 0, LENGTH, variant->access));
	} else {
		int fd;

		OPEN_OBJECT(fd, variant->kind, pages(LENGTH), 'f');
		SETUP(arena_map_file(&self->arena, 0, LENGTH, variant->access, fd, 0));
		close(fd);
	}
	self->sight.allowed = "m.";
}
FIXTURE_TEARDOWN(moving)
{
	arena_free(&self->arena);
}

static bool move(void *world, unsigned int round)
{
	FIXTURE_DATA(moving) *self = world;
	char *from = round % 2 ? self->there : self->here;
	char *to = round % 2 ? self->here : self->there;

	return race_call(&self->sight, "mremap",
			 sys_mremap(from, pages(LENGTH), pages(LENGTH), FIXED, to) == to);
}

static bool look(void *world, unsigned int round)
{
	FIXTURE_DATA(moving) *self = world;
	size_t at = pages(self->looks++ % LENGTH);

	(void)round;
	return race_look(&self->sight, self->here + at) &&
	       race_look(&self->sight, self->there + at + pages(1) - 1);
}

/* clause: mremap.race.move-vs-fault */
TEST_F(moving, reader_sees_its_bytes_or_sigsegv)
{
	memset(self->here, 'm', pages(LENGTH));
	SETUP(race_watched(move, look, self, ROUNDS));
	EXPECT_STREQ("", self->sight.foreign);
	EXPECT_STREQ("mmmmmmmm..........", letters_at(self->here, 2 * LENGTH + 2));
}

struct store {
	volatile unsigned int *word;
	unsigned int last, seen;
	bool loaded, stored;
};

static void load_and_store(void *arg)
{
	struct store *s = arg;

	s->seen = *s->word;
	s->loaded = true;
	*s->word = s->last + 1;
	s->stored = true;
}

static bool store(void *world, unsigned int round)
{
	FIXTURE_DATA(moving) *self = world;
	unsigned int page = self->looks++ % LENGTH;
	struct store s = { .word = (unsigned int *)(self->here + pages(page)),
			   .last = self->stored[page] };

	(void)round;
	fault_run(load_and_store, &s);
	self->stored[page] += s.stored;
	return !s.loaded || s.seen == s.last || race_foul(&self->sight, "a store is lost");
}

/* clause: mremap.race.move-vs-write */
TEST_F(moving, store_that_did_not_fault_stays)
{
	memset(self->here, 0, pages(LENGTH));
	SETUP(race_watched(move, store, self, ROUNDS));
	EXPECT_STREQ("", self->sight.foreign);
	for (unsigned int n = 0; n < LENGTH; n++)
		EXPECT_COPY(&self->stored[n], self->here + pages(n), sizeof(self->stored[n]));
}

TEST_HARNESS_MAIN
