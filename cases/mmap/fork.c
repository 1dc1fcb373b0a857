// SPDX-License-Identifier: GPL-2.0
/*
 * A forked child has the mappings of its parent, each as it is but unlocked; one that shares the
 * memory has the parent's own.
 */
#include <sched.h>

#include "kselftest_harness.h"
#include "lib/arena.h"
#include "lib/child.h"
#include "lib/expect.h"
#include "lib/smaps.h"
#include "lib/syscalls.h"

#define RW (PROT_READ | PROT_WRITE)
#define VMAS_MAX 128

FIXTURE(several)
{
	struct arena arena; /* |rw|r-|..|rws|r-s|..|rw|--|: the last rw is locked */
	int fd; /* two pages of 'f' */
};
FIXTURE_SETUP(several)
{
	NEED_OWN_PROCESS("it forks");
	OPEN_OBJECT(self->fd, OBJECT_MEMFD, pages(2), 'f');
	SETUP(arena_init(&self->arena, 8));
	SETUP(arena_map(&self->arena, 0, 1, "rw"));
	SETUP(arena_map_file(&self->arena, 1, 1, "r-", self->fd, 1));
	SETUP(arena_map(&self->arena, 3, 1, "rws"));
	SETUP(arena_map_file(&self->arena, 4, 1, "r-s", self->fd, 0));
	NEED(sys_mmap(slot(&self->arena, 6), pages(1), RW,
		      MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED | MAP_LOCKED, -1, 0) != MAP_FAILED,
	     "leave to lock a page");
	SETUP(arena_map(&self->arena, 7, 1, "--"));
}
FIXTURE_TEARDOWN(several)
{
	arena_free(&self->arena);
	close(self->fd);
}

/* clause: mmap.life.fork-keeps-fixed-attributes */
TEST_F(several, child_has_the_same_vmas)
{
	static struct vma before[VMAS_MAX];
	uintptr_t at = 0;
	int count = 0;

	NEED_MAPS();
	while (count < VMAS_MAX && maps_find(at, &before[count]) == 1)
		at = before[count++].end;
	SETUP(count < VMAS_MAX);

	CHILD(other) {
		struct vma now;

		at = 0;
		for (int i = 0; i < count; i++) {
			EXPECT_EQ(1, maps_find(at, &now));
			EXPECT_TRUE(now.start == before[i].start && now.end == before[i].end);
			EXPECT_STREQ(before[i].perms, now.perms);
			EXPECT_TRUE(now.offset == before[i].offset && now.inode == before[i].inode);
			EXPECT_STREQ(before[i].name, now.name);
			at = now.end;
		}
		EXPECT_EQ(0, maps_find(at, &now));
		EXPECT_LAYOUT("rw r- .. rws r-s .. rw --", &self->arena);
	}
	EXPECT_CHILD_OK(other);
}

/* clause: mmap.life.fork-unlocks */
TEST_F(several, child_has_nothing_locked)
{
	char *locked = slot(&self->arena, 6), flags[SMAPS_FLAGS_MAX];
	uint64_t bytes = 0;

	NEED(smaps_flags(self, flags) && locked_bytes(&bytes), "what is locked in /proc");
	SETUP(!mlockall(MCL_FUTURE)); /* nor is what it maps later */
	EXPECT_TRUE(smaps_marked(locked, "lo"));
	CHILD(other) {
		EXPECT_FALSE(smaps_marked(locked, "lo"));
		SETUP(arena_map(&self->arena, 7, 1, "rw"));
		EXPECT_FALSE(smaps_marked(slot(&self->arena, 7), "lo"));
		EXPECT_TRUE(locked_bytes(&bytes));
		EXPECT_EQ(0u, bytes);
	}
	EXPECT_CHILD_OK(other);
	EXPECT_TRUE(smaps_marked(locked, "lo"));
}

/* In a process that shares the parent's memory: stores, maps and unmaps there. */
static int change_memory(void *arg)
{
	struct arena *arena = arg;
	bool done;

	memset(slot(arena, 0), 'v', pages(1));
	done = arena_map(arena, 2, 1, "rw") && !sys_munmap(slot(arena, 1), pages(1)) &&
	       !sys_mprotect(slot(arena, 6), pages(1), PROT_READ);
	return done ? 0 : 1;
}

/* clause: mmap.life.vfork-shares */
TEST_F(several, child_of_vfork_changes_the_memory_of_its_parent)
{
	static char stack[64 * 1024] __attribute__((aligned(16)));
	struct child other;

	other.pid = clone(change_memory, stack + sizeof(stack), CLONE_VM | CLONE_VFORK | SIGCHLD,
			  &self->arena);
	SETUP(other.pid > 0);
	/* It has ended: nobody was asked to wait. */
	EXPECT_BYTES('v', slot(&self->arena, 0), pages(1));
	EXPECT_LAYOUT("rw .. rw rws r-s .. r- --", &self->arena);
	EXPECT_CHILD_OK(other);
}

TEST_HARNESS_MAIN
