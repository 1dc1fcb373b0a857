// SPDX-License-Identifier: GPL-2.0
/*
 * What the C library's mremap does before the system call: which of them passes a new address on
 * that is only a hint, and a length that one refuses.
 */
#include "kselftest_harness.h"
#include "lib/arena.h"
#include "lib/expect.h"
#include "lib/letters.h"
#include "lib/libc.h"
#include "lib/syscalls.h"

#define DONTUNMAP (MREMAP_MAYMOVE | MREMAP_DONTUNMAP)

FIXTURE(source)
{
	struct arena arena; /* |..|a|b|..|..|..|..|..| */
	char *p, *hint;
};
FIXTURE_SETUP(source)
{
	SETUP(arena_init(&self->arena, 8));
	SETUP(arena_map(&self->arena, 1, 2, "rw"));
	self->p = slot(&self->arena, 1);
	self->hint = slot(&self->arena, 5);
	memset(self->p, 'a', pages(1));
	memset(self->p + pages(1), 'b', pages(1));
}
FIXTURE_TEARDOWN(source)
{
	arena_free(&self->arena);
}

/* clause: mremap.compat.libc-fifth-arg */
TEST_F(source, glibc_passes_a_hint_on)
{
	NEED(GLIBC, "glibc");

	EXPECT_ADDR(self->hint, mremap(self->p, pages(2), pages(2), DONTUNMAP, self->hint));
	EXPECT_LAYOUT(".. rw rw .. .. rw rw ..", &self->arena);
	EXPECT_STREQ("00..ab", letters_at(self->p, 6));
}

/* clause: mremap.compat.musl-fifth-arg */
TEST_F(source, musl_passes_a_destination_on_and_no_hint)
{
	char *to = slot(&self->arena, 4), *got;

	NEED(MUSL, "musl");

	ASSERT_OK(got = mremap(self->p, pages(2), pages(2), DONTUNMAP, self->hint));
	EXPECT_LAYOUT(".. rw rw .. .. .. .. ..", &self->arena);
	EXPECT_STREQ("ab", letters_at(got, 2));
	EXPECT_ADDR(to, mremap(got, pages(2), pages(2), MREMAP_MAYMOVE | MREMAP_FIXED, (void *)to));
	EXPECT_STREQ("00.ab", letters_at(self->p, 5));
}

/*
 * The kernel would refuse these as being the wrong old length for that flag.
 * clause: mremap.compat.musl-ptrdiff-max
 */
TEST_F(source, musl_refuses_a_length_of_half_the_addresses_by_itself)
{
	const size_t lengths[] = { PTRDIFF_MAX, (size_t)PTRDIFF_MAX + 1, SIZE_MAX };

	NEED(MUSL, "musl");

	EXPECT_ERRNO(EINVAL, mremap(self->p, pages(2), PTRDIFF_MAX - 1, DONTUNMAP));
	for (int i = 0; i < 3; i++)
		EXPECT_ERRNO(ENOMEM, mremap(self->p, pages(2), lengths[i], DONTUNMAP));
	EXPECT_LAYOUT(".. rw rw .. .. .. .. ..", &self->arena);
	EXPECT_STREQ("ab", letters_at(self->p, 2));
}

TEST_HARNESS_MAIN
