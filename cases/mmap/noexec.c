// SPDX-License-Identifier: GPL-2.0
/*
 * Files of a file system mounted noexec are no code: PROT_EXEC is refused, and what is mapped
 * without it can never be executed.
 */
#include <sys/mount.h>
#include <sys/personality.h>

#include "kselftest_harness.h"
#include "lib/arena.h"
#include "lib/expect.h"
#include "lib/mounts.h"
#include "lib/smaps.h"
#include "lib/syscalls.h"

FIXTURE(noexec)
{
	struct arena arena;
	char path[SCRATCH_PATH_MAX]; /* of the folder that is the file system */
	int fd; /* a page of 'f' there */
	int write_only; /* the same file */
};
FIXTURE_VARIANT(noexec)
{
	unsigned long type;
	const char *picture; /* of a mapping that is read */
};
/* clang-format off */
FIXTURE_VARIANT_ADD(noexec, private)	{ MAP_PRIVATE, ".. r- .." };
FIXTURE_VARIANT_ADD(noexec, shared)	{ MAP_SHARED, ".. r-s .." };
/* clang-format on */
FIXTURE_SETUP(noexec)
{
	char file[SCRATCH_PATH_MAX + 8];

	NEED_OWN_PROCESS("it mounts");
	NEED(mounts_private(), "leave to mount");
	NEED(mount_new(self->path, "tmpfs", "tmpfs", MS_NOEXEC, NULL), "a tmpfs mounted noexec");
	snprintf(file, sizeof(file), "%s/file", self->path);
	self->fd = open(file, O_RDWR | O_CREAT | O_CLOEXEC, 0700);
	self->write_only = open(file, O_WRONLY | O_CLOEXEC);
	SETUP(self->fd >= 0 && self->write_only >= 0 && object_fill(self->fd, 0, pages(1), 'f'));
	SETUP(arena_init(&self->arena, 3));
}
FIXTURE_TEARDOWN(noexec)
{
	arena_free(&self->arena);
	close(self->write_only);
	close(self->fd);
}

/* clause: mmap.kind.noexec-exec-eperm */
TEST_F(noexec, code_is_refused)
{
	unsigned long flags = variant->type | MAP_FIXED;
	void *at = slot(&self->arena, 1);

	EXPECT_ERRNO(EPERM, sys_mmap(at, pages(1), PROT_READ | PROT_EXEC, flags, self->fd, 0));
	EXPECT_ERRNO(EPERM, sys_mmap(at, pages(1), PROT_EXEC, flags, self->fd, 0));
	EXPECT_LAYOUT(".. .. ..", &self->arena);
	EXPECT_OK(sys_mmap(at, pages(1), PROT_READ, flags, self->fd, 0));
	EXPECT_ERRNO(EPERM, sys_mmap(at, pages(1), PROT_READ | PROT_EXEC, flags, self->fd, 0));
	EXPECT_LAYOUT(variant->picture, &self->arena);
	EXPECT_BYTES('f', at, pages(1));
}

/* clause: mmap.kind.noexec-no-upgrade */
TEST_F(noexec, mapping_never_becomes_code)
{
	char flags[SMAPS_FLAGS_MAX], *p = slot(&self->arena, 1);

	NEED(smaps_flags(self, flags), "/proc/self/smaps with VmFlags");
	ASSERT_OK(sys_mmap(p, pages(1), PROT_READ, variant->type | MAP_FIXED, self->fd, 0));
	EXPECT_TRUE(smaps_marked(p, "mr"));
	EXPECT_FALSE(smaps_marked(p, "me"));
	EXPECT_ERRNO(EACCES, sys_mprotect(p, pages(1), PROT_READ | PROT_EXEC));
	EXPECT_ERRNO(EACCES, sys_mprotect(p, pages(1), PROT_EXEC));
	EXPECT_LAYOUT(variant->picture, &self->arena);
}

/* clause: mmap.personality.read-implies-exec-noexec */
TEST_F(noexec, reading_does_not_imply_executing)
{
	char flags[SMAPS_FLAGS_MAX], *p = slot(&self->arena, 0);
	int memfd;

	OPEN_OBJECT(memfd, OBJECT_MEMFD, pages(1), 'f');
	NEED(smaps_flags(self, flags), "/proc/self/smaps with VmFlags");
	NEED_FEATURE(personality(READ_IMPLIES_EXEC) >= 0, "READ_IMPLIES_EXEC");
	NEED_FEATURE(arena_map_file(&self->arena, 2, 1, "r-", memfd, 0) &&
			     smaps_marked(slot(&self->arena, 2), "ex"),
		     "READ_IMPLIES_EXEC");

	EXPECT_OK(sys_mmap(p, pages(1), PROT_READ, variant->type | MAP_FIXED, self->fd, 0));
	EXPECT_FALSE(smaps_marked(p, "ex"));
	EXPECT_TRUE(smaps_marked(p, "rd"));
	EXPECT_BYTES('f', p, pages(1));
	close(memfd);
}

/* clause: mmap.order.eacces-before-noexec */
TEST_F(noexec, mode_comes_first)
{
	unsigned long code = PROT_READ | PROT_EXEC;

	EXPECT_ERRNO(EPERM, sys_mmap(NULL, pages(1), code, variant->type, self->fd, 0));
	EXPECT_ERRNO(EACCES,
		     sys_mmap(NULL, pages(1), PROT_READ, variant->type, self->write_only, 0));
	EXPECT_ERRNO(EACCES, sys_mmap(NULL, pages(1), code, variant->type, self->write_only, 0));
	EXPECT_ERRNO(EACCES,
		     sys_mmap(NULL, pages(1), PROT_EXEC, variant->type, self->write_only, 0));
}

/* clause: mmap.order.noexec-before-enodev */
TEST_F(noexec, before_whether_the_object_can_be_mapped)
{
	int fds[] = { open(self->path, O_RDONLY | O_CLOEXEC), -1 };

	SETUP(fds[0] >= 0);
	OPEN_OBJECT(fds[1], OBJECT_PROC_FILE, 0, 0);
	for (int i = 0; i < 2; i++) {
		EXPECT_ERRNO(ENODEV, sys_mmap(NULL, pages(1), PROT_READ, variant->type, fds[i], 0));
		EXPECT_ERRNO(EPERM, sys_mmap(NULL, pages(1), PROT_READ | PROT_EXEC, variant->type,
					     fds[i], 0));
		close(fds[i]);
	}
}

/* clause: mmap.order.noexec-before-growsdown */
TEST_F(noexec, before_growsdown)
{
	unsigned long flags = variant->type | MAP_GROWSDOWN;

	EXPECT_ERRNO(EINVAL, sys_mmap(NULL, pages(1), PROT_READ, flags, self->fd, 0));
	EXPECT_ERRNO(EPERM, sys_mmap(NULL, pages(1), PROT_READ | PROT_EXEC, flags, self->fd, 0));
}

TEST_HARNESS_MAIN
