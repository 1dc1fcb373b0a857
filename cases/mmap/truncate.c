// SPDX-License-Identifier: GPL-2.0
/*
 * A file cut short under its mappings: pages wholly beyond the new end are gone, private copies
 * too; the page with the end in it is zeroed behind the end, private copies excepted.
 */
#include "kselftest_harness.h"
#include "lib/arena.h"
#include "lib/expect.h"
#include "lib/syscalls.h"

EACH_FILESYSTEM;

FIXTURE(file)
{
	struct arena arena;
	char *shared, *copied; /* its three pages, mapped shared and, all stored to, private */
	int fd; /* three pages of 'f' */
};
FILE_VARIANTS(file);
FIXTURE_SETUP(file)
{
	OPEN_OBJECT(self->fd, variant->kind, pages(3), 'f');
	SETUP(arena_init(&self->arena, 8));
	SETUP(arena_map_file(&self->arena, 0, 3, "rws", self->fd, 0));
	SETUP(arena_map_file(&self->arena, 4, 3, "rw", self->fd, 0));
	self->shared = slot(&self->arena, 0);
	self->copied = slot(&self->arena, 4);
	memset(self->copied, 'P', pages(3));
}
FIXTURE_TEARDOWN(file)
{
	arena_free(&self->arena);
	close(self->fd);
}

/* clause: mmap.trunc.shared-sigbus */
TEST_F(file, shared_pages_beyond_the_new_end_are_gone_at_once)
{
	EXPECT_BYTES('f', self->shared, pages(3));
	self->shared[pages(2)] = 'f'; /* dirty */

	SETUP(!ftruncate(self->fd, (off_t)pages(1)));
	EXPECT_FAULT(SIGBUS, BUS_ADRERR, FAULT_READ, self->shared + pages(1));
	EXPECT_FAULT(SIGBUS, BUS_ADRERR, FAULT_WRITE, self->shared + pages(2));
	EXPECT_BYTES('f', self->shared, pages(1));
	EXPECT_LAYOUT("rws rws rws .. rw rw rw ..", &self->arena);
}

/* clause: mmap.trunc.tail-zeroed */
TEST_F(file, rest_of_the_last_page_becomes_zero_and_stays_so)
{
	memset(self->shared, 's', pages(1));

	SETUP(!ftruncate(self->fd, 100));
	EXPECT_BYTES('s', self->shared, 100);
	EXPECT_BYTES(0, self->shared + 100, pages(1) - 100);
	SETUP(!ftruncate(self->fd, (off_t)pages(2)));
	EXPECT_BYTES('s', self->shared, 100);
	EXPECT_BYTES(0, self->shared + 100, pages(2) - 100);
	EXPECT_FILE_BYTES(0, self->fd, 100, pages(2) - 100);
}

/*
 * clause: mmap.trunc.cowed-beyond-sigbus
 * clause: mmap.trunc.cowed-beyond-lost
 */
TEST_F(file, private_copies_beyond_the_new_end_are_lost)
{
	SETUP(!ftruncate(self->fd, (off_t)pages(1)));
	EXPECT_FAULT(SIGBUS, BUS_ADRERR, FAULT_READ, self->copied + pages(1));
	EXPECT_FAULT(SIGBUS, BUS_ADRERR, FAULT_WRITE, self->copied + pages(2));
	EXPECT_BYTES('P', self->copied, pages(1));

	SETUP(!ftruncate(self->fd, (off_t)pages(3)));
	EXPECT_BYTES(0, self->copied + pages(1), pages(2));
	EXPECT_BYTES('P', self->copied, pages(1));
}

/* clause: mmap.trunc.cowed-eof-page-kept */
TEST_F(file, private_copy_of_the_page_with_the_new_end_is_whole)
{
	SETUP(!ftruncate(self->fd, 100));
	EXPECT_BYTES('P', self->copied, pages(1));
	EXPECT_NO_FAULT(FAULT_WRITE, self->copied + 200);
	EXPECT_FAULT(SIGBUS, BUS_ADRERR, FAULT_READ, self->copied + pages(1));

	SETUP(!ftruncate(self->fd, (off_t)pages(1)));
	EXPECT_BYTES('P', self->copied, 200);
	EXPECT_BYTES('!', self->copied + 200, 1);
	EXPECT_BYTES('P', self->copied + 201, pages(1) - 201);
}

TEST_HARNESS_MAIN
