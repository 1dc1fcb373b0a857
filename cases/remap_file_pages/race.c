// SPDX-License-Identifier: GPL-2.0
/*
 * remap_file_pages is one step for whoever looks on: the one page of the file or the other.
 */
#include "kselftest_harness.h"
#include "lib/race.h"
#include "window.h"

#define ROUNDS 2000

struct world {
	char *p; /* the second page of the window */
	struct race_sight sight;
};

static bool remap(void *arg, unsigned int round)
{
	struct world *world = arg;
	size_t page = round % 2 ? 1 : 6;

	return race_call(&world->sight, "remap_file_pages",
			 !sys_remap_file_pages(world->p, pages(1), 0, page, 0));
}

static bool look(void *arg, unsigned int round)
{
	struct world *world = arg;

	(void)round;
	return race_look(&world->sight, world->p) &&
	       race_look(&world->sight, world->p + pages(1) - 1);
}

/* clause: remap_file_pages.race.vs-reader */
TEST_F(window, reader_sees_the_one_page_or_the_other)
{
	struct world world = { slot(&self->arena, 1), { "BG" } };

	NEED_FEATURE(race_threads(), "threads");
	SETUP(race_watched(remap, look, &world, ROUNDS));
	EXPECT_STREQ("", world.sight.foreign);
	EXPECT_STREQ("ABCD....", letters_at(slot(&self->arena, 0), 8));
}

TEST_HARNESS_MAIN
