// SPDX-License-Identifier: GPL-2.0
/*
 * Objects that have no sync operation: MS_SYNC on a shared mapping of one says so with EINVAL, which no hole hides.
 */
#include <netinet/in.h>
#include <sys/socket.h>

#include "kselftest_harness.h"
#include "lib/arena.h"
#include "lib/expect.h"
#include "lib/syscalls.h"

/* Does opening or mapping fail so for want of the thing itself? */
static bool lacking(int error)
{
	return error == ENOSYS || error == EAFNOSUPPORT || error == ENODEV || error == ENOPROTOOPT;
}

/* Or because this user may not, or may not lock so much? */
static bool forbidden(int error)
{
	return error == EPERM || error == EACCES || error == ENOMEM || error == EAGAIN;
}

static int tcp_socket(void)
{
	return socket(AF_INET, SOCK_STREAM, 0);
}

/* linux/if_packet.h: a ring of one block of a page */
static int packet_ring(void)
{
	struct {
		unsigned int block_size, block_nr, frame_size, frame_nr;
	} ring = { page_size(), 1, 2048, page_size() / 2048 };
	int fd = socket(AF_PACKET, SOCK_RAW, 0);

	return fd >= 0 && setsockopt(fd, SOL_PACKET, PACKET_RX_RING, &ring, sizeof(ring)) ? -1 : fd;
}

/* linux/perf_event.h: a software event that never comes, of this process, in user mode */
static int perf_ring(void)
{
	struct {
		uint32_t type, size;
		uint64_t config, period, sample_type, read_format, bits, rest[2];
	} event = { PERF_EVENT_SOFTWARE, sizeof(event), PERF_EVENT_DUMMY,
		    .bits = PERF_EVENT_EXCLUDE_KERNEL | PERF_EVENT_EXCLUDE_HV };

	return (int)syscall(SYS_perf_event_open, &event, 0, -1, -1, 0);
}

static int io_uring(void)
{
	uint32_t params[30] = { 0 };

	return (int)syscall(SYS_io_uring_setup, 1, params);
}

static int secretmem(void)
{
	int fd = (int)syscall(SYS_memfd_secret, 0);

	return fd >= 0 && ftruncate(fd, (off_t)pages(1)) ? -1 : fd;
}

FIXTURE(object)
{
	void *p; /* where the kernel wants it: io_uring takes no address */
	size_t length;
};
FIXTURE_VARIANT(object)
{
	const char *what;
	int (*open)(void);
	size_t count; /* pages of the mapping */
	unsigned long prot;
};
/* clang-format off */
FIXTURE_VARIANT_ADD(object, tcp_socket)		{ "mmap of TCP sockets", tcp_socket, 1, PROT_READ };
FIXTURE_VARIANT_ADD(object, packet_ring)	{ "packet rings", packet_ring, 1, PROT_READ | PROT_WRITE };
FIXTURE_VARIANT_ADD(object, perf_ring)		{ "perf events", perf_ring, 2, PROT_READ | PROT_WRITE };
FIXTURE_VARIANT_ADD(object, io_uring)		{ "io_uring", io_uring, 1, PROT_READ | PROT_WRITE };
FIXTURE_VARIANT_ADD(object, secretmem)		{ "memfd_secret", secretmem, 1, PROT_READ | PROT_WRITE };
/* clang-format on */
FIXTURE_SETUP(object)
{
	int fd = variant->open();

	NEED_FEATURE(fd >= 0 || !lacking(errno), variant->what);
	NEED(fd >= 0 || !forbidden(errno), variant->what);
	SETUP(fd >= 0);
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
	int fd = tcp_socket();

	NEED_FEATURE(fd >= 0 || !lacking(errno), "TCP sockets");
	SETUP(fd >= 0);
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
