// SPDX-License-Identifier: GPL-2.0
/*
 * System V shared memory is moved like any other, and detached where it then is; a second view of
 * it is an attachment.
 */
#include <sys/shm.h>

#include "kselftest_harness.h"
#include "lib/arena.h"
#include "lib/expect.h"
#include "lib/letters.h"
#include "lib/syscalls.h"
#include "lib/sysv.h"

#define FIXED (MREMAP_MAYMOVE | MREMAP_FIXED)

FIXTURE(segment)
{
	struct arena arena; /* |a|b|..|..|..|, the second attachment of the segment */
	struct sysv segment;
	char *p, *to;
};
FIXTURE_SETUP(segment)
{
	bool made = sysv_make(&self->segment, IPC_PRIVATE, pages(2));

	NEED_FEATURE(made || errno != ENOSYS, "System V shared memory");
	SETUP(made);
	SETUP(arena_init(&self->arena, 5));
	self->p = slot(&self->arena, 0);
	self->to = slot(&self->arena, 3);
	SETUP(shmat(self->segment.id, self->p, 0) == self->p);
	memset(self->p, 'a', pages(1));
	memset(self->p + pages(1), 'b', pages(1));
}
FIXTURE_TEARDOWN(segment)
{
	shmdt(self->segment.keeper);
	arena_free(&self->arena);
}

/* clause: mremap.move.sysv-shm */
TEST_F(segment, moved_attachment_is_detached_at_its_new_address)
{
	EXPECT_ADDR(self->to, sys_mremap(self->p, pages(2), pages(2), FIXED, self->to));
	EXPECT_STREQ("...ab", letters_at(self->p, 5));
	EXPECT_EQ(2, sysv_attachments(self->segment.id));
	EXPECT_ERRNO(EINVAL, shmdt(self->p));
	EXPECT_OK(shmdt(self->to));
	EXPECT_LAYOUT(".. .. .. .. ..", &self->arena);
	EXPECT_EQ(1, sysv_attachments(self->segment.id));
}

/* clause: mremap.move.sysv-shm */
TEST_F(segment, second_view_is_an_attachment_of_its_own)
{
	EXPECT_ADDR(self->to, sys_mremap(self->p, 0, pages(2), FIXED, self->to));
	EXPECT_EQ(3, sysv_attachments(self->segment.id));
	memset(self->to, 'x', pages(1));
	EXPECT_STREQ("xb.xb", letters_at(self->p, 5));
	EXPECT_OK(shmdt(self->to));
	EXPECT_LAYOUT("rws rws .. .. ..", &self->arena);
	EXPECT_EQ(2, sysv_attachments(self->segment.id));
}

TEST_HARNESS_MAIN
