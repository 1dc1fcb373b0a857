// SPDX-License-Identifier: GPL-2.0
/*
 * A TCP socket can be mapped to be read, and for nothing else; there is no memory in it before data
 * were received into it.
 */
#include "kselftest_harness.h"
#include "lib/arena.h"
#include "lib/expect.h"
#include "lib/syscalls.h"

FIXTURE(socket)
{
	struct arena arena;
	int fd;
};
FIXTURE_VARIANT(socket)
{
	unsigned long flags;
	const char *perms, *picture;
};
/* clang-format off */
FIXTURE_VARIANT_ADD(socket, private)	{ MAP_PRIVATE | MAP_FIXED, "r--p", ".. r- r- .." };
FIXTURE_VARIANT_ADD(socket, shared)	{ MAP_SHARED | MAP_FIXED, "r--s", ".. r-s r-s .." };
/* clang-format on */
FIXTURE_SETUP(socket)
{
	void *p;

	OPEN_OBJECT(self->fd, OBJECT_TCP_SOCKET, 0, 0);
	SETUP(arena_init(&self->arena, 4));
	p = sys_mmap(slot(&self->arena, 1), pages(2), PROT_READ, variant->flags, self->fd, 0);
	NEED_FEATURE(p != MAP_FAILED || errno != ENODEV, "mmap of TCP sockets");
	sys_munmap(slot(&self->arena, 1), pages(2));
}
FIXTURE_TEARDOWN(socket)
{
	arena_free(&self->arena);
	close(self->fd);
}

/* clause: mmap.kind.tcp-read-ok */
TEST_F(socket, page_without_data_is_a_bus_error)
{
	char *p = slot(&self->arena, 1);

	EXPECT_ADDR(p, sys_mmap(p, pages(2), PROT_READ, variant->flags, self->fd, 0));
	EXPECT_LAYOUT(variant->picture, &self->arena);
	EXPECT_FAULT(SIGBUS, BUS_ADRERR, FAULT_READ, p);
	EXPECT_FAULT(SIGBUS, BUS_ADRERR, FAULT_READ, p + pages(2) - 1);
}

/* clause: mmap.kind.tcp-write-eperm */
TEST_F(socket, is_neither_written_nor_executed)
{
	const unsigned long more[] = { PROT_WRITE, PROT_EXEC, PROT_WRITE | PROT_EXEC };
	char *p = slot(&self->arena, 1);

	for (int i = 0; i < 3; i++)
		EXPECT_ERRNO(EPERM, sys_mmap(p, pages(2), PROT_READ | more[i], variant->flags,
					     self->fd, 0));
	EXPECT_LAYOUT(".. .. .. ..", &self->arena);
	ASSERT_OK(sys_mmap(p, pages(2), PROT_READ, variant->flags, self->fd, 0));
	for (int i = 0; i < 3; i++)
		EXPECT_ERRNO(EACCES, sys_mprotect(p, pages(2), PROT_READ | more[i]));
	EXPECT_LAYOUT(variant->picture, &self->arena);
}

/* clause: mmap.kind.tcp-maps-name */
TEST_F(socket, line_in_maps_names_the_inode)
{
	char link[32], name[64] = "";
	struct vma vma;

	NEED_MAPS();
	snprintf(link, sizeof(link), "/proc/self/fd/%d", self->fd);
	NEED(readlink(link, name, sizeof(name) - 1) > 0, "/proc/self/fd");
	SETUP(!strncmp(name, "socket:[", 8));
	ASSERT_OK(
		sys_mmap(slot(&self->arena, 1), pages(2), PROT_READ, variant->flags, self->fd, 0));

	EXPECT_EQ(1, maps_find((uintptr_t)slot(&self->arena, 1), &vma));
	EXPECT_TRUE(!strcmp(name, vma.name));
	EXPECT_TRUE(strtoull(name + 8, NULL, 10) == vma.inode);
	EXPECT_STREQ(variant->perms, vma.perms);
}

TEST_HARNESS_MAIN
