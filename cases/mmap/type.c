// SPDX-License-Identifier: GPL-2.0
/*
 * The mapping type is a number in the low four bits of the flags, not a set of bits: shared,
 * private, and what came later.
 */
#include "kselftest_harness.h"
#include "lib/arena.h"
#include "lib/expect.h"
#include "lib/syscalls.h"

#define RW (PROT_READ | PROT_WRITE)

FIXTURE(type)
{
	struct arena arena; /* |rw|rw|..|..|, of 'o' */
	int fd; /* a page of 'f' */
};
FIXTURE_SETUP(type)
{
	OPEN_OBJECT(self->fd, OBJECT_MEMFD, pages(1), 'f');
	SETUP(arena_init(&self->arena, 4));
	SETUP(arena_map(&self->arena, 0, 2, "rw"));
	memset(slot(&self->arena, 0), 'o', pages(2));
}
FIXTURE_TEARDOWN(type)
{
	arena_free(&self->arena);
	close(self->fd);
}

/* clause: mmap.type.none-einval */
TEST_F(type, none_is_refused)
{
	void *p = slot(&self->arena, 0);

	EXPECT_ERRNO(EINVAL, sys_mmap(p, pages(1), RW, MAP_FIXED, self->fd, 0));
	EXPECT_ERRNO(EINVAL, sys_mmap(p, pages(1), RW, MAP_FIXED | MAP_ANONYMOUS, -1, 0));
	EXPECT_ERRNO(EINVAL, sys_mmap(NULL, pages(1), RW, 0, self->fd, 0));
	EXPECT_ERRNO(EINVAL, sys_mmap(NULL, pages(1), RW, MAP_ANONYMOUS, -1, 0));
	EXPECT_BYTES('o', p, pages(2));
	EXPECT_LAYOUT("rw rw .. ..", &self->arena);
}

/* clause: mmap.type.unknown-anon-einval */
TEST_F(type, unknown_one_of_anonymous_memory_is_refused)
{
	void *p = slot(&self->arena, 0);

	for (unsigned long type = 0; type <= MAP_TYPE; type++) {
		if (type == MAP_SHARED || type == MAP_PRIVATE || type == MAP_DROPPABLE)
			continue;
		EXPECT_ERRNO(EINVAL,
			     sys_mmap(p, pages(1), RW, MAP_FIXED | MAP_ANONYMOUS | type, -1, 0));
		if (TEST_FAILED()) {
			TH_LOG("type %lu", type);
			break;
		}
	}
	EXPECT_BYTES('o', p, pages(2));
	EXPECT_LAYOUT("rw rw .. ..", &self->arena);
}

/* clause: mmap.type.unknown-file-einval */
TEST_F(type, unknown_one_of_a_file_is_refused)
{
	void *p = slot(&self->arena, 0);

	for (unsigned long type = 0; type <= MAP_TYPE; type++) {
		if (type == MAP_SHARED || type == MAP_PRIVATE || type == MAP_SHARED_VALIDATE)
			continue;
		EXPECT_ERRNO(EINVAL, sys_mmap(p, pages(1), RW, MAP_FIXED | type, self->fd, 0));
		if (TEST_FAILED()) {
			TH_LOG("type %lu", type);
			break;
		}
	}
	EXPECT_BYTES('o', p, pages(2));
	EXPECT_LAYOUT("rw rw .. ..", &self->arena);
}

/* clause: mmap.type.shared-and-private-is-validate */
TEST_F(type, shared_and_private_of_a_file_is_shared_and_validates)
{
	unsigned long both = MAP_SHARED | MAP_PRIVATE | MAP_FIXED;
	char *p = slot(&self->arena, 2);

	EXPECT_ADDR(p, sys_mmap(p, pages(1), RW, both, self->fd, 0));
	EXPECT_LAYOUT("rw rw rws ..", &self->arena);
	p[0] = 's';
	EXPECT_FILE_BYTES('s', self->fd, 0, 1);
	/* an unknown flag, which neither MAP_SHARED nor MAP_PRIVATE would mind */
	EXPECT_ERRNO(EOPNOTSUPP, sys_mmap(p, pages(1), RW, both | 0x200, self->fd, 0));
}

TEST_HARNESS_MAIN
