// SPDX-License-Identifier: GPL-2.0
/*
 * A block device maps like a file, and its offsets end where those of a file do; so do those of
 * sockets.
 */
#include <netinet/in.h>
#include <sys/socket.h>

#include "kselftest_harness.h"
#include "lib/arena.h"
#include "lib/expect.h"
#include "lib/loopfs.h"
#include "lib/syscalls.h"

#define RW (PROT_READ | PROT_WRITE)
#define TOP_BIT ((uint64_t)1 << 63)

FIXTURE(disk)
{
	struct loopfs fs; /* not mounted */
	int fd, other; /* descriptions of the device */
};
FIXTURE_SETUP(disk)
{
	MOUNT_DISK(&self->fs, "ext4", 0, "");
	SETUP(loopfs_unmount(&self->fs));
	self->fd = open(self->fs.device, O_RDWR | O_CLOEXEC);
	self->other = open(self->fs.device, O_RDWR | O_CLOEXEC);
	SETUP(self->fd >= 0 && self->other >= 0);
	SETUP(object_fill(self->fd, 0, pages(2), 'f'));
}
FIXTURE_TEARDOWN(disk)
{
	close(self->other);
	close(self->fd);
	loopfs_close(&self->fs);
}

/* clause: mmap.kind.blockdev-ok */
TEST_F(disk, maps_like_a_file)
{
	char *p, *copy;

	ASSERT_OK(p = sys_mmap(NULL, pages(2), RW, MAP_SHARED, self->fd, 0));
	ASSERT_OK(copy = sys_mmap(NULL, pages(2), RW, MAP_PRIVATE, self->fd, 0));
	memset(copy + pages(1), 'c', pages(1));
	memset(p, 's', pages(1));
	EXPECT_FILE_BYTES('s', self->other, 0, pages(1));
	EXPECT_FILE_BYTES('f', self->other, pages(1), pages(1));
	EXPECT_BYTES('s', copy, pages(1));

	SETUP(object_fill(self->other, pages(1), pages(1), 'w'));
	EXPECT_BYTES('w', p + pages(1), pages(1));
	EXPECT_BYTES('c', copy + pages(1), pages(1));

	EXPECT_OK(sys_msync(p, pages(2), MS_SYNC));
	EXPECT_FILE_BYTES('s', self->fs.disk, 0, pages(1));
	EXPECT_FILE_BYTES('w', self->fs.disk, pages(1), pages(1));
	sys_munmap(p, pages(2));
	sys_munmap(copy, pages(2));
}

/* clause: mmap.off.block-and-socket-lfs */
TEST_F(disk, offset_ends_where_that_of_a_file_does)
{
	int tcp = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, IPPROTO_TCP);
	int fds[] = { self->fd, tcp };
	struct arena arena;
	void *p;

	NEED(sizeof(long) == 8, "a 64-bit machine");
	NEED(tcp >= 0, "TCP sockets");
	SETUP(arena_init(&arena, 2) && arena_map(&arena, 0, 1, "rw"));
	p = slot(&arena, 0);

	for (size_t i = 0; i < sizeof(fds) / sizeof(fds[0]); i++) {
		TH_LOG("%s", fds[i] == tcp ? "socket" : "block device");
		EXPECT_ERRNO(EOVERFLOW, sys_mmap(p, pages(1), PROT_READ, MAP_SHARED | MAP_FIXED,
						 fds[i], TOP_BIT - pages(1)));
		EXPECT_ERRNO(EOVERFLOW, sys_mmap(p, pages(1), PROT_READ, MAP_SHARED | MAP_FIXED,
						 fds[i], TOP_BIT));
		EXPECT_LAYOUT("rw ..", &arena);
		EXPECT_OK(sys_mmap(slot(&arena, 1), pages(1), PROT_READ, MAP_SHARED | MAP_FIXED,
				   fds[i], TOP_BIT - pages(2)));
		EXPECT_LAYOUT("rw r-s", &arena);
		SETUP(!sys_munmap(slot(&arena, 1), pages(1)));
	}
	arena_free(&arena);
	close(tcp);
}

TEST_HARNESS_MAIN
