// SPDX-License-Identifier: GPL-2.0
/*
 * MAP_SYNC with the old types, which take unknown flags as nothing: ignored by a tmpfs, refused by
 * ext4 without DAX, which looks at the mark that it leaves.
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
	struct arena arena;
	int fd; /* a page of 'f' */
};
DISK_MAPPING_VARIANTS(file);
FIXTURE_SETUP(file)
{
	MOUNT_DISK(&self->fs, variant->type, 0, "");
	self->fd = loopfs_file(&self->fs, "file", O_RDWR | O_CREAT);
	SETUP(self->fd >= 0 && object_fill(self->fd, 0, pages(1), 'f'));
	SETUP(arena_init(&self->arena, 2));
}
FIXTURE_TEARDOWN(file)
{
	arena_free(&self->arena);
	close(self->fd);
	loopfs_close(&self->fs);
}

/*
 * clause: mmap.sync.tmpfs-shared-ignored
 * clause: mmap.sync.ext4-shared-eopnotsupp
 */
TEST_F(file, is_refused_by_ext4_alone)
{
	unsigned long flags = variant->flags | MAP_FIXED;
	char *p = slot(&self->arena, 0);

	if (!strcmp(variant->type, "ext4")) {
		EXPECT_ERRNO(EOPNOTSUPP, sys_mmap(p, pages(1), RW, flags | MAP_SYNC, self->fd, 0));
		EXPECT_LAYOUT(".. ..", &self->arena);
	} else {
		EXPECT_OK(sys_mmap(p, pages(1), RW, flags | MAP_SYNC, self->fd, 0));
		EXPECT_LAYOUT(variant->flags == MAP_SHARED ? "rws .." : "rw ..", &self->arena);
		EXPECT_BYTES('f', p, pages(1));
	}
	EXPECT_OK(sys_mmap(p, pages(1), RW, flags, self->fd, 0));
	EXPECT_BYTES('f', p, pages(1));
}

TEST_HARNESS_MAIN
