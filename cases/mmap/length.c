// SPDX-License-Identifier: GPL-2.0
/*
 * The length of a mapping: not 0, rounded up to whole pages, and no more than there are free
 * addresses for.
 */
#include "kselftest_harness.h"
#include "lib/arena.h"
#include "lib/expect.h"
#include "lib/space.h"
#include "lib/syscalls.h"

#define RW (PROT_READ | PROT_WRITE)

FIXTURE(request)
{
	struct arena arena;
	int fd; /* three pages of 0 */
};
FIXTURE_VARIANT(request)
{
	unsigned long flags; /* without MAP_ANONYMOUS: of the file */
	const char *two_pages;
};
/* clang-format off */
FIXTURE_VARIANT_ADD(request, private_anon)	{ MAP_PRIVATE | MAP_ANONYMOUS, "rw rw .. .." };
FIXTURE_VARIANT_ADD(request, shared_anon)	{ MAP_SHARED | MAP_ANONYMOUS, "rws rws .. .." };
FIXTURE_VARIANT_ADD(request, private_file)	{ MAP_PRIVATE, "rw rw .. .." };
FIXTURE_VARIANT_ADD(request, shared_file)	{ MAP_SHARED, "rws rws .. .." };
/* clang-format on */
FIXTURE_SETUP(request)
{
	SETUP(arena_init(&self->arena, 4));
	self->fd = -1;
	if (!(variant->flags & MAP_ANONYMOUS))
		OPEN_OBJECT(self->fd, OBJECT_MEMFD, pages(3), 0);
}
FIXTURE_TEARDOWN(request)
{
	arena_free(&self->arena);
	close(self->fd);
}

/* clause: mmap.len.zero-einval */
TEST_F(request, zero_is_refused)
{
	void *p = slot(&self->arena, 0);

	SETUP(arena_map(&self->arena, 0, 2, "r-"));

	EXPECT_ERRNO(EINVAL, sys_mmap(NULL, 0, RW, variant->flags, self->fd, 0));
	EXPECT_ERRNO(EINVAL, sys_mmap(p, 0, RW, variant->flags | MAP_FIXED, self->fd, 0));
	EXPECT_LAYOUT("r- r- .. ..", &self->arena);
}

/* clause: mmap.len.rounded-up */
TEST_F(request, every_byte_of_the_last_page_is_there)
{
	char *p = slot(&self->arena, 0);
	size_t length = pages(1) + 1;

	EXPECT_ADDR(p, sys_mmap(p, length, RW, variant->flags | MAP_FIXED, self->fd, 0));
	EXPECT_LAYOUT(variant->two_pages, &self->arena);
	EXPECT_BYTES(0, p, pages(2));
	EXPECT_NO_FAULT(FAULT_WRITE, p + pages(2) - 1);
}

/* clause: mmap.len.page-align-overflow-enomem */
TEST_F(request, length_that_rounds_up_to_zero_is_out_of_memory)
{
	char *p = slot(&self->arena, 0);
	size_t lengths[] = { SIZE_MAX, SIZE_MAX - page_size() + 2 };

	SETUP(arena_map(&self->arena, 0, 2, "r-"));

	for (int i = 0; i < 2; i++) {
		size_t length = lengths[i];

		EXPECT_ERRNO(ENOMEM, sys_mmap(NULL, length, RW, variant->flags, self->fd, 0));
		EXPECT_ERRNO(ENOMEM,
			     sys_mmap(p, length, RW, variant->flags | MAP_FIXED, self->fd, 0));
	}
	EXPECT_LAYOUT("r- r- .. ..", &self->arena);
}

/* clause: mmap.len.over-task-size-enomem */
TEST_F(request, length_above_the_address_space_is_out_of_memory)
{
	char *p = slot(&self->arena, 0);
	size_t end = (size_t)space_end();
	size_t lengths[] = { end + 1, end + page_size(), -page_size() };

	NEED(end, "a machine whose address space is known");
	SETUP(arena_map(&self->arena, 0, 2, "r-"));

	for (int i = 0; i < 3; i++) {
		size_t length = lengths[i];

		EXPECT_ERRNO(ENOMEM, sys_mmap(NULL, length, RW, variant->flags, self->fd, 0));
		EXPECT_ERRNO(ENOMEM,
			     sys_mmap(p, length, RW, variant->flags | MAP_FIXED, self->fd, 0));
	}
	EXPECT_LAYOUT("r- r- .. ..", &self->arena);
}

ARENA_FIXTURE(4);

/*
 * This program itself lies in the way.
 * clause: mmap.len.no-gap-enomem
 */
TEST_F(arena, length_of_the_whole_address_space_finds_no_place)
{
	size_t length = (size_t)space_end();
	unsigned long flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE;

	NEED(length, "a machine whose address space is known");
	SETUP(arena_map(&self->arena, 0, 1, "r-"));

	EXPECT_ERRNO(ENOMEM, sys_mmap(NULL, length, PROT_NONE, flags, -1, 0));
	EXPECT_ERRNO(ENOMEM, sys_mmap(slot(&self->arena, 0), length, PROT_NONE, flags, -1, 0));
	EXPECT_LAYOUT("r- .. .. ..", &self->arena);
}

TEST_HARNESS_MAIN
