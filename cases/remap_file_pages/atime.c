// SPDX-License-Identifier: GPL-2.0
/*
 * remap_file_pages is an access to the file, as mmap is, and the time of access says so; but not on
 * overlayfs, where what is mapped is a file of a layer, opened with O_NOATIME.
 */
#include <sys/stat.h>

#include "kselftest_harness.h"
#include "lib/arena.h"
#include "lib/expect.h"
#include "lib/syscalls.h"

EACH_FILESYSTEM;

#define LONG_AGO 1000000 /* seconds since 1970 */

static bool set_atime_long_ago(int fd)
{
	const struct timespec times[] = { { .tv_sec = LONG_AGO }, { .tv_nsec = UTIME_OMIT } };

	return !futimens(fd, times);
}

static bool accessed_since(int fd)
{
	struct stat status;

	return !fstat(fd, &status) && status.st_atime > LONG_AGO;
}

ARENA_FIXTURE(2);

/* clause: remap_file_pages.time.atime */
TEST_F(arena, time_of_access_is_that_of_the_call_but_on_overlayfs)
{
	void *p = slot(&self->arena, 0);
	int fd;

	NEED_FEATURE(!sys_remap_file_pages(NULL, 0, 0, 0, 0) || errno != ENOSYS,
		     "remap_file_pages");
	OPEN_OBJECT(fd, OBJECT_SCRATCH_FILE, pages(2), 'f');
	SETUP(set_atime_long_ago(fd));
	SETUP(arena_map_file(&self->arena, 0, 2, "rws", fd, 0));
	NEED(accessed_since(fd), "a file system that keeps the time of access");
	SETUP(set_atime_long_ago(fd) && !accessed_since(fd));

	EXPECT_OK(sys_remap_file_pages(p, pages(1), 0, 1, 0));
	EXPECT_EQ(object_filesystem(fd) != FS_MAGIC_OVERLAYFS, accessed_since(fd));
	close(fd);
}

TEST_HARNESS_MAIN
