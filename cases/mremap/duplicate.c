// SPDX-License-Identifier: GPL-2.0
/*
 * An old length of zero asks for a second view of shared memory; of private memory there is none.
 */
#include "kselftest_harness.h"
#include "lib/arena.h"
#include "lib/expect.h"
#include "lib/letters.h"
#include "lib/scratch.h"
#include "lib/syscalls.h"

EACH_FILESYSTEM;

#define FIXED (MREMAP_MAYMOVE | MREMAP_FIXED)

FIXTURE(shared)
{
	struct arena arena; /* |a|b|c|d|..|..|..|..| */
	char *p, *to;
};
FIXTURE_VARIANT(shared)
{
	bool anonymous;
	enum object_kind kind;
};
/* clang-format off */
FIXTURE_VARIANT_ADD(shared, anonymous)	{ true };
FIXTURE_VARIANT_ADD(shared, memfd)	{ false, OBJECT_MEMFD };
FIXTURE_VARIANT_ADD(shared, scratch)	{ false, OBJECT_SCRATCH_FILE };
/* clang-format on */
FIXTURE_SETUP(shared)
{
	int fd;

	SETUP(arena_init(&self->arena, 8));
	self->p = slot(&self->arena, 0);
	self->to = slot(&self->arena, 4);
	if (variant->anonymous) {
		SETUP(arena_map(&self->arena, 0, 4, "rws"));
	} else {
		OPEN_OBJECT(fd, variant->kind, pages(4), 0);
		SETUP(arena_map_file(&self->arena, 0, 4, "rws", fd, 0));
		close(fd);
	}
	for (int n = 0; n < 4; n++)
		memset(self->p + pages(n), 'a' + n, pages(1));
}
FIXTURE_TEARDOWN(shared)
{
	arena_free(&self->arena);
}

/* clause: mremap.dup.shared */
TEST_F(shared, second_view_starts_at_the_old_address)
{
	char *second;

	ASSERT_OK(second = sys_mremap(self->p, 0, pages(2), MREMAP_MAYMOVE, NULL));
	EXPECT_NE(self->p, second);
	EXPECT_STREQ("ab", letters_at(second, 2));
	EXPECT_STREQ("abcd", letters_at(self->p, 4));
	memset(second, 'x', pages(1));
	EXPECT_STREQ("xbcd", letters_at(self->p, 4));
	memset(self->p + pages(1), 'y', pages(1));
	EXPECT_STREQ("xy", letters_at(second, 2));
	EXPECT_LAYOUT("rws rws rws rws .. .. .. ..", &self->arena);
	sys_munmap(second, pages(2));
}

/*
 * clause: mremap.dup.fixed
 * clause: mremap.dup.offset-of-addr
 */
TEST_F(shared, second_view_from_the_middle_lies_where_it_was_asked_for)
{
	char *middle = self->p + pages(2);

	EXPECT_ADDR(self->to, sys_mremap(middle, 0, pages(2), FIXED, self->to));
	EXPECT_STREQ("abcdcd..", letters_at(self->p, 8));
	memset(self->to, 'x', pages(1));
	EXPECT_STREQ("abxdxd..", letters_at(self->p, 8));
	EXPECT_LAYOUT("rws rws rws rws rws rws .. ..", &self->arena);
}

/* clause: mremap.dup.longer-than-source */
TEST_F(shared, second_view_may_be_longer_than_the_first)
{
	SETUP(!sys_munmap(self->p + pages(2), pages(2))); /* |a|b|..|..|..|..|..|..| */

	EXPECT_ADDR(self->to, sys_mremap(self->p + pages(1), 0, pages(4), FIXED, self->to));
	EXPECT_STREQ("ab..bcd!", letters_at(self->p, 8));
	EXPECT_FAULT(SIGBUS, BUS_ADRERR, FAULT_WRITE, self->to + pages(3));
}

/* clause: mremap.dup.flags0-enomem */
TEST_F(shared, without_leave_to_move_there_is_no_room)
{
	EXPECT_ERRNO(ENOMEM, sys_mremap(self->p, 0, pages(1), 0, NULL));
	EXPECT_ERRNO(ENOMEM, sys_mremap(self->p + pages(3), 0, pages(2), 0, NULL));
	EXPECT_LAYOUT("rws rws rws rws .. .. .. ..", &self->arena);
}

/* clause: mremap.dup.dontunmap-einval */
TEST_F(shared, dontunmap_wants_equal_lengths)
{
	unsigned long flags = MREMAP_MAYMOVE | MREMAP_DONTUNMAP;

	EXPECT_ERRNO(EINVAL, sys_mremap(self->p, 0, pages(1), flags, NULL));
	EXPECT_ERRNO(EINVAL, sys_mremap(self->p, 0, pages(1), flags, self->to));
	EXPECT_ERRNO(EINVAL, sys_mremap(self->p, 0, pages(1), flags | MREMAP_FIXED, self->to));
	EXPECT_LAYOUT("rws rws rws rws .. .. .. ..", &self->arena);
}

ARENA_FIXTURE(8);

/* clause: mremap.dup.after-close */
TEST_F(arena, file_may_be_closed_and_unlinked)
{
	char path[SCRATCH_PATH_MAX], *p = slot(&self->arena, 0), *to = slot(&self->arena, 4);
	int fd;

	SETUP(scratch_path(path, "unlinked"));
	fd = open(path, O_RDWR | O_CREAT | O_EXCL, 0600);
	SETUP(fd >= 0 && letters_write(fd, "AB"));
	SETUP(arena_map_file(&self->arena, 0, 2, "rws", fd, 0));
	SETUP(!close(fd) && !unlink(path));

	EXPECT_ADDR(to, sys_mremap(p, 0, pages(2), FIXED, to));
	EXPECT_STREQ("AB..AB", letters_at(p, 6));
}

/* clause: mremap.dup.readonly-fd */
TEST_F(arena, mapping_of_a_read_only_descriptor_counts_as_shared)
{
	char *p = slot(&self->arena, 0), *to = slot(&self->arena, 4);
	int fd;

	OPEN_OBJECT(fd, OBJECT_READ_ONLY_FILE, pages(2), 'f');
	SETUP(arena_map_file(&self->arena, 0, 2, "r-s", fd, 0));
	close(fd);

	EXPECT_ADDR(to, sys_mremap(p, 0, pages(2), FIXED, to));
	EXPECT_STREQ("ff..ff", letters_at(p, 6));
	EXPECT_LAYOUT("r-s r-s .. .. r-s r-s .. ..", &self->arena);
}

/* clause: mremap.dup.private-einval */
TEST_F(arena, private_memory_has_no_second_view)
{
	const unsigned long flags[] = { 0, MREMAP_MAYMOVE, FIXED, FIXED | MREMAP_DONTUNMAP };
	char *file = slot(&self->arena, 0), *anonymous = slot(&self->arena, 2);
	int fd;

	OPEN_OBJECT(fd, OBJECT_MEMFD, pages(1), 'f');
	SETUP(arena_map_file(&self->arena, 0, 1, "rw", fd, 0));
	SETUP(arena_map(&self->arena, 2, 1, "rw")); /* |f|..|a|..|..|..|..|..| */
	memset(anonymous, 'a', pages(1));

	for (int i = 0; i < 4; i++) {
		char *to = slot(&self->arena, 5);

		EXPECT_ERRNO(EINVAL, sys_mremap(file, 0, pages(1), flags[i], to));
		EXPECT_ERRNO(EINVAL, sys_mremap(anonymous, 0, pages(1), flags[i], to));
	}
	EXPECT_LAYOUT("rw .. rw .. .. .. .. ..", &self->arena);
	EXPECT_STREQ("f.a", letters_at(file, 3));
	close(fd);
}

TEST_HARNESS_MAIN
