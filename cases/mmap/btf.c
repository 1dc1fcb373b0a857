// SPDX-License-Identifier: GPL-2.0
/*
 * The types of the kernel can be mapped to be read, from their start on and privately.
 */
#include "kselftest_harness.h"
#include "lib/arena.h"
#include "lib/expect.h"
#include "lib/syscalls.h"

#define BTF "/sys/kernel/btf/vmlinux"

ARENA_FIXTURE(3);

/* clause: mmap.kind.btf-private-only */
TEST_F(arena, types_are_mapped_to_be_read_and_not_to_be_shared)
{
	unsigned long flags = MAP_PRIVATE | MAP_FIXED;
	char head[64], *p = slot(&self->arena, 1);
	int fd = open(BTF, O_RDONLY | O_CLOEXEC);

	NEED(fd >= 0, BTF);
	SETUP(pread(fd, head, sizeof(head), 0) == sizeof(head));

	EXPECT_ADDR(p, sys_mmap(p, pages(1), PROT_READ, flags, fd, 0));
	EXPECT_COPY(head, p, sizeof(head));
	EXPECT_LAYOUT(".. r- ..", &self->arena);
	EXPECT_ERRNO(EINVAL, sys_mmap(NULL, pages(1), PROT_READ, MAP_PRIVATE, fd, pages(1)));
	EXPECT_ERRNO(EACCES, sys_mmap(NULL, pages(1), PROT_READ, MAP_SHARED, fd, 0));
	EXPECT_ERRNO(EACCES, sys_mmap(NULL, pages(1), PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0));
	EXPECT_ERRNO(EACCES, sys_mprotect(p, pages(1), PROT_READ | PROT_WRITE));
	close(fd);
}

TEST_HARNESS_MAIN
