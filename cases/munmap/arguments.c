// SPDX-License-Identifier: GPL-2.0
/*
 * munmap takes a page-aligned address and a length of at least one byte, and removes every page
 * that the length touches.
 */
#include "kselftest_harness.h"
#include "lib/arena.h"
#include "lib/caps.h"
#include "lib/expect.h"
#include "lib/limits.h"
#include "lib/space.h"
#include "lib/syscalls.h"

FIXTURE(mapping)
{
	struct arena arena; /* |rw|rw|rw|..|..| */
	char *p;
};
FIXTURE_SETUP(mapping)
{
	SETUP(arena_init(&self->arena, 5));
	SETUP(arena_map(&self->arena, 0, 3, "rw"));
	self->p = slot(&self->arena, 0);
	memset(self->p, 'x', pages(3));
}
FIXTURE_TEARDOWN(mapping)
{
	arena_free(&self->arena);
}

/* clause: munmap.ret.zero */
TEST_F(mapping, success_is_zero)
{
	EXPECT_EQ(0, sys_munmap(self->p, pages(3)));
	EXPECT_LAYOUT(".. .. .. .. ..", &self->arena);
}

/* clause: munmap.addr.unaligned-einval */
TEST_F(mapping, address_inside_a_page_is_refused)
{
	const size_t inside[] = { 1, page_size() / 2, page_size() - 1 };

	for (int i = 0; i < 3; i++) {
		EXPECT_ERRNO(EINVAL, sys_munmap(self->p + inside[i], 1));
		EXPECT_ERRNO(EINVAL, sys_munmap(self->p + inside[i], pages(2)));
		EXPECT_ERRNO(EINVAL, sys_munmap(self->p + pages(3) + inside[i], pages(1)));
	}
	EXPECT_LAYOUT("rw rw rw .. ..", &self->arena);
	EXPECT_BYTES('x', self->p, pages(3));
}

/* clause: munmap.len.zero-einval */
TEST_F(mapping, length_of_zero_is_refused)
{
	EXPECT_ERRNO(EINVAL, sys_munmap(self->p, 0));
	EXPECT_ERRNO(EINVAL, sys_munmap(self->p + pages(3), 0));
	EXPECT_ERRNO(EINVAL, sys_munmap(NULL, 0));
	EXPECT_LAYOUT("rw rw rw .. ..", &self->arena);
}

/* clause: munmap.len.rounded-up */
TEST_F(mapping, every_page_touched_is_removed)
{
	EXPECT_OK(sys_munmap(self->p, 1));
	EXPECT_LAYOUT(".. rw rw .. ..", &self->arena);
	EXPECT_FAULT(SIGSEGV, SEGV_MAPERR, FAULT_READ, self->p + pages(1) - 1);
	EXPECT_BYTES('x', self->p + pages(1), pages(2));
	EXPECT_OK(sys_munmap(self->p + pages(1), pages(1) + 1));
	EXPECT_LAYOUT(".. .. .. .. ..", &self->arena);
}

/*
 * clause: munmap.len.max-einval
 * clause: munmap.len.wraps-einval
 */
TEST_F(mapping, length_past_the_top_is_refused)
{
	EXPECT_ERRNO(EINVAL, sys_munmap(self->p, SIZE_MAX));
	EXPECT_ERRNO(EINVAL, sys_munmap(self->p, -page_size()));
	EXPECT_ERRNO(EINVAL, sys_munmap(self->p, -page_size() + 1));
	EXPECT_ERRNO(EINVAL, sys_munmap(self->p, -(size_t)self->p));
	EXPECT_ERRNO(EINVAL, sys_munmap(self->p, -(size_t)self->p + pages(1)));
	EXPECT_LAYOUT("rw rw rw .. ..", &self->arena);
	EXPECT_BYTES('x', self->p, pages(3));
}

/*
 * clause: munmap.addr.task-size-einval
 * clause: munmap.addr.end-past-task-size-einval
 */
TEST_F(mapping, range_above_the_address_space_is_refused)
{
	char *end = space_end(), *kernel = space_beyond(end);
	const size_t lengths[] = { 1, page_size(), pages(2), (size_t)end };

	NEED(end, "a machine whose address space is known");

	for (int i = 0; i < 4; i++) {
		EXPECT_ERRNO(EINVAL, sys_munmap(end, lengths[i]));
		EXPECT_ERRNO(EINVAL, sys_munmap(end + page_size(), lengths[i]));
		EXPECT_ERRNO(EINVAL, sys_munmap(kernel, lengths[i]));
		EXPECT_ERRNO(EINVAL, sys_munmap((void *)-page_size(), lengths[i]));
	}
	EXPECT_ERRNO(EINVAL, sys_munmap(end - pages(1), pages(1) + 1));
	EXPECT_ERRNO(EINVAL, sys_munmap(self->p, (size_t)(end - self->p) + 1));
	EXPECT_LAYOUT("rw rw rw .. ..", &self->arena);
}

/* clause: munmap.addr.last-page-ok */
TEST_F(mapping, last_page_of_the_address_space_is_a_range)
{
	char *end = space_end(), *last = end - pages(1), *got;

	NEED(end, "a machine whose address space is known");
	got = sys_mmap(last, pages(1), PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE,
		       -1, 0);
	NEED(got == last, "a last page that is free and can be mapped");

	EXPECT_OK(sys_munmap(last, pages(1)));
	EXPECT_FAULT(SIGSEGV, SEGV_MAPERR, FAULT_READ, last);
	EXPECT_OK(sys_munmap(last, pages(1)));
}

/* clause: munmap.addr.low-unmapped-ok */
TEST_F(mapping, lowest_addresses_need_no_privilege)
{
	int64_t least;

	NEED_OWN_PROCESS("it drops CAP_SYS_RAWIO");
	NEED(sysctl_read("vm.mmap_min_addr", &least), "vm.mmap_min_addr");
	NEED(least > 0, "a lowest address above 0");
	NEED(caps_known() && caps_drop(CAPS_SYS_RAWIO), "leave to drop CAP_SYS_RAWIO");

	EXPECT_OK(sys_munmap(NULL, pages(1)));
	EXPECT_OK(sys_munmap((void *)(((uintptr_t)least - 1) & -page_size()), pages(1)));
	EXPECT_OK(sys_munmap(NULL, (size_t)least));
}

TEST_HARNESS_MAIN
