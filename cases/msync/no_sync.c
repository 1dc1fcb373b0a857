// SPDX-License-Identifier: GPL-2.0
/*
 * Objects that have no sync operation: MS_SYNC on a shared mapping of one says so with EINVAL,
 * which no hole hides.
 */
#include "kselftest_harness.h"
#include "lib/arena.h"
#include "lib/expect.h"
#include "lib/syscalls.h"

/* Does mapping fail so for want of it, or because this user may not lock so much? */
static bool lacking(int error)
{
	return error == ENODEV;
}

static bool forbidden(int error)
{
	return error == EPERM || error == EACCES || error == ENOMEM || error == EAGAIN;
}

FIXTURE(object)
{
	void *p; /* where the kernel wants it: io_uring takes no address */
	size_t length;
};
FIXTURE_VARIANT(object)
{
	const char *what;
	enum object_kind kind;
	size_t count; /* pages of the mapping */
	unsigned long prot;
};
/* clang-format off */
FIXTURE_VARIANT_ADD(object, tcp_socket)		{ "mmap of TCP sockets", OBJECT_TCP_SOCKET, 1, PROT_READ };
FIXTURE_VARIANT_ADD(object, packet_ring)	{ "packet rings", OBJECT_PACKET_RING, 1, PROT_READ | PROT_WRITE };
FIXTURE_VARIANT_ADD(object, perf_ring)		{ "perf events", OBJECT_PERF_EVENT, 2, PROT_READ | PROT_WRITE };
FIXTURE_VARIANT_ADD(object, io_uring)		{ "io_uring", OBJECT_IO_URING, 1, PROT_READ | PROT_WRITE };
FIXTURE_VARIANT_ADD(object, secretmem)		{ "memfd_secret", OBJECT_SECRETMEM, 1, PROT_READ | PROT_WRITE };
/* clang-format on */
FIXTURE_SETUP(object)
{
	int fd;

	OPEN_OBJECT(fd, variant->kind, pages(variant->count), 0);
	self->length = pages(variant->count);
	self->p = sys_mmap(NULL, self->length, variant->prot, MAP_SHARED, fd, 0);
	NEED_FEATURE(self->p != MAP_FAILED || !lacking(errno), variant->what);
	NEED(self->p != MAP_FAILED || !forbidden(errno), variant->what);
	SETUP(self->p != MAP_FAILED);
	close(fd);
}
FIXTURE_TEARDOWN(object)
{
	sys_munmap(self->p, self->length);
}

/* clause: msync.sync.no-fsync-einval */
TEST_F(object, sync_is_refused)
{
	EXPECT_ERRNO(EINVAL, sys_msync(self->p, self->length, MS_SYNC));
}

/* clause: msync.async.no-fsync-ok */
TEST_F(object, async_is_accepted)
{
	EXPECT_OK(sys_msync(self->p, self->length, MS_ASYNC));
}

/* clause: msync.flags.none-ok */
TEST_F(object, no_flags_do_nothing_and_so_find_nothing_wrong)
{
	EXPECT_OK(sys_msync(self->p, self->length, 0));
}

ARENA_FIXTURE(3);

/* clause: msync.error.over-enomem */
TEST_F(arena, refusal_counts_more_than_a_hole_before_it)
{
	int fd;

	OPEN_OBJECT(fd, OBJECT_TCP_SOCKET, 0, 0);
	NEED_FEATURE(arena_map_file(&self->arena, 1, 1, "r-s", fd, 0) || !lacking(errno),
		     "mmap of TCP sockets");
	close(fd);
	SETUP(arena_map(&self->arena, 2, 1, "rw")); /* |..|socket|rw| */

	EXPECT_ERRNO(ENOMEM, sys_msync(slot(&self->arena, 0), pages(2), MS_ASYNC));
	EXPECT_ERRNO(EINVAL, sys_msync(slot(&self->arena, 0), pages(2), MS_SYNC));
	EXPECT_ERRNO(EINVAL, sys_msync(slot(&self->arena, 0), pages(3), MS_SYNC));
	EXPECT_LAYOUT(".. r-s rw", &self->arena);
}

TEST_HARNESS_MAIN
