// SPDX-License-Identifier: GPL-2.0
/*
 * MAP_LOCKED on memory that cannot be locked maps it, and locks nothing.
 */
#include "kselftest_harness.h"
#include "lib/expect.h"
#include "lib/smaps.h"
#include "lib/syscalls.h"

#define RW (PROT_READ | PROT_WRITE)
#define HUGE (MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB | MAP_NORESERVE) /* wants no free page */

FIXTURE(memory)
{
	int fd;
};
FIXTURE_VARIANT(memory)
{
	unsigned long flags, prot;
	const char *what;
	enum object_kind kind; /* unless anonymous */
};
/* clang-format off */
FIXTURE_VARIANT_ADD(memory, hugetlb)	{ HUGE, RW, "huge pages" };
FIXTURE_VARIANT_ADD(memory, io_uring)	{ MAP_SHARED, RW, "io_uring", OBJECT_IO_URING };
FIXTURE_VARIANT_ADD(memory, tcp_socket)	{ MAP_SHARED, PROT_READ, "mmap of TCP sockets", OBJECT_TCP_SOCKET };
/* clang-format on */
FIXTURE_SETUP(memory)
{
	char flags[SMAPS_FLAGS_MAX], *p;

	NEED_OWN_PROCESS("a huge page is unmapped by nothing less");
	NEED(smaps_flags(self, flags), "/proc/self/smaps with VmFlags");
	self->fd = -1;
	if (!(variant->flags & MAP_ANONYMOUS))
		OPEN_OBJECT(self->fd, variant->kind, pages(1), 0);
	p = sys_mmap(NULL, pages(1), variant->prot, variant->flags, self->fd, 0);
	NEED_FEATURE(p != MAP_FAILED, variant->what);
}
FIXTURE_TEARDOWN(memory)
{
	close(self->fd);
}

/* clause: mmap.locked.special-not-locked */
TEST_F(memory, special_memory_is_mapped_and_not_locked)
{
	uint64_t before, locked;
	char *p;

	NEED(locked_bytes(&before), "/proc/self/status with VmLck");
	p = sys_mmap(NULL, pages(1), RW, MAP_PRIVATE | MAP_ANONYMOUS | MAP_LOCKED, -1, 0);
	NEED(p != MAP_FAILED && smaps_marked(p, "lo"), "leave to lock a page");
	SETUP(locked_bytes(&locked) && locked == before + pages(1));

	ASSERT_OK(p = sys_mmap(NULL, pages(1), variant->prot, variant->flags | MAP_LOCKED, self->fd,
			       0));
	EXPECT_FALSE(smaps_marked(p, "lo"));
	ASSERT_TRUE(locked_bytes(&locked));
	EXPECT_EQ(before + pages(1), locked);
}

TEST_HARNESS_MAIN
