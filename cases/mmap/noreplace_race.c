// SPDX-License-Identifier: GPL-2.0
/*
 * Threads that ask for the same free range by MAP_FIXED_NOREPLACE at once: one gets it.
 */
#include <pthread.h>

#include "kselftest_harness.h"
#include "lib/arena.h"
#include "lib/expect.h"
#include "lib/syscalls.h"

#define THREADS 4
#define ROUNDS 64

struct contest {
	pthread_barrier_t barrier; /* of the threads and the judge */
	struct arena *arena;
	bool over;
	struct contender {
		struct contest *contest;
		pthread_t thread;
		unsigned char mark;
		void *got;
		int error;
	} contender[THREADS];
};

static void *contend(void *arg)
{
	struct contender *me = arg;
	struct contest *contest = me->contest;
	char *p = slot(contest->arena, 1);

	for (;;) {
		pthread_barrier_wait(&contest->barrier);
		if (contest->over)
			return NULL;
		me->got = sys_mmap(p, pages(2), PROT_READ | PROT_WRITE,
				   MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
		me->error = errno;
		if (me->got == p)
			memset(p, me->mark, pages(2));
		pthread_barrier_wait(&contest->barrier);
	}
}

ARENA_FIXTURE(4);

/* clause: mmap.fixed-noreplace.race-one-winner */
TEST_F(arena, one_thread_gets_the_range_and_all_others_eexist)
{
	static struct contest contest;

	NEED_OWN_PROCESS("it starts threads");
	contest.arena = &self->arena;
	SETUP(!pthread_barrier_init(&contest.barrier, NULL, THREADS + 1));
	for (int i = 0; i < THREADS; i++) {
		struct contender *contender = &contest.contender[i];

		contender->contest = &contest;
		contender->mark = (unsigned char)('a' + i);
		NEED_FEATURE(!pthread_create(&contender->thread, NULL, contend, contender),
			     "threads");
	}

	for (int round = 0; round < ROUNDS && !TEST_FAILED(); round++) {
		const struct contender *winner = NULL;
		int losers = 0;

		pthread_barrier_wait(&contest.barrier); /* go */
		pthread_barrier_wait(&contest.barrier);
		for (int i = 0; i < THREADS; i++) {
			const struct contender *one = &contest.contender[i];

			if (one->got == slot(&self->arena, 1))
				winner = one;
			else
				losers += one->got == MAP_FAILED && one->error == EEXIST;
		}
		EXPECT_EQ(THREADS - 1, losers);
		EXPECT_TRUE(winner != NULL);
		if (winner)
			EXPECT_BYTES(winner->mark, winner->got, pages(2));
		EXPECT_LAYOUT(".. rw rw ..", &self->arena);
		SETUP(!sys_munmap(slot(&self->arena, 1), pages(2)));
	}
	contest.over = true;
	pthread_barrier_wait(&contest.barrier);
	for (int i = 0; i < THREADS; i++)
		SETUP(!pthread_join(contest.contender[i].thread, NULL));
}

TEST_HARNESS_MAIN
