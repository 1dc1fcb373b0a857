// SPDX-License-Identifier: GPL-2.0
/*
 * Secret memory counts as locked page by page, when it is first touched, whatever capabilities the
 * process has.
 */
#include "kselftest_harness.h"
#include "lib/arena.h"
#include "lib/caps.h"
#include "lib/expect.h"
#include "lib/limits.h"
#include "lib/smaps.h"
#include "lib/syscalls.h"

#define RW (PROT_READ | PROT_WRITE)

FIXTURE(limited)
{
	struct arena arena;
	int fd; /* two pages */
};
FIXTURE_VARIANT(limited)
{
	bool capable;
};
/* clang-format off */
FIXTURE_VARIANT_ADD(limited, plain)	{ false };
FIXTURE_VARIANT_ADD(limited, capable)	{ true };
/* clang-format on */
FIXTURE_SETUP(limited)
{
	char flags[SMAPS_FLAGS_MAX];

	NEED_OWN_PROCESS("it drops capabilities and sets a limit");
	OPEN_OBJECT(self->fd, OBJECT_SECRETMEM, pages(2), 0);
	NEED(smaps_flags(self, flags), "/proc/self/smaps with VmFlags");
	NEED(variant->capable ? caps_have(CAPS_IPC_LOCK) : caps_drop(CAPS_IPC_LOCK),
	     "libcap, and CAP_IPC_LOCK to have or to drop");
	SETUP(limit_set(RLIMIT_MEMLOCK, 0));
	SETUP(arena_init(&self->arena, 4));
}
FIXTURE_TEARDOWN(limited)
{
	arena_free(&self->arena);
	close(self->fd);
}

/* clause: mmap.kind.secretmem-memlock-fault */
TEST_F(limited, page_beyond_the_limit_is_a_bus_error_when_it_is_touched)
{
	char *p = slot(&self->arena, 1);

	EXPECT_ADDR(p, sys_mmap(p, pages(2), RW, MAP_SHARED | MAP_FIXED, self->fd, 0));
	EXPECT_LAYOUT(".. rws rws ..", &self->arena);
	EXPECT_FALSE(smaps_marked(p, "lo"));
	EXPECT_FAULT(SIGBUS, BUS_ADRERR, FAULT_WRITE, p);
	EXPECT_FAULT(SIGBUS, BUS_ADRERR, FAULT_READ, p + pages(1));
	EXPECT_LAYOUT(".. rws rws ..", &self->arena);
}

TEST_HARNESS_MAIN
