// SPDX-License-Identifier: GPL-2.0
/*
 * remap_file_pages is made of ordinary mappings: each piece that is not consecutive is one of its
 * own, and pieces that are again become one.
 */
#include "kselftest_harness.h"
#include "lib/arena.h"
#include "lib/expect.h"
#include "lib/letters.h"
#include "lib/smaps.h"
#include "lib/syscalls.h"
#include "window.h"

/* clause: remap_file_pages.proc.splits-areas */
TEST_F(window, piece_that_is_not_consecutive_is_a_mapping_of_its_own)
{
	static const size_t page[] = { 0, 5, 2 };
	struct vma vma = { .end = (uintptr_t)slot(&self->arena, 0) };

	NEED_MAPS();
	SETUP(arena_vmas(&self->arena) == 1);

	EXPECT_OK(sys_remap_file_pages(slot(&self->arena, 1), pages(1), 0, 5, 0));
	EXPECT_VMAS(3, &self->arena);
	for (size_t n = 0; n < 3; n++) {
		TH_LOG("piece %zu", n);
		ASSERT_EQ(1, maps_find(vma.end, &vma));
		EXPECT_EQ((uintptr_t)slot(&self->arena, n), vma.start);
		EXPECT_EQ((uint64_t)pages(page[n]), vma.offset);
	}
	EXPECT_EQ((uintptr_t)slot(&self->arena, 4), vma.end);
}

/* clause: remap_file_pages.data.restore-linear */
TEST_F(window, consecutive_again_it_is_one_mapping)
{
	struct vma vma;

	NEED_MAPS();
	for (size_t n = 0; n < 4; n++)
		SETUP(!sys_remap_file_pages(slot(&self->arena, n), pages(1), 0, 3 - n, 0));
	SETUP(!strcmp("DCBA", letters_at(slot(&self->arena, 0), 4)));
	SETUP(arena_vmas(&self->arena) == 4);

	EXPECT_OK(sys_remap_file_pages(slot(&self->arena, 0), pages(4), 0, 0, 0));
	EXPECT_STREQ("ABCD", letters_at(slot(&self->arena, 0), 4));
	EXPECT_VMAS(1, &self->arena);
	ASSERT_EQ(1, maps_find((uintptr_t)slot(&self->arena, 0), &vma));
	EXPECT_EQ((uint64_t)0, vma.offset);
}

/* clause: remap_file_pages.proc.no-nonlinear-flag */
TEST_F(window, no_piece_is_marked_as_nonlinear)
{
	char flags[SMAPS_FLAGS_MAX];

	NEED(smaps_flags(slot(&self->arena, 0), flags), "VmFlags in /proc/self/smaps");

	EXPECT_OK(sys_remap_file_pages(slot(&self->arena, 1), pages(1), 0, 5, 0));
	for (long n = 0; n < 4; n++) {
		EXPECT_TRUE(smaps_marked(slot(&self->arena, n), "sh"));
		EXPECT_FALSE(smaps_marked(slot(&self->arena, n), "nl"));
	}
}

TEST_HARNESS_MAIN
