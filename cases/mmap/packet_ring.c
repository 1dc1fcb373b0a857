// SPDX-License-Identifier: GPL-2.0
/*
 * The ring of a packet socket is mapped whole, or not at all.
 */
#include "kselftest_harness.h"
#include "lib/arena.h"
#include "lib/expect.h"
#include "lib/syscalls.h"

#define RW (PROT_READ | PROT_WRITE)
#define FLAGS (MAP_SHARED | MAP_FIXED)

ARENA_FIXTURE(6);

/* clause: mmap.kind.packet-without-ring-einval */
TEST_F(arena, socket_without_a_ring_is_refused)
{
	void *at = slot(&self->arena, 1);
	int fd;

	OPEN_OBJECT(fd, OBJECT_PACKET_RING, 0, 0);
	EXPECT_ERRNO(EINVAL, sys_mmap(at, pages(1), RW, FLAGS, fd, 0));
	EXPECT_ERRNO(EINVAL, sys_mmap(at, pages(1), PROT_READ, FLAGS, fd, 0));
	EXPECT_ERRNO(EINVAL, sys_mmap(at, pages(1), RW, MAP_PRIVATE | MAP_FIXED, fd, 0));
	EXPECT_LAYOUT(".. .. .. .. .. ..", &self->arena);
	close(fd);
}

/* clause: mmap.kind.packet-size-einval */
TEST_F(arena, ring_is_mapped_from_its_start_to_its_end)
{
	void *at = slot(&self->arena, 1);
	int fd;

	OPEN_OBJECT(fd, OBJECT_PACKET_RING, pages(3), 0);
	EXPECT_ERRNO(EINVAL, sys_mmap(at, pages(2), RW, FLAGS, fd, 0));
	EXPECT_ERRNO(EINVAL, sys_mmap(at, pages(4), RW, FLAGS, fd, 0));
	EXPECT_ERRNO(EINVAL, sys_mmap(at, pages(3), RW, FLAGS, fd, pages(1)));
	EXPECT_ERRNO(EINVAL, sys_mmap(at, pages(2), RW, FLAGS, fd, pages(1)));
	EXPECT_LAYOUT(".. .. .. .. .. ..", &self->arena);
	EXPECT_ADDR(at, sys_mmap(at, pages(3), RW, FLAGS, fd, 0));
	EXPECT_LAYOUT(".. rws rws rws .. ..", &self->arena);
	EXPECT_BYTES(0, at, pages(3));
	close(fd);
}

TEST_HARNESS_MAIN
