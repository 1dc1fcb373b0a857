// SPDX-License-Identifier: GPL-2.0
/*
 * The time of a store through a shared mapping is in st_mtime when msync returns, and msync itself
 * is no store.
 */
#include <sys/stat.h>

#include "kselftest_harness.h"
#include "lib/expect.h"
#include "lib/object.h"
#include "lib/syscalls.h"

EACH_FILESYSTEM;

#define LONG_AGO 1000000 /* seconds since 1970 */

static bool set_mtime_long_ago(int fd)
{
	const struct timespec times[] = { { .tv_nsec = UTIME_OMIT }, { .tv_sec = LONG_AGO } };

	return !futimens(fd, times);
}

static long long mtime(int fd)
{
	struct stat status;

	return fstat(fd, &status) ? -1 : status.st_mtime;
}

FIXTURE(file)
{
	int fd;
	volatile char *p; /* shared; no page was touched yet */
};
FIXTURE_VARIANT(file)
{
	enum object_kind kind;
	int flags;
};
/* clang-format off */
FIXTURE_VARIANT_ADD(file, memfd_sync)		{ OBJECT_MEMFD, MS_SYNC };
FIXTURE_VARIANT_ADD(file, memfd_async)		{ OBJECT_MEMFD, MS_ASYNC };
FIXTURE_VARIANT_ADD(file, scratch_sync)		{ OBJECT_SCRATCH_FILE, MS_SYNC };
FIXTURE_VARIANT_ADD(file, scratch_async)	{ OBJECT_SCRATCH_FILE, MS_ASYNC };
/* clang-format on */
FIXTURE_SETUP(file)
{
	OPEN_OBJECT(self->fd, variant->kind, pages(1), 'f');
	self->p = sys_mmap(NULL, pages(1), PROT_READ | PROT_WRITE, MAP_SHARED, self->fd, 0);
	SETUP(self->p != MAP_FAILED);
	SETUP(set_mtime_long_ago(self->fd));
}
FIXTURE_TEARDOWN(file)
{
	sys_munmap((void *)self->p, pages(1));
	close(self->fd);
}

/* clause: msync.time.mtime-before-return */
TEST_F(file, first_store_to_a_page_shows_when_msync_returns)
{
	self->p[0] = 's';

	EXPECT_OK(sys_msync((void *)self->p, pages(1), variant->flags));
	EXPECT_LT(LONG_AGO, mtime(self->fd));
}

FIXTURE(ext4)
{
	int fd;
	volatile char *p; /* shared, its page just stored to; and then st_mtime set back */
};
FIXTURE_SETUP(ext4)
{
	OPEN_OBJECT(self->fd, OBJECT_SCRATCH_FILE, pages(1), 'f');
	NEED(object_filesystem(self->fd) == FS_MAGIC_EXT4, "a scratch folder on ext4");
	self->p = sys_mmap(NULL, pages(1), PROT_READ | PROT_WRITE, MAP_SHARED, self->fd, 0);
	SETUP(self->p != MAP_FAILED);
	SETUP(set_mtime_long_ago(self->fd));
	self->p[0] = 's';
}
FIXTURE_TEARDOWN(ext4)
{
	sys_munmap((void *)self->p, pages(1));
	close(self->fd);
}

/* clause: msync.time.sync-no-mtime-itself */
TEST_F(ext4, mtime_is_of_the_store_and_not_of_msync)
{
	EXPECT_LT(LONG_AGO, mtime(self->fd)); /* no msync was needed for it */

	SETUP(set_mtime_long_ago(self->fd));
	EXPECT_OK(sys_msync((void *)self->p, pages(1), MS_ASYNC));
	EXPECT_EQ(LONG_AGO, mtime(self->fd));
	EXPECT_OK(sys_msync((void *)self->p, pages(1), MS_SYNC));
	EXPECT_EQ(LONG_AGO, mtime(self->fd));
}

/* clause: msync.time.next-store-notified */
TEST_F(ext4, store_after_a_sync_is_a_new_modification)
{
	EXPECT_OK(sys_msync((void *)self->p, pages(1), MS_SYNC));
	SETUP(set_mtime_long_ago(self->fd));

	self->p[1] = 's';
	EXPECT_LT(LONG_AGO, mtime(self->fd));
}

TEST_HARNESS_MAIN
