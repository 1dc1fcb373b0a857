// SPDX-License-Identifier: GPL-2.0
/*
 * RLIMIT_AS bounds all that is mapped, of whatever kind; what would go beyond it is refused:
 * ENOMEM.
 */
#include "kselftest_harness.h"
#include "lib/arena.h"
#include "lib/expect.h"
#include "lib/limits.h"
#include "lib/syscalls.h"

#define RW (PROT_READ | PROT_WRITE)
#define ANON (MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED)

FIXTURE(limited)
{
	struct arena arena; /* |rw|rw|..|..|..|..|..|..| */
	char *p; /* the third slot */
	int fd; /* four pages of 'f' */
	uint64_t mapped; /* bytes of address space in use */
};
FIXTURE_SETUP(limited)
{
	NEED_OWN_PROCESS("it sets limits");
	OPEN_OBJECT(self->fd, OBJECT_MEMFD, pages(4), 'f');
	SETUP(arena_init(&self->arena, 8));
	SETUP(arena_map(&self->arena, 0, 2, "rw"));
	memset(slot(&self->arena, 0), 'x', pages(2));
	self->p = slot(&self->arena, 2);
	NEED(address_space_bytes(&self->mapped), "/proc/self/statm");
}
FIXTURE_TEARDOWN(limited)
{
	arena_free(&self->arena);
	close(self->fd);
}

/* clause: mmap.limit.rlimit-as-enomem */
TEST_F(limited, every_kind_of_mapping_counts_as_address_space)
{
	SETUP(limit_set(RLIMIT_AS, self->mapped + pages(2)));

	EXPECT_ERRNO(ENOMEM, sys_mmap(self->p, pages(3), RW, ANON, -1, 0));
	EXPECT_ERRNO(ENOMEM, sys_mmap(self->p, pages(3), PROT_NONE, ANON, -1, 0));
	EXPECT_ERRNO(ENOMEM, sys_mmap(self->p, pages(3), RW, ANON | MAP_NORESERVE, -1, 0));
	EXPECT_ERRNO(ENOMEM, sys_mmap(self->p, pages(3), PROT_NONE, ANON | MAP_NORESERVE, -1, 0));
	EXPECT_ERRNO(ENOMEM, sys_mmap(self->p, pages(3), RW, MAP_SHARED | MAP_FIXED, self->fd, 0));
	EXPECT_ERRNO(ENOMEM, sys_mmap(NULL, pages(3), PROT_READ, MAP_PRIVATE, self->fd, 0));
	EXPECT_LAYOUT("rw rw .. .. .. .. .. ..", &self->arena);
	EXPECT_ADDR(self->p, sys_mmap(self->p, pages(2), PROT_NONE, ANON, -1, 0));
	EXPECT_ERRNO(ENOMEM, sys_mmap(self->p + pages(2), 1, PROT_NONE, ANON, -1, 0));
	EXPECT_LAYOUT("rw rw -- -- .. .. .. ..", &self->arena);
}

/* clause: mmap.limit.rlimit-as-net-fixed */
TEST_F(limited, replacement_at_the_limit_counts_what_it_adds)
{
	SETUP(limit_set(RLIMIT_AS, self->mapped));

	EXPECT_OK(sys_mmap(slot(&self->arena, 0), pages(2), PROT_READ, ANON, -1, 0));
	EXPECT_ERRNO(ENOMEM, sys_mmap(slot(&self->arena, 1), pages(2), RW, ANON, -1, 0));
	EXPECT_LAYOUT("r- r- .. .. .. .. .. ..", &self->arena);
	EXPECT_BYTES(0, slot(&self->arena, 0), pages(2));
}

/* clause: mmap.limit.rlimit-as-already-over */
TEST_F(limited, over_the_limit_nothing_but_unmapping_is_left)
{
	SETUP(limit_set(RLIMIT_AS, self->mapped - pages(1)));

	EXPECT_ERRNO(ENOMEM, sys_mmap(slot(&self->arena, 0), pages(2), PROT_READ, ANON, -1, 0));
	EXPECT_LAYOUT("rw rw .. .. .. .. .. ..", &self->arena);
	EXPECT_BYTES('x', slot(&self->arena, 0), pages(2));
	EXPECT_OK(sys_munmap(slot(&self->arena, 0), pages(2)));
	EXPECT_LAYOUT(".. .. .. .. .. .. .. ..", &self->arena);
}

TEST_HARNESS_MAIN
