// SPDX-License-Identifier: GPL-2.0
/*
 * Files of huge pages: they map with and without MAP_HUGETLB, at offsets of whole huge pages, and a writable mapping makes them longer.
 */
#include <fcntl.h>
#include <sys/stat.h>

#include "kselftest_harness.h"
#include "lib/arena.h"
#include "lib/expect.h"
#include "lib/smaps.h"
#include "lib/syscalls.h"

#define RW (PROT_READ | PROT_WRITE)

EXCLUSIVE("vm.nr_hugepages");

/* Of no length, in huge pages of the default size. */
static int open_file(void)
{
	return sys_memfd_create("hugetlb", MFD_HUGETLB);
}

HUGE_FIXTURE(4, 4);

/* clause: mmap.hugetlb.huge-file-flag-optional */
TEST_F(huge, flag_makes_no_difference)
{
	uint64_t bytes[2] = { 0 };
	int fd = open_file();

	SETUP(fd >= 0 && !ftruncate(fd, (off_t)self->size));
	ASSERT_OK(sys_mmap(slot(&self->arena, 0), self->size, RW, MAP_SHARED | MAP_FIXED, fd, 0));
	ASSERT_OK(sys_mmap(slot(&self->arena, 2), self->size, RW,
			   MAP_SHARED | MAP_FIXED | MAP_HUGETLB, fd, 0));

	EXPECT_LAYOUT("rws .. rws ..", &self->arena);
	memset(slot(&self->arena, 0), 'x', self->size);
	EXPECT_BYTES('x', slot(&self->arena, 2), self->size);
	for (int i = 0; i < 2; i++)
		EXPECT_TRUE(smaps_bytes(slot(&self->arena, 2 * i), "KernelPageSize", &bytes[i]));
	EXPECT_EQ(self->size, bytes[0]);
	EXPECT_EQ(self->size, bytes[1]);
	close(fd);
}

/* clause: mmap.hugetlb.offset-unaligned-einval */
TEST_F(huge, offset_inside_a_huge_page_is_refused)
{
	int fd = open_file();

	SETUP(fd >= 0 && !ftruncate(fd, (off_t)(2 * self->size)));
	SETUP(arena_map(&self->arena, 1, 1, "r-"));

	EXPECT_ERRNO(EINVAL, sys_mmap(slot(&self->arena, 0), self->size, RW, MAP_SHARED | MAP_FIXED,
				      fd, (off_t)pages(1)));
	EXPECT_ERRNO(EINVAL, sys_mmap(slot(&self->arena, 0), self->size, RW,
				      MAP_PRIVATE | MAP_FIXED | MAP_HUGETLB, fd, (off_t)pages(1)));
	EXPECT_LAYOUT(".. r- .. ..", &self->arena);
	EXPECT_ADDR(slot(&self->arena, 0), sys_mmap(slot(&self->arena, 0), self->size, RW,
						    MAP_SHARED | MAP_FIXED, fd, (off_t)self->size));
	close(fd);
}

/* clause: mmap.hugetlb.write-extends-file */
TEST_F(huge, writable_mapping_makes_the_file_longer)
{
	struct stat stat;
	int fd = open_file();

	SETUP(fd >= 0);
	EXPECT_OK(sys_mmap(slot(&self->arena, 0), self->size, PROT_READ, MAP_SHARED | MAP_FIXED, fd,
			   0));
	EXPECT_EQ(0, fstat(fd, &stat));
	EXPECT_EQ(0, stat.st_size);
	EXPECT_OK(sys_mmap(slot(&self->arena, 1), 2 * self->size, RW, MAP_SHARED | MAP_FIXED, fd,
			   (off_t)self->size));
	EXPECT_EQ(0, fstat(fd, &stat));
	EXPECT_EQ((off_t)(3 * self->size), stat.st_size);
	close(fd);
}

/* clause: mmap.hugetlb.beyond-eof-sigbus */
TEST_F(huge, touch_past_end_of_file_raises_sigbus)
{
	int fd = open_file();

	SETUP(fd >= 0 && !ftruncate(fd, (off_t)self->size));
	SETUP(sys_mmap(slot(&self->arena, 0), 2 * self->size, PROT_READ, MAP_SHARED | MAP_FIXED, fd,
		       0) != MAP_FAILED);

	EXPECT_NO_FAULT(FAULT_READ, (char *)slot(&self->arena, 1) - 1);
	EXPECT_FAULT(SIGBUS, BUS_ADRERR, FAULT_READ, slot(&self->arena, 1));
	EXPECT_FAULT(SIGBUS, BUS_ADRERR, FAULT_READ, (char *)slot(&self->arena, 2) - 1);
	close(fd);
}

TEST_HARNESS_MAIN
