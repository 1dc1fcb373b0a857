// SPDX-License-Identifier: GPL-2.0
/*
 * A userfaultfd monitor that asked for it is told of what munmap removes, before the call returns.
 */
#include "kselftest_harness.h"
#include "lib/arena.h"
#include "lib/expect.h"
#include "lib/syscalls.h"
#include "lib/uffd.h"

ARENA_FIXTURE(5);

/* clause: munmap.uffd.unmap-event */
TEST_F(arena, monitor_is_told_of_the_range)
{
	char *p = slot(&self->arena, 0);
	struct gate over;
	int fd;

	NEED_OWN_PROCESS("it forks");
	fd = uffd_open(UFFD_EVENT_UNMAP_FEATURE);
	NEED_FEATURE(fd >= 0 || (errno != ENOSYS && errno != EINVAL), "userfaultfd");
	NEED(fd >= 0, "leave to use userfaultfd");
	SETUP(gate_init(&over));
	SETUP(arena_map(&self->arena, 0, 4, "rw") && uffd_register(fd, p, pages(4)));
	CHILD(monitor) {
		struct uffd_event event;

		close(over.fds[1]);
		ASSERT_TRUE(uffd_next(fd, over.fds[0], &event));
		EXPECT_EQ(UFFD_UNMAP_EVENT, event.event);
		EXPECT_EQ((uintptr_t)p + pages(1), event.arg[0]);
		EXPECT_EQ((uintptr_t)p + pages(3), event.arg[1]);
		EXPECT_FALSE(uffd_next(fd, over.fds[0], &event));
	}

	EXPECT_OK(sys_munmap(p + pages(1), pages(2)));
	gate_open(&over);
	EXPECT_CHILD_OK(monitor);
	close(fd); /* else what the arena frees waits for a monitor */
	EXPECT_LAYOUT("rw .. .. rw ..", &self->arena);
}

TEST_HARNESS_MAIN
