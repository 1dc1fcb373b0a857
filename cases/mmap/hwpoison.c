// SPDX-License-Identifier: GPL-2.0
/*
 * Memory that has failed: MADV_HWPOISON has the kernel treat a page as if the hardware had reported
 * it. The frame is lost to the machine until it starts again.
 */
#include "kselftest_harness.h"
#include "lib/arena.h"
#include "lib/expect.h"
#include "lib/letters.h"
#include "lib/syscalls.h"

EXCLUSIVE("a page of memory");

FIXTURE(memory)
{
	struct arena arena; /* |a|b|c|..|; b is to fail */
	char *failed;
};
FIXTURE_VARIANT(memory)
{
	const char *access;
};
/* clang-format off */
FIXTURE_VARIANT_ADD(memory, private)	{ "rw" };
FIXTURE_VARIANT_ADD(memory, shared)	{ "rws" };
/* clang-format on */
FIXTURE_SETUP(memory)
{
	SETUP(arena_init(&self->arena, 4));
	SETUP(arena_map(&self->arena, 0, 3, variant->access));
	for (int n = 0; n < 3; n++)
		memset(slot(&self->arena, n), 'a' + n, pages(1));
	self->failed = slot(&self->arena, 1);
}
FIXTURE_TEARDOWN(memory)
{
	arena_free(&self->arena);
}

static int poison_error;

/* The kernel may tell of the failure at once, by the signal that a touch raises. */
static void poison(void *page)
{
	poison_error = sys_madvise(page, pages(1), MADV_HWPOISON) ? errno : 0;
}

/* clause: mmap.hwpoison.sigbus-mceerr */
TEST_F(memory, touch_of_a_page_that_failed_raises_sigbus)
{
	char *p = self->failed, *last = p + pages(1) - 1;

	fault_run(poison, p);
	NEED(poison_error != EPERM, "leave to declare memory broken");
	NEED(poison_error != EINVAL, "a kernel built to handle memory failures");
	SETUP(!poison_error);

	EXPECT_FAULT(SIGBUS, BUS_MCEERR_AR, FAULT_READ, p);
	EXPECT_FAULT(SIGBUS, BUS_MCEERR_AR, FAULT_WRITE, last);
	EXPECT_EQ(page_size(), (size_t)1 << fault_probe(FAULT_READ, p).lsb);
	EXPECT_EQ(page_size(), (size_t)1 << fault_probe(FAULT_WRITE, last).lsb);
	EXPECT_BYTES('a', slot(&self->arena, 0), pages(1));
	EXPECT_BYTES('c', slot(&self->arena, 2), pages(1));

	SETUP(arena_map(&self->arena, 1, 1, variant->access)); /* the address has not failed */
	EXPECT_BYTES(0, p, pages(1));
}

TEST_HARNESS_MAIN
