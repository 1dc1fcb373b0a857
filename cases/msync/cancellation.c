// SPDX-License-Identifier: GPL-2.0
/*
 * In a C library msync is a cancellation point: a thread that was told to end ends there.
 */
#include <pthread.h>

#include "kselftest_harness.h"
#include "lib/arena.h"
#include "lib/expect.h"
#include "lib/libc.h"

struct thread {
	char *p;
	int flags;
	bool before, after; /* was it seen there? */
};

/* Told to end by itself, so that nothing depends on when another thread runs. */
static void *sync_when_told_to_end(void *argument)
{
	struct thread *thread = argument;

	pthread_cancel(pthread_self());
	thread->before = true;
	msync(thread->p, pages(1), thread->flags);
	thread->after = true;
	return NULL;
}

FIXTURE(mapping)
{
	struct arena arena; /* |rws|..| */
	int fd;
};
FIXTURE_VARIANT(mapping)
{
	int flags;
	long slot;
};
/* clang-format off */
FIXTURE_VARIANT_ADD(mapping, sync)	{ MS_SYNC, 0 };
FIXTURE_VARIANT_ADD(mapping, async)	{ MS_ASYNC, 0 };
FIXTURE_VARIANT_ADD(mapping, refused)	{ MS_SYNC | MS_ASYNC, 0 };
FIXTURE_VARIANT_ADD(mapping, hole)	{ MS_SYNC, 1 };
/* clang-format on */
FIXTURE_SETUP(mapping)
{
	OPEN_OBJECT(self->fd, OBJECT_MEMFD, pages(1), 'f');
	SETUP(arena_init(&self->arena, 2));
	SETUP(arena_map_file(&self->arena, 0, 1, "rws", self->fd, 0));
}
FIXTURE_TEARDOWN(mapping)
{
	arena_free(&self->arena);
	close(self->fd);
}

/* clause: msync.compat.cancellation-point */
TEST_F(mapping, thread_told_to_end_does_not_return_from_it)
{
	struct thread thread = { slot(&self->arena, variant->slot), variant->flags };
	void *result = NULL;
	pthread_t id;

	NEED(GLIBC || MUSL, "glibc or musl");
	NEED(!pthread_create(&id, NULL, sync_when_told_to_end, &thread), "threads");

	EXPECT_EQ(0, pthread_join(id, &result));
	EXPECT_EQ(PTHREAD_CANCELED, result);
	EXPECT_TRUE(thread.before);
	EXPECT_FALSE(thread.after);
}

TEST_HARNESS_MAIN
