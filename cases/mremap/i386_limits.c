// SPDX-License-Identifier: GPL-2.0
/*
 * The limits that mremap knows are those of the 32-bit program for an address, and those of the
 * kernel's words for a length or an offset.
 */
#include "kselftest_harness.h"
#include "lib/arena.h"
#include "lib/expect.h"
#include "lib/letters.h"
#include "lib/space.h"
#include "lib/syscalls.h"
#include "lib/x86.h"

#define FIXED (MREMAP_MAYMOVE | MREMAP_FIXED)
#define LAYOUT "rw rw rws .. .. .. .. .."

FIXTURE(program)
{
	struct arena arena; /* |rw|rw|rws|..|..|..|..|..|, of s */
	char *p, *shared, *to;
};
FIXTURE_SETUP(program)
{
	NEED(I386, "an i386 program");
	SETUP(arena_init(&self->arena, 8));
	SETUP(arena_map(&self->arena, 0, 2, "rw"));
	SETUP(arena_map(&self->arena, 2, 1, "rws"));
	self->p = slot(&self->arena, 0);
	self->shared = slot(&self->arena, 2);
	self->to = slot(&self->arena, 5);
	memset(self->p, 's', pages(3));
}
FIXTURE_TEARDOWN(program)
{
	arena_free(&self->arena);
}

/* clause: mremap.compat.32bit-limit */
TEST_F(program, destination_that_ends_above_its_addresses_is_refused)
{
	char *end = space_end();
	char *const destinations[] = { end - pages(1), end, (char *)-pages(2), (char *)-pages(1) };

	for (int i = 0; i < 4; i++) {
		EXPECT_ERRNO(EINVAL,
			     sys_mremap(self->p, pages(2), pages(2), FIXED, destinations[i]));
		EXPECT_ERRNO(EINVAL,
			     sys_mremap(self->p, pages(1), pages(2), FIXED, destinations[i]));
	}
	EXPECT_LAYOUT(LAYOUT, &self->arena);
	EXPECT_STREQ("sss", letters_at(self->p, 3));
}

/* clause: mremap.compat.i386-oldlen-max */
TEST_F(program, largest_old_length_is_no_request_for_a_duplicate)
{
	NEED(!space_words_match(), "a 64-bit kernel");

	EXPECT_ERRNO(EINVAL, sys_mremap(self->p, SIZE_MAX, pages(1), 0, NULL));
	EXPECT_ERRNO(EINVAL, sys_mremap(self->p, SIZE_MAX, pages(1), MREMAP_MAYMOVE, NULL));
	EXPECT_ERRNO(EINVAL, sys_mremap(self->shared, SIZE_MAX, pages(1), MREMAP_MAYMOVE, NULL));
	EXPECT_ERRNO(EINVAL, sys_mremap(self->shared, SIZE_MAX, pages(1), FIXED, self->to));
	EXPECT_LAYOUT(LAYOUT, &self->arena);
	EXPECT_STREQ("sss", letters_at(self->p, 3));
}

/* clause: mremap.compat.i386-newlen-max */
TEST_F(program, largest_new_length_is_above_the_address_space)
{
	const unsigned long flags[] = { 0, MREMAP_MAYMOVE, FIXED,
					MREMAP_MAYMOVE | MREMAP_DONTUNMAP };

	NEED(!space_words_match(), "a 64-bit kernel");

	for (int i = 0; i < 4; i++)
		EXPECT_ERRNO(EINVAL, sys_mremap(self->p, pages(2), SIZE_MAX, flags[i], self->to));
	EXPECT_LAYOUT(LAYOUT, &self->arena);
	EXPECT_STREQ("sss", letters_at(self->p, 3));
}

/* clause: mremap.grow.pgoff-overflow */
TEST_F(program, mapping_cannot_grow_past_the_last_offset_of_a_32_bit_kernel)
{
	const unsigned long flags[] = { 0, MREMAP_MAYMOVE };
	int fd;

	NEED(space_words_match(), "a 32-bit kernel");
	OPEN_OBJECT(fd, OBJECT_MEMFD, pages(1), 'f');
	SETUP(i386_mmap2(self->p, pages(1), PROT_READ, MAP_SHARED | MAP_FIXED, fd,
			 UINT32_MAX - 1) == self->p);
	SETUP(!sys_munmap(self->p + pages(1), pages(1))); /* |r-s|..|rws|..|..|..|..|..| */

	for (int i = 0; i < 2; i++)
		EXPECT_ERRNO(EINVAL, sys_mremap(self->p, pages(1), pages(2), flags[i], NULL));
	EXPECT_ERRNO(EINVAL, sys_mremap(self->p, pages(1), pages(2), FIXED, self->to));
	EXPECT_LAYOUT("r-s .. rws .. .. .. .. ..", &self->arena);
	close(fd);
}

TEST_HARNESS_MAIN
