// SPDX-License-Identifier: GPL-2.0
/*
 * Where the kernel places a mapping of its own choice: where nothing is, and again where something
 * has gone.
 */
#include "kselftest_harness.h"
#include "lib/expect.h"
#include "lib/maps.h"
#include "lib/page.h"
#include "lib/syscalls.h"

#define RW (PROT_READ | PROT_WRITE)
#define VMAS_MAX 128
#define ROUNDS 32

FIXTURE(request)
{
	int fd; /* three pages of 0 */
};
MAPPING_VARIANTS(request);
FIXTURE_SETUP(request)
{
	OPEN_OBJECT(self->fd, OBJECT_MEMFD, pages(3), 0);
}
FIXTURE_TEARDOWN(request)
{
	close(self->fd);
}

/* clause: mmap.addr.null-nonzero-result */
TEST_F(request, never_at_0_and_never_over_something)
{
	char *p[ROUNDS];

	NEED_MAPS();

	for (int i = 0; i < ROUNDS; i++) {
		static struct vma before[VMAS_MAX];
		uintptr_t at = 0;
		int count = 0;

		while (count < VMAS_MAX && maps_find(at, &before[count]) == 1)
			at = before[count++].end;
		SETUP(count < VMAS_MAX);
		ASSERT_OK(p[i] = sys_mmap(NULL, pages(3), RW, variant->flags, self->fd, 0));
		EXPECT_NE(NULL, p[i]);
		while (count--)
			EXPECT_TRUE((uintptr_t)p[i] >= before[count].end ||
				    (uintptr_t)p[i] + pages(3) <= before[count].start);
	}
	for (int i = 0; i < ROUNDS; i++)
		EXPECT_OK(sys_munmap(p[i], pages(3)));
}

/* clause: mmap.addr.hole-reused */
TEST_F(request, first_hole_that_is_large_enough_is_taken_again)
{
	char *first, *second;

	ASSERT_OK(first = sys_mmap(NULL, pages(3), RW, variant->flags, self->fd, 0));
	ASSERT_OK(second = sys_mmap(NULL, pages(3), RW, variant->flags, self->fd, 0));
	EXPECT_OK(sys_munmap(first, pages(3)));
	EXPECT_ADDR(first, sys_mmap(NULL, pages(3), RW, variant->flags, self->fd, 0));
	EXPECT_OK(sys_munmap(first, pages(3)));
	EXPECT_OK(sys_munmap(second, pages(3)));
	EXPECT_ADDR(first, sys_mmap(NULL, pages(3), RW, variant->flags, self->fd, 0));
	EXPECT_OK(sys_munmap(first, pages(3)));
}

TEST_HARNESS_MAIN
