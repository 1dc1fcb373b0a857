// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "fault.h"
#include "outcome.h"
#include "race.h"

#define FUTEX_WAIT_PRIVATE 128
#define FUTEX_WAKE_PRIVATE 129

#define SPINS 1000 /* before a waiting thread sleeps */
#define ROUNDS_UNSEEN 32
#define SECONDS_MAX 1
/* Of the rounds, on a single processor: turns are taken at the same few places in each of them */
#define ALONE_SHARE 16
#define ALONE_MIN 64

struct race {
	race_turn *turn;
	race_act *act, *look, *judge;
	void *world;
	unsigned int runners, rounds;
	bool alone; /* there is a single processor */
	struct timespec start;
	bool over; /* a turn, act, look or judge has returned false, or the last round is done */
	bool foul; /* the former */
	unsigned int done; /* rounds */
	unsigned int looks;
	bool awaited; /* the next look is */
	unsigned int arrived,
		crossed; /* of the barrier: threads there, and how often all of them were */
};

struct runner {
	struct race *race;
	unsigned int number;
	pthread_t thread;
};

#define LOAD(field) __atomic_load_n(&(field), __ATOMIC_ACQUIRE)
#define STORE(field, value) __atomic_store_n(&(field), value, __ATOMIC_RELEASE)

static void wait_for_change(const struct race *race, unsigned int *word, unsigned int old)
{
	for (int spins = 0; LOAD(*word) == old && spins < (race->alone ? 0 : SPINS);)
		spins++;
	while (LOAD(*word) == old)
		syscall(SYS_futex, word, FUTEX_WAIT_PRIVATE, old, NULL);
}

static void wake(unsigned int *word)
{
	syscall(SYS_futex, word, FUTEX_WAKE_PRIVATE, INT_MAX);
}

static void barrier(struct race *race)
{
	unsigned int crossed = LOAD(race->crossed);

	if (__atomic_add_fetch(&race->arrived, 1, __ATOMIC_ACQ_REL) == LOAD(race->runners)) {
		STORE(race->arrived, 0);
		STORE(race->crossed, crossed + 1);
		wake(&race->crossed);
		return;
	}
	wait_for_change(race, &race->crossed, crossed);
}

/* Where a round takes very long, the race ends early, after an even number of rounds. */
static bool over_time(const struct race *race)
{
	struct timespec now;

	if (race->done % 2 || clock_gettime(CLOCK_MONOTONIC, &now))
		return false;
	return now.tv_sec - race->start.tv_sec - (now.tv_nsec < race->start.tv_nsec) >= SECONDS_MAX;
}

static void end_foul(struct race *race)
{
	STORE(race->foul, true);
	STORE(race->over, true);
}

/* How many rounds there are of those asked for: an even number, where that was one. */
static unsigned int rounds_of(unsigned int rounds, bool single)
{
	unsigned int share = rounds / ALONE_SHARE & ~1u;

	if (!single || rounds <= ALONE_MIN)
		return rounds;
	return share > ALONE_MIN ? share : ALONE_MIN;
}

static void run_together(struct race *race, unsigned int number)
{
	for (unsigned int round = 0; round < LOAD(race->rounds); round++) {
		barrier(race);
		if (LOAD(race->over))
			break;
		if (!race->turn(race->world, number, round))
			STORE(race->foul, true);
		barrier(race);
		if (number)
			continue;
		race->done = round + 1;
		if (LOAD(race->foul) || !race->judge(race->world, round))
			end_foul(race);
		else if (over_time(race))
			STORE(race->over, true);
	}
}

static void *runner_thread(void *arg)
{
	struct runner *runner = arg;

	run_together(runner->race, runner->number);
	return NULL;
}

static void *onlooker_thread(void *arg)
{
	struct runner *runner = arg;
	struct race *race = runner->race;

	while (!LOAD(race->over)) {
		if (!race->look(race->world, LOAD(race->done)))
			end_foul(race);
		__atomic_add_fetch(&race->looks, 1, __ATOMIC_SEQ_CST);
		if (__atomic_load_n(&race->awaited, __ATOMIC_SEQ_CST))
			wake(&race->looks);
		if (race->alone)
			sched_yield();
	}
	return NULL;
}

static void run_watched(struct race *race)
{
	unsigned int looks = 0;

	while (!LOAD(race->over)) {
		if (race->done % ROUNDS_UNSEEN == 0) {
			__atomic_store_n(&race->awaited, true, __ATOMIC_SEQ_CST);
			wait_for_change(race, &race->looks, looks);
			STORE(race->awaited, false);
			looks = LOAD(race->looks);
		}
		if (!race->act(race->world, race->done))
			end_foul(race);
		STORE(race->done, race->done + 1);
		if (race->done == race->rounds || over_time(race))
			STORE(race->over, true);
		if (race->alone)
			sched_yield();
	}
}

/* A signal that is not a fault belongs to the thread that was here before. */
static bool start(struct runner *runner, void *(*run)(void *))
{
	sigset_t kept, blocked;
	int error;

	sigfillset(&blocked);
	sigdelset(&blocked, SIGSEGV);
	sigdelset(&blocked, SIGBUS);
	sigdelset(&blocked, SIGILL);
	pthread_sigmask(SIG_SETMASK, &blocked, &kept);
	error = pthread_create(&runner->thread, NULL, run, runner);
	pthread_sigmask(SIG_SETMASK, &kept, NULL);
	return !error;
}

static void tell(const struct race *race)
{
	if (race->foul)
		printf("seen in round %u of %u\n", race->done, race->rounds);
	else
		printf("not seen in %u rounds\n", race->done);
	fflush(stdout);
}

static void *nothing(void *arg)
{
	return arg;
}

bool race_threads(void)
{
	struct runner runner;

	return start(&runner, nothing) && !pthread_join(runner.thread, NULL);
}

static bool alone(void)
{
	return sysconf(_SC_NPROCESSORS_ONLN) == 1;
}

bool race_together(unsigned int runners, race_turn *turn, race_act *judge, void *world,
		   unsigned int rounds)
{
	struct runner others[RACE_RUNNERS_MAX];
	struct race race = {
		.turn = turn, .judge = judge, .world = world, .runners = runners, .alone = alone()
	};
	unsigned int made = 1;

	race.rounds = rounds_of(rounds, race.alone);
	clock_gettime(CLOCK_MONOTONIC, &race.start);
	for (; made < runners; made++) {
		others[made] = (struct runner){ .race = &race, .number = made };
		if (!start(&others[made], runner_thread))
			break;
	}
	if (made < runners) {
		/* Those that are there have to get through the gate. */
		STORE(race.rounds, 1);
		STORE(race.runners, made);
	}
	run_together(&race, 0);
	for (unsigned int i = 1; i < made; i++)
		pthread_join(others[i].thread, NULL);
	tell(&race);
	return made == runners;
}

bool race_watched(race_act *act, race_act *look, void *world, unsigned int rounds)
{
	struct race race = { .act = act, .look = look, .world = world, .alone = alone() };
	struct runner onlooker = { .race = &race };

	race.rounds = rounds_of(rounds, race.alone);
	clock_gettime(CLOCK_MONOTONIC, &race.start);
	if (!start(&onlooker, onlooker_thread)) {
		return false;
	}
	run_watched(&race);
	pthread_join(onlooker.thread, NULL);
	tell(&race);
	return true;
}

struct load {
	const volatile void *p;
	unsigned char byte;
};

static void load(void *arg)
{
	struct load *l = arg;

	l->byte = *(const volatile unsigned char *)l->p;
}

static char sign(const volatile void *p)
{
	struct load l = { p };
	struct fault fault = fault_run(load, &l);

	if (fault.signal)
		return fault.signal == SIGBUS ? '!' : '.';
	if (!l.byte)
		return '0';
	return l.byte > ' ' && l.byte <= '~' ? (char)l.byte : '?';
}

bool race_foul(struct race_sight *sight, const char *what)
{
	if (!__atomic_test_and_set(&sight->taken, __ATOMIC_ACQ_REL))
		snprintf(sight->foreign, sizeof(sight->foreign), "%s", what);
	return false;
}

bool race_look(struct race_sight *sight, const volatile void *p)
{
	char seen[2] = { sign(p) };

	return strchr(sight->allowed, *seen) || race_foul(sight, seen);
}

bool race_call(struct race_sight *sight, const char *name, bool holds)
{
	char what[sizeof(sight->foreign)];

	if (holds)
		return true;
	snprintf(what, sizeof(what), "%s=%s", name, errno_name(errno));
	return race_foul(sight, what);
}
