// SPDX-License-Identifier: GPL-2.0
/*
 * The files of a file system that was shut down cannot be mapped any more; what is mapped and in
 * memory can still be read.
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
	struct arena arena; /* |r-s|..|..|, the first of the file */
	int fd, reading; /* descriptions of a page of 'f' on a file system that was shut down */
};
FIXTURE_SETUP(file)
{
	uint32_t how = EXT4_GOING_FLAGS_NOLOGFLUSH;

	MOUNT_DISK(&self->fs, "ext4", 0, "");
	self->fd = loopfs_file(&self->fs, "file", O_RDWR | O_CREAT);
	self->reading = loopfs_file(&self->fs, "file", O_RDONLY);
	SETUP(self->fd >= 0 && self->reading >= 0 && object_fill(self->fd, 0, pages(1), 'f'));
	SETUP(arena_init(&self->arena, 3));
	SETUP(arena_map_file(&self->arena, 0, 1, "r-s", self->fd, 0));
	NEED(!ioctl(self->fd, EXT4_IOC_SHUTDOWN, &how), "EXT4_IOC_SHUTDOWN");
}
FIXTURE_TEARDOWN(file)
{
	arena_free(&self->arena);
	close(self->reading);
	close(self->fd);
	loopfs_close(&self->fs);
}

/* clause: mmap.kind.ext4-shutdown-eio */
TEST_F(file, is_not_mapped_any_more)
{
	const unsigned long types[] = { MAP_SHARED, MAP_PRIVATE, MAP_SHARED_VALIDATE };
	void *at = slot(&self->arena, 1);

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		unsigned long flags = types[i] | MAP_FIXED;

		TH_LOG("type %lu", types[i]);
		EXPECT_ERRNO(EIO, sys_mmap(at, pages(1), PROT_READ, flags, self->reading, 0));
		EXPECT_ERRNO(EIO, sys_mmap(at, pages(1), PROT_READ, flags, self->fd, 0));
		EXPECT_ERRNO(EIO, sys_mmap(at, pages(1), RW, flags, self->fd, 0));
	}
	EXPECT_LAYOUT("r-s .. ..", &self->arena);
	EXPECT_BYTES('f', slot(&self->arena, 0), pages(1));
}

TEST_HARNESS_MAIN
