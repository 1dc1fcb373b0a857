// SPDX-License-Identifier: GPL-2.0
/*
 * munmap gives back what was counted: locked memory, address space, and room under RLIMIT_AS.
 */
#include "kselftest_harness.h"
#include "lib/arena.h"
#include "lib/expect.h"
#include "lib/limits.h"
#include "lib/smaps.h"
#include "lib/syscalls.h"

ARENA_FIXTURE(8);

/* clause: munmap.lock.vmlck-falls */
TEST_F(arena, locked_pages_are_given_back)
{
	uint64_t before, locked;

	NEED(locked_bytes(&before), "/proc/self/status with VmLck");
	SETUP(arena_map(&self->arena, 0, 4, "rw"));
	NEED(!sys_mlock(slot(&self->arena, 0), pages(4)), "leave to lock four pages");
	SETUP(locked_bytes(&locked) && locked == before + pages(4));

	EXPECT_OK(sys_munmap(slot(&self->arena, 1), pages(2)));
	ASSERT_TRUE(locked_bytes(&locked));
	EXPECT_EQ(before + pages(2), locked);
	EXPECT_OK(sys_munmap(slot(&self->arena, 0), pages(4)));
	ASSERT_TRUE(locked_bytes(&locked));
	EXPECT_EQ(before, locked);
}

/* clause: munmap.acct.vmsize-falls */
TEST_F(arena, address_space_falls_by_the_pages_and_not_the_holes)
{
	uint64_t before, mapped;

	NEED(address_space_bytes(&before), "/proc/self/statm");
	SETUP(arena_map(&self->arena, 1, 3, "rw"));
	SETUP(arena_map(&self->arena, 6, 1, "--")); /* |..|rw|rw|rw|..|..|--|..| */
	SETUP(address_space_bytes(&mapped) && mapped == before + pages(4));

	EXPECT_OK(sys_munmap(slot(&self->arena, 3), pages(5)));
	ASSERT_TRUE(address_space_bytes(&mapped));
	EXPECT_EQ(before + pages(2), mapped);
	EXPECT_OK(sys_munmap(slot(&self->arena, 0), pages(8)));
	ASSERT_TRUE(address_space_bytes(&mapped));
	EXPECT_EQ(before, mapped);
}

/* clause: munmap.acct.frees-rlimit-as */
TEST_F(arena, page_removed_at_the_limit_makes_room_for_one)
{
	int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED;
	char *p = slot(&self->arena, 0), *other = slot(&self->arena, 5);
	uint64_t mapped;

	NEED_OWN_PROCESS("it sets a limit");
	SETUP(arena_map(&self->arena, 0, 2, "rw"));
	NEED(address_space_bytes(&mapped), "/proc/self/statm");
	SETUP(limit_set(RLIMIT_AS, mapped));

	EXPECT_ERRNO(ENOMEM, sys_mmap(other, pages(1), PROT_READ, flags, -1, 0));
	EXPECT_OK(sys_munmap(p, pages(1)));
	EXPECT_ADDR(other, sys_mmap(other, pages(1), PROT_READ, flags, -1, 0));
	EXPECT_LAYOUT(".. rw .. .. .. r- .. ..", &self->arena);
	EXPECT_ERRNO(ENOMEM, sys_mmap(p, pages(1), PROT_READ, flags, -1, 0));
}

TEST_HARNESS_MAIN
