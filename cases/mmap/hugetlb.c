// SPDX-License-Identifier: GPL-2.0
/*
 * MAP_HUGETLB: the length is rounded up to huge pages, the address is one of a huge page, and what
 * is made is neither ordinary memory in the maps nor counted as locked.
 */
#include "kselftest_harness.h"
#include "lib/arena.h"
#include "lib/caps.h"
#include "lib/expect.h"
#include "lib/smaps.h"
#include "lib/syscalls.h"

#define RW (PROT_READ | PROT_WRITE)

EXCLUSIVE("vm.nr_hugepages");

HUGE_FIXTURE(4, 4);
FIXTURE_VARIANT(huge)
{
	unsigned long flags;
};
FIXTURE_VARIANT_ADD(huge, private){ MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB };
FIXTURE_VARIANT_ADD(huge, shared){ MAP_SHARED | MAP_ANONYMOUS | MAP_HUGETLB };

/* clause: mmap.hugetlb.len-rounded */
TEST_F(huge, length_of_a_small_page_takes_a_whole_huge_page)
{
	char *p;

	EXPECT_ADDR(slot(&self->arena, 1), sys_mmap(slot(&self->arena, 1), pages(1), RW,
						    variant->flags | MAP_FIXED, -1, 0));
	EXPECT_LAYOUT(variant->flags & MAP_SHARED ? ".. rws .. .." : ".. rw .. ..", &self->arena);
	EXPECT_NO_FAULT(FAULT_WRITE, (char *)slot(&self->arena, 2) - 1);
	ASSERT_OK(p = sys_mmap(NULL, pages(1), RW, variant->flags, -1, 0));
	EXPECT_EQ(0U, (uintptr_t)p % self->size);
	EXPECT_NO_FAULT(FAULT_WRITE, p + self->size - 1);
	sys_munmap(p, self->size);
}

/* clause: mmap.hugetlb.maps-name */
TEST_F(huge, maps_show_a_deleted_file)
{
	struct vma vma;

	NEED_MAPS();
	SETUP(sys_mmap(slot(&self->arena, 0), self->size, RW, variant->flags | MAP_FIXED, -1, 0) !=
	      MAP_FAILED);

	EXPECT_EQ(1, maps_find((uintptr_t)slot(&self->arena, 0), &vma));
	EXPECT_STREQ("/anon_hugepage (deleted)", vma.name);
	EXPECT_TRUE(smaps_marked(slot(&self->arena, 0), "ht"));
	EXPECT_TRUE(smaps_marked(slot(&self->arena, 0), "de"));
}

/* clause: mmap.hugetlb.size-2mb-explicit */
TEST_F(huge, size_in_the_flags_selects_pages_of_2_mib)
{
	uint64_t bytes = 0;

	NEED(self->size == 2 << 20, "huge pages of 2 MiB by default");
	ASSERT_OK(sys_mmap(slot(&self->arena, 0), self->size, RW,
			   variant->flags | MAP_FIXED | MAP_HUGE_2MB, -1, 0));
	EXPECT_TRUE(smaps_bytes(slot(&self->arena, 0), "KernelPageSize", &bytes));
	EXPECT_EQ(2U << 20, bytes);
}

/* clause: mmap.hugetlb.rlimits-not-locked */
TEST_F(huge, locked_huge_pages_do_not_count_as_locked)
{
	struct rlimit limit;
	uint64_t before, after;

	NEED(caps_known() && locked_bytes(&before), "capabilities that can be dropped, and VmLck");
	limit.rlim_cur = limit.rlim_max = before + 2 * self->size;
	SETUP(!setrlimit(RLIMIT_MEMLOCK, &limit));
	SETUP(caps_drop(CAPS_IPC_LOCK));

	for (int i = 0; i < 4; i++)
		EXPECT_OK(sys_mmap(slot(&self->arena, i), self->size, RW,
				   variant->flags | MAP_FIXED | MAP_LOCKED, -1, 0));
	EXPECT_TRUE(locked_bytes(&after));
	EXPECT_EQ(before, after);
}

/* clause: mmap.hugetlb.fixed-unaligned-einval */
TEST_F(huge, fixed_address_inside_a_huge_page_is_refused)
{
	SETUP(arena_map(&self->arena, 0, 2, "r-"));

	EXPECT_ERRNO(EINVAL, sys_mmap((char *)slot(&self->arena, 0) + pages(1), self->size, RW,
				      variant->flags | MAP_FIXED, -1, 0));
	EXPECT_LAYOUT("r- r- .. ..", &self->arena);
	EXPECT_BYTES(0, slot(&self->arena, 0), 2 * self->size);
}

/* clause: mmap.hugetlb.hint-rounded-up */
TEST_F(huge, hint_is_rounded_up_to_a_huge_page)
{
	EXPECT_ADDR(slot(&self->arena, 1), sys_mmap((char *)slot(&self->arena, 0) + pages(1),
						    self->size, RW, variant->flags, -1, 0));
	EXPECT_OK(sys_munmap(slot(&self->arena, 0), 2 * self->size));
}

/* clause: mmap.fixed.hugetlb-part-einval */
TEST_F(huge, small_pages_do_not_replace_a_part_of_a_huge_page)
{
	SETUP(arena_map_huge(&self->arena, 0, 1, variant->flags & MAP_SHARED ? "rws" : "rw"));
	memset(slot(&self->arena, 0), 'x', self->size);

	EXPECT_ERRNO(EINVAL, sys_mmap((char *)slot(&self->arena, 0) + pages(1), pages(1), RW,
				      MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0));
	EXPECT_VMAS(1, &self->arena);
	EXPECT_BYTES('x', slot(&self->arena, 0), self->size);
}

TEST_HARNESS_MAIN
