// SPDX-License-Identifier: GPL-2.0
/*
 * MAP_FIXED takes the address literally: exactly there, or not at all.
 */
#include "kselftest_harness.h"
#include "lib/arena.h"
#include "lib/expect.h"
#include "lib/space.h"
#include "lib/syscalls.h"

#define RW (PROT_READ | PROT_WRITE)

FIXTURE(request)
{
	struct arena arena; /* |rw|rw|..|..|, of 'o' */
	int fd; /* two pages of 'f' */
};
FIXTURE_VARIANT(request)
{
	unsigned long flags; /* without MAP_ANONYMOUS: of the file */
	const char *mapped_behind;
};
/* clang-format off */
FIXTURE_VARIANT_ADD(request, private_anon)	{ MAP_PRIVATE | MAP_ANONYMOUS, "rw rw rw rw" };
FIXTURE_VARIANT_ADD(request, shared_anon)	{ MAP_SHARED | MAP_ANONYMOUS, "rw rw rws rws" };
FIXTURE_VARIANT_ADD(request, private_file)	{ MAP_PRIVATE, "rw rw rw rw" };
FIXTURE_VARIANT_ADD(request, shared_file)	{ MAP_SHARED, "rw rw rws rws" };
/* clang-format on */
FIXTURE_SETUP(request)
{
	OPEN_OBJECT(self->fd, OBJECT_MEMFD, pages(2), 'f');
	SETUP(arena_init(&self->arena, 4));
	SETUP(arena_map(&self->arena, 0, 2, "rw"));
	memset(slot(&self->arena, 0), 'o', pages(2));
}
FIXTURE_TEARDOWN(request)
{
	arena_free(&self->arena);
	close(self->fd);
}

/* clause: mmap.fixed.exact */
TEST_F(request, free_range_is_taken_exactly)
{
	void *p = slot(&self->arena, 2);

	EXPECT_ADDR(p, sys_mmap(p, pages(2), RW, variant->flags | MAP_FIXED, self->fd, 0));
	EXPECT_LAYOUT(variant->mapped_behind, &self->arena);
	EXPECT_BYTES(variant->flags & MAP_ANONYMOUS ? 0 : 'f', p, pages(2));
	EXPECT_BYTES('o', slot(&self->arena, 0), pages(2));
}

/* clause: mmap.fixed.unaligned-einval */
TEST_F(request, address_inside_a_page_is_refused)
{
	const size_t inside[] = { 1, page_size() / 2, page_size() - 1 };
	unsigned long flags = variant->flags | MAP_FIXED;

	for (int i = 0; i < 3; i++) {
		char *taken = slot(&self->arena, 0), *free_one = slot(&self->arena, 2);

		EXPECT_ERRNO(EINVAL, sys_mmap(taken + inside[i], 1, RW, flags, self->fd, 0));
		EXPECT_ERRNO(EINVAL, sys_mmap(free_one + inside[i], 1, RW, flags, self->fd, 0));
	}
	EXPECT_LAYOUT("rw rw .. ..", &self->arena);
	EXPECT_BYTES('o', slot(&self->arena, 0), pages(2));
}

/*
 * clause: mmap.fixed.above-task-size-enomem
 * clause: mmap.fixed.range-before-align
 */
TEST_F(request, range_above_the_address_space_is_out_of_memory_even_when_unaligned)
{
	char *end = space_end(), *kernel = space_beyond(end);
	unsigned long flags = variant->flags | MAP_FIXED;

	NEED(end, "a machine whose address space is known");

	EXPECT_ERRNO(ENOMEM, sys_mmap(end, pages(1), RW, flags, self->fd, 0));
	EXPECT_ERRNO(ENOMEM, sys_mmap(end - pages(1), pages(2), RW, flags, self->fd, 0));
	EXPECT_ERRNO(ENOMEM, sys_mmap(kernel, pages(1), RW, flags, self->fd, 0));
	EXPECT_ERRNO(ENOMEM, sys_mmap((void *)-pages(1), pages(1), RW, flags, self->fd, 0));
	EXPECT_ERRNO(ENOMEM, sys_mmap(end + 1, pages(1), RW, flags, self->fd, 0));
	EXPECT_ERRNO(ENOMEM, sys_mmap(end - 1, pages(1), RW, flags, self->fd, 0));
	EXPECT_ERRNO(ENOMEM, sys_mmap(kernel + 1, pages(1), RW, flags, self->fd, 0));
	EXPECT_LAYOUT("rw rw .. ..", &self->arena);
}

/* clause: mmap.fixed.last-page-ok */
TEST_F(request, last_page_of_the_address_space_is_taken)
{
	char *end = space_end(), *last, *probe;

	NEED(end, "a machine whose address space is known");
	last = end - pages(1);
	probe = sys_mmap(last, pages(1), PROT_NONE,
			 MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
	NEED(probe != MAP_FAILED || errno != EEXIST, "a stack that leaves the last page free");
	if (probe != MAP_FAILED)
		SETUP(!sys_munmap(probe, pages(1)));

	EXPECT_ADDR(last, sys_mmap(last, pages(1), RW, variant->flags | MAP_FIXED, self->fd, 0));
	EXPECT_NO_FAULT(FAULT_WRITE, end - 1);
	EXPECT_OK(sys_munmap(last, pages(1)));
}

TEST_HARNESS_MAIN
