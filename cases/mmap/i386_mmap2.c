// SPDX-License-Identifier: GPL-2.0
/*
 * mmap2 of i386 counts the offset in units of 4096 bytes, as far as 16 TiB. A 32-bit kernel refuses
 * a range whose end is no such number any more; for a 64-bit kernel nothing is special there.
 */
#include "kselftest_harness.h"
#include "lib/arena.h"
#include "lib/expect.h"
#include "lib/letters.h"
#include "lib/space.h"
#include "lib/syscalls.h"
#include "lib/x86.h"

#define RW (PROT_READ | PROT_WRITE)
#define LAST_UNIT UINT32_MAX

FIXTURE(request)
{
	struct arena arena; /* |rw|rw|..|..|, of 'o' */
	int fd; /* A, B, C, a hole; Y and Z on either side of 16 TiB, on a 64-bit kernel */
	char *p, *old;
};
FIXTURE_VARIANT(request)
{
	unsigned long flags; /* of the file but with MAP_ANONYMOUS */
	const char *content, *at_16_tib, *mapped;
};
/* clang-format off */
FIXTURE_VARIANT_ADD(request, private_anon)	{ MAP_PRIVATE | MAP_ANONYMOUS, "00", "00", "rw rw rw rw" };
FIXTURE_VARIANT_ADD(request, shared_anon)	{ MAP_SHARED | MAP_ANONYMOUS, "00", "00", "rw rw rws rws" };
FIXTURE_VARIANT_ADD(request, private_file)	{ MAP_PRIVATE, "BC", "YZ", "rw rw rw rw" };
FIXTURE_VARIANT_ADD(request, shared_file)	{ MAP_SHARED, "BC", "YZ", "rw rw rws rws" };
/* clang-format on */
FIXTURE_SETUP(request)
{
	const off_t border = (off_t)1 << 44;

	NEED(I386, "an i386 program");
	OPEN_OBJECT(self->fd, OBJECT_MEMFD, 0, 0);
	SETUP(letters_write(self->fd, "ABC"));
	if (!space_words_match()) {
		char page[4096];

		memset(page, 'Y', sizeof(page));
		SETUP(pwrite(self->fd, page, sizeof(page), border - 4096) == 4096);
		memset(page, 'Z', sizeof(page));
		SETUP(pwrite(self->fd, page, sizeof(page), border) == 4096);
	}
	SETUP(arena_init(&self->arena, 4));
	SETUP(arena_map(&self->arena, 0, 2, "rw"));
	self->old = slot(&self->arena, 0);
	self->p = slot(&self->arena, 2);
	memset(self->old, 'o', pages(2));
}
FIXTURE_TEARDOWN(request)
{
	arena_free(&self->arena);
	close(self->fd);
}

/* clause: mmap.compat.mmap2-units */
TEST_F(request, offset_is_the_number_of_a_unit_the_last_one_too)
{
	unsigned long fixed = variant->flags | MAP_FIXED;
	char last[2] = { variant->at_16_tib[0] };

	NEED(!space_words_match(), "a 64-bit kernel");

	EXPECT_ADDR(self->p, i386_mmap2(self->p, pages(2), RW, fixed, self->fd, 1));
	EXPECT_STREQ(variant->content, letters_at(self->p, 2));
	EXPECT_ADDR(self->p, i386_mmap2(self->p, pages(1), RW, fixed, self->fd, LAST_UNIT));
	EXPECT_STREQ(last, letters_at(self->p, 1));
	EXPECT_LAYOUT(variant->mapped, &self->arena);
}

/* clause: mmap.compat.mmap2-pgoff-wrap */
TEST_F(request, range_that_wraps_is_refused_by_a_32_bit_kernel_alone)
{
	unsigned long fixed = variant->flags | MAP_FIXED;

	if (space_words_match()) {
		EXPECT_ERRNO(EOVERFLOW,
			     i386_mmap2(self->old, pages(2), RW, fixed, self->fd, LAST_UNIT));
		EXPECT_LAYOUT("rw rw .. ..", &self->arena);
		EXPECT_BYTES('o', self->old, pages(2));
	} else {
		EXPECT_ADDR(self->p, i386_mmap2(self->p, pages(2), RW, fixed, self->fd, LAST_UNIT));
		EXPECT_LAYOUT(variant->mapped, &self->arena);
		EXPECT_STREQ(variant->at_16_tib, letters_at(self->p, 2));
	}
}

TEST_HARNESS_MAIN
