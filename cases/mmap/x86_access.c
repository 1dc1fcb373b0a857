// SPDX-License-Identifier: GPL-2.0
/*
 * What the page tables of x86 cannot express: a page that is written is read too, and one that is
 * executed as well, unless protection keys forbid it. The maps show what was asked for.
 */
#include "kselftest_harness.h"
#include "lib/arena.h"
#include "lib/expect.h"
#include "lib/syscalls.h"
#include "lib/x86.h"

FIXTURE(request)
{
	struct arena arena;
	int fd; /* a page of functions that return at once */
	char *p;
};
FIXTURE_VARIANT(request)
{
	unsigned long flags; /* of the file but with MAP_ANONYMOUS */
	unsigned char content;
	const char *write, *exec;
};
/* clang-format off */
FIXTURE_VARIANT_ADD(request, private_anon)	{ MAP_PRIVATE | MAP_ANONYMOUS, 0, "-w ..", "--x .." };
FIXTURE_VARIANT_ADD(request, shared_anon)	{ MAP_SHARED | MAP_ANONYMOUS, 0, "-ws ..", "--xs .." };
FIXTURE_VARIANT_ADD(request, private_file)	{ MAP_PRIVATE, X86_RET, "-w ..", "--x .." };
FIXTURE_VARIANT_ADD(request, shared_file)	{ MAP_SHARED, X86_RET, "-ws ..", "--xs .." };
/* clang-format on */
FIXTURE_SETUP(request)
{
	NEED(X86, "x86");
	NEED_MAPS();
	OPEN_OBJECT(self->fd, OBJECT_MEMFD, pages(1), X86_RET);
	SETUP(arena_init(&self->arena, 2));
	self->p = slot(&self->arena, 0);
}
FIXTURE_TEARDOWN(request)
{
	arena_free(&self->arena);
	close(self->fd);
}

/* clause: mmap.prot.write-implies-read */
TEST_F(request, page_that_is_written_is_read_too)
{
	unsigned long fixed = variant->flags | MAP_FIXED;

	EXPECT_ADDR(self->p, sys_mmap(self->p, pages(1), PROT_WRITE, fixed, self->fd, 0));
	EXPECT_BYTES(variant->content, self->p, pages(1)); /* loads come before any store */
	EXPECT_NO_FAULT(FAULT_WRITE, self->p);
	EXPECT_NO_FAULT(FAULT_READ, self->p);
	EXPECT_LAYOUT(variant->write, &self->arena);
}

/* clause: mmap.prot.exec-only-readable-without-pku */
TEST_F(request, page_that_is_executed_is_read_too_without_protection_keys)
{
	unsigned long fixed = variant->flags | MAP_FIXED;

	NEED(!x86_protection_keys(), "a processor without protection keys");

	EXPECT_ADDR(self->p, sys_mmap(self->p, pages(1), PROT_EXEC, fixed, self->fd, 0));
	EXPECT_BYTES(variant->content, self->p, pages(1));
	EXPECT_FAULT(SIGSEGV, SEGV_ACCERR, FAULT_WRITE, self->p);
	EXPECT_LAYOUT(variant->exec, &self->arena);
}

/* clause: mmap.prot.exec-only-pku */
TEST_F(request, page_that_is_executed_is_not_read_with_protection_keys)
{
	unsigned long fixed = variant->flags | MAP_FIXED;

	NEED(x86_protection_keys(), "a processor with protection keys");

	EXPECT_ADDR(self->p, sys_mmap(self->p, pages(1), PROT_EXEC, fixed, self->fd, 0));
	EXPECT_FAULT(SIGSEGV, SEGV_PKUERR, FAULT_READ, self->p);
	EXPECT_FAULT(SIGSEGV, SEGV_PKUERR, FAULT_READ, self->p + pages(1) - 1);
	if (variant->content == X86_RET)
		EXPECT_NO_FAULT(FAULT_EXEC, self->p);
	EXPECT_LAYOUT(variant->exec, &self->arena);
}

TEST_HARNESS_MAIN
