// SPDX-License-Identifier: GPL-2.0
/*
 * MAP_SHARED and MAP_PRIVATE ignore every flag that they do not know: the mapping is what it is
 * without it.
 */
#include "kselftest_harness.h"
#include "lib/arena.h"
#include "lib/expect.h"
#include "lib/syscalls.h"

#define RW (PROT_READ | PROT_WRITE)

/* The flags without a meaning: those of the low word, then all that a wider one has more. */
static const int low_bits[] = { 9, 10, 21, 22, 23, 24, 25, 31 };
#define LOW_BITS ((int)(sizeof(low_bits) / sizeof(low_bits[0])))
#define UNKNOWN_BITS (LOW_BITS + (int)sizeof(long) * 8 - 32)

static int unknown_bit(int n)
{
	return n < LOW_BITS ? low_bits[n] : 32 + n - LOW_BITS;
}

FIXTURE(kind)
{
	struct arena arena;
	int fd;
	int contents; /* of every byte of the page */
};
FIXTURE_VARIANT(kind)
{
	unsigned long flags;
	enum object_kind object;
	const char *mapped;
};
/* clang-format off */
FIXTURE_VARIANT_ADD(kind, shared_memfd)		{ MAP_SHARED, OBJECT_MEMFD, "rws .." };
FIXTURE_VARIANT_ADD(kind, shared_scratch)	{ MAP_SHARED, OBJECT_SCRATCH_FILE, "rws .." };
FIXTURE_VARIANT_ADD(kind, private_memfd)	{ MAP_PRIVATE, OBJECT_MEMFD, "rw .." };
FIXTURE_VARIANT_ADD(kind, private_scratch)	{ MAP_PRIVATE, OBJECT_SCRATCH_FILE, "rw .." };
FIXTURE_VARIANT_ADD(kind, private_anon)		{ MAP_PRIVATE | MAP_ANONYMOUS, OBJECT_MEMFD, "rw .." };
/* clang-format on */
FIXTURE_SETUP(kind)
{
	OPEN_OBJECT(self->fd, variant->object, pages(1), 'f');
	self->contents = variant->flags & MAP_ANONYMOUS ? 0 : 'f';
	SETUP(arena_init(&self->arena, 2));
}
FIXTURE_TEARDOWN(kind)
{
	arena_free(&self->arena);
	close(self->fd);
}

/*
 * clause: mmap.shared.unknown-bits-ignored
 * clause: mmap.private.unknown-bits-ignored
 */
TEST_F(kind, unknown_flag_changes_nothing)
{
	char *p = slot(&self->arena, 0);

	for (int n = 0; n < UNKNOWN_BITS && !TEST_FAILED(); n++) {
		unsigned long bit = (unsigned long)(UINT64_C(1) << unknown_bit(n));

		EXPECT_ADDR(p, sys_mmap(p, pages(1), RW, variant->flags | MAP_FIXED | bit, self->fd,
					0));
		EXPECT_LAYOUT(variant->mapped, &self->arena);
		EXPECT_BYTES(self->contents, p, pages(1));
		if (TEST_FAILED())
			TH_LOG("bit %d", unknown_bit(n));
	}
}

/*
 * clause: mmap.shared.unknown-bits-ignored
 * clause: mmap.private.unknown-bits-ignored
 */
TEST_F(kind, all_of_them_at_once_change_nothing)
{
	unsigned long all = 0;
	char *p = slot(&self->arena, 0);

	for (int n = 0; n < UNKNOWN_BITS; n++)
		all |= (unsigned long)(UINT64_C(1) << unknown_bit(n));

	EXPECT_ADDR(p, sys_mmap(p, pages(1), RW, variant->flags | MAP_FIXED | all, self->fd, 0));
	EXPECT_LAYOUT(variant->mapped, &self->arena);
	EXPECT_BYTES(self->contents, p, pages(1));
	p[0] = 's';
	EXPECT_FILE_BYTES(variant->flags == MAP_SHARED ? 's' : 'f', self->fd, 0, 1);
}

TEST_HARNESS_MAIN
