// SPDX-License-Identifier: GPL-2.0
/*
 * The flags of msync: MS_ASYNC or MS_SYNC but not both, MS_INVALIDATE with either or alone, or
 * nothing; no other bit of the 32.
 */
#include "kselftest_harness.h"
#include "lib/arena.h"
#include "lib/expect.h"
#include "lib/syscalls.h"

FIXTURE(mapping)
{
	struct arena arena;
	char *p; /* two pages of 'm' */
};
FIXTURE_VARIANT(mapping)
{
	const char *access;
	enum object_kind kind;
	bool anonymous;
};
/* clang-format off */
FIXTURE_VARIANT_ADD(mapping, private_anonymous)	{ "rw", .anonymous = true };
FIXTURE_VARIANT_ADD(mapping, shared_anonymous)	{ "rws", .anonymous = true };
FIXTURE_VARIANT_ADD(mapping, private_memfd)	{ "rw", OBJECT_MEMFD };
FIXTURE_VARIANT_ADD(mapping, shared_memfd)	{ "rws", OBJECT_MEMFD };
FIXTURE_VARIANT_ADD(mapping, private_scratch)	{ "rw", OBJECT_SCRATCH_FILE };
FIXTURE_VARIANT_ADD(mapping, shared_scratch)	{ "rws", OBJECT_SCRATCH_FILE };
/* clang-format on */
FIXTURE_SETUP(mapping)
{
	int fd;

	SETUP(arena_init(&self->arena, 4));
	self->p = slot(&self->arena, 1);
	if (variant->anonymous) {
		SETUP(arena_map(&self->arena, 1, 2, variant->access));
	} else {
		OPEN_OBJECT(fd, variant->kind, pages(2), 'f');
		SETUP(arena_map_file(&self->arena, 1, 2, variant->access, fd, 0));
		close(fd);
	}
	memset(self->p, 'm', pages(2));
}
FIXTURE_TEARDOWN(mapping)
{
	arena_free(&self->arena);
}

/*
 * clause: msync.ret.zero
 * clause: msync.flags.async-ok
 * clause: msync.flags.sync-ok
 * clause: msync.flags.invalidate-alone-ok
 * clause: msync.flags.sync-invalidate-ok
 */
TEST_F(mapping, each_flag_and_invalidate_with_either_is_accepted)
{
	static const int accepted[] = { MS_ASYNC, MS_SYNC, MS_INVALIDATE, MS_ASYNC | MS_INVALIDATE,
					MS_SYNC | MS_INVALIDATE };

	for (size_t i = 0; i < sizeof(accepted) / sizeof(accepted[0]); i++) {
		TH_LOG("flags %d", accepted[i]);
		EXPECT_OK(sys_msync(self->p, pages(2), accepted[i]));
		EXPECT_EQ(0, sys_msync(self->p, pages(2), accepted[i]));
		EXPECT_BYTES('m', self->p, pages(2));
	}
}

/* clause: msync.flags.none-ok */
TEST_F(mapping, no_flag_is_accepted_and_does_nothing)
{
	EXPECT_OK(sys_msync(self->p, pages(2), 0));
	EXPECT_BYTES('m', self->p, pages(2));
}

/* clause: msync.flags.async-sync-einval */
TEST_F(mapping, async_and_sync_exclude_each_other)
{
	EXPECT_ERRNO(EINVAL, sys_msync(self->p, pages(2), MS_ASYNC | MS_SYNC));
	EXPECT_ERRNO(EINVAL, sys_msync(self->p, pages(2), MS_ASYNC | MS_SYNC | MS_INVALIDATE));
	EXPECT_BYTES('m', self->p, pages(2));
}

/* clause: msync.flags.unknown-einval */
TEST_F(mapping, any_other_bit_is_refused)
{
	for (int bit = 3; bit < 32; bit++) {
		TH_LOG("bit %d", bit);
		EXPECT_ERRNO(EINVAL, sys_msync(self->p, pages(2), (int)(1U << bit)));
		EXPECT_ERRNO(EINVAL, sys_msync(self->p, pages(2), (int)(1U << bit) | MS_SYNC));
	}
	EXPECT_ERRNO(EINVAL, sys_msync(self->p, pages(2), -1));
	EXPECT_BYTES('m', self->p, pages(2));
}

/* clause: msync.flags.high-bits-ignored */
TEST_F(mapping, bits_above_31_are_not_looked_at)
{
	NEED(sizeof(long) == 8, "a 64-bit machine");

	for (int bit = 32; bit < 64; bit++) {
		TH_LOG("bit %d", bit);
		EXPECT_OK(syscall(SYS_msync, self->p, pages(2), (uint64_t)1 << bit | MS_SYNC));
		EXPECT_ERRNO(EINVAL, syscall(SYS_msync, self->p, pages(2),
					     (uint64_t)1 << bit | MS_ASYNC | MS_SYNC));
	}
	EXPECT_BYTES('m', self->p, pages(2));
}

TEST_HARNESS_MAIN
