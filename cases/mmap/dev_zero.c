// SPDX-License-Identifier: GPL-2.0
/*
 * /dev/zero: mapped privately it is zeros, copied on write; mapped shared it is a new piece of
 * shared memory each time, unless the descriptor cannot write.
 */
#include "kselftest_harness.h"
#include "lib/child.h"
#include "lib/expect.h"
#include "lib/syscalls.h"

#define RW (PROT_READ | PROT_WRITE)

/* clause: mmap.kind.zero-private */
TEST(private_mapping_is_zeros_copied_on_write)
{
	struct vma vma;
	char *p, *other;
	int fd;

	NEED_MAPS();
	OPEN_OBJECT(fd, OBJECT_DEV_ZERO, 0, 0);
	ASSERT_OK(p = sys_mmap(NULL, pages(3), RW, MAP_PRIVATE, fd, 0));
	EXPECT_BYTES(0, p, pages(3));
	EXPECT_EQ(1, maps_find((uintptr_t)p, &vma));
	EXPECT_STREQ("rw-p", vma.perms);
	EXPECT_STREQ("/dev/zero", vma.name);

	memset(p, 'z', pages(1));
	EXPECT_BYTES('z', p, pages(1));
	EXPECT_BYTES(0, p + pages(1), pages(2));
	ASSERT_OK(other = sys_mmap(NULL, pages(3), RW, MAP_PRIVATE, fd, 0));
	EXPECT_BYTES(0, other, pages(3));
	close(fd);
}

/* clause: mmap.kind.zero-shared */
TEST(shared_mapping_is_memory_shared_with_a_child_alone)
{
	char *p, *other;
	struct vma vma;
	int fd;

	NEED_OWN_PROCESS("it forks");
	NEED_MAPS();
	OPEN_OBJECT(fd, OBJECT_DEV_ZERO, 0, 0);
	ASSERT_OK(p = sys_mmap(NULL, pages(3), RW, MAP_SHARED, fd, 0));
	ASSERT_OK(other = sys_mmap(NULL, pages(3), RW, MAP_SHARED, fd, 0));
	EXPECT_BYTES(0, p, pages(3));
	EXPECT_EQ(1, maps_find((uintptr_t)p, &vma));
	EXPECT_STREQ("rw-s", vma.perms);
	EXPECT_STREQ("/dev/zero (deleted)", vma.name);

	p[0] = 'P';
	CHILD(writer) {
		EXPECT_BYTES('P', p, 1);
		memset(p + pages(1), 'C', pages(1));
	}
	EXPECT_CHILD_OK(writer);
	EXPECT_BYTES('C', p + pages(1), pages(1));
	EXPECT_BYTES(0, other, pages(3));
	close(fd);
}

/* clause: mmap.kind.zero-shared-readonly-object */
TEST(shared_mapping_of_a_read_only_descriptor_is_an_object_too)
{
	int fd = open("/dev/zero", O_RDONLY | O_CLOEXEC);
	struct vma vma;
	char *p;

	NEED_MAPS();
	NEED(fd >= 0, "/dev/zero");
	ASSERT_OK(p = sys_mmap(NULL, pages(3), PROT_READ, MAP_SHARED, fd, 0));
	EXPECT_EQ(1, maps_find((uintptr_t)p, &vma));
	EXPECT_STREQ("r--s", vma.perms);
	EXPECT_STREQ("/dev/zero (deleted)", vma.name);
	EXPECT_BYTES(0, p, pages(3));
	EXPECT_ERRNO(EACCES, sys_mprotect(p, pages(3), RW));
	EXPECT_FAULT(SIGSEGV, SEGV_ACCERR, FAULT_WRITE, p);
	EXPECT_BYTES(0, p, pages(3));
	close(fd);
}

/* clause: mmap.kind.zero-shared-offset-sigbus */
TEST(shared_mapping_at_an_offset_starts_inside_its_object)
{
	char *p, *beyond;
	struct vma vma;
	int fd;

	NEED_MAPS();
	OPEN_OBJECT(fd, OBJECT_DEV_ZERO, 0, 0);
	ASSERT_OK(p = sys_mmap(NULL, pages(3), RW, MAP_SHARED, fd, pages(1)));
	ASSERT_OK(beyond = sys_mmap(NULL, pages(1), RW, MAP_SHARED, fd, pages(1)));
	EXPECT_EQ(1, maps_find((uintptr_t)p, &vma));
	EXPECT_EQ(pages(1), vma.offset);
	EXPECT_STREQ("/dev/zero (deleted)", vma.name);

	EXPECT_BYTES(0, p, pages(2)); /* pages 1 and 2 of an object of 3 */
	EXPECT_NO_FAULT(FAULT_WRITE, p + pages(2) - 1);
	EXPECT_FAULT(SIGBUS, BUS_ADRERR, FAULT_READ, p + pages(2));
	EXPECT_FAULT(SIGBUS, BUS_ADRERR, FAULT_WRITE, p + pages(3) - 1);
	EXPECT_FAULT(SIGBUS, BUS_ADRERR, FAULT_READ, beyond);
	close(fd);
}

TEST_HARNESS_MAIN
