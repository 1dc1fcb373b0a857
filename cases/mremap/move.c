// SPDX-License-Identifier: GPL-2.0
/*
 * A moved mapping takes its contents along, and leaves nothing at its old addresses.
 */
#include "kselftest_harness.h"
#include "lib/arena.h"
#include "lib/expect.h"
#include "lib/letters.h"
#include "lib/maps.h"
#include "lib/syscalls.h"

EACH_FILESYSTEM;

#define FIXED (MREMAP_MAYMOVE | MREMAP_FIXED)

ARENA_FIXTURE(10);

/*
 * clause: mremap.move.content-kept
 * clause: mremap.move.old-range-unmapped
 */
TEST_F(arena, touched_and_untouched_pages_arrive_as_they_were)
{
	char *p = slot(&self->arena, 0), *to = slot(&self->arena, 5);

	SETUP(arena_map(&self->arena, 0, 3, "rw"));
	memset(p, 'a', pages(1));
	memset(p + pages(2), 'c', pages(1));

	EXPECT_ADDR(to, sys_mremap(p, pages(3), pages(3), FIXED, to));
	EXPECT_STREQ("a0c", letters_at(to, 3));
	EXPECT_LAYOUT(".. .. .. .. .. rw rw rw .. ..", &self->arena);
	for (int n = 0; n < 3; n++) {
		EXPECT_FAULT(SIGSEGV, SEGV_MAPERR, FAULT_READ, p + pages(n));
		EXPECT_FAULT(SIGSEGV, SEGV_MAPERR, FAULT_WRITE, p + pages(n));
	}
}

/* clause: mremap.move.residency-kept */
TEST_F(arena, untouched_pages_stay_untouched)
{
	char *p = slot(&self->arena, 0), *to = slot(&self->arena, 5);
	unsigned char before[3], after[3];

	SETUP(arena_map(&self->arena, 0, 3, "rw"));
	p[0] = p[pages(2)] = 'x';
	SETUP(!sys_mincore(p, pages(3), before));
	EXPECT_COPY("\1\0\1", before, 3);

	EXPECT_ADDR(to, sys_mremap(p, pages(3), pages(3), FIXED, to));
	EXPECT_OK(sys_mincore(to, pages(3), after));
	EXPECT_COPY("\1\0\1", after, 3);
}

/* clause: mremap.move.partial-leaves-both-ends */
TEST_F(arena, what_is_not_moved_stays_on_both_sides)
{
	char *to = slot(&self->arena, 6);

	SETUP(arena_map(&self->arena, 0, 5, "rw"));
	for (int n = 0; n < 5; n++)
		memset(slot(&self->arena, n), 'a' + n, pages(1));

	EXPECT_ADDR(to, sys_mremap(slot(&self->arena, 1), pages(3), pages(3), FIXED, to));
	EXPECT_LAYOUT("rw .. .. .. rw .. rw rw rw ..", &self->arena);
	EXPECT_STREQ("a...e.bcd.", letters_at(slot(&self->arena, 0), 10));
}

/* clause: mremap.move.within-own-mapping */
TEST_F(arena, destination_may_lie_in_the_same_mapping)
{
	char *p = slot(&self->arena, 0), *to = slot(&self->arena, 5);

	SETUP(arena_map(&self->arena, 0, 8, "rw"));
	for (int n = 0; n < 8; n++)
		memset(slot(&self->arena, n), 'a' + n, pages(1));

	EXPECT_ADDR(to, sys_mremap(p, pages(2), pages(2), FIXED, to));
	EXPECT_LAYOUT(".. .. rw rw rw rw rw rw .. ..", &self->arena);
	EXPECT_STREQ("..cdeabh..", letters_at(p, 10));
}

FIXTURE(file)
{
	struct arena arena; /* four free slots behind four of the file's pages */
	int fd; /* pages A to D */
	char *p, *to;
};
FILE_VARIANTS(file);
FIXTURE_SETUP(file)
{
	OPEN_OBJECT(self->fd, variant->kind, 0, 0);
	SETUP(letters_write(self->fd, "ABCD"));
	SETUP(arena_init(&self->arena, 8));
	self->p = slot(&self->arena, 0);
	self->to = slot(&self->arena, 4);
}
FIXTURE_TEARDOWN(file)
{
	arena_free(&self->arena);
	close(self->fd);
}

/* clause: mremap.move.cow-pages-kept */
TEST_F(file, private_copies_move_and_the_file_stays)
{
	SETUP(arena_map_file(&self->arena, 0, 3, "rw", self->fd, 0));
	memset(self->p + pages(1), 'x', pages(1));

	EXPECT_ADDR(self->to, sys_mremap(self->p, pages(3), pages(3), FIXED, self->to));
	EXPECT_STREQ("AxC", letters_at(self->to, 3));
	EXPECT_STREQ("ABCD", letters_in(self->fd, 4));
}

/* clause: mremap.move.shared-coherent */
TEST_F(file, shared_pages_follow_the_file)
{
	SETUP(arena_map_file(&self->arena, 0, 3, "rws", self->fd, 0));
	SETUP(!strcmp("ABC", letters_at(self->p, 3))); /* all of them are present */

	EXPECT_ADDR(self->to, sys_mremap(self->p, pages(3), pages(3), FIXED, self->to));
	memset(self->to, 'x', pages(1));
	EXPECT_STREQ("xBCD", letters_in(self->fd, 4));
	SETUP(object_fill(self->fd, pages(1), pages(1), 'y'));
	EXPECT_STREQ("xyC", letters_at(self->to, 3));
	SETUP(!ftruncate(self->fd, (off_t)pages(1)));
	EXPECT_STREQ("x!!", letters_at(self->to, 3));
	EXPECT_FAULT(SIGBUS, BUS_ADRERR, FAULT_READ, self->to + pages(1));
	EXPECT_FAULT(SIGBUS, BUS_ADRERR, FAULT_WRITE, self->to + pages(2));
}

/* clause: mremap.move.offset-kept */
TEST_F(file, maps_show_the_offset_of_its_first_page)
{
	struct vma vma;

	NEED_MAPS();
	SETUP(arena_map_file(&self->arena, 0, 4, "rws", self->fd, 0));

	EXPECT_ADDR(self->to, sys_mremap(self->p + pages(2), pages(2), pages(2), FIXED, self->to));
	ASSERT_EQ(1, maps_find((uintptr_t)self->to, &vma));
	EXPECT_EQ((uintptr_t)self->to, vma.start);
	EXPECT_EQ(pages(2), vma.offset);
	EXPECT_STREQ("CD", letters_at(self->to, 2));
}

TEST_HARNESS_MAIN
