// SPDX-License-Identifier: GPL-2.0
/*
 * What is looked for in the file first: the offset, the flags, the access mode, then whether it can
 * be mapped at all, then MAP_GROWSDOWN.
 */
#include <fcntl.h>
#include <stdio.h>

#include "kselftest_harness.h"
#include "lib/arena.h"
#include "lib/expect.h"
#include "lib/syscalls.h"

#define RW (PROT_READ | PROT_WRITE)
#define TOO_FAR ((uint64_t)1 << 63)

FIXTURE(file)
{
	int fd; /* a page */
	int write_only;
};
FIXTURE_VARIANT(file)
{
	unsigned long type;
};
/* clang-format off */
FIXTURE_VARIANT_ADD(file, private)	{ MAP_PRIVATE };
FIXTURE_VARIANT_ADD(file, shared)	{ MAP_SHARED };
/* clang-format on */
FIXTURE_SETUP(file)
{
	OPEN_OBJECT(self->fd, OBJECT_SCRATCH_FILE, pages(1), 'f');
	OPEN_OBJECT(self->write_only, OBJECT_WRITE_ONLY_FILE, pages(1), 'f');
}
FIXTURE_TEARDOWN(file)
{
	close(self->write_only);
	close(self->fd);
}

/* clause: mmap.order.eoverflow-before-type */
TEST_F(file, offset_before_type_and_mode)
{
	NEED(sizeof(long) == 8, "a 64-bit machine");

	EXPECT_ERRNO(EINVAL, sys_mmap(NULL, pages(1), RW, 0, self->fd, 0));
	EXPECT_ERRNO(EOVERFLOW, sys_mmap(NULL, pages(1), RW, variant->type, self->fd, TOO_FAR));
	EXPECT_ERRNO(EOVERFLOW, sys_mmap(NULL, pages(1), RW, 0, self->fd, TOO_FAR));
	EXPECT_ERRNO(EACCES, sys_mmap(NULL, pages(1), RW, variant->type, self->write_only, 0));
	EXPECT_ERRNO(EOVERFLOW,
		     sys_mmap(NULL, pages(1), RW, variant->type, self->write_only, TOO_FAR));
}

/* clause: mmap.order.enodev-before-growsdown */
TEST_F(file, mode_and_object_before_growsdown)
{
	unsigned long flags = variant->type | MAP_GROWSDOWN;
	int directory;

	OPEN_OBJECT(directory, OBJECT_DIRECTORY, 0, 0);

	EXPECT_ERRNO(ENODEV, sys_mmap(NULL, pages(1), PROT_READ, flags, directory, 0));
	EXPECT_ERRNO(EACCES, sys_mmap(NULL, pages(1), PROT_READ, flags, self->write_only, 0));
	EXPECT_ERRNO(EINVAL, sys_mmap(NULL, pages(1), PROT_READ, flags, self->fd, 0));
	close(directory);
}

/* clause: mmap.order.eopnotsupp-before-eacces */
TEST(unknown_flag_before_mode)
{
	unsigned long unknown = MAP_SHARED_VALIDATE | 0x200;
	int fd, read_only;

	OPEN_OBJECT(fd, OBJECT_SCRATCH_FILE, pages(1), 'f');
	OPEN_OBJECT(read_only, OBJECT_READ_ONLY_FILE, pages(1), 'f');

	EXPECT_ERRNO(EOPNOTSUPP, sys_mmap(NULL, pages(1), RW, unknown, fd, 0));
	EXPECT_ERRNO(EACCES, sys_mmap(NULL, pages(1), RW, MAP_SHARED_VALIDATE, read_only, 0));
	EXPECT_ERRNO(EOPNOTSUPP, sys_mmap(NULL, pages(1), RW, unknown, read_only, 0));
	close(read_only);
	close(fd);
}

/* clause: mmap.order.seal-after-access */
TEST(mode_before_seal)
{
	int fd, read_only;
	char path[32];

	OPEN_OBJECT(fd, OBJECT_MEMFD, pages(1), 'f');
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	read_only = open(path, O_RDONLY | O_CLOEXEC);
	NEED(read_only >= 0, "/proc");
	SETUP(!fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE));

	EXPECT_ERRNO(EPERM, sys_mmap(NULL, pages(1), RW, MAP_SHARED, fd, 0));
	EXPECT_ERRNO(EACCES, sys_mmap(NULL, pages(1), RW, MAP_SHARED, read_only, 0));
	close(read_only);
	close(fd);
}

TEST_HARNESS_MAIN
