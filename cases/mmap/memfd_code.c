// SPDX-License-Identifier: GPL-2.0
/*
 * A memfd can be mapped as code, and one that is barred from execve() as well.
 */
#include <sys/stat.h>

#include "kselftest_harness.h"
#include "lib/arena.h"
#include "lib/expect.h"
#include "lib/syscalls.h"

FIXTURE(code)
{
	struct arena arena;
	int fd; /* a page with a function that returns */
};
FIXTURE_VARIANT(code)
{
	unsigned int memfd_flags;
};
/* clang-format off */
FIXTURE_VARIANT_ADD(code, plain)	{ 0 };
FIXTURE_VARIANT_ADD(code, noexec_seal)	{ MFD_NOEXEC_SEAL };
/* clang-format on */
FIXTURE_SETUP(code)
{
	unsigned char function[FAULT_RETURN_SIZE];

	self->fd = sys_memfd_create("mmapconf", MFD_CLOEXEC | variant->memfd_flags);
	NEED_FEATURE(self->fd >= 0 || errno != ENOSYS, "memfd_create");
	NEED_FEATURE(self->fd >= 0 || errno != EINVAL || !variant->memfd_flags, "MFD_NOEXEC_SEAL");
	SETUP(self->fd >= 0);
	NEED(fault_put_return(function), "a function for this machine");
	SETUP(pwrite(self->fd, function, sizeof(function), 0) == sizeof(function));
	SETUP(!ftruncate(self->fd, (off_t)pages(1)));
	SETUP(arena_init(&self->arena, 3));
}
FIXTURE_TEARDOWN(code)
{
	arena_free(&self->arena);
	close(self->fd);
}

/* clause: mmap.kind.memfd-exec-ok */
TEST_F(code, memfd_is_executed_where_it_is_mapped)
{
	char *private = slot(&self->arena, 0), *shared = slot(&self->arena, 2);
	unsigned long prot = PROT_READ | PROT_EXEC;

	ASSERT_OK(sys_mmap(private, pages(1), prot, MAP_PRIVATE | MAP_FIXED, self->fd, 0));
	ASSERT_OK(sys_mmap(shared, pages(1), prot, MAP_SHARED | MAP_FIXED, self->fd, 0));
	EXPECT_NO_FAULT(FAULT_EXEC, private);
	EXPECT_NO_FAULT(FAULT_EXEC, shared);
	EXPECT_LAYOUT("r-x .. r-xs", &self->arena);
}

/* clause: mmap.kind.memfd-exec-ok */
TEST_F(code, execve_asks_the_mode_and_mmap_does_not)
{
	char *const words[] = { "mmapconf", NULL };
	void *p = slot(&self->arena, 1);

	SETUP(variant->memfd_flags || !fchmod(self->fd, 0600));
	EXPECT_ERRNO(EACCES, syscall(SYS_execveat, self->fd, "", words, words + 1, AT_EMPTY_PATH));
	ASSERT_OK(
		sys_mmap(p, pages(1), PROT_READ | PROT_EXEC, MAP_SHARED | MAP_FIXED, self->fd, 0));
	EXPECT_NO_FAULT(FAULT_EXEC, p);
}

TEST_HARNESS_MAIN
