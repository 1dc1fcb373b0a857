// SPDX-License-Identifier: GPL-2.0
/*
 * Who reads the maps while MAP_FIXED replaces a mapping finds the range taken, by the old mapping
 * or by the new one.
 */
#include "kselftest_harness.h"
#include "lib/arena.h"
#include "lib/expect.h"
#include "lib/race.h"
#include "lib/syscalls.h"

#define ROUNDS 4000

FIXTURE(replaced)
{
	struct arena arena; /* |..|rw|rw|rw|..| */
	char *p;
	struct race_sight sight;
};
FIXTURE_SETUP(replaced)
{
	NEED_FEATURE(race_threads(), "threads");
	NEED_MAPS();
	SETUP(arena_init(&self->arena, 5));
	SETUP(arena_map(&self->arena, 1, 3, "rw"));
	self->p = slot(&self->arena, 1);
}
FIXTURE_TEARDOWN(replaced)
{
	arena_free(&self->arena);
}

static bool replace(void *world, unsigned int round)
{
	FIXTURE_DATA(replaced) *self = world;

	return race_call(&self->sight, "mmap",
			 arena_map(&self->arena, 1, 3, round % 2 ? "rw" : "r-"));
}

/* Do the lines, which are in the order of their addresses, leave none out from start to end? */
static bool covered(char *line, uintptr_t start, uintptr_t end)
{
	while (*line && start < end) {
		uintptr_t from = strtoul(line, &line, 16), to = strtoul(line + 1, &line, 16);

		if (from <= start && to > start)
			start = to;
		line += strcspn(line, "\n");
		line += *line == '\n';
	}
	return start >= end;
}

static bool look(void *world, unsigned int round)
{
	FIXTURE_DATA(replaced) *self = world;
	uintptr_t start = (uintptr_t)self->p, end = start + pages(3);
	int maps = open("/proc/self/maps", O_RDONLY | O_CLOEXEC);
	char text[16384];
	size_t length = 0;
	struct vma vma;
	ssize_t n;

	(void)round;
	while ((n = read(maps, text + length, sizeof(text) - 1 - length)) > 0)
		length += (size_t)n;
	text[length] = '\0';
	close(maps);
	if (n < 0 || !covered(text, start, end))
		return race_foul(&self->sight, "a hole in the text");
	if (maps_find(start, &vma) != 1 || vma.start > start || vma.end < end)
		return race_foul(&self->sight, "a hole in the answer");
	return true;
}

/* clause: mmap.race.maps-reader-no-gap */
TEST_F(replaced, reader_of_the_maps_finds_no_hole)
{
	SETUP(race_watched(replace, look, self, ROUNDS));
	EXPECT_STREQ("", self->sight.foreign);
	EXPECT_LAYOUT(".. rw rw rw ..", &self->arena);
}

TEST_HARNESS_MAIN
