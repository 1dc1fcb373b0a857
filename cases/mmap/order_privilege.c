// SPDX-License-Identifier: GPL-2.0
/*
 * Missing privilege among other errors: the low address before what is mapped there, then the limit
 * of locked memory, then what is wrong with the file and the type.
 */
#include "kselftest_harness.h"
#include "lib/arena.h"
#include "lib/caps.h"
#include "lib/expect.h"
#include "lib/limits.h"
#include "lib/syscalls.h"

#define RW (PROT_READ | PROT_WRITE)
#define TOO_FAR ((uint64_t)1 << 63)

FIXTURE(limit)
{
	struct arena arena; /* |rw|rw|..|..|, of 'o' */
	int fd; /* two pages */
};
FIXTURE_VARIANT(limit)
{
	size_t pages; /* that may be locked: less than the two asked for */
	int error;
};
/* clang-format off */
FIXTURE_VARIANT_ADD(limit, none)	{ 0, EPERM };
FIXTURE_VARIANT_ADD(limit, too_low)	{ 1, EAGAIN };
/* clang-format on */
FIXTURE_SETUP(limit)
{
	NEED_OWN_PROCESS("it lowers a limit");
	NEED(caps_drop(CAPS_IPC_LOCK), "capabilities that can be dropped");
	OPEN_OBJECT(self->fd, OBJECT_MEMFD, pages(2), 'f');
	SETUP(limit_set(RLIMIT_MEMLOCK, pages(variant->pages)));
	SETUP(arena_init(&self->arena, 4));
	SETUP(arena_map(&self->arena, 0, 2, "rw"));
	memset(slot(&self->arena, 0), 'o', pages(2));
}
FIXTURE_TEARDOWN(limit)
{
	arena_free(&self->arena);
	close(self->fd);
}

/* clause: mmap.order.mlock-eperm-before-eagain */
TEST_F(limit, of_nothing_is_a_matter_of_permission_else_of_amount)
{
	unsigned long locked = MAP_LOCKED | MAP_FIXED;
	void *p = slot(&self->arena, 0);

	EXPECT_ERRNO(variant->error,
		     sys_mmap(p, pages(2), RW, locked | MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
	EXPECT_ERRNO(variant->error, sys_mmap(p, pages(2), RW, locked | MAP_SHARED, self->fd, 0));
	EXPECT_LAYOUT("rw rw .. ..", &self->arena);
	EXPECT_BYTES('o', p, pages(2));
}

/* clause: mmap.order.mlock-before-type */
TEST_F(limit, before_offset_and_type)
{
	unsigned long shared = MAP_SHARED | MAP_LOCKED;

	NEED(sizeof(long) == 8, "a 64-bit machine");

	EXPECT_ERRNO(EINVAL, sys_mmap(NULL, pages(2), RW, 0, self->fd, 0));
	EXPECT_ERRNO(variant->error, sys_mmap(NULL, pages(2), RW, MAP_LOCKED, self->fd, 0));
	EXPECT_ERRNO(EOVERFLOW, sys_mmap(NULL, pages(2), RW, MAP_SHARED, self->fd, TOO_FAR));
	EXPECT_ERRNO(variant->error, sys_mmap(NULL, pages(2), RW, shared, self->fd, TOO_FAR));
}

/* clause: mmap.order.eexist-before-mlock */
TEST_F(limit, after_what_is_mapped_there)
{
	unsigned long flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE | MAP_LOCKED;
	void *taken = slot(&self->arena, 0), *unused = slot(&self->arena, 2);

	EXPECT_ERRNO(variant->error, sys_mmap(unused, pages(2), RW, flags, -1, 0));
	EXPECT_ERRNO(EEXIST, sys_mmap(taken, pages(2), RW, flags, -1, 0));
	EXPECT_LAYOUT("rw rw .. ..", &self->arena);
	EXPECT_BYTES('o', taken, pages(2));
}

/*
 * What is at address 0 comes from before the privilege went.
 * clause: mmap.order.minaddr-before-eexist
 */
TEST(low_address_before_what_is_mapped_there_and_before_mode)
{
	unsigned long anon = MAP_PRIVATE | MAP_ANONYMOUS;
	int64_t least;
	int fd;

	NEED_OWN_PROCESS("it drops a capability");
	NEED(sysctl_read("vm.mmap_min_addr", &least) && least > 0, "a lowest address above 0");
	NEED(caps_have(CAPS_SYS_RAWIO), "CAP_SYS_RAWIO");
	OPEN_OBJECT(fd, OBJECT_WRITE_ONLY_FILE, pages(1), 'f');
	NEED(!sys_mmap(NULL, pages(1), PROT_READ, anon | MAP_FIXED, -1, 0),
	     "a policy that lets a privileged process have address 0");

	EXPECT_ERRNO(EEXIST, sys_mmap(NULL, pages(1), RW, anon | MAP_FIXED_NOREPLACE, -1, 0));
	EXPECT_ERRNO(EACCES, sys_mmap(NULL, pages(1), RW, MAP_SHARED | MAP_FIXED, fd, 0));
	SETUP(caps_drop(CAPS_SYS_RAWIO));
	EXPECT_ERRNO(EPERM, sys_mmap(NULL, pages(1), RW, anon | MAP_FIXED_NOREPLACE, -1, 0));
	EXPECT_ERRNO(EPERM, sys_mmap(NULL, pages(1), RW, MAP_SHARED | MAP_FIXED, fd, 0));
	EXPECT_NO_FAULT(FAULT_READ, (void *)0);
	close(fd);
}

TEST_HARNESS_MAIN
