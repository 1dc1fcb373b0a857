// SPDX-License-Identifier: GPL-2.0
/*
 * A sealed page in the way of mremap, at its destination or in what a shrink removes, refuses the
 * whole call. A second view of a file that is sealed against writing is as read-only as the first.
 */
#include "kselftest_harness.h"
#include "lib/arena.h"
#include "lib/expect.h"
#include "lib/syscalls.h"

#define FIXED (MREMAP_MAYMOVE | MREMAP_FIXED)

FIXTURE(sealed)
{
	struct arena arena; /* |rw|rw|r-|r-|r-|r-|..|..|: all of 'x', the last two are sealed */
	char *p;
};
FIXTURE_SETUP(sealed)
{
	NEED_OWN_PROCESS("what is sealed cannot be unmapped");
	SETUP(arena_init(&self->arena, 8));
	SETUP(arena_map(&self->arena, 0, 6, "rw"));
	self->p = slot(&self->arena, 0);
	memset(self->p, 'x', pages(6));
	SETUP(!sys_mprotect(self->p + pages(2), pages(4), PROT_READ));
	SEAL(self->p + pages(4), pages(2));
}
FIXTURE_TEARDOWN(sealed)
{
	arena_free(&self->arena);
}

/* clause: mremap.seal.destination-partly */
TEST_F(sealed, destination_that_is_sealed_in_part_stays)
{
	char *to = self->p + pages(3);

	EXPECT_ERRNO(EPERM, sys_mremap(self->p, pages(2), pages(2), FIXED, to));
	EXPECT_LAYOUT("rw rw r- r- r- r- .. ..", &self->arena);
	EXPECT_BYTES('x', self->p, pages(6));
}

/* clause: mremap.seal.shrink-over-sealed */
TEST_F(sealed, shrink_across_sealed_pages_removes_nothing)
{
	EXPECT_ERRNO(EPERM, sys_mremap(self->p, pages(6), pages(1), 0, NULL));
	EXPECT_ERRNO(EPERM, sys_mremap(self->p, pages(6), pages(1), MREMAP_MAYMOVE, NULL));
	EXPECT_LAYOUT("rw rw r- r- r- r- .. ..", &self->arena);
	EXPECT_BYTES('x', self->p, pages(6));
}

ARENA_FIXTURE(3);

/* clause: mremap.dup.sealed-stays-readonly */
TEST_F(arena, second_view_of_a_write_sealed_file_never_becomes_writable)
{
	char *first = slot(&self->arena, 0), *second = slot(&self->arena, 2);
	unsigned long prot = PROT_READ | PROT_WRITE;
	int fd;

	OPEN_OBJECT(fd, OBJECT_MEMFD, pages(1), 'f');
	NEED_FEATURE(!fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE), "file seals");
	NEED_FEATURE(arena_map_file(&self->arena, 0, 1, "r-s", fd, 0),
		     "shared read-only mappings of write-sealed memfds");

	EXPECT_ADDR(second, sys_mremap(first, 0, pages(1), FIXED, second));
	EXPECT_ERRNO(EACCES, sys_mprotect(second, pages(1), prot));
	EXPECT_ERRNO(EACCES, sys_mprotect(first, pages(1), prot));
	EXPECT_LAYOUT("r-s .. r-s", &self->arena);
	EXPECT_FILE_BYTES('f', fd, 0, pages(1));
	close(fd);
}

TEST_HARNESS_MAIN
