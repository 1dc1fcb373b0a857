// SPDX-License-Identifier: GPL-2.0
/*
 * Processes that add to one number in shared memory, and keep losing sight of its page, lose no
 * addition.
 */
#include "kselftest_harness.h"
#include "lib/arena.h"
#include "lib/expect.h"
#include "lib/syscalls.h"

#define ADDERS 3U
#define ROUNDS 100U /* of each of them */
#define EACH 2000U /* in a round */

FIXTURE(shared)
{
	struct arena arena;
	unsigned int *sum;
};
FIXTURE_VARIANT(shared)
{
	bool anonymous;
	enum object_kind kind;
};
/* clang-format off */
FIXTURE_VARIANT_ADD(shared, anonymous)	{ true };
FIXTURE_VARIANT_ADD(shared, memfd)	{ false, OBJECT_MEMFD };
FIXTURE_VARIANT_ADD(shared, scratch)	{ false, OBJECT_SCRATCH_FILE };
/* clang-format on */
FIXTURE_SETUP(shared)
{
	NEED_OWN_PROCESS("it forks");
	SETUP(arena_init(&self->arena, 1));
	if (variant->anonymous) {
		SETUP(arena_map(&self->arena, 0, 1, "rws"));
	} else {
		int fd;

		OPEN_OBJECT(fd, variant->kind, pages(1), 0);
		SETUP(arena_map_file(&self->arena, 0, 1, "rws", fd, 0));
		close(fd);
	}
	self->sum = slot(&self->arena, 0);
}
FIXTURE_TEARDOWN(shared)
{
	arena_free(&self->arena);
}

/* clause: mmap.race.atomic-shared */
TEST_F(shared, no_addition_is_lost)
{
	struct child adders[ADDERS];

	for (unsigned int i = 0; i < ADDERS; i++) {
		CHILD(adder) {
			for (unsigned int n = 0; n < ROUNDS * EACH; n++) {
				if (n % EACH == 0)
					EXPECT_OK(sys_madvise(self->sum, pages(1), MADV_DONTNEED));
				__atomic_add_fetch(self->sum, 1, __ATOMIC_RELAXED);
			}
		}
		adders[i] = adder;
	}
	for (unsigned int i = 0; i < ADDERS; i++)
		EXPECT_CHILD_OK(adders[i]);
	EXPECT_EQ(ADDERS * ROUNDS * EACH, *self->sum);
	printf("not seen in %u rounds\n", ADDERS * ROUNDS);
	fflush(stdout);
}

TEST_HARNESS_MAIN
