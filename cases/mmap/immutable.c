// SPDX-License-Identifier: GPL-2.0
/*
 * That a file is immutable shows, on ext4, when a page of a shared mapping is first stored to, not
 * when it is mapped.
 */
#include "kselftest_harness.h"
#include "lib/expect.h"
#include "lib/loopfs.h"
#include "lib/syscalls.h"

#define RW (PROT_READ | PROT_WRITE)

static bool set_immutable(int fd, bool immutable)
{
	int attributes;

	if (ioctl(fd, FS_IOC_GETFLAGS, &attributes))
		return false;
	attributes &= ~FS_IMMUTABLE_FL;
	if (immutable)
		attributes |= FS_IMMUTABLE_FL;
	return !ioctl(fd, FS_IOC_SETFLAGS, &attributes);
}

FIXTURE(file)
{
	struct loopfs fs;
	int fd; /* two pages of 'f', opened before they became immutable */
	char *before; /* shared, mapped before */
};
FIXTURE_SETUP(file)
{
	MOUNT_DISK(&self->fs, "ext4", 0, "");
	self->fd = loopfs_file(&self->fs, "file", O_RDWR | O_CREAT);
	SETUP(self->fd >= 0 && object_fill(self->fd, 0, pages(2), 'f') && !fsync(self->fd));
	self->before = sys_mmap(NULL, pages(2), RW, MAP_SHARED, self->fd, 0);
	SETUP(self->before != MAP_FAILED);
	SETUP(set_immutable(self->fd, true));
}
FIXTURE_TEARDOWN(file)
{
	sys_munmap(self->before, pages(2));
	close(self->fd);
	loopfs_close(&self->fs);
}

/* clause: mmap.kind.immutable-map-ok */
TEST_F(file, maps_as_its_descriptor_allows)
{
	char *p;

	ASSERT_OK(p = sys_mmap(NULL, pages(2), RW, MAP_SHARED, self->fd, 0));
	EXPECT_BYTES('f', p, pages(2));
	SETUP(set_immutable(self->fd, false));
	EXPECT_NO_FAULT(FAULT_WRITE, p);
	EXPECT_FILE_BYTES('!', self->fd, 0, 1);
	sys_munmap(p, pages(2));
}

/* clause: mmap.kind.immutable-write-sigbus */
TEST_F(file, first_store_to_a_shared_page_is_refused)
{
	char *shared = sys_mmap(NULL, pages(2), RW, MAP_SHARED, self->fd, 0);
	char *private = sys_mmap(NULL, pages(2), RW, MAP_PRIVATE, self->fd, 0);

	SETUP(shared != MAP_FAILED && private != MAP_FAILED);
	EXPECT_FAULT(SIGBUS, BUS_ADRERR, FAULT_WRITE, shared);
	EXPECT_FAULT(SIGBUS, BUS_ADRERR, FAULT_WRITE, shared + pages(2) - 1);
	EXPECT_FAULT(SIGBUS, BUS_ADRERR, FAULT_WRITE, self->before);
	EXPECT_BYTES('f', shared, pages(2));
	EXPECT_NO_FAULT(FAULT_WRITE, private);
	EXPECT_BYTES('!', private, 1);
	EXPECT_FILE_BYTES('f', self->fd, 0, pages(2));
	sys_munmap(private, pages(2));
	sys_munmap(shared, pages(2));
}

TEST_HARNESS_MAIN
