// SPDX-License-Identifier: GPL-2.0
/*
 * remap_file_pages of a file that is mounted noexec leaves it what it was: no code.
 */
#include <sys/mount.h>

#include "kselftest_harness.h"
#include "lib/arena.h"
#include "lib/expect.h"
#include "lib/letters.h"
#include "lib/mounts.h"
#include "lib/syscalls.h"

ARENA_FIXTURE(4);

/* clause: remap_file_pages.perm.noexec-unchanged */
TEST_F(arena, file_mounted_noexec_is_taken_and_never_becomes_code)
{
	char path[SCRATCH_PATH_MAX], file[SCRATCH_PATH_MAX + 8], *p = slot(&self->arena, 0);
	int fd;

	NEED_OWN_PROCESS("it mounts");
	NEED_FEATURE(!sys_remap_file_pages(NULL, 0, 0, 0, 0) || errno != ENOSYS,
		     "remap_file_pages");
	NEED(mounts_private(), "leave to mount");
	NEED(mount_new(path, "tmpfs", "tmpfs", MS_NOEXEC, NULL), "a tmpfs mounted noexec");
	snprintf(file, sizeof(file), "%s/file", path);
	fd = open(file, O_RDWR | O_CREAT | O_CLOEXEC, 0700);
	SETUP(fd >= 0 && letters_write(fd, "abcd"));
	SETUP(arena_map_file(&self->arena, 0, 4, "rws", fd, 0));

	EXPECT_OK(sys_remap_file_pages(p + pages(1), pages(2), 0, 0, 0));
	EXPECT_STREQ("aabd", letters_at(p, 4));
	EXPECT_ERRNO(EACCES, sys_mprotect(p, pages(1), PROT_READ | PROT_EXEC));
	EXPECT_ERRNO(EACCES, sys_mprotect(p + pages(1), pages(2), PROT_READ | PROT_EXEC));
	EXPECT_LAYOUT("rws rws rws rws", &self->arena);
	close(fd);
}

TEST_HARNESS_MAIN
