// SPDX-License-Identifier: GPL-2.0
/*
 * remap_file_pages of huge pages: whole ones only, in size and in offset, which counts small pages.
 */
#include "kselftest_harness.h"
#include "lib/arena.h"
#include "lib/expect.h"
#include "lib/syscalls.h"

EXCLUSIVE("vm.nr_hugepages");

HUGE_FIXTURE(4, 3);

static bool fill(struct arena *arena, const char *access)
{
	if (!arena_map_huge(arena, 0, 3, access))
		return false;
	for (int i = 0; i < 3; i++)
		memset(slot(arena, i), 'a' + i, arena->slot_bytes);
	return true;
}

/* clause: remap_file_pages.target.hugetlb-whole-ok */
TEST_F(huge, whole_huge_page_shows_another_one)
{
	SETUP(fill(&self->arena, "rws")); /* |a|b|c|..| */

	EXPECT_OK(sys_remap_file_pages(slot(&self->arena, 0), self->size, 0,
				       2 * self->size / page_size(), 0));
	EXPECT_LAYOUT("rws rws rws ..", &self->arena);
	EXPECT_BYTES('c', slot(&self->arena, 0), self->size);
	EXPECT_BYTES('b', slot(&self->arena, 1), self->size);
	EXPECT_BYTES('c', slot(&self->arena, 2), self->size);
}

/* clause: remap_file_pages.target.hugetlb-part-einval */
TEST_F(huge, part_of_a_huge_page_is_refused)
{
	SETUP(fill(&self->arena, "rws"));

	EXPECT_ERRNO(EINVAL, sys_remap_file_pages(slot(&self->arena, 0), pages(1), 0, 0, 0));
	EXPECT_ERRNO(EINVAL,
		     sys_remap_file_pages(slot(&self->arena, 0), self->size + pages(1), 0, 0, 0));
	EXPECT_LAYOUT("rws rws rws ..", &self->arena);
	EXPECT_BYTES('a', slot(&self->arena, 0), self->size);
	EXPECT_BYTES('b', slot(&self->arena, 1), self->size);
}

/* clause: remap_file_pages.target.hugetlb-part-einval */
TEST_F(huge, private_huge_page_is_refused)
{
	SETUP(fill(&self->arena, "rw"));

	EXPECT_ERRNO(EINVAL, sys_remap_file_pages(slot(&self->arena, 0), self->size, 0, 0, 0));
	EXPECT_LAYOUT("rw rw rw ..", &self->arena);
	EXPECT_BYTES('a', slot(&self->arena, 0), self->size);
}

/* clause: remap_file_pages.target.hugetlb-offset-hole */
TEST_F(huge, offset_inside_a_huge_page_is_refused_and_leaves_a_hole)
{
	SETUP(fill(&self->arena, "rws"));

	EXPECT_ERRNO(EINVAL, sys_remap_file_pages(slot(&self->arena, 1), self->size, 0, 1, 0));
	EXPECT_LAYOUT("rws .. rws ..", &self->arena);
	EXPECT_FAULT(SIGSEGV, SEGV_MAPERR, FAULT_READ, slot(&self->arena, 1));
	EXPECT_BYTES('a', slot(&self->arena, 0), self->size);
	EXPECT_BYTES('c', slot(&self->arena, 2), self->size);
}

TEST_HARNESS_MAIN
