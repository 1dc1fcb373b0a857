// SPDX-License-Identifier: GPL-2.0
/*
 * MREMAP_FIXED replaces what lies at the destination, in the new length and no further, and not
 * before the call is known to be a sound one.
 */
#include "kselftest_harness.h"
#include "lib/arena.h"
#include "lib/caps.h"
#include "lib/expect.h"
#include "lib/limits.h"
#include "lib/syscalls.h"

#define FIXED (MREMAP_MAYMOVE | MREMAP_FIXED)

FIXTURE(move)
{
	struct arena arena;
	char *p, *dest; /* two pages of 's', room for two more behind; four of 'd' */
};
FIXTURE_SETUP(move)
{
	SETUP(arena_init(&self->arena, 10));
	SETUP(arena_map(&self->arena, 0, 2, "rw"));
	SETUP(arena_map(&self->arena, 5, 4, "rw")); /* |rw|rw|..|..|..|rw|rw|rw|rw|..| */
	self->p = slot(&self->arena, 0);
	self->dest = slot(&self->arena, 5);
	memset(self->p, 's', pages(2));
	memset(self->dest, 'd', pages(4));
}
FIXTURE_TEARDOWN(move)
{
	arena_free(&self->arena);
}

#define UNTOUCHED "rw rw .. .. .. rw rw rw rw .."

/* clause: mremap.fixed.replaces-destination */
TEST_F(move, destination_is_replaced_and_both_sides_of_it_stay)
{
	char *to = self->dest + pages(1);

	SETUP(!sys_mprotect(self->p, pages(2), PROT_READ));

	EXPECT_ADDR(to, sys_mremap(self->p, pages(2), pages(2), FIXED, to));
	EXPECT_LAYOUT(".. .. .. .. .. rw r- r- rw ..", &self->arena);
	EXPECT_BYTES('d', self->dest, pages(1));
	EXPECT_BYTES('s', to, pages(2));
	EXPECT_BYTES('d', to + pages(2), pages(1));
}

/* clause: mremap.fixed.destination-fully-replaced-length */
TEST_F(move, shrinking_takes_the_new_length_there_and_the_old_length_here)
{
	SETUP(arena_map(&self->arena, 0, 4, "rw")); /* |r-|r-|r-|r-|..|rw|rw|rw|rw|..| */
	memset(self->p, 's', pages(4));
	SETUP(!sys_mprotect(self->p, pages(4), PROT_READ));

	EXPECT_ADDR(self->dest, sys_mremap(self->p, pages(4), pages(1), FIXED, self->dest));
	EXPECT_LAYOUT(".. .. .. .. .. r- rw rw rw ..", &self->arena);
	EXPECT_BYTES('s', self->dest, pages(1));
	EXPECT_BYTES('d', self->dest + pages(1), pages(3));
}

/* clause: mremap.fixed.grow */
TEST_F(move, growing_takes_the_new_length)
{
	char *p = self->p + pages(1);

	SETUP(!sys_munmap(self->dest, pages(4))); /* |rw|rw|..|..|..|..|..|..|..|..| */

	EXPECT_ADDR(p + pages(1), sys_mremap(p, pages(1), pages(8), FIXED, p + pages(1)));
	EXPECT_LAYOUT("rw .. rw rw rw rw rw rw rw rw", &self->arena);
	EXPECT_BYTES('s', self->p, pages(1));
	EXPECT_BYTES('s', p + pages(1), pages(1));
	EXPECT_BYTES(0, p + pages(2), pages(7));
}

/* clause: mremap.fixed.shrink-across-vmas */
TEST_F(move, shrinking_keeps_part_of_one_mapping_alone)
{
	SETUP(arena_map(&self->arena, 2, 2, "r-")); /* |rw|rw|r-|r-|..|rw|rw|rw|rw|..| */

	EXPECT_ERRNO(EFAULT, sys_mremap(self->p, pages(4), pages(3), FIXED, self->dest));
	EXPECT_LAYOUT("rw rw r- r- .. rw rw rw rw ..", &self->arena);
	EXPECT_BYTES('s', self->p, pages(2));
	EXPECT_BYTES('d', self->dest, pages(4));

	EXPECT_ADDR(self->dest, sys_mremap(self->p, pages(4), pages(2), FIXED, self->dest));
	EXPECT_LAYOUT(".. .. .. .. .. rw rw rw rw ..", &self->arena);
	EXPECT_BYTES('s', self->dest, pages(2));
}

/*
 * What is refused, whether for a range with a hole, for a duplicate of private memory, or by a
 * limit, has cost nothing.
 * clause: mremap.fixed.early-error-keeps-dest
 */
TEST_F(move, refused_call_leaves_the_destination)
{
	struct rlimit address_space;

	NEED_OWN_PROCESS("it sets limits");
	NEED(caps_known() && caps_drop(CAPS_IPC_LOCK), "leave to drop CAP_IPC_LOCK");
	NEED(limit_set(RLIMIT_MEMLOCK, pages(2)), "leave to lock two pages");
	SETUP(!getrlimit(RLIMIT_AS, &address_space));

	EXPECT_ERRNO(EFAULT, sys_mremap(self->p, pages(3), pages(4), FIXED, self->dest));
	EXPECT_LAYOUT(UNTOUCHED, &self->arena);
	EXPECT_ERRNO(EINVAL, sys_mremap(self->p, 0, pages(1), FIXED, self->dest));
	EXPECT_LAYOUT(UNTOUCHED, &self->arena);

	SETUP(limit_set(RLIMIT_AS, pages(1))); /* far more is mapped already */
	EXPECT_ERRNO(ENOMEM, sys_mremap(self->p, pages(2), pages(3), FIXED, self->dest));
	SETUP(limit_set(RLIMIT_AS, address_space.rlim_cur));
	EXPECT_LAYOUT(UNTOUCHED, &self->arena);

	SETUP(!sys_mlock(self->p, pages(2)));
	EXPECT_ERRNO(EAGAIN, sys_mremap(self->p, pages(2), pages(3), FIXED, self->dest));
	EXPECT_LAYOUT(UNTOUCHED, &self->arena);
	EXPECT_BYTES('s', self->p, pages(2));
	EXPECT_BYTES('d', self->dest, pages(4));
}

TEST_HARNESS_MAIN
