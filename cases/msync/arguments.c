// SPDX-License-Identifier: GPL-2.0
/*
 * The range of msync: the address on a page, the length rounded up to whole pages, the end not
 * beyond the address space.
 */
#include "kselftest_harness.h"
#include "lib/arena.h"
#include "lib/expect.h"
#include "lib/space.h"
#include "lib/syscalls.h"

FIXTURE(range)
{
	struct arena arena; /* |..|rws|rws|..| */
	int fd;
	char *p; /* slot 1 */
};
FIXTURE_VARIANT(range)
{
	int flags;
};
/* clang-format off */
FIXTURE_VARIANT_ADD(range, none)		{ 0 };
FIXTURE_VARIANT_ADD(range, async)		{ MS_ASYNC };
FIXTURE_VARIANT_ADD(range, sync)		{ MS_SYNC };
FIXTURE_VARIANT_ADD(range, invalidate)		{ MS_INVALIDATE };
FIXTURE_VARIANT_ADD(range, sync_invalidate)	{ MS_SYNC | MS_INVALIDATE };
/* clang-format on */
FIXTURE_SETUP(range)
{
	OPEN_OBJECT(self->fd, OBJECT_MEMFD, pages(2), 'f');
	SETUP(arena_init(&self->arena, 4));
	SETUP(arena_map_file(&self->arena, 1, 2, "rws", self->fd, 0));
	self->p = slot(&self->arena, 1);
}
FIXTURE_TEARDOWN(range)
{
	arena_free(&self->arena);
	close(self->fd);
}

/* clause: msync.addr.unaligned-einval */
TEST_F(range, address_inside_a_page_is_refused_whatever_the_length)
{
	for (size_t offset = 1; offset < page_size(); offset *= 2) {
		TH_LOG("offset %zu", offset);
		EXPECT_ERRNO(EINVAL, sys_msync(self->p + offset, pages(1), variant->flags));
		EXPECT_ERRNO(EINVAL, sys_msync(self->p + offset, 1, variant->flags));
		EXPECT_ERRNO(EINVAL, sys_msync(self->p + offset, 0, variant->flags));
	}
	EXPECT_OK(sys_msync(self->p, pages(1), variant->flags));
}

/* clause: msync.len.zero-ok */
TEST_F(range, empty_range_is_accepted_mapped_or_not)
{
	EXPECT_OK(sys_msync(self->p, 0, variant->flags));
	EXPECT_OK(sys_msync(slot(&self->arena, 0), 0, variant->flags));
	EXPECT_OK(sys_msync(NULL, 0, variant->flags));
}

/* clause: msync.len.rounded-up */
TEST_F(range, length_is_rounded_up_to_whole_pages)
{
	char *last = slot(&self->arena, 2), *hole = slot(&self->arena, 3);

	EXPECT_OK(sys_msync(last, 1, variant->flags));
	EXPECT_OK(sys_msync(last, pages(1), variant->flags));
	EXPECT_ERRNO(ENOMEM, sys_msync(last, pages(1) + 1, variant->flags));
	EXPECT_OK(sys_msync(self->p, pages(1) + 1, variant->flags));
	EXPECT_ERRNO(ENOMEM, sys_msync(hole, 1, variant->flags));
}

/* clause: msync.len.max-zero-ok */
TEST_F(range, length_that_rounds_up_to_zero_is_an_empty_range)
{
	NEED(space_words_match(), "a kernel with words of the program's size");

	for (size_t below = 0; below < page_size() - 1; below = 2 * below + 1) {
		TH_LOG("SIZE_MAX - %zu", below);
		EXPECT_OK(sys_msync(self->p, SIZE_MAX - below, variant->flags));
		EXPECT_OK(sys_msync(slot(&self->arena, 0), SIZE_MAX - below, variant->flags));
	}
	EXPECT_OK(sys_msync(self->p, SIZE_MAX - (page_size() - 2), variant->flags));
	EXPECT_ERRNO(ENOMEM, sys_msync(self->p, SIZE_MAX - (page_size() - 1), variant->flags));
}

/*
 * clause: msync.len.wrap-enomem
 * clause: msync.len.end-exactly-zero-enomem
 */
TEST_F(range, range_that_runs_off_the_address_space_has_a_hole)
{
	char *last_page = (char *)((uintptr_t)0 - pages(1));

	EXPECT_ERRNO(ENOMEM, sys_msync(self->p, (size_t)0 - pages(1), variant->flags));
	EXPECT_ERRNO(ENOMEM, sys_msync(last_page, pages(2), variant->flags));
	EXPECT_ERRNO(ENOMEM, sys_msync(last_page, pages(1), variant->flags));
	EXPECT_ERRNO(ENOMEM, sys_msync(last_page, 1, variant->flags));
}

/* clause: msync.addr.kernel-enomem */
TEST_F(range, addresses_of_the_kernel_are_merely_unmapped)
{
	const uintptr_t addresses[] = {
#if defined(__x86_64__)
		0x00007ffffffff000, /* the first that is no user's */
		0x0000800000000000, /* the first that is not canonical */
		0xffff800000000000,
		0xffffffff81000000, /* the kernel's text */
		0xffffffffff600000, /* vsyscall: in the maps, but no mapping of the process */
#endif
		(uintptr_t)0 - pages(2), /* the last that does not reach the end */
	};

	for (size_t i = 0; i < sizeof(addresses) / sizeof(addresses[0]); i++) {
		TH_LOG("address number %zu", i);
		EXPECT_ERRNO(ENOMEM, sys_msync((void *)addresses[i], pages(1), variant->flags));
	}
}

TEST_HARNESS_MAIN
