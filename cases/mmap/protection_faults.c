// SPDX-License-Identifier: GPL-2.0
/*
 * An access that the mapping does not allow raises SIGSEGV with SEGV_ACCERR, one where nothing is
 * mapped SEGV_MAPERR; si_addr is the very byte.
 */
#include "kselftest_harness.h"
#include "lib/arena.h"
#include "lib/expect.h"
#include "lib/syscalls.h"

/* Bits 63 to 57 differ: no address with four or five levels of page tables. */
#if defined(__x86_64__) && defined(__LP64__)
#define NON_CANONICAL ((char *)(1UL << 62))
#else
#define NON_CANONICAL NULL
#endif

ARENA_FIXTURE(4);

/* clause: mmap.prot.none-faults */
TEST_F(arena, page_without_access_neither_loads_nor_stores)
{
	char *p = slot(&self->arena, 1);

	SETUP(arena_map(&self->arena, 1, 1, "--"));

	EXPECT_FAULT(SIGSEGV, SEGV_ACCERR, FAULT_READ, p + 5);
	EXPECT_FAULT(SIGSEGV, SEGV_ACCERR, FAULT_WRITE, p + 5);
	EXPECT_FAULT(SIGSEGV, SEGV_ACCERR, FAULT_READ, p);
	EXPECT_FAULT(SIGSEGV, SEGV_ACCERR, FAULT_WRITE, p + pages(1) - 1);
}

/* clause: mmap.prot.read-write-faults */
TEST_F(arena, readable_page_refuses_a_store)
{
	char *p = slot(&self->arena, 1);

	SETUP(arena_map(&self->arena, 1, 1, "r-"));

	EXPECT_FAULT(SIGSEGV, SEGV_ACCERR, FAULT_WRITE, p + 5); /* not loaded from before */
	EXPECT_BYTES(0, p, pages(1));
	EXPECT_FAULT(SIGSEGV, SEGV_ACCERR, FAULT_WRITE, p + 5);
	EXPECT_BYTES(0, p, pages(1));
}

/* clause: mmap.prot.unmapped-maperr */
TEST_F(arena, nothing_there_is_told_from_no_access)
{
	char *p = slot(&self->arena, 1);

	EXPECT_FAULT(SIGSEGV, SEGV_MAPERR, FAULT_READ, p + 5); /* never mapped */
	SETUP(arena_map(&self->arena, 0, 3, "rw"));
	memset(slot(&self->arena, 0), 'x', pages(3));
	SETUP(!sys_munmap(p, pages(1)));

	EXPECT_FAULT(SIGSEGV, SEGV_MAPERR, FAULT_READ, p + 5);
	EXPECT_FAULT(SIGSEGV, SEGV_MAPERR, FAULT_WRITE, p + 5);
	EXPECT_FAULT(SIGSEGV, SEGV_MAPERR, FAULT_EXEC, p + 16);
	EXPECT_FAULT(SIGSEGV, SEGV_MAPERR, FAULT_READ, p + pages(1) - 1);
	EXPECT_LAYOUT("rw .. rw ..", &self->arena);
}

/* clause: mmap.prot.noncanonical-kernel-code */
TEST(non_canonical_address_is_no_page_fault)
{
	const enum fault_access accesses[] = { FAULT_READ, FAULT_WRITE };

	NEED(NON_CANONICAL, "a 64-bit x86");
	for (int i = 0; i < 2; i++) {
		struct fault fault = fault_probe(accesses[i], NON_CANONICAL);

		EXPECT_EQ(SIGSEGV, fault.signal);
		EXPECT_EQ(SI_KERNEL, fault.code);
		EXPECT_EQ(NULL, fault.address);
	}
}

FIXTURE(code)
{
	struct arena arena;
	char *p; /* a function that returns at once; the page is executable */
};
FIXTURE_VARIANT(code)
{
	int prot;
};
/* clang-format off */
FIXTURE_VARIANT_ADD(code, none)		{ PROT_NONE };
FIXTURE_VARIANT_ADD(code, read)		{ PROT_READ };
FIXTURE_VARIANT_ADD(code, read_write)	{ PROT_READ | PROT_WRITE };
/* clang-format on */
FIXTURE_SETUP(code)
{
	SETUP(arena_init(&self->arena, 3));
	SETUP(arena_map(&self->arena, 1, 1, "rw"));
	self->p = slot(&self->arena, 1);
	NEED(fault_put_return(self->p), "a machine whose code we know");
	SETUP(!sys_mprotect(self->p, pages(1), PROT_READ | PROT_EXEC));
	SETUP(!fault_probe(FAULT_EXEC, self->p).signal);
}
FIXTURE_TEARDOWN(code)
{
	arena_free(&self->arena);
}

/* clause: mmap.prot.noexec-faults */
TEST_F(code, jump_into_a_page_without_exec_faults_at_its_target)
{
	SETUP(!sys_mprotect(self->p, pages(1), variant->prot));

	EXPECT_FAULT(SIGSEGV, SEGV_ACCERR, FAULT_EXEC, self->p);
}

TEST_HARNESS_MAIN
