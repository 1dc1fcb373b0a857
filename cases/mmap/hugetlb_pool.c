// SPDX-License-Identifier: GPL-2.0
/*
 * Huge pages are reserved at mmap, so that without free ones it fails; with MAP_NORESERVE it is the
 * touch that fails.
 */
#include "kselftest_harness.h"
#include "lib/arena.h"
#include "lib/expect.h"
#include "lib/syscalls.h"

#define RW (PROT_READ | PROT_WRITE)

EXCLUSIVE("vm.nr_hugepages");

HUGE_FIXTURE(4, 0);
FIXTURE_VARIANT(huge)
{
	unsigned long flags;
};
FIXTURE_VARIANT_ADD(huge, private){ MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB | MAP_FIXED };
FIXTURE_VARIANT_ADD(huge, shared){ MAP_SHARED | MAP_ANONYMOUS | MAP_HUGETLB | MAP_FIXED };

/* clause: mmap.hugetlb.none-enomem */
TEST_F(huge, refused_without_free_huge_pages_whatever_the_protection)
{
	const unsigned long prots[] = { RW, PROT_READ, PROT_NONE };

	SETUP(arena_map(&self->arena, 1, 1, "r-"));
	for (size_t i = 0; i < 3 && !TEST_FAILED(); i++)
		EXPECT_ERRNO(ENOMEM, sys_mmap(slot(&self->arena, 2), self->size, prots[i],
					      variant->flags, -1, 0));
	EXPECT_LAYOUT(".. r- .. ..", &self->arena);
}

/* clause: mmap.hugetlb.noreserve-ok */
TEST_F(huge, without_a_reservation_it_is_the_touch_that_fails)
{
	EXPECT_ADDR(slot(&self->arena, 0), sys_mmap(slot(&self->arena, 0), self->size, RW,
						    variant->flags | MAP_NORESERVE, -1, 0));
	EXPECT_FAULT(SIGBUS, BUS_ADRERR, FAULT_WRITE, slot(&self->arena, 0));
	EXPECT_FAULT(SIGBUS, BUS_ADRERR, FAULT_READ, (char *)slot(&self->arena, 1) - 1);
}

/* clause: mmap.hugetlb.noreserve-exhaust */
TEST_F(huge, touch_fails_from_the_first_page_that_there_is_not)
{
	SETUP(hugepage_pool(2));
	SETUP(sys_mmap(slot(&self->arena, 0), 3 * self->size, RW, variant->flags | MAP_NORESERVE,
		       -1, 0) != MAP_FAILED);

	EXPECT_NO_FAULT(FAULT_WRITE, slot(&self->arena, 0));
	EXPECT_NO_FAULT(FAULT_WRITE, slot(&self->arena, 1));
	EXPECT_FAULT(SIGBUS, BUS_ADRERR, FAULT_WRITE, slot(&self->arena, 2));
	EXPECT_NO_FAULT(FAULT_READ, slot(&self->arena, 1));
}

TEST_HARNESS_MAIN
