// SPDX-License-Identifier: GPL-2.0
/*
 * A mapping that a write seal refuses replaces nothing.
 */
#include "kselftest_harness.h"
#include "lib/arena.h"
#include "lib/expect.h"
#include "lib/syscalls.h"

FIXTURE(sealed)
{
	struct arena arena; /* |rw|rw|rw|, of 'x' */
	int fd;
};
FIXTURE_VARIANT(sealed)
{
	int seal;
};
/* clang-format off */
FIXTURE_VARIANT_ADD(sealed, write)	{ F_SEAL_WRITE };
FIXTURE_VARIANT_ADD(sealed, future_write)	{ F_SEAL_FUTURE_WRITE };
/* clang-format on */
FIXTURE_SETUP(sealed)
{
	OPEN_OBJECT(self->fd, OBJECT_MEMFD, pages(1), 'f');
	NEED_FEATURE(!fcntl(self->fd, F_ADD_SEALS, variant->seal), "file seals");
	SETUP(arena_init(&self->arena, 3));
	SETUP(arena_map(&self->arena, 0, 3, "rw"));
	memset(slot(&self->arena, 0), 'x', pages(3));
}
FIXTURE_TEARDOWN(sealed)
{
	arena_free(&self->arena);
	close(self->fd);
}

/* clause: mmap.seal.fixed-keeps-old */
TEST_F(sealed, what_was_mapped_there_stays)
{
	void *at = slot(&self->arena, 1);

	EXPECT_ERRNO(EPERM, sys_mmap(at, pages(1), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED,
				     self->fd, 0));
	EXPECT_LAYOUT("rw rw rw", &self->arena);
	EXPECT_BYTES('x', slot(&self->arena, 0), pages(3));
}

TEST_HARNESS_MAIN
