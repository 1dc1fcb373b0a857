// SPDX-License-Identifier: GPL-2.0
/*
 * An object that itself refuses to be mapped is asked so late that MAP_FIXED has already removed
 * the old mapping.
 */
#include <sys/socket.h>

#include "kselftest_harness.h"
#include "lib/arena.h"
#include "lib/expect.h"
#include "lib/syscalls.h"

#define RW (PROT_READ | PROT_WRITE)

static int unix_socket(void)
{
	return socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
}

static int tcp_socket(void)
{
	return socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
}

static int secret_memory(void)
{
	int fd = (int)syscall(SYS_memfd_secret, 0);

	return fd >= 0 && ftruncate(fd, (off_t)pages(2)) ? -1 : fd;
}

FIXTURE(object)
{
	struct arena arena; /* |rw|rw|rw|..|, of 'o' */
	int fd;
};
FIXTURE_VARIANT(object)
{
	int error;
	int (*open)(void);
	unsigned long flags;
};
/* clang-format off */
FIXTURE_VARIANT_ADD(object, unix_socket)	{ ENODEV, unix_socket, MAP_SHARED };
FIXTURE_VARIANT_ADD(object, tcp_socket)		{ EPERM, tcp_socket, MAP_SHARED };
FIXTURE_VARIANT_ADD(object, secret_memory)	{ EINVAL, secret_memory, MAP_PRIVATE };
/* clang-format on */
FIXTURE_SETUP(object)
{
	self->fd = variant->open();
	NEED_FEATURE(self->fd >= 0 || (errno != ENOSYS && errno != EAFNOSUPPORT),
		     "what is to be mapped");
	SETUP(self->fd >= 0);
	SETUP(arena_init(&self->arena, 4));
	SETUP(arena_map(&self->arena, 0, 3, "rw"));
	memset(slot(&self->arena, 0), 'o', pages(3));
}
FIXTURE_TEARDOWN(object)
{
	arena_free(&self->arena);
	close(self->fd);
}

/* clause: mmap.fixed.error-hook-leaves-hole */
TEST_F(object, refusing_to_be_mapped_leaves_a_hole)
{
	char *p = slot(&self->arena, 1);

	EXPECT_ERRNO(variant->error,
		     sys_mmap(p, pages(1), RW, variant->flags | MAP_FIXED, self->fd, 0));
	EXPECT_FAULT(SIGSEGV, SEGV_MAPERR, FAULT_READ, p);
	EXPECT_LAYOUT("rw .. rw ..", &self->arena);
	EXPECT_BYTES('o', slot(&self->arena, 0), pages(1));
	EXPECT_BYTES('o', slot(&self->arena, 2), pages(1));
}

TEST_HARNESS_MAIN
