// SPDX-License-Identifier: GPL-2.0
/*
 * The ring of a perf event: a page that describes it, and a power of two of pages, shared, and
 * never with a child.
 */
#include "kselftest_harness.h"
#include "lib/arena.h"
#include "lib/expect.h"
#include "lib/syscalls.h"

#define RW (PROT_READ | PROT_WRITE)
#define FLAGS (MAP_SHARED | MAP_FIXED)

FIXTURE(event)
{
	struct arena arena;
	char *p; /* its slot 1 */
	int fd;
};
FIXTURE_SETUP(event)
{
	OPEN_OBJECT(self->fd, OBJECT_PERF_EVENT, 0, 0);
	SETUP(arena_init(&self->arena, 8));
	self->p = slot(&self->arena, 1);
	NEED(sys_mmap(self->p, pages(5), RW, FLAGS, self->fd, 0) != MAP_FAILED,
	     "leave to lock the pages of a ring");
	SETUP(!sys_munmap(self->p, pages(5)));
}
FIXTURE_TEARDOWN(event)
{
	arena_free(&self->arena);
	close(self->fd);
}

/* clause: mmap.kind.perf-size */
TEST_F(event, ring_is_a_page_and_a_power_of_two)
{
	unsigned long private = MAP_PRIVATE | MAP_FIXED;

	EXPECT_ERRNO(EINVAL, sys_mmap(self->p, pages(4), RW, FLAGS, self->fd, 0));
	EXPECT_ERRNO(EINVAL, sys_mmap(self->p, pages(6), RW, FLAGS, self->fd, 0));
	EXPECT_ERRNO(EINVAL, sys_mmap(self->p, pages(3), RW, private, self->fd, 0));
	EXPECT_ERRNO(EINVAL, sys_mmap(self->p, pages(3), RW, FLAGS, self->fd, pages(1)));
	EXPECT_LAYOUT(".. .. .. .. .. .. .. ..", &self->arena);
	EXPECT_ADDR(self->p, sys_mmap(self->p, pages(2), RW, FLAGS, self->fd, 0));
	SETUP(!sys_munmap(self->p, pages(2)));
	EXPECT_ADDR(self->p, sys_mmap(self->p, pages(3), RW, FLAGS, self->fd, 0));
	EXPECT_LAYOUT(".. rws rws rws .. .. .. ..", &self->arena);
}

/* clause: mmap.kind.perf-size */
TEST_F(event, second_mapping_is_as_long_as_the_first)
{
	char *second = slot(&self->arena, 4);

	SETUP(sys_mmap(self->p, pages(3), RW, FLAGS, self->fd, 0) == self->p);

	EXPECT_ERRNO(EINVAL, sys_mmap(second, pages(2), RW, FLAGS, self->fd, 0));
	EXPECT_LAYOUT(".. rws rws rws .. .. .. ..", &self->arena);
	EXPECT_ADDR(second, sys_mmap(second, pages(3), RW, FLAGS, self->fd, 0));
	EXPECT_LAYOUT(".. rws rws rws rws rws rws ..", &self->arena);
}

/* clause: mmap.kind.perf-not-inherited */
TEST_F(event, child_has_a_hole_there)
{
	NEED_OWN_PROCESS("it forks");
	SETUP(sys_mmap(self->p, pages(3), RW, FLAGS, self->fd, 0) == self->p);

	CHILD(other) {
		EXPECT_FAULT(SIGSEGV, SEGV_MAPERR, FAULT_READ, self->p);
		EXPECT_FAULT(SIGSEGV, SEGV_MAPERR, FAULT_READ, self->p + pages(3) - 1);
		EXPECT_LAYOUT(".. .. .. .. .. .. .. ..", &self->arena);
	}
	EXPECT_CHILD_OK(other);
	EXPECT_NO_FAULT(FAULT_READ, self->p);
	EXPECT_LAYOUT(".. rws rws rws .. .. .. ..", &self->arena);
}

TEST_HARNESS_MAIN
