// SPDX-License-Identifier: GPL-2.0
/*
 * After PR_SET_MDWE no mapping is writable and executable, and none becomes executable that was
 * not.
 */
#include <sys/prctl.h>

#include "kselftest_harness.h"
#include "lib/arena.h"
#include "lib/expect.h"
#include "lib/syscalls.h"

#define WX (PROT_WRITE | PROT_EXEC)

FIXTURE(denied)
{
	struct arena arena;
	int fd;
};
FIXTURE_VARIANT(denied)
{
	unsigned long flags;
};
/* clang-format off */
FIXTURE_VARIANT_ADD(denied, anonymous)		{ MAP_PRIVATE | MAP_ANONYMOUS };
FIXTURE_VARIANT_ADD(denied, shared_anonymous)	{ MAP_SHARED | MAP_ANONYMOUS };
FIXTURE_VARIANT_ADD(denied, private_file)	{ MAP_PRIVATE };
FIXTURE_VARIANT_ADD(denied, shared_file)	{ MAP_SHARED };
/* clang-format on */
FIXTURE_SETUP(denied)
{
	NEED_OWN_PROCESS("it gives up writable code for good");
	OPEN_OBJECT(self->fd, OBJECT_MEMFD, pages(1), 'f');
	SETUP(arena_init(&self->arena, 3));
	NEED_FEATURE(!prctl(PR_SET_MDWE, 1 /* PR_MDWE_REFUSE_EXEC_GAIN */, 0, 0, 0), "PR_SET_MDWE");
}
FIXTURE_TEARDOWN(denied)
{
	arena_free(&self->arena);
	close(self->fd);
}

/* clause: mmap.mdwe.wx-eacces */
TEST_F(denied, writable_code_is_refused)
{
	int fd = variant->flags & MAP_ANONYMOUS ? -1 : self->fd;
	unsigned long flags = variant->flags | MAP_FIXED;
	void *at = slot(&self->arena, 1);

	EXPECT_ERRNO(EACCES, sys_mmap(at, pages(1), PROT_READ | WX, flags, fd, 0));
	EXPECT_ERRNO(EACCES, sys_mmap(at, pages(1), WX, flags, fd, 0));
	EXPECT_LAYOUT(".. .. ..", &self->arena);
	EXPECT_OK(sys_mmap(at, pages(1), PROT_READ | PROT_WRITE, flags, fd, 0));
}

/* clause: mmap.mdwe.x-ok */
TEST_F(denied, code_is_mapped_as_such_or_never)
{
	int fd = variant->flags & MAP_ANONYMOUS ? -1 : self->fd;
	unsigned long flags = variant->flags | MAP_FIXED;
	void *code = slot(&self->arena, 0), *data = slot(&self->arena, 2);
	char picture[ARENA_PICTURE_MAX], after[ARENA_PICTURE_MAX];

	EXPECT_OK(sys_mmap(code, pages(1), PROT_READ | PROT_EXEC, flags, fd, 0));
	EXPECT_OK(sys_mmap(data, pages(1), PROT_READ, flags, fd, 0));
	arena_picture(&self->arena, picture);
	EXPECT_ERRNO(EACCES, sys_mprotect(data, pages(1), PROT_READ | PROT_EXEC));
	arena_picture(&self->arena, after);
	EXPECT_STREQ(picture, after);
	EXPECT_OK(sys_mprotect(code, pages(1), PROT_READ | PROT_EXEC)); /* it has that already */
}

TEST_HARNESS_MAIN
