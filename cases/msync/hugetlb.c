// SPDX-License-Identifier: GPL-2.0
/*
 * MS_SYNC has nothing to do for huge pages, and takes ranges of small pages of them.
 */
#include "kselftest_harness.h"
#include "lib/arena.h"
#include "lib/expect.h"
#include "lib/syscalls.h"

EXCLUSIVE("vm.nr_hugepages");

HUGE_FIXTURE(2, 1);

/* clause: msync.sync.hugetlb-ok */
TEST_F(huge, whole_and_part_of_a_huge_page_are_taken)
{
	const char *sharing[] = { "rws", "rw" };
	char *p = slot(&self->arena, 0);

	for (int i = 0; i < 2 && !TEST_FAILED(); i++) {
		SETUP(arena_map_huge(&self->arena, 0, 1, sharing[i]));
		memset(p, 'x', self->size);
		EXPECT_OK(sys_msync(p, self->size, MS_SYNC));
		EXPECT_OK(sys_msync(p + pages(1), pages(1), MS_SYNC));
		EXPECT_ERRNO(EINVAL, sys_msync(p + 1, pages(1), MS_SYNC));
		EXPECT_ERRNO(ENOMEM, sys_msync(p + pages(1), self->size, MS_SYNC));
		EXPECT_BYTES('x', p, self->size);
		SETUP(!sys_munmap(p, self->size));
	}
}

TEST_HARNESS_MAIN
