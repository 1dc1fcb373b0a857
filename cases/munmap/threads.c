// SPDX-License-Identifier: GPL-2.0
/*
 * What munmap has removed in one thread is gone for all others, whatever translations their
 * processors remember.
 */
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <stdatomic.h>

#include "kselftest_harness.h"
#include "lib/arena.h"
#include "lib/expect.h"
#include "lib/syscalls.h"

#define ROUNDS 32

/* A thread that touches a page until, at last, it does so after the page was unmapped. */
struct toucher {
	pthread_t thread;
	enum fault_access access;
	char *p;
	sem_t touched; /* for the first time */
	atomic_bool unmapped;
	struct fault last;
};

static void *touch(void *arg)
{
	struct toucher *toucher = arg;
	bool unmapped, again = false;

	do {
		unmapped = atomic_load(&toucher->unmapped);
		toucher->last = fault_probe(toucher->access, toucher->p);
		if (!again)
			sem_post(&toucher->touched);
		again = true;
		sched_yield();
	} while (!unmapped);
	return NULL;
}

FIXTURE(page)
{
	struct arena arena;
	struct toucher toucher;
};
FIXTURE_VARIANT(page)
{
	enum fault_access access;
	const char *mapped; /* as a token of the arena */
};
/* clang-format off */
FIXTURE_VARIANT_ADD(page, load_private)		{ FAULT_READ, "rw" };
FIXTURE_VARIANT_ADD(page, store_private)	{ FAULT_WRITE, "rw" };
FIXTURE_VARIANT_ADD(page, load_shared)		{ FAULT_READ, "rws" };
FIXTURE_VARIANT_ADD(page, store_shared)		{ FAULT_WRITE, "rws" };
/* clang-format on */
FIXTURE_SETUP(page)
{
	NEED_OWN_PROCESS("it starts a thread");
	SETUP(arena_init(&self->arena, 3));
}
FIXTURE_TEARDOWN(page)
{
	arena_free(&self->arena);
}

/* clause: munmap.fault.other-threads */
TEST_F(page, access_by_another_thread_faults_as_soon_as_munmap_returned)
{
	struct toucher *toucher = &self->toucher;

	for (int round = 0; round < ROUNDS && !TEST_FAILED(); round++) {
		*toucher =
			(struct toucher){ .access = variant->access, .p = slot(&self->arena, 1) };
		SETUP(!sem_init(&toucher->touched, 0, 0));
		SETUP(arena_map(&self->arena, 0, 3, variant->mapped));
		memset(slot(&self->arena, 0), 'm', pages(3));
		NEED_FEATURE(!pthread_create(&toucher->thread, NULL, touch, toucher), "threads");
		SETUP(!sem_wait(&toucher->touched));

		EXPECT_OK(sys_munmap(toucher->p, pages(1)));
		atomic_store(&toucher->unmapped, true);
		SETUP(!pthread_join(toucher->thread, NULL));
		EXPECT_EQ(SIGSEGV, toucher->last.signal);
		EXPECT_EQ(SEGV_MAPERR, toucher->last.code);
		EXPECT_TRUE(toucher->last.address == toucher->p);
	}
	EXPECT_BYTES('m', slot(&self->arena, 0), pages(1));
	EXPECT_BYTES('m', slot(&self->arena, 2), pages(1));
}

TEST_HARNESS_MAIN
