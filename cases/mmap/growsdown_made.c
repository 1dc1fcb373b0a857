// SPDX-License-Identifier: GPL-2.0
/*
 * MAP_GROWSDOWN makes just the range asked for, of private anonymous memory alone; what the kernel
 * places below it leaves the guard gap free.
 */
#include "kselftest_harness.h"
#include "lib/arena.h"
#include "lib/expect.h"
#include "lib/growing.h"
#include "lib/syscalls.h"

#define RW (PROT_READ | PROT_WRITE)
#define ANON (MAP_PRIVATE | MAP_ANONYMOUS)

/* Pages that the kernel has found room for, the highest of which grows down. */
#define ROOM 1024

FIXTURE(room)
{
	char *start, *stack;
};
FIXTURE_SETUP(room)
{
	NEED_OWN_PROCESS("it leaves free the address space that it found");
	self->start = sys_mmap(NULL, pages(ROOM), PROT_NONE, ANON, -1, 0);
	self->stack = self->start + pages(ROOM - 1);
	SETUP(self->start != MAP_FAILED && !sys_munmap(self->start, pages(ROOM)));
}
FIXTURE_TEARDOWN(room)
{
	sys_munmap(self->start, pages(ROOM));
}

/* clause: mmap.growsdown.return-is-start */
TEST_F(room, address_returned_is_the_lowest_of_the_mapping)
{
	struct vma vma;
	char *p;

	NEED_MAPS();
	EXPECT_ADDR(self->stack - pages(1),
		    sys_mmap(self->stack - pages(1), pages(2), RW, ANON | MAP_GROWSDOWN, -1, 0));
	EXPECT_EQ(0, maps_count((uintptr_t)self->start, (uintptr_t)self->stack - page_size()));
	EXPECT_EQ(1, maps_count((uintptr_t)self->start, (uintptr_t)self->start + pages(ROOM)));

	/* Where the kernel chooses, it could come to lie upon that one and become one with it. */
	EXPECT_OK(sys_munmap(self->stack - pages(1), pages(2)));
	ASSERT_OK(p = sys_mmap(NULL, pages(2), RW, ANON | MAP_GROWSDOWN, -1, 0));
	EXPECT_EQ(1, maps_find((uintptr_t)p, &vma));
	EXPECT_TRUE(vma.start == (uintptr_t)p && vma.end == (uintptr_t)p + pages(2));
	EXPECT_BYTES(0, p, pages(2));
	EXPECT_OK(sys_munmap(p, pages(2)));
}

/* clause: mmap.growsdown.placement-keeps-gap */
TEST_F(room, kernel_places_nothing_into_the_gap_below_it)
{
	size_t fits = ROOM - 1 - GROWING_GAP;
	char *p;

	EXPECT_ADDR(self->stack,
		    sys_mmap(self->stack, pages(1), RW, ANON | MAP_FIXED | MAP_GROWSDOWN, -1, 0));
	EXPECT_ADDR(self->start, sys_mmap(NULL, pages(fits), PROT_NONE, ANON, -1, 0));
	EXPECT_OK(sys_munmap(self->start, pages(fits)));
	ASSERT_OK(p = sys_mmap(NULL, pages(fits + 1), PROT_NONE, ANON, -1, 0));
	EXPECT_TRUE(p > self->stack || p + pages(fits + 1 + GROWING_GAP) <= self->stack);
	EXPECT_OK(sys_munmap(p, pages(fits + 1)));
}

FIXTURE(refused)
{
	struct arena arena; /* |rw|rw|..|..|, of 'o' */
	int fd; /* two pages of 'f' */
};
FIXTURE_VARIANT(refused)
{
	enum object_kind kind;
	unsigned long flags; /* without MAP_ANONYMOUS: of the file */
};
/* clang-format off */
FIXTURE_VARIANT_ADD(refused, shared_anon)	{ OBJECT_MEMFD, MAP_SHARED | MAP_ANONYMOUS };
FIXTURE_VARIANT_ADD(refused, shared_memfd)	{ OBJECT_MEMFD, MAP_SHARED };
FIXTURE_VARIANT_ADD(refused, private_memfd)	{ OBJECT_MEMFD, MAP_PRIVATE };
FIXTURE_VARIANT_ADD(refused, shared_scratch)	{ OBJECT_SCRATCH_FILE, MAP_SHARED };
FIXTURE_VARIANT_ADD(refused, private_scratch)	{ OBJECT_SCRATCH_FILE, MAP_PRIVATE };
FIXTURE_VARIANT_ADD(refused, private_zero)	{ OBJECT_DEV_ZERO, MAP_PRIVATE };
/* clang-format on */
FIXTURE_SETUP(refused)
{
	OPEN_OBJECT(self->fd, variant->kind, pages(2), 'f');
	SETUP(arena_init(&self->arena, 4));
	SETUP(arena_map(&self->arena, 0, 2, "rw"));
	memset(slot(&self->arena, 0), 'o', pages(2));
}
FIXTURE_TEARDOWN(refused)
{
	arena_free(&self->arena);
	close(self->fd);
}

/*
 * clause: mmap.growsdown.shared-einval
 * clause: mmap.growsdown.file-einval
 */
TEST_F(refused, what_is_shared_or_a_file_does_not_grow)
{
	unsigned long flags = variant->flags | MAP_GROWSDOWN;
	char *taken = slot(&self->arena, 0), *free_one = slot(&self->arena, 2);

	EXPECT_ERRNO(EINVAL, sys_mmap(taken, pages(2), RW, flags | MAP_FIXED, self->fd, 0));
	EXPECT_ERRNO(EINVAL, sys_mmap(free_one, pages(1), PROT_READ, flags, self->fd, 0));
	EXPECT_ERRNO(EINVAL, sys_mmap(NULL, pages(1), PROT_READ, flags, self->fd, 0));
	EXPECT_LAYOUT("rw rw .. ..", &self->arena);
	EXPECT_BYTES('o', taken, pages(2));
}

TEST_HARNESS_MAIN
