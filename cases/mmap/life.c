// SPDX-License-Identifier: GPL-2.0
/*
 * A mapping outlives the descriptor and the name of its file; shared memory is the same in parent
 * and child, and keeps what a process stored that has ended, however it ended.
 */
#include "kselftest_harness.h"
#include "lib/arena.h"
#include "lib/child.h"
#include "lib/expect.h"
#include "lib/syscalls.h"

EACH_FILESYSTEM;

FIXTURE(memory)
{
	struct arena arena;
	char *p; /* its first two slots: zeros, shared */
	int fd; /* of the file, or -1 */
};
FIXTURE_VARIANT(memory)
{
	bool anonymous;
	enum object_kind kind;
};
/* clang-format off */
FIXTURE_VARIANT_ADD(memory, anonymous)	{ true };
FIXTURE_VARIANT_ADD(memory, memfd)	{ false, OBJECT_MEMFD };
FIXTURE_VARIANT_ADD(memory, scratch)	{ false, OBJECT_SCRATCH_FILE };
/* clang-format on */
FIXTURE_SETUP(memory)
{
	self->fd = -1;
	if (!variant->anonymous)
		OPEN_OBJECT(self->fd, variant->kind, pages(2), 0);
	SETUP(arena_init(&self->arena, 6));
	SETUP(variant->anonymous ? arena_map(&self->arena, 0, 2, "rws") :
				   arena_map_file(&self->arena, 0, 2, "rws", self->fd, 0));
	self->p = slot(&self->arena, 0);
}
FIXTURE_TEARDOWN(memory)
{
	arena_free(&self->arena);
	if (self->fd >= 0)
		close(self->fd);
}

/* clause: mmap.life.fork-shared */
TEST_F(memory, shared_memory_is_one_in_both_directions)
{
	struct gate asked, answered;

	NEED_OWN_PROCESS("it forks");
	SETUP(gate_init(&asked) && gate_init(&answered));
	CHILD(other) {
		gate_wait(&asked);
		EXPECT_BYTES('P', self->p, 1);
		self->p[pages(1)] = 'C';
		gate_open(&answered);
	}
	self->p[0] = 'P'; /* after the fork */
	gate_open(&asked);
	gate_wait(&answered);
	EXPECT_BYTES('C', self->p + pages(1), 1); /* while the child may still live */
	EXPECT_CHILD_OK(other);
}

/* clause: mmap.life.child-exit-keeps-stores */
TEST_F(memory, what_a_child_stored_stays_when_it_exits)
{
	NEED_OWN_PROCESS("it forks");
	CHILD(writer) {
		memset(self->p, 'C', pages(2));
	}
	EXPECT_CHILD_OK(writer);
	EXPECT_BYTES('C', self->p, pages(2));
	if (self->fd >= 0)
		EXPECT_FILE_BYTES('C', self->fd, 0, pages(2));
}

/* clause: mmap.life.killed-keeps-stores */
TEST_F(memory, and_when_it_is_killed)
{
	int status;

	NEED_OWN_PROCESS("it forks");
	CHILD(writer) {
		memset(self->p, 'K', pages(2));
		kill(getpid(), SIGKILL);
	}
	status = child_wait(&writer);
	EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	EXPECT_BYTES('K', self->p, pages(2));
	if (self->fd >= 0)
		EXPECT_FILE_BYTES('K', self->fd, 0, pages(2));
}

/* clause: mmap.life.dontfork */
TEST_F(memory, page_not_to_be_forked_is_absent_in_the_child)
{
	NEED_OWN_PROCESS("it forks");
	SETUP(arena_map(&self->arena, 3, 2, "rw"));
	EXPECT_OK(sys_madvise(self->p + pages(1), pages(1), MADV_DONTFORK));
	EXPECT_OK(sys_madvise(slot(&self->arena, 3), pages(1), MADV_DONTFORK));
	CHILD(other) {
		EXPECT_FAULT(SIGSEGV, SEGV_MAPERR, FAULT_READ, self->p + pages(1));
		EXPECT_FAULT(SIGSEGV, SEGV_MAPERR, FAULT_READ, slot(&self->arena, 3));
		EXPECT_LAYOUT("rws .. .. .. rw ..", &self->arena);
	}
	EXPECT_CHILD_OK(other);
	EXPECT_LAYOUT("rws rws .. rw rw ..", &self->arena);
}

FIXTURE(mapped_file)
{
	struct arena arena;
	char *p; /* two pages of 'f' */
};
FIXTURE_VARIANT(mapped_file)
{
	enum object_kind kind;
	const char *access;
};
/* clang-format off */
FIXTURE_VARIANT_ADD(mapped_file, memfd_shared)		{ OBJECT_MEMFD, "rws" };
FIXTURE_VARIANT_ADD(mapped_file, memfd_private)		{ OBJECT_MEMFD, "rw" };
FIXTURE_VARIANT_ADD(mapped_file, scratch_shared)	{ OBJECT_SCRATCH_FILE, "rws" };
FIXTURE_VARIANT_ADD(mapped_file, scratch_private)	{ OBJECT_SCRATCH_FILE, "rw" };
/* clang-format on */
FIXTURE_SETUP(mapped_file)
{
	int fd;

	OPEN_OBJECT(fd, variant->kind, pages(2), 'f');
	SETUP(arena_init(&self->arena, 2));
	SETUP(arena_map_file(&self->arena, 0, 2, variant->access, fd, 0));
	self->p = slot(&self->arena, 0);
	SETUP(!close(fd));
}
FIXTURE_TEARDOWN(mapped_file)
{
	arena_free(&self->arena);
}

/* clause: mmap.life.close-keeps */
TEST_F(mapped_file, closed_descriptor_is_not_missed)
{
	EXPECT_BYTES('f', self->p, pages(2)); /* its first touch comes after the close */
	memset(self->p, 'm', pages(2));
	EXPECT_BYTES('m', self->p, pages(2));
}

TEST_HARNESS_MAIN
