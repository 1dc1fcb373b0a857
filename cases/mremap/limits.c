// SPDX-License-Identifier: GPL-2.0
/*
 * Growth is held to RLIMIT_AS, and of private writable memory to RLIMIT_DATA; a move needs no more
 * room than it had.
 */
#include "kselftest_harness.h"
#include "lib/arena.h"
#include "lib/expect.h"
#include "lib/limits.h"
#include "lib/syscalls.h"

FIXTURE(limited)
{
	struct arena arena; /* |rw|rw|..|..|..|..|..|..| */
	char *p, *to;
	uint64_t mapped; /* bytes of address space in use */
};
FIXTURE_SETUP(limited)
{
	NEED_OWN_PROCESS("it sets limits");
	SETUP(arena_init(&self->arena, 8));
	SETUP(arena_map(&self->arena, 0, 2, "rw"));
	self->p = slot(&self->arena, 0);
	self->to = slot(&self->arena, 5);
	memset(self->p, 'x', pages(2));
	NEED(address_space_bytes(&self->mapped), "/proc/self/statm");
}
FIXTURE_TEARDOWN(limited)
{
	arena_free(&self->arena);
}

/* clause: mremap.limit.as-grow */
TEST_F(limited, growth_up_to_the_address_space_limit_and_no_further)
{
	SETUP(limit_set(RLIMIT_AS, self->mapped + pages(2)));

	EXPECT_ERRNO(ENOMEM, sys_mremap(self->p, pages(2), pages(5), 0, NULL));
	EXPECT_ERRNO(ENOMEM, sys_mremap(self->p, pages(2), pages(5), MREMAP_MAYMOVE, NULL));
	EXPECT_LAYOUT("rw rw .. .. .. .. .. ..", &self->arena);
	EXPECT_BYTES('x', self->p, pages(2));
	EXPECT_ADDR(self->p, sys_mremap(self->p, pages(2), pages(4), 0, NULL));
	EXPECT_LAYOUT("rw rw rw rw .. .. .. ..", &self->arena);
}

/* clause: mremap.dontunmap.as-limit */
TEST_F(limited, dontunmap_counts_in_full_and_a_plain_move_does_not)
{
	unsigned long flags = MREMAP_MAYMOVE | MREMAP_FIXED;
	char *p = self->p, *to = self->to;

	SETUP(limit_set(RLIMIT_AS, self->mapped + pages(1)));

	EXPECT_ERRNO(ENOMEM, sys_mremap(p, pages(2), pages(2), flags | MREMAP_DONTUNMAP, to));
	EXPECT_LAYOUT("rw rw .. .. .. .. .. ..", &self->arena);
	EXPECT_BYTES('x', p, pages(2));
	EXPECT_ADDR(to, sys_mremap(p, pages(2), pages(2), flags, to));
	EXPECT_LAYOUT(".. .. .. .. .. rw rw ..", &self->arena);
	EXPECT_ADDR(p, sys_mremap(to, pages(1), pages(1), flags | MREMAP_DONTUNMAP, p));
	EXPECT_LAYOUT("rw .. .. .. .. rw rw ..", &self->arena);
}

/* clause: mremap.limit.data-grow */
TEST_F(limited, growth_of_private_writable_memory_is_held_to_the_data_limit)
{
	char *probe = slot(&self->arena, 7);
	char *private = slot(&self->arena, 0), *read_only = slot(&self->arena, 3),
	     *shared = slot(&self->arena, 5);
	int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED;

	SETUP(arena_map(&self->arena, 3, 1, "r-"));
	SETUP(arena_map(&self->arena, 5, 1, "rws")); /* |rw|rw|..|r-|..|rws|..|..| */
	SETUP(limit_set(RLIMIT_DATA, pages(1))); /* more is in use already */
	NEED(sys_mmap(probe, pages(1), PROT_WRITE, flags, -1, 0) == MAP_FAILED && errno == ENOMEM,
	     "a kernel that holds mmap to RLIMIT_DATA");

	EXPECT_ERRNO(ENOMEM, sys_mremap(private, pages(2), pages(3), 0, NULL));
	EXPECT_ERRNO(ENOMEM, sys_mremap(private, pages(2), pages(3), MREMAP_MAYMOVE, NULL));
	EXPECT_LAYOUT("rw rw .. r- .. rws .. ..", &self->arena);
	EXPECT_BYTES('x', private, pages(2));
	EXPECT_ADDR(read_only, sys_mremap(read_only, pages(1), pages(2), 0, NULL));
	EXPECT_ADDR(shared, sys_mremap(shared, pages(1), pages(2), 0, NULL));
	EXPECT_LAYOUT("rw rw .. r- r- rws rws ..", &self->arena);
}

TEST_HARNESS_MAIN
