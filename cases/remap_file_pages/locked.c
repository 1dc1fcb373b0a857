// SPDX-License-Identifier: GPL-2.0
/*
 * Locked memory stays locked through remap_file_pages, and its new pages are there when the call
 * returns.
 */
#include "kselftest_harness.h"
#include "lib/arena.h"
#include "lib/expect.h"
#include "lib/letters.h"
#include "lib/smaps.h"
#include "lib/syscalls.h"

FIXTURE(locked)
{
	struct arena arena; /* |A|B|C|D|, rws and locked */
	int fd; /* pages A to H */
};
FIXTURE_VARIANT(locked)
{
	unsigned long flags;
};
/* clang-format off */
FIXTURE_VARIANT_ADD(locked, plain)	{ 0 };
FIXTURE_VARIANT_ADD(locked, nonblock)	{ MAP_NONBLOCK };
/* clang-format on */
FIXTURE_SETUP(locked)
{
	NEED_FEATURE(!sys_remap_file_pages(NULL, 0, 0, 0, 0) || errno != ENOSYS,
		     "remap_file_pages");
	OPEN_OBJECT(self->fd, OBJECT_MEMFD, 0, 0);
	SETUP(letters_write(self->fd, "ABCDEFGH"));
	SETUP(arena_init(&self->arena, 6));
	SETUP(arena_map_file(&self->arena, 0, 4, "rws", self->fd, 0));
	/* the tests remap two pages of four, which counts them twice */
	SETUP(arena_map_file(&self->arena, 4, 2, "rws", self->fd, 4));
	NEED(!sys_mlock(slot(&self->arena, 0), pages(6)), "RLIMIT_MEMLOCK of six pages");
	SETUP(!sys_munmap(slot(&self->arena, 4), pages(2)));
}
FIXTURE_TEARDOWN(locked)
{
	arena_free(&self->arena);
	close(self->fd);
}

/*
 * clause: remap_file_pages.lock.stays-locked
 * clause: remap_file_pages.lock.nonblock-still-populates
 */
TEST_F(locked, pages_stay_locked_and_the_new_ones_are_resident)
{
	char *p = slot(&self->arena, 1);
	char flags[SMAPS_FLAGS_MAX];
	uint64_t before, after;

	NEED(smaps_flags(p, flags) && page_present(p) >= 0, "/proc/self/smaps and pagemap");
	SETUP(smaps_marked(p, "lo") && locked_bytes(&before));

	EXPECT_OK(sys_remap_file_pages(p, pages(2), 0, 5, variant->flags));
	for (long n = 0; n < 4; n++) {
		TH_LOG("slot %ld", n);
		EXPECT_TRUE(smaps_marked(slot(&self->arena, n), "lo"));
		EXPECT_EQ(1, page_present(slot(&self->arena, n)));
	}
	ASSERT_TRUE(locked_bytes(&after));
	EXPECT_EQ(before, after);
	EXPECT_STREQ("AFGD", letters_at(slot(&self->arena, 0), 4));
}

/* clause: remap_file_pages.lock.onfault-becomes-full */
TEST_F(locked, lock_on_fault_becomes_a_full_lock)
{
	char *p = slot(&self->arena, 1);
	char flags[SMAPS_FLAGS_MAX];

	NEED(smaps_flags(p, flags) && page_present(p) >= 0, "/proc/self/smaps and pagemap");
	SETUP(!sys_munmap(p, pages(2)));
	SETUP(arena_map_file(&self->arena, 1, 2, "rws", self->fd, 1));
	SETUP(!syscall(SYS_mlock2, p, pages(2), MLOCK_ONFAULT));
	NEED(smaps_marked(p, "lf"), "an smaps that tells a lock on fault");
	SETUP(smaps_marked(p, "lo") && !page_present(p));

	EXPECT_OK(sys_remap_file_pages(p, pages(2), 0, 5, variant->flags));
	EXPECT_TRUE(smaps_marked(p, "lo"));
	EXPECT_FALSE(smaps_marked(p, "lf"));
	EXPECT_EQ(1, page_present(p));
	EXPECT_EQ(1, page_present(p + pages(1)));
}

TEST_HARNESS_MAIN
