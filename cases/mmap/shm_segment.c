// SPDX-License-Identifier: GPL-2.0
/*
 * An attachment of System V shared memory: how it is shown, and that each area of it counts as one.
 */
#include <sys/shm.h>

#include "kselftest_harness.h"
#include "lib/arena.h"
#include "lib/expect.h"
#include "lib/syscalls.h"
#include "lib/sysv.h"

#define TRIES 64

FIXTURE(segment)
{
	struct arena arena; /* |..|s|s|s|s|..| */
	struct sysv segment; /* four pages, attached once more */
	key_t key;
};
FIXTURE_SETUP(segment)
{
	NEED_OWN_PROCESS("it forks");
	NEED_FEATURE(shmget(IPC_PRIVATE, 0, 0) >= 0 || errno != ENOSYS, "System V shared memory");
	self->key = (key_t)getpid() << 6;
	for (int i = 0; i < TRIES && !sysv_make(&self->segment, ++self->key, pages(4)); i++)
		SETUP(errno == EEXIST && i < TRIES - 1);
	SETUP(arena_init(&self->arena, 6));
	SETUP(shmat(self->segment.id, slot(&self->arena, 1), 0) == slot(&self->arena, 1));
	SETUP(sysv_attachments(self->segment.id) == 2);
}
FIXTURE_TEARDOWN(segment)
{
	shmdt(self->segment.keeper);
	arena_free(&self->arena);
}

/* clause: mmap.kind.shm-segment */
TEST_F(segment, is_shown_by_key_and_id)
{
	char name[32];
	struct vma vma;

	NEED_MAPS();
	snprintf(name, sizeof(name), "/SYSV%08x (deleted)", (unsigned int)self->key);
	EXPECT_EQ(1, maps_find((uintptr_t)slot(&self->arena, 1), &vma));
	EXPECT_TRUE(!strcmp(name, vma.name));
	EXPECT_TRUE(vma.inode == (uint64_t)self->segment.id);
	EXPECT_STREQ("rw-s", vma.perms);
	EXPECT_LAYOUT(".. rws rws rws rws ..", &self->arena);
}

/* clause: mmap.life.shm-attach-count */
TEST_F(segment, each_area_of_each_process_is_an_attachment)
{
	struct gate forked, counted;

	SETUP(gate_init(&forked) && gate_init(&counted));
	EXPECT_OK(sys_mprotect(slot(&self->arena, 2), pages(1), PROT_READ));
	EXPECT_EQ(4, sysv_attachments(self->segment.id));
	CHILD(other) {
		gate_open(&forked);
		gate_wait(&counted);
	}
	gate_wait(&forked);
	EXPECT_EQ(8, sysv_attachments(self->segment.id));
	gate_open(&counted);
	EXPECT_CHILD_OK(other);
	EXPECT_EQ(4, sysv_attachments(self->segment.id));
}

TEST_HARNESS_MAIN
