// SPDX-License-Identifier: GPL-2.0
/*
 * Memory registered with userfaultfd that moves stays registered where the monitor asked to be told
 * of moves, and else does not.
 */
#include "kselftest_harness.h"
#include "lib/arena.h"
#include "lib/expect.h"
#include "lib/letters.h"
#include "lib/smaps.h"
#include "lib/syscalls.h"
#include "lib/uffd.h"

#define FIXED (MREMAP_MAYMOVE | MREMAP_FIXED)

FIXTURE(registered)
{
	struct arena arena; /* |p|p|..|..|..|..|, registered */
	char *p, *to;
	int fd;
};
FIXTURE_SETUP(registered)
{
	char flags[SMAPS_FLAGS_MAX];

	NEED_OWN_PROCESS("it forks");
	NEED(smaps_flags(self, flags), "/proc/self/smaps with VmFlags");
	SETUP(arena_init(&self->arena, 6));
	SETUP(arena_map(&self->arena, 0, 2, "rw"));
	self->p = slot(&self->arena, 0);
	self->to = slot(&self->arena, 3);
	self->p[0] = 'p';
}
FIXTURE_TEARDOWN(registered)
{
	arena_free(&self->arena);
}

#define REGISTER(features, length)                                                              \
	do {                                                                                    \
		self->fd = uffd_open(features);                                                 \
		NEED_FEATURE(self->fd >= 0 || (errno != ENOSYS && errno != EINVAL),             \
			     "userfaultfd");                                                    \
		NEED(self->fd >= 0, "leave to use userfaultfd");                                \
		SETUP(uffd_register(self->fd, self->p, length) && smaps_marked(self->p, "um")); \
	} while (0)

/* clause: mremap.uffd.event-remap */
TEST_F(registered, monitor_is_told_of_the_move)
{
	struct gate over;

	REGISTER(UFFD_EVENT_REMAP_FEATURE, pages(2));
	SETUP(gate_init(&over));
	CHILD(monitor) {
		struct uffd_event event;

		close(over.fds[1]);
		ASSERT_TRUE(uffd_next(self->fd, over.fds[0], &event));
		EXPECT_EQ(UFFD_REMAP_EVENT, event.event);
		EXPECT_EQ((uintptr_t)self->p, event.arg[0]);
		EXPECT_EQ((uintptr_t)self->to, event.arg[1]);
		EXPECT_EQ(pages(2), event.arg[2]);
		EXPECT_FALSE(uffd_next(self->fd, over.fds[0], &event));
	}

	EXPECT_ADDR(self->to, sys_mremap(self->p, pages(2), pages(2), FIXED, self->to));
	gate_open(&over);
	EXPECT_CHILD_OK(monitor);
	EXPECT_TRUE(smaps_marked(self->to, "um"));
	EXPECT_LAYOUT(".. .. .. rw rw ..", &self->arena);
}

/* clause: mremap.uffd.no-event-drops */
TEST_F(registered, without_that_event_the_moved_mapping_is_an_ordinary_one)
{
	REGISTER(0, pages(2));

	EXPECT_ADDR(self->to, sys_mremap(self->p, pages(2), pages(2), FIXED, self->to));
	EXPECT_FALSE(smaps_marked(self->to, "um"));
	EXPECT_BYTES(0, self->to + pages(1), pages(1));
	EXPECT_BYTES('p', self->to, 1);
}

/* clause: mremap.uffd.dontunmap-old-stays */
TEST_F(registered, mapping_left_by_dontunmap_stays_registered)
{
	REGISTER(0, pages(2));

	EXPECT_ADDR(self->to,
		    sys_mremap(self->p, pages(2), pages(2), FIXED | MREMAP_DONTUNMAP, self->to));
	EXPECT_TRUE(smaps_marked(self->p, "um"));
	EXPECT_FALSE(smaps_marked(self->to, "um"));
	EXPECT_BYTES(0, self->to + pages(1), pages(1));
	EXPECT_BYTES('p', self->to, 1);
}

/* clause: mremap.multi.uffd-efault */
TEST_F(registered, move_of_several_mappings_stops_there)
{
	REGISTER(0, pages(1)); /* |um|rw|..|..|..|..| */
	self->p[pages(1)] = 'q';

	EXPECT_ERRNO(EFAULT, sys_mremap(self->p, pages(2), pages(2), FIXED, self->to));
	EXPECT_LAYOUT("rw rw .. .. .. ..", &self->arena);
	EXPECT_TRUE(smaps_marked(self->p, "um"));

	SETUP(arena_map(&self->arena, 0, 1, "r-"));
	SETUP(uffd_register(self->fd, self->p + pages(1), pages(1)));
	EXPECT_ERRNO(EFAULT, sys_mremap(self->p, pages(2), pages(2), FIXED, self->to));
	EXPECT_LAYOUT(".. rw .. r- .. ..", &self->arena);
	EXPECT_TRUE(smaps_marked(self->p + pages(1), "um"));
	EXPECT_BYTES('q', self->p + pages(1), 1);
}

TEST_HARNESS_MAIN
