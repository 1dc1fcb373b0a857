// SPDX-License-Identifier: GPL-2.0
/*
 * Under the personality READ_IMPLIES_EXEC a request for read access is one for execution too; a
 * request without it is not.
 */
#include <sys/personality.h>

#include "kselftest_harness.h"
#include "lib/arena.h"
#include "lib/expect.h"
#include "lib/syscalls.h"

FIXTURE(request)
{
	struct arena arena; /* |r-|..|..|, mapped before */
	int fd;
};
FIXTURE_VARIANT(request)
{
	unsigned long flags; /* of the file but with MAP_ANONYMOUS */
	const char *read, *read_write, *write, *none;
};
/* clang-format off */
FIXTURE_VARIANT_ADD(request, private_anon)	{ MAP_PRIVATE | MAP_ANONYMOUS, "r- r-x ..", "r- rwx ..", "r- -w ..", "r- -- .." };
FIXTURE_VARIANT_ADD(request, shared_anon)	{ MAP_SHARED | MAP_ANONYMOUS, "r- r-xs ..", "r- rwxs ..", "r- -ws ..", "r- --s .." };
FIXTURE_VARIANT_ADD(request, private_file)	{ MAP_PRIVATE, "r- r-x ..", "r- rwx ..", "r- -w ..", "r- -- .." };
FIXTURE_VARIANT_ADD(request, shared_file)	{ MAP_SHARED, "r- r-xs ..", "r- rwxs ..", "r- -ws ..", "r- --s .." };
/* clang-format on */
FIXTURE_SETUP(request)
{
	int old = personality(0xffffffff);
	unsigned long plain = (unsigned long)old & ~(unsigned long)READ_IMPLIES_EXEC;

	NEED_OWN_PROCESS("it changes its personality");
	NEED_FEATURE(old != -1 && personality(plain | READ_IMPLIES_EXEC) != -1,
		     "personality READ_IMPLIES_EXEC");
	NEED_MAPS();
	SETUP(personality(plain) != -1);
	OPEN_OBJECT(self->fd, OBJECT_MEMFD, pages(1), 'f');
	SETUP(arena_init(&self->arena, 3));
	SETUP(arena_map(&self->arena, 0, 1, "r-"));
	SETUP(personality(plain | READ_IMPLIES_EXEC) != -1);
}
FIXTURE_TEARDOWN(request)
{
	arena_free(&self->arena);
	close(self->fd);
}

/* clause: mmap.personality.read-implies-exec */
TEST_F(request, read_access_is_execution_too)
{
	unsigned long fixed = variant->flags | MAP_FIXED;
	void *p = slot(&self->arena, 1);

	EXPECT_ADDR(p, sys_mmap(p, pages(1), PROT_READ, fixed, self->fd, 0));
	EXPECT_LAYOUT(variant->read, &self->arena);
	EXPECT_ADDR(p, sys_mmap(p, pages(1), PROT_READ | PROT_WRITE, fixed, self->fd, 0));
	EXPECT_LAYOUT(variant->read_write, &self->arena);
	EXPECT_ADDR(p, sys_mmap(p, pages(1), PROT_WRITE, fixed, self->fd, 0));
	EXPECT_LAYOUT(variant->write, &self->arena);
	EXPECT_ADDR(p, sys_mmap(p, pages(1), PROT_NONE, fixed, self->fd, 0));
	EXPECT_LAYOUT(variant->none, &self->arena);
}

TEST_HARNESS_MAIN
