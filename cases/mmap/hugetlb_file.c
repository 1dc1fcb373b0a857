// SPDX-License-Identifier: GPL-2.0
/*
 * Files of huge pages: they map with and without MAP_HUGETLB, at offsets of whole huge pages, and a
 * writable mapping makes them longer.
 */
#include <fcntl.h>
#include <sys/stat.h>

#include "kselftest_harness.h"
#include "lib/arena.h"
#include "lib/expect.h"
#include "lib/mounts.h"
#include "lib/smaps.h"
#include "lib/syscalls.h"

#define RW (PROT_READ | PROT_WRITE)

EXCLUSIVE("vm.nr_hugepages");

FIXTURE(file)
{
	HUGE_FIELDS; /* |..|..|..|..|, and as many free huge pages */
	int fd; /* of no length, in huge pages of the default size */
};
FIXTURE_VARIANT(file)
{
	bool mounted;
};
/* clang-format off */
FIXTURE_VARIANT_ADD(file, memfd)	{ false };
FIXTURE_VARIANT_ADD(file, hugetlbfs)	{ true };
/* clang-format on */
FIXTURE_SETUP(file)
{
	char folder[SCRATCH_PATH_MAX];

	SETUP_HUGE(self, 4, 4);
	if (variant->mounted) {
		NEED_OWN_PROCESS("it mounts");
		NEED(mounts_private(), "the right to mount");
		NEED(mount_new(folder, "none", "hugetlbfs", 0, NULL), "hugetlbfs");
		self->fd = mount_open(folder, "file", O_RDWR | O_CREAT);
	} else {
		self->fd = sys_memfd_create("hugetlb", MFD_HUGETLB);
	}
	SETUP(self->fd >= 0);
}
FIXTURE_TEARDOWN(file)
{
	close(self->fd);
	TEARDOWN_HUGE(self);
}

/* clause: mmap.hugetlb.huge-file-flag-optional */
TEST_F(file, flag_makes_no_difference)
{
	uint64_t bytes[2] = { 0 };

	SETUP(!ftruncate(self->fd, (off_t)self->size));
	ASSERT_OK(sys_mmap(slot(&self->arena, 0), self->size, RW, MAP_SHARED | MAP_FIXED, self->fd,
			   0));
	ASSERT_OK(sys_mmap(slot(&self->arena, 2), self->size, RW,
			   MAP_SHARED | MAP_FIXED | MAP_HUGETLB, self->fd, 0));

	EXPECT_LAYOUT("rws .. rws ..", &self->arena);
	memset(slot(&self->arena, 0), 'x', self->size);
	EXPECT_BYTES('x', slot(&self->arena, 2), self->size);
	for (int i = 0; i < 2; i++)
		EXPECT_TRUE(smaps_bytes(slot(&self->arena, 2 * i), "KernelPageSize", &bytes[i]));
	EXPECT_EQ(self->size, bytes[0]);
	EXPECT_EQ(self->size, bytes[1]);
}

/* clause: mmap.hugetlb.offset-unaligned-einval */
TEST_F(file, offset_inside_a_huge_page_is_refused)
{
	SETUP(!ftruncate(self->fd, (off_t)(2 * self->size)));
	SETUP(arena_map(&self->arena, 1, 1, "r-"));

	EXPECT_ERRNO(EINVAL, sys_mmap(slot(&self->arena, 0), self->size, RW, MAP_SHARED | MAP_FIXED,
				      self->fd, (off_t)pages(1)));
	EXPECT_ERRNO(EINVAL,
		     sys_mmap(slot(&self->arena, 0), self->size, RW,
			      MAP_PRIVATE | MAP_FIXED | MAP_HUGETLB, self->fd, (off_t)pages(1)));
	EXPECT_LAYOUT(".. r- .. ..", &self->arena);
	EXPECT_ADDR(slot(&self->arena, 0),
		    sys_mmap(slot(&self->arena, 0), self->size, RW, MAP_SHARED | MAP_FIXED,
			     self->fd, (off_t)self->size));
}

/* clause: mmap.hugetlb.write-extends-file */
TEST_F(file, writable_mapping_makes_the_file_longer)
{
	struct stat stat;

	EXPECT_OK(sys_mmap(slot(&self->arena, 0), self->size, PROT_READ, MAP_SHARED | MAP_FIXED,
			   self->fd, 0));
	EXPECT_EQ(0, fstat(self->fd, &stat));
	EXPECT_EQ(0, stat.st_size);
	EXPECT_OK(sys_mmap(slot(&self->arena, 1), 2 * self->size, RW, MAP_SHARED | MAP_FIXED,
			   self->fd, (off_t)self->size));
	EXPECT_EQ(0, fstat(self->fd, &stat));
	EXPECT_EQ((off_t)(3 * self->size), stat.st_size);
}

/* clause: mmap.hugetlb.beyond-eof-sigbus */
TEST_F(file, touch_past_end_of_file_raises_sigbus)
{
	SETUP(!ftruncate(self->fd, (off_t)self->size));
	SETUP(sys_mmap(slot(&self->arena, 0), 2 * self->size, PROT_READ, MAP_SHARED | MAP_FIXED,
		       self->fd, 0) != MAP_FAILED);

	EXPECT_NO_FAULT(FAULT_READ, (char *)slot(&self->arena, 1) - 1);
	EXPECT_FAULT(SIGBUS, BUS_ADRERR, FAULT_READ, slot(&self->arena, 1));
	EXPECT_FAULT(SIGBUS, BUS_ADRERR, FAULT_READ, (char *)slot(&self->arena, 2) - 1);
}

TEST_HARNESS_MAIN
