// SPDX-License-Identifier: GPL-2.0
/*
 * The fifth argument of mremap counts only when it is asked for; then it is a page of the address
 * space, and its range has nothing in common with the old one.
 */
#include "kselftest_harness.h"
#include "lib/arena.h"
#include "lib/caps.h"
#include "lib/expect.h"
#include "lib/limits.h"
#include "lib/space.h"
#include "lib/syscalls.h"

#define FIXED (MREMAP_MAYMOVE | MREMAP_FIXED)

ARENA_FIXTURE(8);

/* clause: mremap.args.newaddr-ignored-without-fixed */
TEST_F(arena, without_fixed_the_new_address_is_not_looked_at)
{
	char *p = slot(&self->arena, 0), *taken = slot(&self->arena, 6);
	void *const ignored[] = { (void *)12345, taken, taken + 1, p, (void *)-1 };

	SETUP(arena_map(&self->arena, 0, 1, "rw"));
	SETUP(arena_map(&self->arena, 6, 1, "r-")); /* |rw|..|..|..|..|..|r-|..| */

	for (unsigned long flags = 0; flags <= MREMAP_MAYMOVE; flags++)
		for (int i = 0; i < 5; i++) {
			EXPECT_ADDR(p, sys_mremap(p, pages(1), pages(1), flags, ignored[i]));
			EXPECT_ADDR(p, sys_mremap(p, pages(1), pages(3), flags, ignored[i]));
			EXPECT_LAYOUT("rw rw rw .. .. .. r- ..", &self->arena);
			EXPECT_ADDR(p, sys_mremap(p, pages(3), pages(1), flags, ignored[i]));
			EXPECT_LAYOUT("rw .. .. .. .. .. r- ..", &self->arena);
		}
}

/* clause: mremap.fixed.newaddr-unaligned */
TEST_F(arena, destination_inside_a_page_is_refused)
{
	const size_t inside[] = { 1, page_size() / 2, page_size() - 1 };
	char *p = slot(&self->arena, 0), *taken = slot(&self->arena, 3);

	SETUP(arena_map(&self->arena, 0, 1, "rw"));
	SETUP(arena_map(&self->arena, 3, 2, "rw")); /* |rw|..|..|rw|rw|..|..|..| */
	memset(p, 's', pages(1));
	memset(taken, 'd', pages(2));

	for (int i = 0; i < 3; i++) {
		char *unused = slot(&self->arena, 6);

		EXPECT_ERRNO(EINVAL, sys_mremap(p, pages(1), pages(1), FIXED, taken + inside[i]));
		EXPECT_ERRNO(EINVAL, sys_mremap(p, pages(1), pages(1), FIXED, unused + inside[i]));
	}
	EXPECT_LAYOUT("rw .. .. rw rw .. .. ..", &self->arena);
	EXPECT_BYTES('s', p, pages(1));
	EXPECT_BYTES('d', taken, pages(2));
}

/* clause: mremap.fixed.newaddr-beyond-limit */
TEST_F(arena, destination_that_leaves_the_address_space_is_refused)
{
	char *p = slot(&self->arena, 0), *end = space_end();

	NEED(end, "a machine whose address space is known");
	SETUP(arena_map(&self->arena, 0, 2, "rw"));
	memset(p, 's', pages(2));

	EXPECT_ERRNO(EINVAL, sys_mremap(p, pages(2), pages(2), FIXED, end - pages(1)));
	EXPECT_ERRNO(EINVAL, sys_mremap(p, pages(1), pages(1), FIXED, end));
	EXPECT_ERRNO(EINVAL, sys_mremap(p, pages(1), pages(1), FIXED, (void *)-page_size()));
	EXPECT_ERRNO(EINVAL, sys_mremap(p, pages(1), pages(1), FIXED, (void *)-1));
	EXPECT_LAYOUT("rw rw .. .. .. .. .. ..", &self->arena);
	EXPECT_BYTES('s', p, pages(2));
}

/* clause: mremap.fixed.newaddr-last-page-ok */
TEST_F(arena, last_page_of_the_address_space_is_a_destination)
{
	char *p = slot(&self->arena, 0), *end = space_end(), *last = end - pages(1), *probe;

	NEED(end, "a machine whose address space is known");
	probe = sys_mmap(last, pages(1), PROT_NONE,
			 MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
	NEED(probe != MAP_FAILED || errno != EEXIST, "a stack that leaves the last page free");
	SETUP(probe == MAP_FAILED || !sys_munmap(probe, pages(1)));
	SETUP(arena_map(&self->arena, 0, 1, "rw"));
	memset(p, 's', pages(1));

	EXPECT_ADDR(last, sys_mremap(p, pages(1), pages(1), FIXED, last));
	EXPECT_BYTES('s', last, pages(1));
	EXPECT_LAYOUT(".. .. .. .. .. .. .. ..", &self->arena);
	EXPECT_OK(sys_munmap(last, pages(1)));
}

/* clause: mremap.fixed.mmap-min-addr */
TEST_F(arena, destination_below_the_minimum_needs_a_capability)
{
	char *p = slot(&self->arena, 0), *below;
	int64_t least;

	NEED_OWN_PROCESS("it drops CAP_SYS_RAWIO");
	NEED(sysctl_read("vm.mmap_min_addr", &least), "vm.mmap_min_addr");
	NEED(least > 0, "a lowest address above 0");
	NEED(caps_known() && caps_drop(CAPS_SYS_RAWIO), "leave to drop CAP_SYS_RAWIO");
	SETUP(arena_map(&self->arena, 0, 1, "rw"));
	memset(p, 's', pages(1));
	below = (char *)(((uintptr_t)least - 1) & -page_size());

	EXPECT_ERRNO(EPERM, sys_mremap(p, pages(1), pages(1), FIXED, NULL));
	EXPECT_ERRNO(EPERM, sys_mremap(p, pages(1), pages(1), FIXED, below));
	EXPECT_LAYOUT("rw .. .. .. .. .. .. ..", &self->arena);
	EXPECT_BYTES('s', p, pages(1));
}

TEST_HARNESS_MAIN
