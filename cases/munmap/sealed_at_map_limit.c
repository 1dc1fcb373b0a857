// SPDX-License-Identifier: GPL-2.0
/*
 * Where a sealed mapping would be split with as many mappings as there may be, the limit comes before the seal.
 */
#include "kselftest_harness.h"
#include "lib/arena.h"
#include "lib/expect.h"
#include "lib/limits.h"
#include "lib/syscalls.h"

EXCLUSIVE("vm.max_map_count");

ARENA_FIXTURE(4);

/* clause: munmap.order.mapcount-before-sealed */
TEST_F(arena, limit_of_mappings_comes_before_the_seal)
{
	char *p = slot(&self->arena, 0);
	int64_t limit;
	int sealed;

	NEED_OWN_PROCESS("what is sealed cannot be unmapped");
	NEED(sysctl_read("vm.max_map_count", &limit), "vm.max_map_count");
	SETUP(arena_map(&self->arena, 0, 3, "rw"));
	memset(p, 'x', pages(3));
	sealed = sys_mseal(p, pages(3), 0);
	NEED_FEATURE(!sealed || errno != ENOSYS, "mseal");
	NEED(sysctl_write("vm.max_map_count", 0), "leave to set vm.max_map_count");
	SETUP(!sealed);

	EXPECT_ERRNO(ENOMEM, sys_munmap(p + pages(1), pages(1)));
	EXPECT_ERRNO(EPERM, sys_munmap(p, pages(1)));
	EXPECT_ERRNO(EPERM, sys_munmap(p, pages(3)));
	SETUP(sysctl_write("vm.max_map_count", limit));
	EXPECT_ERRNO(EPERM, sys_munmap(p + pages(1), pages(1)));
	EXPECT_LAYOUT("rw rw rw ..", &self->arena);
	EXPECT_BYTES('x', p, pages(3));
}

TEST_HARNESS_MAIN
