/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Races: threads of this process that act on the same memory at once, for a fixed number of rounds,
 * or fewer where they take longer than a second. What a round may never leave or show is told by a
 * function that returns false; the first such round is the last. A race that came to its end proves
 * nothing but that it was not seen, and prints in how many rounds.
 *
 *	NEED_FEATURE(race_threads(), "threads");
 *	SETUP(race_watched(replace, look, &world, 2000));	one thread acts, another looks on
 *	SETUP(race_together(2, turn, judge, &world, 200));	two act at once; then one judges what they left
 *	EXPECT_STREQ("", world.sight.foreign);
 *
 * No expectation may stand in a thread: it leaves in the world what it saw, and the test looks at
 * that when the race is over. Any thread may touch and compare by fault.h. On a single processor
 * the threads take turns, for a share of the rounds.
 */
#ifndef LIB_RACE_H
#define LIB_RACE_H

#include <stdbool.h>

#define RACE_RUNNERS_MAX 4

/* A turn of one of the runners, who count from 0, as do the rounds. */
typedef bool race_turn(void *world, unsigned int runner, unsigned int round);

/* What is done in a round by one alone. */
typedef bool race_act(void *world, unsigned int round);

/* Can this kernel make threads? */
bool race_threads(void);

/*
 * In every round all runners take a turn at once; when all are through, judge() is called. False:
 * no thread could be made.
 */
bool race_together(unsigned int runners, race_turn *turn, race_act *judge, void *world,
		   unsigned int rounds);

/*
 * One thread calls act() once a round. Another calls look() all the time, at least once in 32
 * rounds, and passes the rounds that are done. False: no thread could be made.
 */
bool race_watched(race_act *act, race_act *look, void *world, unsigned int rounds);

/*
 * What may be seen: letters as of letters.h, but '!' is any SIGBUS. And what else was, first: "" or
 * a few words.
 */
struct race_sight {
	const char *allowed;
	char foreign[48];
	bool taken;
};

/* Each of these returns false when it has found something foreign, which it writes down. */

/* Loads the byte at p: is it one of those allowed? */
bool race_look(struct race_sight *sight, const volatile void *p);

/* Did the call hold? It is read right after it, for errno. */
bool race_call(struct race_sight *sight, const char *name, bool holds);

/* Never holds: what was found, in words. */
bool race_foul(struct race_sight *sight, const char *what);

#endif
