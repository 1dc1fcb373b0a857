// SPDX-License-Identifier: GPL-2.0
/*
 * MAP_FIXED over a mapping is one step for whoever looks on: the old page or the new one, and no
 * hole between them.
 */
#include "kselftest_harness.h"
#include "lib/arena.h"
#include "lib/expect.h"
#include "lib/letters.h"
#include "lib/race.h"
#include "lib/syscalls.h"

#define ROUNDS 2000

FIXTURE(replaced)
{
	struct arena arena; /* |..|A|A|..| */
	char *p;
	int fd, flags; /* pages A, A, B, B */
	struct race_sight sight;
};
FIXTURE_VARIANT(replaced)
{
	enum object_kind kind;
	int flags;
};
/* clang-format off */
FIXTURE_VARIANT_ADD(replaced, shared_memfd)	{ OBJECT_MEMFD, MAP_SHARED };
FIXTURE_VARIANT_ADD(replaced, private_memfd)	{ OBJECT_MEMFD, MAP_PRIVATE };
FIXTURE_VARIANT_ADD(replaced, shared_scratch)	{ OBJECT_SCRATCH_FILE, MAP_SHARED };
/* clang-format on */
FIXTURE_SETUP(replaced)
{
	NEED_FEATURE(race_threads(), "threads");
	OPEN_OBJECT(self->fd, variant->kind, 0, 0);
	SETUP(letters_write(self->fd, "AABB"));
	SETUP(arena_init(&self->arena, 4));
	self->p = slot(&self->arena, 1);
	self->flags = variant->flags;
	SETUP(arena_map_file(&self->arena, 1, 2, "rw", self->fd, 0));
	self->sight.allowed = "AB";
}
FIXTURE_TEARDOWN(replaced)
{
	arena_free(&self->arena);
	close(self->fd);
}

static bool replace(void *world, unsigned int round)
{
	FIXTURE_DATA(replaced) *self = world;
	size_t page = round % 2 ? 0 : 2;

	return race_call(&self->sight, "mmap",
			 sys_mmap(self->p, pages(2), PROT_READ, MAP_FIXED | self->flags, self->fd,
				  pages(page)) == self->p);
}

static bool look(void *world, unsigned int round)
{
	FIXTURE_DATA(replaced) *self = world;

	(void)round;
	return race_look(&self->sight, self->p) && race_look(&self->sight, self->p + pages(2) - 1);
}

/* clause: mmap.race.fixed-replace-atomic */
TEST_F(replaced, reader_sees_the_old_page_or_the_new_one)
{
	SETUP(race_watched(replace, look, self, ROUNDS));
	EXPECT_STREQ("", self->sight.foreign);
	EXPECT_STREQ(".AA.", letters_at(slot(&self->arena, 0), 4));
}

TEST_HARNESS_MAIN
