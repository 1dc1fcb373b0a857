// SPDX-License-Identifier: GPL-2.0
/*
 * munmap of System V shared memory: what is left counts by areas, the last one gone is a
 * detachment, and shmdt finds what is left.
 */
#include <sys/shm.h>

#include "kselftest_harness.h"
#include "lib/arena.h"
#include "lib/expect.h"
#include "lib/syscalls.h"
#include "lib/sysv.h"

FIXTURE(segment)
{
	struct arena arena; /* |s|s|s|s|, the second attachment of the segment */
	struct sysv segment;
	char *p;
};
FIXTURE_SETUP(segment)
{
	bool made = sysv_make(&self->segment, IPC_PRIVATE, pages(4));

	NEED_FEATURE(made || errno != ENOSYS, "System V shared memory");
	SETUP(made);
	SETUP(arena_init(&self->arena, 4));
	self->p = slot(&self->arena, 0);
	SETUP(shmat(self->segment.id, self->p, 0) == self->p);
	SETUP(sysv_attachments(self->segment.id) == 2);
	memset(self->p, 's', pages(4));
}
FIXTURE_TEARDOWN(segment)
{
	shmdt(self->segment.keeper);
	arena_free(&self->arena);
}

/* clause: munmap.shm.detach */
TEST_F(segment, whole_removed_is_detached)
{
	EXPECT_OK(sys_munmap(self->p, pages(4)));
	EXPECT_EQ(1, sysv_attachments(self->segment.id));
	SETUP(shmat(self->segment.id, self->p, 0) == self->p);
	EXPECT_OK(sys_munmap(self->p, pages(1)));
	EXPECT_EQ(2, sysv_attachments(self->segment.id));
	EXPECT_OK(sys_munmap(self->p + pages(1), pages(3)));
	EXPECT_EQ(1, sysv_attachments(self->segment.id));
	EXPECT_BYTES('s', self->segment.keeper, pages(4));
}

/* clause: munmap.shm.partial-counts */
TEST_F(segment, two_areas_left_count_as_two)
{
	EXPECT_OK(sys_munmap(self->p + pages(1), pages(1)));
	EXPECT_LAYOUT("rws .. rws rws", &self->arena);
	EXPECT_EQ(3, sysv_attachments(self->segment.id));
	EXPECT_BYTES('s', self->p + pages(2), pages(2));
}

/* clause: munmap.shm.last-destroys */
TEST_F(segment, last_area_of_a_removed_segment_takes_it_along)
{
	struct shmid_ds status;

	SETUP(!shmdt(self->segment.keeper));
	EXPECT_OK(sys_munmap(self->p, pages(3)));
	EXPECT_EQ(1, sysv_attachments(self->segment.id));
	EXPECT_OK(sys_munmap(self->p + pages(3), pages(1)));
	EXPECT_ERRNO(EINVAL, shmctl(self->segment.id, IPC_STAT, &status));
}

/* clause: munmap.shm.shmdt-after-partial */
TEST_F(segment, shmdt_detaches_what_is_left)
{
	SETUP(!sys_munmap(self->p + pages(1), pages(1)));

	EXPECT_OK(shmdt(self->p));
	EXPECT_LAYOUT(".. .. .. ..", &self->arena);
	EXPECT_EQ(1, sysv_attachments(self->segment.id));
}

TEST_HARNESS_MAIN
