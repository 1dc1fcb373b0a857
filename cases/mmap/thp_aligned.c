// SPDX-License-Identifier: GPL-2.0
/*
 * Anonymous memory of whole huge pages is placed so that huge pages fit; of any other length it is
 * placed like everything else.
 */
#include "kselftest_harness.h"
#include "lib/expect.h"
#include "lib/page.h"
#include "lib/syscalls.h"

#define RW (PROT_READ | PROT_WRITE)
#define ANON (MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE)

FIXTURE(huge)
{
	size_t size; /* of a transparent huge page */
	char *p[4];
	size_t length[4];
};
FIXTURE_SETUP(huge)
{
	self->size = hugepage_transparent();
	NEED(self->size, "transparent huge pages");
}
FIXTURE_TEARDOWN(huge)
{
	for (int i = 0; i < 4; i++)
		if (self->length[i])
			sys_munmap(self->p[i], self->length[i]);
}

/* clause: mmap.addr.thp-aligned-anon */
TEST_F(huge, whole_huge_pages_are_aligned_and_other_lengths_are_not)
{
	/* Two of a kind that lay aligned by chance would be a page off each other. */
	const size_t length[] = { 4 * self->size, 4 * self->size + page_size(), 4 * self->size,
				  4 * self->size + page_size() };
	size_t off[4];

	for (int i = 0; i < 4; i++) {
		ASSERT_OK(self->p[i] = sys_mmap(NULL, length[i], RW, ANON, -1, 0));
		self->length[i] = length[i];
		off[i] = (uintptr_t)self->p[i] % self->size;
	}
	EXPECT_TRUE(!off[0] && !off[2]);
	EXPECT_TRUE(off[1] || off[3]);
}

TEST_HARNESS_MAIN
