// SPDX-License-Identifier: GPL-2.0
/*
 * Where a sealed mapping would be split with as many mappings as there may be, the limit comes
 * before the seal.
 */
#include "kselftest_harness.h"
#include "lib/arena.h"
#include "lib/expect.h"
#include "lib/limits.h"
#include "lib/syscalls.h"

#define LIMIT_MAX 131072 /* mappings that are made in good time */
#define NOTHING (MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE)

ARENA_FIXTURE(4);

/*
 * Maps every other page of so many from start on, until the kernel will not make another mapping.
 */
static bool fill_up(char *start, size_t count)
{
	for (size_t n = 0; n < count; n += 2) {
		if (sys_mmap(start + pages(n), pages(1), PROT_READ, NOTHING | MAP_FIXED, -1, 0) ==
		    MAP_FAILED)
			return errno == ENOMEM;
	}
	return false;
}

/* clause: munmap.order.mapcount-before-sealed */
TEST_F(arena, limit_of_mappings_comes_before_the_seal)
{
	char *p = slot(&self->arena, 0), *many;
	int64_t limit;
	size_t count;

	NEED_OWN_PROCESS("what is sealed cannot be unmapped");
	NEED(sysctl_read("vm.max_map_count", &limit) && limit <= LIMIT_MAX,
	     "vm.max_map_count of at most 131072");
	SETUP(arena_map(&self->arena, 0, 3, "rw"));
	memset(p, 'x', pages(3));
	SEAL(p, pages(3));
	count = 2 * (size_t)limit + 4;
	many = sys_mmap(NULL, pages(count), PROT_NONE, NOTHING, -1, 0);
	SETUP(many != MAP_FAILED && fill_up(many, count));

	EXPECT_ERRNO(ENOMEM, sys_munmap(p + pages(1), pages(1)));
	EXPECT_ERRNO(EPERM, sys_munmap(p, pages(1)));
	EXPECT_ERRNO(EPERM, sys_munmap(p, pages(3)));
	SETUP(!sys_munmap(many, pages(count)));
	EXPECT_ERRNO(EPERM, sys_munmap(p + pages(1), pages(1)));
	EXPECT_LAYOUT("rw rw rw ..", &self->arena);
	EXPECT_BYTES('x', p, pages(3));
}

TEST_HARNESS_MAIN
