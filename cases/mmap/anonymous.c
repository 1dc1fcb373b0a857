// SPDX-License-Identifier: GPL-2.0
/*
 * Anonymous memory begins as zeros, whatever lay at its address, and nobody may ask for less.
 */
#include "kselftest_harness.h"
#include "lib/arena.h"
#include "lib/expect.h"
#include "lib/syscalls.h"

FIXTURE(anonymous)
{
	struct arena arena;
};
FIXTURE_VARIANT(anonymous)
{
	unsigned long sharing;
};
/* clang-format off */
FIXTURE_VARIANT_ADD(anonymous, private)	{ MAP_PRIVATE };
FIXTURE_VARIANT_ADD(anonymous, shared)	{ MAP_SHARED };
/* clang-format on */
FIXTURE_SETUP(anonymous)
{
	SETUP(arena_init(&self->arena, 8));
}
FIXTURE_TEARDOWN(anonymous)
{
	arena_free(&self->arena);
}

static void *map(const struct arena *arena, unsigned long flags)
{
	return sys_mmap(slot(arena, 0), pages(8), PROT_READ | PROT_WRITE,
			MAP_ANONYMOUS | MAP_FIXED | flags, -1, 0);
}

/* clause: mmap.anon.zero-filled */
TEST_F(anonymous, fresh_memory_is_zero_everywhere)
{
	char *p = slot(&self->arena, 0);

	ASSERT_OK(map(&self->arena, variant->sharing));
	EXPECT_BYTES(0, p, pages(8));
	p[pages(3)] = 'x'; /* a page that was loaded from, then copied */
	EXPECT_BYTES(0, p + pages(3) + 1, pages(5) - 1);
}

/* clause: mmap.anon.zero-after-reuse */
TEST_F(anonymous, old_bytes_of_the_address_are_gone)
{
	ASSERT_OK(map(&self->arena, variant->sharing));
	memset(slot(&self->arena, 0), 'x', pages(8));
	EXPECT_OK(sys_munmap(slot(&self->arena, 0), pages(8)));
	ASSERT_OK(map(&self->arena, variant->sharing));
	EXPECT_BYTES(0, slot(&self->arena, 0), pages(8));
}

/* clause: mmap.anon.uninitialized-ignored */
TEST_F(anonymous, uninitialized_is_taken_and_ignored)
{
	ASSERT_OK(map(&self->arena, variant->sharing));
	memset(slot(&self->arena, 0), 'x', pages(8));
	EXPECT_OK(sys_munmap(slot(&self->arena, 0), pages(8)));
	ASSERT_OK(map(&self->arena, variant->sharing | MAP_UNINITIALIZED));
	EXPECT_BYTES(0, slot(&self->arena, 0), pages(8));
}

TEST_HARNESS_MAIN
