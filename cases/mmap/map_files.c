// SPDX-License-Identifier: GPL-2.0
/*
 * /proc/self/map_files has a link for each mapping of a file, which leads to that file, and none
 * for anonymous memory.
 */
#include <inttypes.h>
#include <sys/stat.h>

#include "kselftest_harness.h"
#include "lib/arena.h"
#include "lib/expect.h"
#include "lib/syscalls.h"

#define LINK_MAX_BYTES 96

FIXTURE(mapped)
{
	struct arena arena;
	struct stat file;
	int fd; /* two pages of 'f' */
};
FIXTURE_VARIANT(mapped)
{
	enum object_kind kind;
	const char *access;
};
/* clang-format off */
FIXTURE_VARIANT_ADD(mapped, memfd_shared)	{ OBJECT_MEMFD, "rws" };
FIXTURE_VARIANT_ADD(mapped, memfd_private)	{ OBJECT_MEMFD, "rw" };
FIXTURE_VARIANT_ADD(mapped, scratch_shared)	{ OBJECT_SCRATCH_FILE, "rws" };
FIXTURE_VARIANT_ADD(mapped, scratch_private)	{ OBJECT_SCRATCH_FILE, "r-" };
/* clang-format on */
FIXTURE_SETUP(mapped)
{
	NEED(!access("/proc/self/map_files", X_OK), "/proc/self/map_files");
	OPEN_OBJECT(self->fd, variant->kind, pages(2), 'f');
	SETUP(!fstat(self->fd, &self->file));
	SETUP(arena_init(&self->arena, 4));
}
FIXTURE_TEARDOWN(mapped)
{
	arena_free(&self->arena);
	close(self->fd);
}

/* Looks up the link of so many slots from n on; whoever may not follow it gets EPERM. */
static int stat_link(const struct arena *arena, long n, long count, struct stat *status)
{
	char path[LINK_MAX_BYTES];

	snprintf(path, sizeof(path), "/proc/self/map_files/%" PRIxPTR "-%" PRIxPTR,
		 (uintptr_t)slot(arena, n), (uintptr_t)slot(arena, n + count));
	return stat(path, status);
}

/* clause: mmap.proc.map-files */
TEST_F(mapped, link_of_a_mapping_leads_to_its_file)
{
	struct stat seen = { 0 };

	SETUP(arena_map_file(&self->arena, 0, 2, variant->access, self->fd, 0));
	SETUP(arena_map(&self->arena, 3, 1, "rw"));
	NEED(!stat_link(&self->arena, 0, 2, &seen) || errno != EPERM, "CAP_CHECKPOINT_RESTORE");

	EXPECT_OK(stat_link(&self->arena, 0, 2, &seen));
	EXPECT_EQ(self->file.st_dev, seen.st_dev);
	EXPECT_EQ(self->file.st_ino, seen.st_ino);
	EXPECT_ERRNO(ENOENT, stat_link(&self->arena, 0, 1, &seen));
	EXPECT_ERRNO(ENOENT, stat_link(&self->arena, 3, 1, &seen)); /* anonymous */
	EXPECT_OK(sys_munmap(slot(&self->arena, 1), pages(1)));
	EXPECT_ERRNO(ENOENT, stat_link(&self->arena, 0, 2, &seen));
	EXPECT_OK(stat_link(&self->arena, 0, 1, &seen));
	EXPECT_EQ(self->file.st_ino, seen.st_ino);
}

TEST_HARNESS_MAIN
