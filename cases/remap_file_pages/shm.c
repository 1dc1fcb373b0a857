// SPDX-License-Identifier: GPL-2.0
/*
 * remap_file_pages on System V shared memory: each piece is an attachment, and what is not attached
 * any more and removed is gone.
 */
#include <sys/ipc.h>
#include <sys/shm.h>

#include "kselftest_harness.h"
#include "lib/arena.h"
#include "lib/expect.h"
#include "lib/letters.h"
#include "lib/syscalls.h"
#include "lib/sysv.h"

FIXTURE(segment)
{
	struct arena arena; /* |a|b|c|d|, attached */
	int id;
};
FIXTURE_SETUP(segment)
{
	bool attached;

	NEED_FEATURE(!sys_remap_file_pages(NULL, 0, 0, 0, 0) || errno != ENOSYS,
		     "remap_file_pages");
	SETUP(arena_init(&self->arena, 4));
	self->id = shmget(IPC_PRIVATE, pages(4), 0600);
	NEED_FEATURE(self->id >= 0 || errno != ENOSYS, "System V shared memory");
	SETUP(self->id >= 0);
	attached = shmat(self->id, slot(&self->arena, 0), 0) == slot(&self->arena, 0);
	if (!attached) /* it would outlive the process */
		shmctl(self->id, IPC_RMID, NULL);
	SETUP(attached);
	for (int n = 0; n < 4; n++)
		memset(slot(&self->arena, n), 'a' + n, pages(1));
}
FIXTURE_TEARDOWN(segment)
{
	shmctl(self->id, IPC_RMID, NULL);
	arena_free(&self->arena);
}

/* clause: remap_file_pages.target.shm-ok */
TEST_F(segment, each_piece_is_an_attachment)
{
	EXPECT_OK(sys_remap_file_pages(slot(&self->arena, 1), pages(1), 0, 3, 0));
	EXPECT_STREQ("adcd", letters_at(slot(&self->arena, 0), 4));
	EXPECT_EQ(3, sysv_attachments(self->id));
	EXPECT_OK(sys_remap_file_pages(slot(&self->arena, 0), pages(4), 0, 0, 0));
	EXPECT_STREQ("abcd", letters_at(slot(&self->arena, 0), 4));
	EXPECT_EQ(1, sysv_attachments(self->id));
	EXPECT_LAYOUT("rws rws rws rws", &self->arena);
}

/* clause: remap_file_pages.target.shm-rdonly-einval */
TEST_F(segment, read_only_attachment_is_refused)
{
	void *p = slot(&self->arena, 0);

	SETUP(!shmdt(p));
	SETUP(shmat(self->id, p, SHM_RDONLY) == p);

	EXPECT_ERRNO(EINVAL, sys_remap_file_pages(slot(&self->arena, 1), pages(1), 0, 3, 0));
	EXPECT_STREQ("abcd", letters_at(p, 4));
	EXPECT_EQ(1, sysv_attachments(self->id));
	EXPECT_LAYOUT("r-s r-s r-s r-s", &self->arena);
}

/* clause: remap_file_pages.target.shm-rmid-partial-ok */
TEST_F(segment, part_of_a_removed_segment_is_taken)
{
	SETUP(!shmctl(self->id, IPC_RMID, NULL));

	EXPECT_OK(sys_remap_file_pages(slot(&self->arena, 1), pages(1), 0, 3, 0));
	EXPECT_STREQ("adcd", letters_at(slot(&self->arena, 0), 4));
	EXPECT_EQ(3, sysv_attachments(self->id));
}

/* clause: remap_file_pages.target.shm-rmid-whole-einval */
TEST_F(segment, whole_of_a_removed_segment_goes_before_it_is_mapped_again)
{
	SETUP(!shmctl(self->id, IPC_RMID, NULL));

	EXPECT_ERRNO(EINVAL, sys_remap_file_pages(slot(&self->arena, 0), pages(4), 0, 0, 0));
	EXPECT_LAYOUT(".. .. .. ..", &self->arena);
}

TEST_HARNESS_MAIN
