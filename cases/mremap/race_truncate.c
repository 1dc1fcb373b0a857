// SPDX-License-Identifier: GPL-2.0
/*
 * A file that is cut while a mapping of it moves has no page of the part cut off left there,
 * neither where it was nor where it went.
 */
#include "kselftest_harness.h"
#include "lib/arena.h"
#include "lib/expect.h"
#include "lib/race.h"
#include "lib/syscalls.h"

#define ROUNDS 200
#define LENGTH 8

FIXTURE(moving)
{
	struct arena arena; /* eight pages of the file, eight free slots */
	char *at, *free;
	int fd;
	struct race_sight sight;
};
FILE_VARIANTS(moving);
FIXTURE_SETUP(moving)
{
	NEED_FEATURE(race_threads(), "threads");
	OPEN_OBJECT(self->fd, variant->kind, pages(LENGTH), 'f');
	SETUP(arena_init(&self->arena, 2 * LENGTH));
	SETUP(arena_map_file(&self->arena, 0, LENGTH, "rws", self->fd, 0));
	self->at = slot(&self->arena, 0);
	self->free = slot(&self->arena, LENGTH);
	memset(self->at, 'f', pages(LENGTH));
}
FIXTURE_TEARDOWN(moving)
{
	arena_free(&self->arena);
	close(self->fd);
}

static bool move_or_cut(void *world, unsigned int runner, unsigned int round)
{
	FIXTURE_DATA(moving) *self = world;

	(void)round;
	if (runner)
		return race_call(&self->sight, "ftruncate", !ftruncate(self->fd, (off_t)pages(1)));
	return race_call(&self->sight, "mremap",
			 sys_mremap(self->at, pages(LENGTH), pages(LENGTH),
				    MREMAP_MAYMOVE | MREMAP_FIXED, self->free) == self->free);
}

static bool shows(FIXTURE_DATA(moving) *self, const char *letters, char *p, size_t first,
		  size_t end)
{
	self->sight.allowed = letters;
	for (size_t n = first; n < end; n++)
		if (!race_look(&self->sight, p + pages(n)))
			return false;
	return true;
}

/* Then all is as it was before the round, but for the address. */
static bool part_cut_off_is_gone(void *world, unsigned int round)
{
	FIXTURE_DATA(moving) *self = world;
	char *now = self->free;

	(void)round;
	if (!shows(self, "f", now, 0, 1) || !shows(self, "!", now, 1, LENGTH) ||
	    !shows(self, ".", self->at, 0, LENGTH))
		return false;
	self->free = self->at;
	self->at = now;
	if (!race_call(&self->sight, "ftruncate", !ftruncate(self->fd, (off_t)pages(LENGTH))))
		return false;
	memset(now, 'f', pages(LENGTH));
	return true;
}

/* clause: mremap.race.move-vs-truncate */
TEST_F(moving, no_page_of_the_part_cut_off_is_left)
{
	SETUP(race_together(2, move_or_cut, part_cut_off_is_gone, self, ROUNDS));
	EXPECT_STREQ("", self->sight.foreign);
}

TEST_HARNESS_MAIN
