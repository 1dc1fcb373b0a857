// SPDX-License-Identifier: GPL-2.0
/*
 * munmap of a range while others unmap or map it: each call is one step, and none fails for the
 * other.
 */
#include "kselftest_harness.h"
#include "lib/arena.h"
#include "lib/expect.h"
#include "lib/letters.h"
#include "lib/race.h"
#include "lib/syscalls.h"

#define ROUNDS 200
#define RUNNERS 3

FIXTURE(range)
{
	struct arena arena; /* |h|o|o|o|o|t| */
	char *p; /* the pages of 'o' */
	int fd; /* four pages of 'n' */
	struct race_sight sight;
};
FIXTURE_SETUP(range)
{
	NEED_FEATURE(race_threads(), "threads");
	SETUP(arena_init(&self->arena, 6));
	SETUP(arena_map(&self->arena, 0, 6, "rw"));
	memset(slot(&self->arena, 0), 'h', pages(1));
	memset(slot(&self->arena, 5), 't', pages(1));
	self->p = slot(&self->arena, 1);
	memset(self->p, 'o', pages(4));
	OPEN_OBJECT(self->fd, OBJECT_MEMFD, pages(4), 'n');
}
FIXTURE_TEARDOWN(range)
{
	arena_free(&self->arena);
	close(self->fd);
}

static bool unmap(void *world, unsigned int runner, unsigned int round)
{
	FIXTURE_DATA(range) *self = world;

	(void)runner;
	(void)round;
	return race_call(&self->sight, "munmap", !sys_munmap(self->p, pages(4)));
}

static bool map_again(FIXTURE_DATA(range) *self)
{
	if (!race_call(&self->sight, "mmap", arena_map(&self->arena, 1, 4, "rw")))
		return false;
	memset(self->p, 'o', pages(4));
	return true;
}

static bool range_alone_is_gone(void *world, unsigned int round)
{
	FIXTURE_DATA(range) *self = world;
	const char *seen = letters_at(slot(&self->arena, 0), 6);

	(void)round;
	if (strcmp(seen, "h....t"))
		return race_foul(&self->sight, seen);
	return map_again(self);
}

/* clause: munmap.race.concurrent-same-range */
TEST_F(range, all_who_remove_it_at_once_succeed)
{
	SETUP(race_together(RUNNERS, unmap, range_alone_is_gone, self, ROUNDS));
	EXPECT_STREQ("", self->sight.foreign);
}

static bool unmap_or_replace(void *world, unsigned int runner, unsigned int round)
{
	FIXTURE_DATA(range) *self = world;

	if (!runner)
		return unmap(world, runner, round);
	return race_call(&self->sight, "mmap",
			 arena_map_file(&self->arena, 1, 4, "r-s", self->fd, 0));
}

static bool replaced_or_gone(void *world, unsigned int round)
{
	FIXTURE_DATA(range) *self = world;
	const char *seen = letters_at(slot(&self->arena, 0), 6);
	char picture[ARENA_PICTURE_MAX];
	bool replaced = !strcmp(seen, "hnnnnt");

	(void)round;
	if (!replaced && strcmp(seen, "h....t"))
		return race_foul(&self->sight, seen);
	if (!arena_looks_like(&self->arena,
			      replaced ? "rw r-s r-s r-s r-s rw" : "rw .. .. .. .. rw", picture))
		return race_foul(&self->sight, picture);
	return map_again(self);
}

/* clause: munmap.race.vs-mmap-fixed */
TEST_F(range, new_mapping_is_there_whole_or_not_at_all)
{
	SETUP(race_together(2, unmap_or_replace, replaced_or_gone, self, ROUNDS));
	EXPECT_STREQ("", self->sight.foreign);
}

TEST_HARNESS_MAIN
