// SPDX-License-Identifier: GPL-2.0
/*
 * A file that the kernel swaps to cannot be stored to: no shared mapping of it becomes writable,
 * and on those that were there before, a store is refused.
 */
#include "kselftest_harness.h"
#include "lib/arena.h"
#include "lib/expect.h"
#include "lib/loopfs.h"
#include "lib/swap.h"
#include "lib/syscalls.h"

#define RW (PROT_READ | PROT_WRITE)
#define COUNT 16 /* pages of the file */

EXCLUSIVE("swap");

FIXTURE(file)
{
	struct loopfs fs;
	struct arena arena; /* |rws|..|..|..|, the first of the file, mapped before */
	int fd, reader; /* descriptions from before */
	struct swap swap;
};
FIXTURE_SETUP(file)
{
	char path[SCRATCH_PATH_MAX];

	MOUNT_DISK(&self->fs, "ext4", 0, "");
	self->fd = loopfs_file(&self->fs, "swap", O_RDWR | O_CREAT);
	self->reader = loopfs_file(&self->fs, "swap", O_RDONLY);
	SETUP(self->fd >= 0 && self->reader >= 0 && swap_format(self->fd, COUNT));
	SETUP(arena_init(&self->arena, 4));
	SETUP(arena_map_file(&self->arena, 0, 1, "rws", self->fd, 0));
	SETUP(snprintf(path, sizeof(path), "%s/swap", self->fs.folder) < (int)sizeof(path));
	if (!swap_on(&self->swap, path)) {
		NEED_FEATURE(errno != ENOSYS, "swapon");
		SETUP(false);
	}
}
FIXTURE_TEARDOWN(file)
{
	swap_off(&self->swap);
	arena_free(&self->arena);
	close(self->reader);
	close(self->fd);
	loopfs_close(&self->fs);
}

/* clause: mmap.kind.swapfile-etxtbsy */
TEST_F(file, shared_writable_mapping_is_refused_until_swapoff)
{
	char *at = slot(&self->arena, 1), *private = slot(&self->arena, 2);

	EXPECT_ERRNO(ETXTBSY, sys_mmap(at, pages(1), RW, MAP_SHARED | MAP_FIXED, self->fd, 0));
	EXPECT_ERRNO(ETXTBSY,
		     sys_mmap(at, pages(1), PROT_WRITE, MAP_SHARED | MAP_FIXED, self->fd, 0));
	EXPECT_LAYOUT("rws .. .. ..", &self->arena);

	EXPECT_OK(sys_mmap(private, pages(1), RW, MAP_PRIVATE | MAP_FIXED, self->fd, 0));
	EXPECT_NO_FAULT(FAULT_WRITE, private);
	EXPECT_OK(sys_mmap(slot(&self->arena, 3), pages(1), PROT_READ, MAP_SHARED | MAP_FIXED,
			   self->fd, 0));
	EXPECT_LAYOUT("rws .. rw r-s", &self->arena);
	EXPECT_BYTES(0, slot(&self->arena, 3), 1);

	SETUP(swap_off(&self->swap));
	EXPECT_OK(sys_mmap(at, pages(1), RW, MAP_SHARED | MAP_FIXED, self->fd, 0));
	EXPECT_LAYOUT("rws rws rw r-s", &self->arena);
}

/* clause: mmap.order.write-eacces-before-etxtbsy */
TEST_F(file, read_only_descriptor_is_the_first_reason)
{
	void *at = slot(&self->arena, 1);

	EXPECT_ERRNO(EACCES, sys_mmap(at, pages(1), RW, MAP_SHARED | MAP_FIXED, self->reader, 0));
	EXPECT_ERRNO(ETXTBSY, sys_mmap(at, pages(1), RW, MAP_SHARED | MAP_FIXED, self->fd, 0));
	EXPECT_LAYOUT("rws .. .. ..", &self->arena);
}

/* clause: mmap.kind.swapfile-old-mapping-sigbus */
TEST_F(file, store_through_an_old_mapping_raises_sigbus)
{
	char *p = slot(&self->arena, 0);

	EXPECT_FAULT(SIGBUS, BUS_ADRERR, FAULT_WRITE, p);
	EXPECT_BYTES(0, p, 1);

	SETUP(swap_off(&self->swap));
	EXPECT_NO_FAULT(FAULT_WRITE, p);
	EXPECT_FILE_BYTES('!', self->fd, 0, 1);
}

TEST_HARNESS_MAIN
