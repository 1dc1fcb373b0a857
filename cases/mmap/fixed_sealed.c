// SPDX-License-Identifier: GPL-2.0
/*
 * MAP_FIXED replaces no sealed page, nor anything beside one; for MAP_FIXED_NOREPLACE a sealed page
 * is in the way like any other.
 */
#include "kselftest_harness.h"
#include "lib/arena.h"
#include "lib/expect.h"
#include "lib/syscalls.h"

#define RW (PROT_READ | PROT_WRITE)
#define ANON (MAP_PRIVATE | MAP_ANONYMOUS)

SEALED_FIXTURE(5);

/* Every range that has a sealed page in it is refused with this errno, and nothing changes. */
#define EXPECT_REFUSED(error, flags, fd)                                                        \
	do {                                                                                    \
		for (int first_ = 0; first_ <= 3; first_++) {                                   \
			for (int end_ = first_ > 1 ? first_ + 1 : 2; end_ <= 5; end_++)         \
				EXPECT_ERRNO(error,                                             \
					     sys_mmap(self->p + pages(first_),                  \
						      pages(end_ - first_), RW, flags, fd, 0)); \
		}                                                                               \
		EXPECT_LAYOUT("rw r- r- r- rw", &self->arena);                                  \
		EXPECT_BYTES('x', self->p, pages(5));                                           \
	} while (0)

/* clause: mmap.fixed.sealed-eperm */
TEST_F(sealed, no_sealed_page_is_replaced)
{
	int fd;

	OPEN_OBJECT(fd, OBJECT_MEMFD, pages(5), 'f');
	EXPECT_REFUSED(EPERM, ANON | MAP_FIXED, -1);
	EXPECT_REFUSED(EPERM, MAP_SHARED | MAP_FIXED, fd);
	close(fd);
}

/* clause: mmap.fixed-noreplace.sealed-eexist */
TEST_F(sealed, page_in_the_way_is_in_the_way_sealed_or_not)
{
	EXPECT_REFUSED(EEXIST, ANON | MAP_FIXED_NOREPLACE, -1);
	EXPECT_REFUSED(EEXIST, ANON | MAP_FIXED_NOREPLACE | MAP_FIXED, -1);
}

TEST_HARNESS_MAIN
