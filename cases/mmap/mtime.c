// SPDX-License-Identifier: GPL-2.0
/*
 * A file is modified, as its timestamps tell it, by the first store to each clean page of a shared
 * mapping: not by mapping it, nor by further stores. A file system that keeps its files in memory
 * hears of stores only where they raise a fault of their own.
 */
#include "kselftest_harness.h"
#include "lib/expect.h"
#include "lib/filetimes.h"
#include "lib/loopfs.h"
#include "lib/syscalls.h"

#define RW (PROT_READ | PROT_WRITE)

FIXTURE(file)
{
	struct loopfs fs;
	int fd; /* two pages of 'f', modified long ago */
	volatile char *p, *copy; /* shared, private; no page was touched yet */
};
DISK_VARIANTS(file);
FIXTURE_SETUP(file)
{
	MOUNT_DISK(&self->fs, variant->type, 0, "");
	self->fd = loopfs_file(&self->fs, "file", O_RDWR | O_CREAT);
	SETUP(self->fd >= 0 && object_fill(self->fd, 0, pages(2), 'f') && !fsync(self->fd));
	SETUP(filetimes_set(self->fd, LONG_AGO, LONG_AGO));
	self->p = sys_mmap(NULL, pages(2), RW, MAP_SHARED, self->fd, 0);
	self->copy = sys_mmap(NULL, pages(2), RW, MAP_PRIVATE, self->fd, 0);
	SETUP(self->p != MAP_FAILED && self->copy != MAP_FAILED);
}
FIXTURE_TEARDOWN(file)
{
	sys_munmap((void *)self->copy, pages(2));
	sys_munmap((void *)self->p, pages(2));
	close(self->fd);
	loopfs_close(&self->fs);
}

/* clause: mmap.time.mtime-not-on-mmap */
TEST_F(file, mapping_it_does_not_modify_it)
{
	EXPECT_EQ(LONG_AGO, file_mtime(self->fd));
	EXPECT_OK(sys_mmap(NULL, pages(1), RW, MAP_SHARED | MAP_POPULATE, self->fd, 0));
	EXPECT_EQ(LONG_AGO, file_mtime(self->fd));
	EXPECT_EQ('f', self->p[0]);
	EXPECT_EQ(LONG_AGO, file_mtime(self->fd));
}

/* clause: mmap.time.private-store-no-mtime */
TEST_F(file, private_stores_do_not_modify_it)
{
	/* Not read first, and read first; a load may map the pages around it, too. */
	self->copy[pages(1)] = 'c';
	EXPECT_EQ('f', self->copy[0]);
	self->copy[0] = 'c';
	EXPECT_EQ(LONG_AGO, file_mtime(self->fd));
}

/* clause: mmap.time.mtime-on-first-store */
TEST_F(file, first_store_to_a_page_does)
{
	long long changed = file_ctime(self->fd);

	SETUP(file_ctime_passed(self->fd));
	self->p[0] = 's';
	EXPECT_LT(LONG_AGO, file_mtime(self->fd));
	EXPECT_LT(changed, file_ctime(self->fd));

	SETUP(filetimes_set(self->fd, LONG_AGO, LONG_AGO));
	self->p[pages(1)] = 's';
	EXPECT_LT(LONG_AGO, file_mtime(self->fd));
}

/* clause: mmap.time.mtime-not-on-second-store */
TEST_F(file, second_store_to_it_does_not)
{
	self->p[0] = 's';
	SETUP(filetimes_set(self->fd, LONG_AGO, LONG_AGO));

	self->p[1] = 's';
	EXPECT_EQ(LONG_AGO, file_mtime(self->fd));
}

FIXTURE(loaded)
{
	struct loopfs fs;
	int fd;
	volatile char *p; /* shared; loaded from, and not stored to */
};
FIXTURE_VARIANT(loaded)
{
	const char *type;
	bool noticed; /* is a store after a load a modification? */
};
/* clang-format off */
FIXTURE_VARIANT_ADD(loaded, tmpfs)	{ "tmpfs", false };
FIXTURE_VARIANT_ADD(loaded, ext4)	{ "ext4", true };
/* clang-format on */
FIXTURE_SETUP(loaded)
{
	MOUNT_DISK(&self->fs, variant->type, 0, "");
	self->fd = loopfs_file(&self->fs, "file", O_RDWR | O_CREAT);
	SETUP(self->fd >= 0 && object_fill(self->fd, 0, pages(1), 'f') && !fsync(self->fd));
	SETUP(filetimes_set(self->fd, LONG_AGO, LONG_AGO));
	self->p = sys_mmap(NULL, pages(1), RW, MAP_SHARED, self->fd, 0);
	SETUP(self->p != MAP_FAILED && self->p[0] == 'f');
}
FIXTURE_TEARDOWN(loaded)
{
	sys_munmap((void *)self->p, pages(1));
	close(self->fd);
	loopfs_close(&self->fs);
}

/* clause: mmap.time.tmpfs-load-hides-store */
TEST_F(loaded, store_after_a_load_is_noticed_by_a_file_system_with_a_disk)
{
	volatile char *fresh;

	self->p[0] = 's';
	EXPECT_EQ(variant->noticed, file_mtime(self->fd) > LONG_AGO);

	fresh = sys_mmap(NULL, pages(1), RW, MAP_SHARED, self->fd, 0);
	SETUP(fresh != MAP_FAILED && !fsync(self->fd));
	SETUP(filetimes_set(self->fd, LONG_AGO, LONG_AGO));
	fresh[0] = 't'; /* its first touch */
	EXPECT_LT(LONG_AGO, file_mtime(self->fd));
}

/* clause: mmap.time.mtime-after-clean */
TEST_F(loaded, and_so_is_one_after_a_sync)
{
	self->p[0] = 's';
	SETUP(!sys_msync((void *)self->p, pages(1), MS_SYNC));
	SETUP(filetimes_set(self->fd, LONG_AGO, LONG_AGO));

	self->p[0] = 't';
	EXPECT_EQ(variant->noticed, file_mtime(self->fd) > LONG_AGO);
}

TEST_HARNESS_MAIN
