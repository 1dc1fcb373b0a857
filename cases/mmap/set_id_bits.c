// SPDX-License-Identifier: GPL-2.0
/*
 * A store to a file through a shared mapping, unlike a write, leaves it set-user-ID and
 * set-group-ID, whoever stores.
 */
#include <sys/stat.h>

#include "kselftest_harness.h"
#include "lib/expect.h"
#include "lib/loopfs.h"
#include "lib/syscalls.h"

#define MODE 06755
#define NOBODY 65534

static int mode(int fd)
{
	struct stat status;

	return fstat(fd, &status) ? -1 : (int)(status.st_mode & 07777);
}

FIXTURE(file)
{
	struct loopfs fs;
	int fd; /* two pages of 'f', of mode 6755 */
	volatile char *p; /* shared */
};
DISK_VARIANTS(file);
FIXTURE_SETUP(file)
{
	MOUNT_DISK(&self->fs, variant->type, 0, "");
	self->fd = loopfs_file(&self->fs, "file", O_RDWR | O_CREAT);
	SETUP(self->fd >= 0 && object_fill(self->fd, 0, pages(2), 'f') && !fsync(self->fd));
	SETUP(!fchown(self->fd, NOBODY, NOBODY) && !fchmod(self->fd, MODE));
	self->p = sys_mmap(NULL, pages(2), PROT_READ | PROT_WRITE, MAP_SHARED, self->fd, 0);
	SETUP(self->p != MAP_FAILED);
}
FIXTURE_TEARDOWN(file)
{
	sys_munmap((void *)self->p, pages(2));
	close(self->fd);
	loopfs_close(&self->fs);
}

/* clause: mmap.time.suid-kept */
TEST_F(file, store_leaves_them_and_write_does_not)
{
	self->p[0] = 's';
	EXPECT_EQ(MODE, mode(self->fd));
	CHILD(unprivileged) {
		SETUP(!setgid(NOBODY) && !setuid(NOBODY));
		self->p[pages(1)] = 's';
		SETUP(!sys_msync((void *)self->p, pages(2), MS_SYNC));
		EXPECT_EQ(MODE, mode(self->fd));
		SETUP(pwrite(self->fd, "w", 1, 1) == 1);
		EXPECT_EQ(MODE & 0777, mode(self->fd));
	}
	EXPECT_CHILD_OK(unprivileged);
	EXPECT_EQ('s', self->p[0]);
	EXPECT_EQ('s', self->p[pages(1)]);
}

TEST_HARNESS_MAIN
