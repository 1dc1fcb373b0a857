// SPDX-License-Identifier: GPL-2.0
/*
 * MAP_FIXED_NOREPLACE is MAP_FIXED in all but one thing: whatever is mapped there, with access or
 * without, is in its way.
 */
#include <stdbool.h>

#include "kselftest_harness.h"
#include "lib/arena.h"
#include "lib/expect.h"
#include "lib/syscalls.h"

#define ANON_NOREPLACE (MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE)

FIXTURE(taken)
{
	struct arena arena; /* |..|M|M|..| */
	int fd; /* two pages of 'f' */
};
FIXTURE_VARIANT(taken)
{
	const char *access;
	bool file;
	const char *layout;
};
/* clang-format off */
FIXTURE_VARIANT_ADD(taken, anon)		{ "rw", false, ".. rw rw .." };
FIXTURE_VARIANT_ADD(taken, anon_none)		{ "--", false, ".. -- -- .." };
FIXTURE_VARIANT_ADD(taken, shared_none)		{ "--s", false, ".. --s --s .." };
FIXTURE_VARIANT_ADD(taken, shared_file)		{ "rws", true, ".. rws rws .." };
FIXTURE_VARIANT_ADD(taken, shared_file_none)	{ "--s", true, ".. --s --s .." };
/* clang-format on */
FIXTURE_SETUP(taken)
{
	OPEN_OBJECT(self->fd, OBJECT_MEMFD, pages(2), 'f');
	SETUP(arena_init(&self->arena, 4));
	if (variant->file)
		SETUP(arena_map_file(&self->arena, 1, 2, variant->access, self->fd, 0));
	else
		SETUP(arena_map(&self->arena, 1, 2, variant->access));
}
FIXTURE_TEARDOWN(taken)
{
	arena_free(&self->arena);
	close(self->fd);
}

/* clause: mmap.fixed-noreplace.none-counts */
TEST_F(taken, range_is_refused_whatever_access_it_has)
{
	void *p = slot(&self->arena, 1), *around = slot(&self->arena, 0);

	EXPECT_ERRNO(EEXIST, sys_mmap(p, pages(2), PROT_READ, ANON_NOREPLACE, -1, 0));
	EXPECT_ERRNO(EEXIST, sys_mmap(p, pages(2), PROT_NONE, ANON_NOREPLACE, -1, 0));
	EXPECT_ERRNO(EEXIST, sys_mmap(around, pages(4), PROT_NONE, ANON_NOREPLACE, -1, 0));
	EXPECT_LAYOUT(variant->layout, &self->arena);
}

/* clause: mmap.fixed-noreplace.wins-over-fixed */
TEST_F(taken, range_is_refused_with_map_fixed_too)
{
	unsigned long both = ANON_NOREPLACE | MAP_FIXED;
	void *p = slot(&self->arena, 2), *behind = slot(&self->arena, 3);

	EXPECT_ERRNO(EEXIST, sys_mmap(p, pages(2), PROT_READ, both, -1, 0));
	EXPECT_LAYOUT(variant->layout, &self->arena);
	EXPECT_ADDR(behind, sys_mmap(behind, pages(1), PROT_READ, both, -1, 0));
}

/* clause: mmap.fixed-noreplace.unaligned-einval */
TEST_F(taken, address_inside_a_page_is_refused)
{
	const size_t inside[] = { 1, page_size() / 2, page_size() - 1 };
	char *p = slot(&self->arena, 1), *unused = slot(&self->arena, 3);

	for (int i = 0; i < 3; i++) {
		EXPECT_ERRNO(EINVAL,
			     sys_mmap(unused + inside[i], 1, PROT_READ, ANON_NOREPLACE, -1, 0));
		EXPECT_ERRNO(EINVAL, sys_mmap(p + inside[i], 1, PROT_READ, ANON_NOREPLACE, -1, 0));
	}
	EXPECT_LAYOUT(variant->layout, &self->arena);
}

TEST_HARNESS_MAIN
