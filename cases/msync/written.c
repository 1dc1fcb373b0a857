// SPDX-License-Identifier: GPL-2.0
/*
 * What msync writes to the file system, as the page cache counts it and as the flags of its pages
 * tell: MS_SYNC all that is dirty in the shared mappings of the range, up to a locked one that
 * MS_INVALIDATE meets, whatever holes there are; MS_ASYNC nothing.
 */
#include "kselftest_harness.h"
#include "lib/arena.h"
#include "lib/expect.h"
#include "lib/pageflags.h"
#include "lib/smaps.h"
#include "lib/syscalls.h"

EACH_FILESYSTEM;

/* The pages of the file, count from first on, that are dirty or being written; -1: not known. */
typedef long unwritten_pages(int fd, size_t first, size_t count);

static long by_cachestat(int fd, size_t first, size_t count)
{
	struct {
		uint64_t offset, length;
	} range = { pages(first), pages(count) };
	struct {
		uint64_t cached, dirty, writeback, evicted, recently_evicted;
	} seen;

	if (syscall(SYS_cachestat, fd, &range, &seen, 0))
		return -1;
	return (long)(seen.dirty + seen.writeback);
}

static long by_pageflags(int fd, size_t first, size_t count)
{
	volatile char *p = sys_mmap(NULL, pages(count), PROT_READ, MAP_SHARED, fd, pages(first));
	bool known = p != MAP_FAILED;
	long unwritten = 0;

	for (size_t n = 0; known && n < count; n++) {
		uint64_t flags;

		(void)p[pages(n)];
		known = page_flags((char *)p + pages(n), &flags);
		unwritten += known && flags & (PAGEFLAG_DIRTY | PAGEFLAG_WRITEBACK);
	}
	sys_munmap((void *)p, pages(count));
	return known ? unwritten : -1;
}

FIXTURE(file)
{
	/* |..|0|1|2|..|4|5|..|, rws: page n of the file at slot n + 1, all dirty */
	struct arena arena;
	int fd;
};
FIXTURE_VARIANT(file)
{
	unwritten_pages *unwritten;
};
/* clang-format off */
FIXTURE_VARIANT_ADD(file, cachestat)	{ by_cachestat };
FIXTURE_VARIANT_ADD(file, pageflags)	{ by_pageflags };
/* clang-format on */
#define WRITTEN_BACK "a scratch folder whose files are written back, and leave to see when"
FIXTURE_SETUP(file)
{
	if (variant->unwritten == by_cachestat)
		NEED_FEATURE(syscall(SYS_cachestat, -1, NULL, NULL, 0) && errno != ENOSYS,
			     "cachestat");
	OPEN_OBJECT(self->fd, OBJECT_SCRATCH_FILE, pages(8), 'f');
	/* One reason: user-mode Linux tells of the pages of a tmpfs in some runs, and in others not. */
	NEED(variant->unwritten(self->fd, 0, 8) == 8, WRITTEN_BACK);
	SETUP(!fsync(self->fd));
	NEED(!variant->unwritten(self->fd, 0, 8), WRITTEN_BACK);
	SETUP(arena_init(&self->arena, 8));
	SETUP(arena_map_file(&self->arena, 1, 6, "rws", self->fd, 0));
	memset(slot(&self->arena, 1), 'd', pages(6));
	SETUP(!sys_munmap(slot(&self->arena, 4), pages(1)));
}
FIXTURE_TEARDOWN(file)
{
	arena_free(&self->arena);
	close(self->fd);
}

/*
 * clause: msync.hole.sync-still-syncs-after
 * clause: msync.hole.leading-sync
 * clause: msync.hole.trailing-sync
 */
TEST_F(file, holes_keep_nothing_from_being_written)
{
	EXPECT_ERRNO(ENOMEM, sys_msync(slot(&self->arena, 0), pages(2), MS_SYNC));
	EXPECT_EQ(0, variant->unwritten(self->fd, 0, 1));
	EXPECT_ERRNO(ENOMEM, sys_msync(slot(&self->arena, 6), pages(2), MS_SYNC));
	EXPECT_EQ(0, variant->unwritten(self->fd, 5, 1));
	EXPECT_ERRNO(ENOMEM, sys_msync(slot(&self->arena, 2), pages(4), MS_SYNC));
	EXPECT_EQ(0, variant->unwritten(self->fd, 1, 2));
	EXPECT_EQ(0, variant->unwritten(self->fd, 4, 1));
}

/* clause: msync.sync.split-area */
TEST_F(file, mapping_split_into_several_is_written_whole)
{
	SETUP(!sys_mprotect(slot(&self->arena, 2), pages(1), PROT_READ));

	EXPECT_OK(sys_msync(slot(&self->arena, 1), pages(3), MS_SYNC));
	EXPECT_EQ(0, variant->unwritten(self->fd, 0, 3));
	EXPECT_LAYOUT(".. rws r-s rws .. rws rws ..", &self->arena);
}

/* clause: msync.sync.mixed-kinds */
TEST_F(file, shared_part_of_a_mixed_range_is_written)
{
	SETUP(arena_map(&self->arena, 0, 2, "rw"));
	SETUP(arena_map(&self->arena, 4, 1, "rws"));
	SETUP(arena_map_file(&self->arena, 7, 1, "rw", self->fd, 7));
	memset(slot(&self->arena, 7), 'p', pages(1)); /* |rw|rw|1|2|rws|4|5|rw| */

	EXPECT_OK(sys_msync(slot(&self->arena, 0), pages(8), MS_SYNC));
	EXPECT_EQ(0, variant->unwritten(self->fd, 1, 2));
	EXPECT_EQ(0, variant->unwritten(self->fd, 4, 2));
	EXPECT_FILE_BYTES('f', self->fd, pages(7), pages(1));
}

/*
 * clause: msync.sync.offset-mapping
 * clause: msync.sync.range-limited-data
 */
TEST_F(file, pages_written_are_those_at_the_addresses)
{
	EXPECT_OK(sys_msync(slot(&self->arena, 5), pages(1), MS_SYNC));
	EXPECT_EQ(0, variant->unwritten(self->fd, 4, 1));
	SETUP(arena_map_file(&self->arena, 0, 1, "rws", self->fd, 2));
	EXPECT_OK(sys_msync(slot(&self->arena, 0), pages(1), MS_SYNC));
	EXPECT_EQ(0, variant->unwritten(self->fd, 2, 1));
}

/* clause: msync.sync.locked-written */
TEST_F(file, locked_pages_are_written_and_stay_locked)
{
	uint64_t locked;

	NEED(!sys_mlock(slot(&self->arena, 1), pages(3)), "RLIMIT_MEMLOCK of three pages");

	EXPECT_OK(sys_msync(slot(&self->arena, 1), pages(3), MS_SYNC));
	EXPECT_EQ(0, variant->unwritten(self->fd, 0, 3));
	SETUP(smaps_bytes(slot(&self->arena, 1), "Locked", &locked));
	EXPECT_EQ(pages(3), locked);
}

/* clause: msync.invalidate.later-locked-ebusy */
TEST_F(file, what_lies_before_a_locked_mapping_is_written)
{
	NEED(!sys_mlock(slot(&self->arena, 3), pages(1)), "RLIMIT_MEMLOCK of a page");

	EXPECT_ERRNO(EBUSY, sys_msync(slot(&self->arena, 1), pages(3), MS_INVALIDATE));
	EXPECT_ERRNO(EBUSY, sys_msync(slot(&self->arena, 1), pages(3), MS_ASYNC | MS_INVALIDATE));
	EXPECT_ERRNO(EBUSY, sys_msync(slot(&self->arena, 1), pages(3), MS_SYNC | MS_INVALIDATE));
	EXPECT_EQ(0, variant->unwritten(self->fd, 0, 2));
}

/*
 * The kernel may write any dirty page at any time of its own accord, though it rarely does within
 * microseconds. That a call does not write is shown by a page that is still dirty after it, in one
 * try of several.
 */
#define TRIES 10

/* clause: msync.invalidate.stops-at-locked */
TEST_F(file, what_lies_behind_a_locked_mapping_is_not_written)
{
	bool kept = false;
	int other; /* btrfs may write all of a file for a part of it */

	OPEN_OBJECT(other, OBJECT_SCRATCH_FILE, pages(2), 'o');
	SETUP(arena_map_file(&self->arena, 5, 2, "rws", other, 0));
	NEED(!sys_mlock(slot(&self->arena, 3), pages(1)), "RLIMIT_MEMLOCK of a page");

	for (int try = 0; try < TRIES && !kept; try++) {
		memset(slot(&self->arena, 5), 'D', pages(2));
		EXPECT_ERRNO(EBUSY,
			     sys_msync(slot(&self->arena, 1), pages(6), MS_SYNC | MS_INVALIDATE));
		kept = variant->unwritten(other, 0, 2) == 2;
	}
	EXPECT_TRUE(kept);
	close(other);
}

/* clause: msync.async.no-io */
TEST_F(file, async_writes_nothing)
{
	bool kept = false;

	for (int try = 0; try < TRIES && !kept; try++) {
		memset(slot(&self->arena, 1), 'D', pages(3));
		EXPECT_OK(sys_msync(slot(&self->arena, 1), pages(3), MS_ASYNC));
		kept = variant->unwritten(self->fd, 0, 3) == 3;
	}
	EXPECT_TRUE(kept);
}

TEST_HARNESS_MAIN
