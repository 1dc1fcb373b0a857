// SPDX-License-Identifier: GPL-2.0
/*
 * Without MAP_FIXED the address is a hint: taken if that page and all behind it are free, else the
 * kernel chooses.
 */
#include "kselftest_harness.h"
#include "lib/arena.h"
#include "lib/expect.h"
#include "lib/limits.h"
#include "lib/space.h"
#include "lib/syscalls.h"

#define RW (PROT_READ | PROT_WRITE)
#define ANON (MAP_PRIVATE | MAP_ANONYMOUS)

FIXTURE(hint)
{
	struct arena arena; /* |..|..|rw|rw|..|..|, of 'o' */
	int fd; /* two pages */
};
FIXTURE_VARIANT(hint)
{
	unsigned long flags;
	const char *mapped_behind;
};
/* clang-format off */
FIXTURE_VARIANT_ADD(hint, private_anon)	{ MAP_PRIVATE | MAP_ANONYMOUS, ".. .. rw rw rw rw" };
FIXTURE_VARIANT_ADD(hint, shared_anon)	{ MAP_SHARED | MAP_ANONYMOUS, ".. .. rw rw rws rws" };
FIXTURE_VARIANT_ADD(hint, private_file)	{ MAP_PRIVATE, ".. .. rw rw rw rw" };
FIXTURE_VARIANT_ADD(hint, shared_file)	{ MAP_SHARED, ".. .. rw rw rws rws" };
/* clang-format on */
FIXTURE_SETUP(hint)
{
	OPEN_OBJECT(self->fd, OBJECT_MEMFD, pages(2), 0);
	SETUP(arena_init(&self->arena, 6));
	SETUP(arena_map(&self->arena, 2, 2, "rw"));
	memset(slot(&self->arena, 2), 'o', pages(2));
}
FIXTURE_TEARDOWN(hint)
{
	arena_free(&self->arena);
	close(self->fd);
}

/* clause: mmap.hint.free-used */
TEST_F(hint, free_range_is_used)
{
	void *p = slot(&self->arena, 4);

	EXPECT_ADDR(p, sys_mmap(p, pages(2), RW, variant->flags, self->fd, 0));
	EXPECT_LAYOUT(variant->mapped_behind, &self->arena);
}

/* clause: mmap.hint.rounded-down */
TEST_F(hint, inside_a_page_is_rounded_down)
{
	const size_t inside[] = { 1, 0x123, page_size() - 1 };
	char *p = slot(&self->arena, 4);

	for (int i = 0; i < 3; i++) {
		EXPECT_ADDR(p, sys_mmap(p + inside[i], pages(2), RW, variant->flags, self->fd, 0));
		EXPECT_LAYOUT(variant->mapped_behind, &self->arena);
		SETUP(!sys_munmap(p, pages(2)));
	}
}

/*
 * clause: mmap.hint.occupied-elsewhere
 * clause: mmap.ret.page-aligned
 */
TEST_F(hint, taken_range_is_left_alone)
{
	/* all of it, its head, its tail, and one that is not aligned either */
	char *const hints[] = { slot(&self->arena, 2), slot(&self->arena, 1), slot(&self->arena, 3),
				(char *)slot(&self->arena, 2) + 0x123 };

	for (int i = 0; i < 4; i++) {
		char *p;

		ASSERT_OK(p = sys_mmap(hints[i], pages(2), RW, variant->flags, self->fd, 0));
		EXPECT_EQ(0u, (uintptr_t)p % page_size());
		EXPECT_LAYOUT(".. .. rw rw .. ..", &self->arena);
		EXPECT_BYTES('o', slot(&self->arena, 2), pages(2));
		EXPECT_BYTES(0, p, pages(2));
		SETUP(!sys_munmap(p, pages(2)));
	}
}

/*
 * The kernel's own choice is the same one each time, as long as nothing else is mapped.
 * clause: mmap.hint.small-nonzero-is-null
 */
TEST_F(hint, in_the_first_page_is_none)
{
	const size_t small[] = { 1, 0x123, page_size() - 1 };
	char *chosen = sys_mmap(NULL, pages(2), RW, variant->flags, self->fd, 0);

	SETUP(chosen != MAP_FAILED);
	SETUP(!sys_munmap(chosen, pages(2)));

	for (int i = 0; i < 3; i++) {
		EXPECT_ADDR(chosen,
			    sys_mmap((void *)small[i], pages(2), RW, variant->flags, self->fd, 0));
		SETUP(!sys_munmap(chosen, pages(2)));
	}
}

/* clause: mmap.hint.too-high-ignored */
TEST_F(hint, above_the_address_space_is_ignored)
{
	char *end = space_end();
	char *const hints[] = { end, end - pages(1), space_beyond(end), (char *)-pages(1) };

	NEED(end, "a machine whose address space is known");

	for (int i = 0; i < 4; i++) {
		char *p;

		ASSERT_OK(p = sys_mmap(hints[i], pages(2), RW, variant->flags, self->fd, 0));
		EXPECT_TRUE(p <= end - pages(2));
		EXPECT_TRUE(p != hints[i]);
		EXPECT_BYTES(0, p, pages(2));
		SETUP(!sys_munmap(p, pages(2)));
	}
}

/* clause: mmap.hint.above-47-bits-4level */
TEST_F(hint, above_47_bits_gives_no_higher_address_with_4_level_tables)
{
	uintptr_t border = (uintptr_t)(UINT64_C(1) << SPACE_4LEVEL_BITS);

	NEED((uintptr_t)space_end() == border - page_size(), "x86-64 with 4-level page tables");

	for (int bit = SPACE_4LEVEL_BITS; bit < 64; bit++) {
		void *p, *wanted = (void *)(uintptr_t)(UINT64_C(1) << bit);

		ASSERT_OK(p = sys_mmap(wanted, pages(2), RW, variant->flags, self->fd, 0));
		EXPECT_TRUE((uintptr_t)p < border);
		SETUP(!sys_munmap(p, pages(2)));
	}
}

ARENA_FIXTURE(1);

/*
 * A security module may raise the minimum of the sysctl, to 0x10000 at most, and tells it to
 * nobody.
 * clause: mmap.hint.below-min-raised
 */
TEST_F(arena, below_the_lowest_address_is_raised_to_it)
{
	int64_t least;
	uintptr_t lowest = (uintptr_t)sys_mmap((void *)pages(1), pages(1), RW, ANON, -1, 0);

	NEED(sysctl_read("vm.mmap_min_addr", &least), "vm.mmap_min_addr");
	SETUP((void *)lowest != MAP_FAILED);
	SETUP(!sys_munmap((void *)lowest, pages(1)));
	NEED(lowest != pages(1), "a lowest address above the first page");

	EXPECT_TRUE(lowest >= (uintptr_t)least);
	ASSERT_TRUE(lowest < (uintptr_t)(least > 0x10000 ? least : 0x10000) + page_size());
	for (uintptr_t hint = pages(1); hint < lowest; hint += page_size()) {
		EXPECT_ADDR((void *)lowest,
			    sys_mmap((void *)(hint + 1), pages(1), RW, ANON, -1, 0));
		SETUP(!sys_munmap((void *)lowest, pages(1)));
	}
}

TEST_HARNESS_MAIN
