// SPDX-License-Identifier: GPL-2.0
/*
 * A file that is being executed cannot be written, but mapped privately it can.
 */
#include "kselftest_harness.h"
#include "lib/arena.h"
#include "lib/expect.h"
#include "lib/syscalls.h"

#define EXECUTABLE "/proc/self/exe"

ARENA_FIXTURE(3);

/* clause: mmap.kind.executing-file-private-ok */
TEST_F(arena, its_private_copy_is_written_and_the_file_is_not)
{
	char *p = slot(&self->arena, 1), head[4];
	int fd = open(EXECUTABLE, O_RDONLY | O_CLOEXEC);

	NEED(fd >= 0, EXECUTABLE);
	SETUP(pread(fd, head, sizeof(head), 0) == sizeof(head));

	EXPECT_ERRNO(ETXTBSY, open(EXECUTABLE, O_WRONLY | O_CLOEXEC));
	EXPECT_ERRNO(ETXTBSY, open(EXECUTABLE, O_RDWR | O_CLOEXEC));
	ASSERT_OK(sys_mmap(p, pages(1), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_FIXED, fd, 0));
	EXPECT_COPY(head, p, sizeof(head));
	EXPECT_NO_FAULT(FAULT_WRITE, p);
	EXPECT_BYTES('!', p, 1);
	EXPECT_FILE_BYTES(head[0], fd, 0, 1);
	EXPECT_LAYOUT(".. rw ..", &self->arena);
	close(fd);
}

TEST_HARNESS_MAIN
