// SPDX-License-Identifier: GPL-2.0
/*
 * What the kernel shows of a shared mapping: one that no descriptor can write is marked as one that
 * might have been shared, and anonymous memory has an object with an inode.
 */
#include "kselftest_harness.h"
#include "lib/arena.h"
#include "lib/expect.h"
#include "lib/smaps.h"
#include "lib/syscalls.h"

ARENA_FIXTURE(4);

/* clause: mmap.kind.readonly-shared-vmflags */
TEST_F(arena, read_only_descriptor_leaves_a_mapping_half_shared)
{
	char flags[SMAPS_FLAGS_MAX], *p = slot(&self->arena, 0), *writable = slot(&self->arena, 2);
	int fd, read_write;
	struct vma vma;

	NEED_MAPS();
	NEED(smaps_flags(self, flags), "/proc/self/smaps with VmFlags");
	OPEN_OBJECT(fd, OBJECT_READ_ONLY_FILE, pages(1), 'f');
	OPEN_OBJECT(read_write, OBJECT_SCRATCH_FILE, pages(1), 'f');
	SETUP(arena_map_file(&self->arena, 2, 1, "r-s", read_write, 0));

	ASSERT_OK(sys_mmap(p, pages(1), PROT_READ, MAP_SHARED | MAP_FIXED, fd, 0));
	EXPECT_EQ(1, maps_find((uintptr_t)p, &vma));
	EXPECT_STREQ("r--s", vma.perms);
	EXPECT_TRUE(smaps_marked(p, "ms"));
	EXPECT_FALSE(smaps_marked(p, "sh"));
	EXPECT_FALSE(smaps_marked(p, "mw"));
	EXPECT_TRUE(smaps_marked(writable, "ms"));
	EXPECT_TRUE(smaps_marked(writable, "sh"));
	EXPECT_TRUE(smaps_marked(writable, "mw"));
	close(fd);
	close(read_write);
}

/* clause: mmap.kind.anon-shared-name */
TEST_F(arena, anonymous_memory_is_shown_as_a_file_of_its_own)
{
	struct vma one, other;

	NEED_MAPS();
	SETUP(arena_map(&self->arena, 0, 1, "rws"));
	SETUP(arena_map(&self->arena, 2, 2, "r-s"));

	EXPECT_EQ(1, maps_find((uintptr_t)slot(&self->arena, 0), &one));
	EXPECT_EQ(1, maps_find((uintptr_t)slot(&self->arena, 2), &other));
	EXPECT_STREQ("/dev/zero (deleted)", one.name);
	EXPECT_STREQ("/dev/zero (deleted)", other.name);
	EXPECT_TRUE(one.inode && other.inode);
	EXPECT_TRUE(one.inode != other.inode);
}

TEST_HARNESS_MAIN
