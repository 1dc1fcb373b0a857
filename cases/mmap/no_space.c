// SPDX-License-Identifier: GPL-2.0
/*
 * Where the file system has no room for a page of a file, touching it in a shared mapping raises
 * SIGBUS: a store, and on tmpfs, which needs a page to show a hole, a load too.
 */
#include <sys/stat.h>

#include "kselftest_harness.h"
#include "lib/expect.h"
#include "lib/loopfs.h"
#include "lib/syscalls.h"

#define RW (PROT_READ | PROT_WRITE)
#define LENGTH pages(8)

/* The blocks that the file has. */
static long long blocks(int fd)
{
	struct stat status;

	return fstat(fd, &status) ? -1 : (long long)status.st_blocks;
}

/* Takes all the room that there is. */
static bool fill_up(const struct loopfs *fs)
{
	int fd = loopfs_file(fs, "filler", O_RDWR | O_CREAT);
	off_t length = 0;

	for (off_t part = 1 << 26; fd >= 0 && part; part /= 2)
		while (!fallocate(fd, 0, length, part))
			length += part;
	close(fd);
	return fd >= 0 && errno == ENOSPC;
}

FIXTURE(full)
{
	struct loopfs fs;
	int fd; /* a page of 'f', and holes */
	char *p; /* shared */
	long long blocks;
};
DISK_VARIANTS(full);
FIXTURE_SETUP(full)
{
	bool tmpfs = !strcmp(variant->type, "tmpfs");

	MOUNT_DISK(&self->fs, variant->type, 0, tmpfs ? "size=1m" : "");
	self->fd = loopfs_file(&self->fs, "file", O_RDWR | O_CREAT);
	SETUP(self->fd >= 0 && object_fill(self->fd, 0, pages(1), 'f'));
	SETUP(!ftruncate(self->fd, (off_t)LENGTH) && !fsync(self->fd));
	SETUP(fill_up(&self->fs));
	self->p = sys_mmap(NULL, LENGTH, RW, MAP_SHARED, self->fd, 0);
	SETUP(self->p != MAP_FAILED);
	self->blocks = blocks(self->fd);
}
FIXTURE_TEARDOWN(full)
{
	sys_munmap(self->p, LENGTH);
	close(self->fd);
	loopfs_close(&self->fs);
}

/*
 * clause: mmap.nospace.tmpfs-store-sigbus
 * clause: mmap.nospace.ext4-store-sigbus
 */
TEST_F(full, store_to_a_hole_raises_sigbus)
{
	EXPECT_FAULT(SIGBUS, BUS_ADRERR, FAULT_WRITE, self->p + pages(1));
	EXPECT_FAULT(SIGBUS, BUS_ADRERR, FAULT_WRITE, self->p + LENGTH - 1);
	if (!strcmp(variant->type, "tmpfs"))
		EXPECT_FAULT(SIGBUS, BUS_ADRERR, FAULT_READ, self->p + pages(1));
	else
		EXPECT_BYTES(0, self->p + pages(1), LENGTH - pages(1));
	EXPECT_EQ(self->blocks, blocks(self->fd));
	EXPECT_FILE_BYTES(0, self->fd, pages(1), LENGTH - pages(1));

	EXPECT_BYTES('f', self->p, pages(1));
	EXPECT_NO_FAULT(FAULT_WRITE, self->p);
	EXPECT_FILE_BYTES('!', self->fd, 0, 1);
}

TEST_HARNESS_MAIN
