// SPDX-License-Identifier: GPL-2.0
/*
 * Threads that ask for memory at once get ranges of their own.
 */
#include "kselftest_harness.h"
#include "lib/expect.h"
#include "lib/page.h"
#include "lib/race.h"
#include "lib/syscalls.h"

#define ROUNDS 200
#define RUNNERS 4
#define EACH 4

FIXTURE(asked)
{
	char *got[RUNNERS * EACH]; /* of 1 to 3 pages */
	struct race_sight sight;
};
FIXTURE_SETUP(asked)
{
	NEED_FEATURE(race_threads(), "threads");
}
FIXTURE_TEARDOWN(asked)
{
}

static size_t length_of(unsigned int i)
{
	return pages(1 + i % 3);
}

static bool ask(void *world, unsigned int runner, unsigned int round)
{
	FIXTURE_DATA(asked) *self = world;

	(void)round;
	for (unsigned int i = runner * EACH; i < (runner + 1) * EACH; i++) {
		self->got[i] = sys_mmap(NULL, length_of(i), PROT_READ | PROT_WRITE,
					MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		if (!race_call(&self->sight, "mmap", self->got[i] != MAP_FAILED))
			return false;
		self->got[i][0] = self->got[i][length_of(i) - 1] = (char)('a' + i);
	}
	return true;
}

static bool ranges_are_apart(void *world, unsigned int round)
{
	FIXTURE_DATA(asked) *self = world;

	(void)round;
	for (unsigned int i = 0; i < RUNNERS * EACH; i++) {
		char *p = self->got[i];

		for (unsigned int j = 0; j < i; j++)
			if (p < self->got[j] + length_of(j) && self->got[j] < p + length_of(i))
				return race_foul(&self->sight, "overlap");
		if (p[0] != (char)('a' + i) || p[length_of(i) - 1] != (char)('a' + i))
			return race_foul(&self->sight, "foreign bytes");
	}
	for (unsigned int i = 0; i < RUNNERS * EACH; i++)
		if (!race_call(&self->sight, "munmap", !sys_munmap(self->got[i], length_of(i))))
			return false;
	return true;
}

/* clause: mmap.race.no-overlap */
TEST_F(asked, ranges_do_not_overlap)
{
	SETUP(race_together(RUNNERS, ask, ranges_are_apart, self, ROUNDS));
	EXPECT_STREQ("", self->sight.foreign);
}

TEST_HARNESS_MAIN
