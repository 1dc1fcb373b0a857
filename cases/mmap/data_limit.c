// SPDX-License-Identifier: GPL-2.0
/*
 * RLIMIT_DATA bounds private writable mappings, and those alone; beyond it there is ENOMEM.
 */
#include "kselftest_harness.h"
#include "lib/arena.h"
#include "lib/expect.h"
#include "lib/limits.h"
#include "lib/syscalls.h"

#define RW (PROT_READ | PROT_WRITE)
#define ANON (MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED)

/* The boot option ignore_rlimit_data. */
static bool data_limit_is_kept(void)
{
	int fd = open("/sys/module/kernel/parameters/ignore_rlimit_data", O_RDONLY | O_CLOEXEC);
	bool ignored;
	char c;

	if (fd < 0)
		return true; /* an older kernel, or no /sys: then it is not told */
	ignored = read(fd, &c, 1) == 1 && c == 'Y';
	close(fd);
	return !ignored;
}

static bool limit_data(rlim_t soft, rlim_t hard)
{
	struct rlimit limit = { soft, hard };

	return !setrlimit(RLIMIT_DATA, &limit);
}

FIXTURE(limited)
{
	struct arena arena; /* |rw|rw|..|..|..|..|..|..| */
	char *p; /* the third slot */
	int fd; /* four pages of 'f' */
};
FIXTURE_SETUP(limited)
{
	NEED_OWN_PROCESS("it sets limits");
	OPEN_OBJECT(self->fd, OBJECT_MEMFD, pages(4), 'f');
	SETUP(arena_init(&self->arena, 8));
	SETUP(arena_map(&self->arena, 0, 2, "rw"));
	memset(slot(&self->arena, 0), 'x', pages(2));
	self->p = slot(&self->arena, 2);
	NEED(data_limit_is_kept(), "a kernel that does not ignore RLIMIT_DATA");
}
FIXTURE_TEARDOWN(limited)
{
	arena_free(&self->arena);
	close(self->fd);
}

/* clause: mmap.limit.rlimit-data-enomem */
TEST_F(limited, private_writable_mappings_are_data)
{
	SETUP(limit_data(0, 0));

	EXPECT_ERRNO(ENOMEM, sys_mmap(self->p, pages(1), RW, ANON, -1, 0));
	EXPECT_ERRNO(ENOMEM, sys_mmap(self->p, pages(1), PROT_WRITE, ANON, -1, 0));
	EXPECT_ERRNO(ENOMEM, sys_mmap(self->p, pages(1), RW, ANON | MAP_STACK, -1, 0));
	EXPECT_ERRNO(ENOMEM, sys_mmap(self->p, pages(1), RW, MAP_PRIVATE | MAP_FIXED, self->fd, 0));
	EXPECT_LAYOUT("rw rw .. .. .. .. .. ..", &self->arena);
}

/* clause: mmap.limit.rlimit-data-exempt */
TEST_F(limited, shared_and_read_only_mappings_are_not_until_made_writable)
{
	SETUP(limit_data(0, 0));

	EXPECT_OK(
		sys_mmap(slot(&self->arena, 2), pages(1), RW, MAP_SHARED | MAP_FIXED, self->fd, 0));
	EXPECT_OK(sys_mmap(slot(&self->arena, 3), pages(1), RW,
			   MAP_SHARED | MAP_ANONYMOUS | MAP_FIXED, -1, 0));
	EXPECT_OK(sys_mmap(slot(&self->arena, 4), pages(1), PROT_READ, ANON, -1, 0));
	EXPECT_OK(sys_mmap(slot(&self->arena, 5), pages(1), PROT_NONE, ANON, -1, 0));
	EXPECT_OK(sys_mmap(slot(&self->arena, 6), pages(1), PROT_READ | PROT_EXEC,
			   MAP_PRIVATE | MAP_FIXED, self->fd, 0));
	EXPECT_LAYOUT("rw rw rws rws r- -- r-x ..", &self->arena);

	for (int i = 4; i <= 6; i++)
		EXPECT_ERRNO(ENOMEM, sys_mprotect(slot(&self->arena, i), pages(1), RW));
	EXPECT_LAYOUT("rw rw rws rws r- -- r-x ..", &self->arena);
}

/* clause: mmap.growsdown.data-rlimit-exempt */
TEST_F(limited, nor_is_a_mapping_that_grows_down)
{
	SETUP(limit_data(0, 0));

	EXPECT_OK(sys_mmap(slot(&self->arena, 7), pages(1), RW, ANON | MAP_GROWSDOWN, -1, 0));
	EXPECT_ERRNO(ENOMEM, sys_mmap(self->p, pages(1), RW, ANON, -1, 0));
}

/* clause: mmap.limit.rlimit-data-soft0 */
TEST_F(limited, soft_data_limit_of_zero_is_none)
{
	struct rlimit limit;

	SETUP(!getrlimit(RLIMIT_DATA, &limit));
	NEED(limit.rlim_max == RLIM_INFINITY, "no hard limit of data");
	SETUP(limit_data(0, RLIM_INFINITY));
	EXPECT_OK(sys_mmap(self->p, pages(1), RW, ANON, -1, 0));

	SETUP(limit_data(1, RLIM_INFINITY));
	EXPECT_ERRNO(ENOMEM, sys_mmap(self->p + pages(1), pages(1), RW, ANON, -1, 0));
	EXPECT_LAYOUT("rw rw rw .. .. .. .. ..", &self->arena);
}

TEST_HARNESS_MAIN
