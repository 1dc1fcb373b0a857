// SPDX-License-Identifier: GPL-2.0
/*
 * A mapping that a write seal refuses replaces nothing.
 */
#include "kselftest_harness.h"
#include "lib/arena.h"
#include "lib/expect.h"
#include "lib/syscalls.h"

ARENA_FIXTURE(3);

/* clause: mmap.seal.fixed-keeps-old */
TEST_F(arena, what_was_mapped_there_stays)
{
	unsigned long flags = MAP_SHARED | MAP_FIXED;
	char *p = slot(&self->arena, 0);
	int fd;

	OPEN_OBJECT(fd, OBJECT_MEMFD, pages(1), 'f');
	NEED_FEATURE(!fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE), "file seals");
	SETUP(arena_map(&self->arena, 0, 3, "rw"));
	memset(p, 'x', pages(3));

	EXPECT_ERRNO(EPERM, sys_mmap(p + pages(1), pages(1), PROT_READ | PROT_WRITE, flags, fd, 0));
	EXPECT_LAYOUT("rw rw rw", &self->arena);
	EXPECT_BYTES('x', p, pages(3));
	close(fd);
}

TEST_HARNESS_MAIN
