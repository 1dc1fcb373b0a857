// SPDX-License-Identifier: GPL-2.0
/*
 * The rings of an io_uring and its entries lie at offsets of their own, and at an address of the
 * kernel's choice.
 */
#include "kselftest_harness.h"
#include "lib/arena.h"
#include "lib/expect.h"
#include "lib/special.h"
#include "lib/syscalls.h"

#define RW (PROT_READ | PROT_WRITE)
#define ENTRIES 4

FIXTURE(uring)
{
	struct arena arena;
	struct special_uring uring;
	int fd;
};
FIXTURE_SETUP(uring)
{
	OPEN_OBJECT(self->fd, OBJECT_IO_URING, 0, 0);
	SETUP(!close(self->fd));
	self->fd = special_io_uring(ENTRIES, &self->uring);
	SETUP(self->fd >= 0);
	SETUP(arena_init(&self->arena, 3));
}
FIXTURE_TEARDOWN(uring)
{
	arena_free(&self->arena);
	close(self->fd);
}

/* clause: mmap.kind.io-uring-ring */
TEST_F(uring, request_written_to_the_entries_is_answered_in_the_ring)
{
	const struct special_uring *uring = &self->uring;
	char *ring, *entries, *completion;

	ASSERT_OK(ring = sys_mmap(NULL, pages(1), RW, MAP_SHARED, self->fd, URING_SQ_RING));
	ASSERT_OK(entries = sys_mmap(NULL, pages(1), RW, MAP_SHARED, self->fd, URING_SQES));
	EXPECT_EQ(ENTRIES, *(int32_t *)(ring + uring->sq_off.ring_entries));
	EXPECT_EQ(uring->cq_entries, *(uint32_t *)(ring + uring->cq_off.ring_entries));
	EXPECT_BYTES(0, entries, ENTRIES * 64);

	entries[32] = 'u'; /* user_data of the first, which is IORING_OP_NOP */
	*(uint32_t *)(ring + uring->sq_off.array) = 0;
	__atomic_store_n((uint32_t *)(ring + uring->sq_off.tail), 1, __ATOMIC_RELEASE);
	EXPECT_EQ(1, syscall(SYS_io_uring_enter, self->fd, 1, 0, 0, NULL, 0));
	EXPECT_EQ(1, *(int32_t *)(ring + uring->cq_off.tail));
	completion = ring + uring->cq_off.cqes;
	EXPECT_EQ('u', completion[0]);
	sys_munmap(ring, pages(1));
	sys_munmap(entries, pages(1));
}

/* clause: mmap.kind.io-uring-hint-einval */
TEST_F(uring, address_is_refused)
{
	const unsigned long flags[] = { MAP_SHARED, MAP_SHARED | MAP_FIXED };
	void *at = slot(&self->arena, 1);

	for (int i = 0; i < 2; i++) {
		EXPECT_ERRNO(EINVAL, sys_mmap(at, pages(1), RW, flags[i], self->fd, URING_SQ_RING));
		EXPECT_ERRNO(EINVAL, sys_mmap(at, pages(1), RW, flags[i], self->fd, URING_SQES));
	}
	EXPECT_LAYOUT(".. .. ..", &self->arena);
}

TEST_HARNESS_MAIN
