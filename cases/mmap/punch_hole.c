// SPDX-License-Identifier: GPL-2.0
/*
 * A hole punched into a mapped file reads as zeros where the mapping shows the file; private
 * copies stay.
 */
#include "kselftest_harness.h"
#include "lib/arena.h"
#include "lib/expect.h"
#include "lib/syscalls.h"

#define PUNCH (FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE)

EACH_FILESYSTEM;

FIXTURE(file)
{
	struct arena arena;
	char *shared, *private; /* its four pages */
	int fd; /* four pages of 'f' */
};
FILE_VARIANTS(file);
FIXTURE_SETUP(file)
{
	OPEN_OBJECT(self->fd, variant->kind, pages(6), 'f');
	if (fallocate(self->fd, PUNCH, (off_t)pages(5), (off_t)pages(1))) {
		NEED_FEATURE(variant->kind != OBJECT_MEMFD, "hole punching");
		NEED(errno != EOPNOTSUPP, "a file system with hole punching");
		SETUP(false);
	}
	SETUP(!ftruncate(self->fd, (off_t)pages(4)));
	SETUP(arena_init(&self->arena, 8));
	SETUP(arena_map_file(&self->arena, 0, 4, "rws", self->fd, 0));
	SETUP(arena_map_file(&self->arena, 4, 4, "rw", self->fd, 0));
	self->shared = slot(&self->arena, 0);
	self->private = slot(&self->arena, 4);
	memset(self->shared, 's', pages(4)); /* present and dirty */
}
FIXTURE_TEARDOWN(file)
{
	arena_free(&self->arena);
	close(self->fd);
}

/* clause: mmap.punch.shared-zero */
TEST_F(file, shared_pages_read_zero_and_stay_writable)
{
	EXPECT_OK(fallocate(self->fd, PUNCH, (off_t)pages(1), (off_t)pages(2)));
	EXPECT_BYTES('s', self->shared, pages(1));
	EXPECT_BYTES(0, self->shared + pages(1), pages(2));
	EXPECT_BYTES('s', self->shared + pages(3), pages(1));

	EXPECT_NO_FAULT(FAULT_WRITE, self->shared + pages(1));
	EXPECT_NO_FAULT(FAULT_WRITE, self->shared + pages(2) + 7);
	EXPECT_FILE_BYTES('!', self->fd, pages(1), 1);
	EXPECT_FILE_BYTES('!', self->fd, pages(2) + 7, 1);
}

/* clause: mmap.punch.cowed-kept */
TEST_F(file, private_copies_stay)
{
	memset(self->private + pages(1), 'P', pages(2));

	EXPECT_OK(fallocate(self->fd, PUNCH, 0, (off_t)pages(4)));
	EXPECT_BYTES('P', self->private + pages(1), pages(2));
	EXPECT_FILE_BYTES(0, self->fd, 0, pages(4));
}

/* clause: mmap.punch.uncowed-private-zero */
TEST_F(file, private_pages_not_yet_copied_read_zero)
{
	EXPECT_BYTES('s', self->private, pages(2)); /* these are present, the others not */

	EXPECT_OK(fallocate(self->fd, PUNCH, 0, (off_t)pages(4)));
	EXPECT_BYTES(0, self->private, pages(4));
}

/* clause: mmap.punch.partial-page */
TEST_F(file, hole_within_a_page_zeroes_just_its_bytes)
{
	EXPECT_OK(fallocate(self->fd, PUNCH, (off_t)pages(1) + 10, 21));
	EXPECT_BYTES('s', self->shared, pages(1) + 10);
	EXPECT_BYTES(0, self->shared + pages(1) + 10, 21);
	EXPECT_BYTES('s', self->shared + pages(1) + 31, pages(3) - 31);
}

/* clause: mmap.zerorange.shared-zero */
TEST(zeroed_range_reads_zero_through_a_shared_mapping)
{
	char *p;
	int fd;

	OPEN_OBJECT(fd, OBJECT_SCRATCH_FILE, pages(4), 'f');
	if (fallocate(fd, FALLOC_FL_ZERO_RANGE, 0, (off_t)pages(1)))
		NEED(errno != EOPNOTSUPP, "a file system with FALLOC_FL_ZERO_RANGE");
	p = sys_mmap(NULL, pages(4), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	SETUP(p != MAP_FAILED);
	memset(p, 's', pages(4)); /* present and dirty */

	EXPECT_OK(fallocate(fd, FALLOC_FL_ZERO_RANGE, (off_t)pages(1), (off_t)pages(2)));
	EXPECT_BYTES('s', p, pages(1));
	EXPECT_BYTES(0, p + pages(1), pages(2));
	EXPECT_BYTES('s', p + pages(3), pages(1));
	sys_munmap(p, pages(4));
	close(fd);
}

TEST_HARNESS_MAIN
