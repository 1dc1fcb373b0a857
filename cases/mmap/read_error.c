// SPDX-License-Identifier: GPL-2.0
/*
 * A page that cannot be read from the disk raises SIGBUS.
 */
#include "kselftest_harness.h"
#include "lib/expect.h"
#include "lib/frail.h"
#include "lib/syscalls.h"

FIXTURE(disk)
{
	struct frail disk;
	int fd; /* two pages of 'f', of which none is in memory */
	char *p;
};
FIXTURE_VARIANT(disk)
{
	unsigned long flags;
};
/* clang-format off */
FIXTURE_VARIANT_ADD(disk, shared)	{ MAP_SHARED };
FIXTURE_VARIANT_ADD(disk, private)	{ MAP_PRIVATE };
/* clang-format on */
FIXTURE_SETUP(disk)
{
	MOUNT_FRAIL(&self->disk, "ext4");
	self->fd = loopfs_file(&self->disk.fs, "file", O_RDWR | O_CREAT);
	SETUP(self->fd >= 0 && object_fill(self->fd, 0, pages(2), 'f') && !fsync(self->fd));
	SETUP(!posix_fadvise(self->fd, 0, 0, POSIX_FADV_DONTNEED));
	self->p = sys_mmap(NULL, pages(2), PROT_READ | PROT_WRITE, variant->flags, self->fd, 0);
	SETUP(self->p != MAP_FAILED);
	SETUP(frail_fail_reads(&self->disk));
}
FIXTURE_TEARDOWN(disk)
{
	sys_munmap(self->p, pages(2));
	close(self->fd);
	frail_close(&self->disk);
}

/* clause: mmap.readerror.sigbus */
TEST_F(disk, page_that_cannot_be_read_raises_sigbus)
{
	char byte;

	EXPECT_FAULT(SIGBUS, BUS_ADRERR, FAULT_READ, self->p + pages(1));
	EXPECT_FAULT(SIGBUS, BUS_ADRERR, FAULT_READ, self->p + pages(2) - 1);
	EXPECT_FAULT(SIGBUS, BUS_ADRERR, FAULT_WRITE, self->p + pages(1));
	EXPECT_ERRNO(EIO, pread(self->fd, &byte, 1, (off_t)pages(1)));
}

TEST_HARNESS_MAIN
