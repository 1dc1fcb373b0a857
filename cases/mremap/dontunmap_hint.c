// SPDX-License-Identifier: GPL-2.0
/*
 * With MREMAP_DONTUNMAP and no MREMAP_FIXED the new address is a hint: it has to be a sound one,
 * and is taken if it is free.
 */
#include "kselftest_harness.h"
#include "lib/arena.h"
#include "lib/expect.h"
#include "lib/letters.h"
#include "lib/syscalls.h"

#define DONTUNMAP (MREMAP_MAYMOVE | MREMAP_DONTUNMAP)

FIXTURE(source)
{
	struct arena arena; /* |..|a|b|..|..|..|..|..| */
	char *p;
};
FIXTURE_SETUP(source)
{
	SETUP(arena_init(&self->arena, 8));
	SETUP(arena_map(&self->arena, 1, 2, "rw"));
	self->p = slot(&self->arena, 1);
	memset(self->p, 'a', pages(1));
	memset(self->p + pages(1), 'b', pages(1));
}
FIXTURE_TEARDOWN(source)
{
	arena_free(&self->arena);
}

/* clause: mremap.dontunmap.hint-checked */
TEST_F(source, unsound_hint_is_refused)
{
	void *const unsound[] = {
		slot(&self->arena, 5) + 1, /* inside a page */
		slot(&self->arena, 5) - 1,
		(void *)-page_size(), /* outside the address space */
		(void *)-1,
		self->p, /* overlapping the source */
		slot(&self->arena, 2),
		slot(&self->arena, 0),
	};

	for (int i = 0; i < 7; i++)
		EXPECT_ERRNO(EINVAL,
			     sys_mremap(self->p, pages(2), pages(2), DONTUNMAP, unsound[i]));
	EXPECT_LAYOUT(".. rw rw .. .. .. .. ..", &self->arena);
	EXPECT_STREQ("ab", letters_at(self->p, 2));
}

/* clause: mremap.dontunmap.hint-honoured */
TEST_F(source, free_hint_is_taken)
{
	char *hint = slot(&self->arena, 5);

	EXPECT_ADDR(hint, sys_mremap(self->p, pages(2), pages(2), DONTUNMAP, hint));
	EXPECT_LAYOUT(".. rw rw .. .. rw rw ..", &self->arena);
	EXPECT_STREQ("00..ab", letters_at(self->p, 6));
}

/* clause: mremap.dontunmap.hint-occupied */
TEST_F(source, occupied_hint_is_spared)
{
	char *hint = slot(&self->arena, 5), *moved;

	SETUP(arena_map(&self->arena, 6, 1, "rws")); /* half of what the hint asks for */
	memset(slot(&self->arena, 6), 'u', pages(1));

	ASSERT_OK(moved = sys_mremap(self->p, pages(2), pages(2), DONTUNMAP, hint));
	EXPECT_NE(hint, moved);
	EXPECT_LAYOUT(".. rw rw .. .. .. rws ..", &self->arena);
	EXPECT_STREQ("ab", letters_at(moved, 2));
	EXPECT_STREQ(".00...u.", letters_at(slot(&self->arena, 0), 8));
	sys_munmap(moved, pages(2));
}

TEST_HARNESS_MAIN
