// SPDX-License-Identifier: GPL-2.0
/*
 * A MAP_FIXED refused for its arguments or a limit leaves what is mapped there as it is.
 */
#include <sys/sysinfo.h>

#include "kselftest_harness.h"
#include "lib/arena.h"
#include "lib/caps.h"
#include "lib/expect.h"
#include "lib/limits.h"
#include "lib/syscalls.h"

#define RW (PROT_READ | PROT_WRITE)
#define ANON_FIXED (MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED)

FIXTURE(refused)
{
	struct arena arena; /* |rw|rw|..|..|, of 'o' */
	int fd;
};
FIXTURE_VARIANT(refused)
{
	int error;
	enum object_kind kind;
	unsigned long flags;
	uint64_t offset;
};
/* clang-format off */
FIXTURE_VARIANT_ADD(refused, read_only)		{ EACCES, OBJECT_READ_ONLY_FILE, MAP_SHARED };
FIXTURE_VARIANT_ADD(refused, write_only)	{ EACCES, OBJECT_WRITE_ONLY_FILE, MAP_PRIVATE };
FIXTURE_VARIANT_ADD(refused, dev_null)		{ ENODEV, OBJECT_DEV_NULL, MAP_PRIVATE };
FIXTURE_VARIANT_ADD(refused, high_offset)	{ EOVERFLOW, OBJECT_MEMFD, MAP_SHARED, (uint64_t)1 << 63 };
FIXTURE_VARIANT_ADD(refused, unknown_flag)	{ EOPNOTSUPP, OBJECT_MEMFD, MAP_SHARED_VALIDATE | 0x200 };
/* clang-format on */
FIXTURE_SETUP(refused)
{
	NEED(!variant->offset || sizeof(long) == 8, "a 64-bit machine");
	OPEN_OBJECT(self->fd, variant->kind, pages(2), 'f');
	SETUP(arena_init(&self->arena, 4));
	SETUP(arena_map(&self->arena, 0, 2, "rw"));
	memset(slot(&self->arena, 0), 'o', pages(2));
}
FIXTURE_TEARDOWN(refused)
{
	arena_free(&self->arena);
	close(self->fd);
}

/* clause: mmap.fixed.error-keeps-old-eacces */
TEST_F(refused, by_its_arguments_it_keeps_the_old_mapping)
{
	char *p = slot(&self->arena, 0);

	EXPECT_ERRNO(variant->error, sys_mmap(p, pages(2), RW, variant->flags | MAP_FIXED, self->fd,
					      variant->offset));
	EXPECT_LAYOUT("rw rw .. ..", &self->arena);
	EXPECT_BYTES('o', p, pages(2));
}

ARENA_FIXTURE(4);

/* clause: mmap.fixed.error-keeps-old-eacces */
TEST_F(arena, locking_limit_keeps_the_old_mapping)
{
	char *p = slot(&self->arena, 0);

	NEED_OWN_PROCESS("it lowers a limit");
	NEED(caps_drop(CAPS_IPC_LOCK), "capabilities that can be dropped");
	SETUP(limit_set(RLIMIT_MEMLOCK, page_size()));
	SETUP(arena_map(&self->arena, 0, 2, "rw"));
	memset(p, 'o', pages(2));

	EXPECT_ERRNO(EAGAIN, sys_mmap(p, pages(2), RW, ANON_FIXED | MAP_LOCKED, -1, 0));
	EXPECT_LAYOUT("rw rw .. ..", &self->arena);
	EXPECT_BYTES('o', p, pages(2));
}

/* clause: mmap.fixed.rlimit-as-keeps-old */
TEST_F(arena, address_space_limit_keeps_the_old_mapping)
{
	char *p = slot(&self->arena, 0);
	struct rlimit limit;

	NEED_OWN_PROCESS("it lowers a limit");
	SETUP(!getrlimit(RLIMIT_AS, &limit));
	SETUP(arena_map(&self->arena, 0, 2, "rw"));
	memset(p, 'o', pages(2));
	SETUP(limit_set(RLIMIT_AS, page_size())); /* it is far above that already */

	EXPECT_ERRNO(ENOMEM, sys_mmap(p, pages(4), RW, ANON_FIXED, -1, 0));
	SETUP(limit_set(RLIMIT_AS, limit.rlim_cur)); /* the stack may have to grow */
	EXPECT_LAYOUT("rw rw .. ..", &self->arena);
	EXPECT_BYTES('o', p, pages(2));
}

FIXTURE(overcommit)
{
	char *p; /* a page of 'o', the rest without access and so without a charge */
	size_t length; /* more than all memory and swap */
};
FIXTURE_SETUP(overcommit)
{
	struct sysinfo memory;
	int64_t mode;
	uint64_t total;

	NEED(sysctl_read("vm.overcommit_memory", &mode) && mode != 1,
	     "a kernel that limits what is committed");
	SETUP(!sysinfo(&memory));
	total = ((uint64_t)memory.totalram + memory.totalswap) * memory.mem_unit;
	NEED(total < SIZE_MAX / 4, "an address space larger than memory");
	self->length = (size_t)(total / page_size() * page_size()) + pages(16);
	self->p = sys_mmap(NULL, self->length, PROT_NONE,
			   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	NEED(self->p != MAP_FAILED, "an address space larger than memory");
	SETUP(!sys_mprotect(self->p, pages(1), RW));
	memset(self->p, 'o', pages(1));
}
FIXTURE_TEARDOWN(overcommit)
{
	sys_munmap(self->p, self->length);
}

/* clause: mmap.fixed.overcommit-keeps-old */
TEST_F(overcommit, too_much_to_commit_keeps_the_old_mapping)
{
	char *p = self->p;

	EXPECT_ERRNO(ENOMEM, sys_mmap(p, self->length, RW, ANON_FIXED, -1, 0));
	EXPECT_BYTES('o', p, pages(1));
	EXPECT_NO_FAULT(FAULT_WRITE, p);
	EXPECT_FAULT(SIGSEGV, SEGV_ACCERR, FAULT_READ, p + pages(1));
	EXPECT_FAULT(SIGSEGV, SEGV_ACCERR, FAULT_READ, p + self->length - 1);
}

TEST_HARNESS_MAIN
