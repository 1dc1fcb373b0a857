// SPDX-License-Identifier: GPL-2.0
/*
 * An append-only file cannot be mapped shared through a descriptor that could write; mappings that
 * were there before stay.
 */
#include "kselftest_harness.h"
#include "lib/arena.h"
#include "lib/expect.h"
#include "lib/loopfs.h"
#include "lib/syscalls.h"

#define RW (PROT_READ | PROT_WRITE)

FIXTURE(file)
{
	struct loopfs fs;
	struct arena arena; /* |rws|..|..|, the first of the file */
	int fd, appending, reading; /* descriptions of a page of 'f', append-only by now */
};
FIXTURE_SETUP(file)
{
	int attributes;

	MOUNT_DISK(&self->fs, "ext4", 0, "");
	self->fd = loopfs_file(&self->fs, "file", O_RDWR | O_CREAT);
	self->reading = loopfs_file(&self->fs, "file", O_RDONLY);
	SETUP(self->fd >= 0 && self->reading >= 0 && object_fill(self->fd, 0, pages(1), 'f'));
	SETUP(arena_init(&self->arena, 3));
	SETUP(arena_map_file(&self->arena, 0, 1, "rws", self->fd, 0));
	SETUP(!ioctl(self->fd, FS_IOC_GETFLAGS, &attributes));
	attributes |= FS_APPEND_FL;
	SETUP(!ioctl(self->fd, FS_IOC_SETFLAGS, &attributes));
	self->appending = loopfs_file(&self->fs, "file", O_RDWR | O_APPEND);
	SETUP(self->appending >= 0);
}
FIXTURE_TEARDOWN(file)
{
	arena_free(&self->arena);
	close(self->appending);
	close(self->reading);
	close(self->fd);
	loopfs_close(&self->fs);
}

/* clause: mmap.kind.append-only-rdwr-eacces */
TEST_F(file, shared_mapping_of_a_writable_descriptor_is_refused)
{
	void *at = slot(&self->arena, 1);
	unsigned long flags = MAP_SHARED | MAP_FIXED;

	for (unsigned long prot = PROT_NONE; prot <= RW; prot++) {
		TH_LOG("prot %lu", prot);
		EXPECT_ERRNO(EACCES, sys_mmap(at, pages(1), prot, flags, self->fd, 0));
		EXPECT_ERRNO(EACCES, sys_mmap(at, pages(1), prot, flags, self->appending, 0));
	}
	EXPECT_LAYOUT("rws .. ..", &self->arena);
}

/* clause: mmap.kind.append-only-others-ok */
TEST_F(file, others_are_not)
{
	char *shared = slot(&self->arena, 1), *private = slot(&self->arena, 2);

	EXPECT_OK(sys_mmap(shared, pages(1), PROT_READ, MAP_SHARED | MAP_FIXED, self->reading, 0));
	EXPECT_OK(sys_mmap(private, pages(1), RW, MAP_PRIVATE | MAP_FIXED, self->fd, 0));
	EXPECT_LAYOUT("rws r-s rw", &self->arena);
	memset(private, 'c', pages(1));
	EXPECT_BYTES('f', shared, pages(1));
	EXPECT_BYTES('c', private, pages(1));
}

/* clause: mmap.kind.append-only-old-mapping */
TEST_F(file, mapping_from_before_stays_writable)
{
	char *p = slot(&self->arena, 0);

	EXPECT_NO_FAULT(FAULT_WRITE, p);
	EXPECT_FILE_BYTES('!', self->reading, 0, 1);
	EXPECT_OK(sys_mprotect(p, pages(1), PROT_READ));
	EXPECT_OK(sys_mprotect(p, pages(1), RW));
	EXPECT_LAYOUT("rws .. ..", &self->arena);
	EXPECT_NO_FAULT(FAULT_WRITE, p + 1);
	EXPECT_FILE_BYTES('!', self->reading, 1, 1);
}

TEST_HARNESS_MAIN
