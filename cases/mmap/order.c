// SPDX-License-Identifier: GPL-2.0
/*
 * A call that deserves several errors gets the one that is looked for first: offset, descriptor,
 * length, what is mapped there already, and only then the mapping type and the access mode of the
 * file.
 */
#include "kselftest_harness.h"
#include "lib/arena.h"
#include "lib/expect.h"
#include "lib/syscalls.h"

#define RW (PROT_READ | PROT_WRITE)

#ifdef SYS_mmap2
#define OFFSET_IN_BYTES 0
#else
#define OFFSET_IN_BYTES (sizeof(long) == 8)
#endif

FIXTURE(errors)
{
	struct arena arena; /* |rw|rw|..|..|, of 'o' */
	int fd; /* two pages */
	int write_only;
	int closed; /* a number that no descriptor has */
};
FIXTURE_VARIANT(errors)
{
	unsigned long type;
};
/* clang-format off */
FIXTURE_VARIANT_ADD(errors, private)	{ MAP_PRIVATE };
FIXTURE_VARIANT_ADD(errors, shared)	{ MAP_SHARED };
/* clang-format on */
FIXTURE_SETUP(errors)
{
	OPEN_OBJECT(self->fd, OBJECT_SCRATCH_FILE, pages(2), 'f');
	OPEN_OBJECT(self->write_only, OBJECT_WRITE_ONLY_FILE, pages(2), 'f');
	self->closed = dup(self->fd);
	SETUP(self->closed >= 0);
	close(self->closed);
	SETUP(arena_init(&self->arena, 4));
	SETUP(arena_map(&self->arena, 0, 2, "rw"));
	memset(slot(&self->arena, 0), 'o', pages(2));
}
FIXTURE_TEARDOWN(errors)
{
	arena_free(&self->arena);
	close(self->write_only);
	close(self->fd);
}

/* clause: mmap.order.off-align-first */
TEST_F(errors, offset_inside_a_page_before_descriptor)
{
	unsigned long flags = variant->type;

	NEED(OFFSET_IN_BYTES, "a call that takes the offset in bytes");

	EXPECT_ERRNO(EBADF, sys_mmap(NULL, pages(1), RW, flags, self->closed, 0));
	EXPECT_ERRNO(EINVAL, sys_mmap(NULL, pages(1), RW, flags, self->fd, 1));
	EXPECT_ERRNO(EINVAL, sys_mmap(NULL, pages(1), RW, flags, self->closed, 1));
}

/* clause: mmap.order.ebadf-before-len */
TEST_F(errors, descriptor_before_length)
{
	unsigned long flags = variant->type;

	EXPECT_ERRNO(EINVAL, sys_mmap(NULL, 0, RW, flags, self->fd, 0));
	EXPECT_ERRNO(EBADF, sys_mmap(NULL, 0, RW, flags, self->closed, 0));
	EXPECT_ERRNO(ENOMEM, sys_mmap(NULL, SIZE_MAX, RW, flags, self->fd, 0));
	EXPECT_ERRNO(EBADF, sys_mmap(NULL, SIZE_MAX, RW, flags, self->closed, 0));
	EXPECT_ERRNO(ENOMEM, sys_mmap(NULL, -pages(1), RW, flags, self->fd, 0));
	EXPECT_ERRNO(EBADF, sys_mmap(NULL, -pages(1), RW, flags, self->closed, 0));
}

/* clause: mmap.order.hugetlb-flag-before-len */
TEST_F(errors, huge_pages_of_a_file_before_mode_length_and_address)
{
	unsigned long flags = variant->type, huge = flags | MAP_HUGETLB;
	unsigned long noreplace = MAP_FIXED_NOREPLACE;
	void *p = slot(&self->arena, 0);
	int fd = self->write_only;

	EXPECT_ERRNO(EINVAL, sys_mmap(NULL, pages(1), RW, huge, self->fd, 0));
	EXPECT_ERRNO(EACCES, sys_mmap(NULL, pages(1), RW, flags, fd, 0));
	EXPECT_ERRNO(EINVAL, sys_mmap(NULL, pages(1), RW, huge, fd, 0));
	EXPECT_ERRNO(ENOMEM, sys_mmap(NULL, SIZE_MAX, RW, flags, self->fd, 0));
	EXPECT_ERRNO(EINVAL, sys_mmap(NULL, SIZE_MAX, RW, huge, self->fd, 0));
	EXPECT_ERRNO(EEXIST, sys_mmap(p, pages(1), RW, flags | noreplace, self->fd, 0));
	EXPECT_ERRNO(EINVAL, sys_mmap(p, pages(1), RW, huge | noreplace, self->fd, 0));
	EXPECT_LAYOUT("rw rw .. ..", &self->arena);
	EXPECT_BYTES('o', slot(&self->arena, 0), pages(2));
}

/* clause: mmap.order.len-before-type */
TEST_F(errors, length_before_type)
{
	const size_t overlong[] = { SIZE_MAX, -pages(1) };

	EXPECT_ERRNO(EINVAL, sys_mmap(NULL, pages(1), RW, 0, self->fd, 0));
	EXPECT_ERRNO(EINVAL, sys_mmap(NULL, pages(1), RW, MAP_ANONYMOUS, -1, 0));
	for (int i = 0; i < 2; i++) {
		size_t length = overlong[i];

		EXPECT_ERRNO(ENOMEM, sys_mmap(NULL, length, RW, variant->type, self->fd, 0));
		EXPECT_ERRNO(ENOMEM, sys_mmap(NULL, length, RW, 0, self->fd, 0));
		EXPECT_ERRNO(ENOMEM, sys_mmap(NULL, length, RW, MAP_ANONYMOUS, -1, 0));
	}
}

/* clause: mmap.order.eexist-before-access */
TEST_F(errors, what_is_mapped_there_before_type_and_mode)
{
	unsigned long flags = MAP_FIXED_NOREPLACE;
	void *taken = slot(&self->arena, 0), *unused = slot(&self->arena, 2);
	int fd = self->write_only;

	EXPECT_ERRNO(EACCES, sys_mmap(unused, pages(1), RW, flags | variant->type, fd, 0));
	EXPECT_ERRNO(EEXIST, sys_mmap(taken, pages(1), RW, flags | variant->type, fd, 0));
	EXPECT_ERRNO(EINVAL, sys_mmap(unused, pages(1), RW, flags, self->fd, 0));
	EXPECT_ERRNO(EEXIST, sys_mmap(taken, pages(1), RW, flags, self->fd, 0));
	EXPECT_ERRNO(EINVAL, sys_mmap(unused, pages(1), RW, flags | MAP_ANONYMOUS, -1, 0));
	EXPECT_ERRNO(EEXIST, sys_mmap(taken, pages(1), RW, flags | MAP_ANONYMOUS, -1, 0));
	EXPECT_LAYOUT("rw rw .. ..", &self->arena);
	EXPECT_BYTES('o', slot(&self->arena, 0), pages(2));
}

TEST_HARNESS_MAIN
