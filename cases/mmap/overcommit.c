// SPDX-License-Identifier: GPL-2.0
/*
 * vm.overcommit_memory: in mode 0 a single request for more than all memory is refused, in mode 1
 * none, in mode 2 all beyond the commit limit; what counts are private writable memory and shared
 * anonymous memory.
 */
#include <sys/sysinfo.h>

#include "kselftest_harness.h"
#include "lib/expect.h"
#include "lib/limits.h"
#include "lib/page.h"
#include "lib/smaps.h"
#include "lib/syscalls.h"

#define RW (PROT_READ | PROT_WRITE)
#define ANON (MAP_PRIVATE | MAP_ANONYMOUS)

EXCLUSIVE("vm.overcommit_memory");

FIXTURE(machine)
{
	int64_t before; /* vm.overcommit_memory; restored */
	size_t huge; /* four times all memory and swap: beyond the commit limit too */
	int fd; /* a memfd of that size, of holes */
};
FIXTURE_SETUP(machine)
{
	struct sysinfo info;

	self->fd = -1;
	NEED(sysctl_read("vm.overcommit_memory", &self->before), "vm.overcommit_memory");
	NEED(sysctl_write("vm.overcommit_memory", self->before),
	     "leave to set vm.overcommit_memory");
	SETUP(!sysinfo(&info));
	self->huge =
		pages(((uint64_t)info.totalram + info.totalswap) * info.mem_unit / page_size() * 4);
	NEED(sizeof(long) == 8 && self->huge < (size_t)1 << (sizeof(long) == 8 ? 45 : 0),
	     "a 64-bit machine with less than 8 TiB of memory");
	OPEN_OBJECT(self->fd, OBJECT_MEMFD, 0, 0);
	SETUP(!ftruncate(self->fd, (off_t)self->huge));
}
FIXTURE_TEARDOWN(machine)
{
	sysctl_write("vm.overcommit_memory", self->before);
	close(self->fd);
}

/* Maps so much, and unmaps it at once; as mmap. */
static void *try_map(size_t length, unsigned long prot, unsigned long flags, int fd)
{
	void *p = sys_mmap(NULL, length, prot, flags, fd, 0);

	if (p != MAP_FAILED)
		sys_munmap(p, length);
	return p;
}

/*
 * clause: mmap.limit.overcommit0-huge-enomem
 * clause: mmap.limit.overcommit0-noreserve-ok
 */
TEST_F(machine, mode_0_refuses_private_writable_memory_beyond_all_there_is)
{
	SETUP(sysctl_write("vm.overcommit_memory", 0));

	EXPECT_ERRNO(ENOMEM, try_map(self->huge, RW, ANON, -1));
	EXPECT_ERRNO(ENOMEM, try_map(self->huge, PROT_WRITE, ANON, -1));
	EXPECT_ERRNO(ENOMEM, try_map(self->huge, RW, MAP_PRIVATE, self->fd));
	EXPECT_OK(try_map(self->huge, RW, ANON | MAP_NORESERVE, -1));
	EXPECT_OK(try_map(self->huge, PROT_READ, ANON, -1));
	EXPECT_OK(try_map(self->huge, PROT_NONE, ANON, -1));
}

/* clause: mmap.limit.overcommit0-mprotect */
TEST_F(machine, mode_0_refuses_it_when_it_is_made_writable)
{
	void *plain, *unreserved;

	SETUP(sysctl_write("vm.overcommit_memory", 0));
	ASSERT_OK(plain = sys_mmap(NULL, self->huge, PROT_READ, ANON, -1, 0));
	ASSERT_OK(unreserved = sys_mmap(NULL, self->huge, PROT_READ, ANON | MAP_NORESERVE, -1, 0));

	EXPECT_ERRNO(ENOMEM, sys_mprotect(plain, self->huge, RW));
	EXPECT_FAULT(SIGSEGV, SEGV_ACCERR, FAULT_WRITE, plain);
	EXPECT_OK(sys_mprotect(unreserved, self->huge, RW));
	EXPECT_NO_FAULT(FAULT_WRITE, unreserved);
	EXPECT_OK(sys_munmap(plain, self->huge));
	EXPECT_OK(sys_munmap(unreserved, self->huge));
}

/* clause: mmap.limit.overcommit0-shared-accounted */
TEST_F(machine, mode_0_counts_shared_anonymous_memory_whatever_its_protection)
{
	const unsigned long prots[] = { PROT_NONE, PROT_READ, RW };

	SETUP(sysctl_write("vm.overcommit_memory", 0));
	for (int i = 0; i < 3; i++) {
		EXPECT_ERRNO(ENOMEM, try_map(self->huge, prots[i], MAP_SHARED | MAP_ANONYMOUS, -1));
		EXPECT_OK(try_map(self->huge, prots[i], MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE,
				  -1));
	}
}

/* clause: mmap.limit.overcommit1-all-ok */
TEST_F(machine, mode_1_refuses_nothing)
{
	SETUP(sysctl_write("vm.overcommit_memory", 1));

	EXPECT_OK(try_map(self->huge, RW, ANON, -1));
	EXPECT_OK(try_map(self->huge, RW, MAP_PRIVATE, self->fd));
}

/* clause: mmap.proc.vmflags-noreserve */
TEST_F(machine, modes_0_and_1_mark_what_is_not_reserved)
{
	char flags[SMAPS_FLAGS_MAX];
	void *p;

	NEED(smaps_flags(self, flags), "/proc/self/smaps with VmFlags");
	for (int mode = 0; mode < 2 && !TEST_FAILED(); mode++) {
		SETUP(sysctl_write("vm.overcommit_memory", mode));
		ASSERT_OK(p = sys_mmap(NULL, pages(1), RW, ANON | MAP_NORESERVE, -1, 0));
		EXPECT_TRUE(smaps_marked(p, "nr"));
		EXPECT_FALSE(smaps_marked(p, "ac"));
		EXPECT_OK(sys_munmap(p, pages(1)));
	}
}

/* clause: mmap.limit.overcommit2-noreserve-ignored */
TEST_F(machine, mode_2_does_not_know_noreserve)
{
	char flags[SMAPS_FLAGS_MAX];
	void *p;

	NEED(smaps_flags(self, flags), "/proc/self/smaps with VmFlags");
	SETUP(sysctl_write("vm.overcommit_memory", 2));

	EXPECT_ERRNO(ENOMEM, try_map(self->huge, RW, ANON | MAP_NORESERVE, -1));
	ASSERT_OK(p = sys_mmap(NULL, pages(1), RW, ANON | MAP_NORESERVE, -1, 0));
	EXPECT_TRUE(smaps_marked(p, "ac"));
	EXPECT_FALSE(smaps_marked(p, "nr"));
	EXPECT_OK(sys_munmap(p, pages(1)));
}

/* clause: mmap.limit.overcommit2-file */
TEST_F(machine, mode_2_counts_private_writable_mappings_of_a_file)
{
	SETUP(sysctl_write("vm.overcommit_memory", 2));

	EXPECT_ERRNO(ENOMEM, try_map(self->huge, RW, MAP_PRIVATE, self->fd));
	EXPECT_OK(try_map(self->huge, RW, MAP_SHARED, self->fd));
	EXPECT_OK(try_map(self->huge, PROT_READ, MAP_PRIVATE, self->fd));
}

/* clause: mmap.droppable.not-accounted */
TEST_F(machine, mode_2_does_not_count_droppable_memory)
{
	NEED_FEATURE(try_map(pages(1), RW, MAP_DROPPABLE | MAP_ANONYMOUS, -1) != MAP_FAILED,
		     "MAP_DROPPABLE");
	SETUP(sysctl_write("vm.overcommit_memory", 2));

	EXPECT_OK(try_map(self->huge, RW, MAP_DROPPABLE | MAP_ANONYMOUS, -1));
	EXPECT_ERRNO(ENOMEM, try_map(self->huge, RW, ANON, -1));
}

TEST_HARNESS_MAIN
