// SPDX-License-Identifier: GPL-2.0
/*
 * MAP_PRIVATE is copy on write: a store is seen by this mapping alone, neither by the file nor by
 * the other side of a fork, whichever side stores first.
 */
#include "kselftest_harness.h"
#include "lib/child.h"
#include "lib/expect.h"
#include "lib/object.h"
#include "lib/syscalls.h"

EACH_FILESYSTEM;

FIXTURE(private_file)
{
	int fd;
	char *p;
};
FIXTURE_VARIANT(private_file)
{
	enum object_kind kind;
	enum {
		UNTOUCHED,
		LOADED, /* the file's page is in the page table */
		COPIED, /* the page is a private copy: fork then shares the copy */
	} before; /* the test begins */
};
/* clang-format off */
FIXTURE_VARIANT_ADD(private_file, memfd)		{ OBJECT_MEMFD };
FIXTURE_VARIANT_ADD(private_file, memfd_loaded)		{ OBJECT_MEMFD, LOADED };
FIXTURE_VARIANT_ADD(private_file, memfd_copied)		{ OBJECT_MEMFD, COPIED };
FIXTURE_VARIANT_ADD(private_file, scratch)		{ OBJECT_SCRATCH_FILE };
FIXTURE_VARIANT_ADD(private_file, scratch_loaded)	{ OBJECT_SCRATCH_FILE, LOADED };
FIXTURE_VARIANT_ADD(private_file, scratch_copied)	{ OBJECT_SCRATCH_FILE, COPIED };
/* clang-format on */
FIXTURE_SETUP(private_file)
{
	OPEN_OBJECT(self->fd, variant->kind, pages(1), 'f');
	self->p = sys_mmap(NULL, pages(1), PROT_READ | PROT_WRITE, MAP_PRIVATE, self->fd, 0);
	SETUP(self->p != MAP_FAILED);
	if (variant->before == LOADED)
		SETUP(*(volatile char *)self->p == 'f');
	if (variant->before == COPIED)
		self->p[1] = 'f'; /* a store of what is there already */
}
FIXTURE_TEARDOWN(private_file)
{
	close(self->fd);
}

/* clause: mmap.private.store-not-in-file */
TEST_F(private_file, store_does_not_reach_the_file)
{
	self->p[0] = 'P';

	EXPECT_FILE_BYTES('f', self->fd, 0, 1);
	EXPECT_EQ('P', self->p[0]);
	EXPECT_EQ('f', self->p[1]); /* the copy took the whole page along */
}

/* clause: mmap.life.fork-private-child-first */
TEST_F(private_file, child_store_is_hidden_from_the_parent)
{
	NEED_OWN_PROCESS("it forks");

	CHILD(writer) {
		self->p[0] = 'C';
	}
	EXPECT_CHILD_OK(writer); /* it has stored and gone */

	EXPECT_EQ('f', self->p[0]);
	EXPECT_FILE_BYTES('f', self->fd, 0, 1);
}

/* clause: mmap.life.fork-private-parent-first */
TEST_F(private_file, parent_store_after_fork_is_hidden_from_the_child)
{
	struct gate stored;

	NEED_OWN_PROCESS("it forks");
	SETUP(gate_init(&stored));
	CHILD(reader) {
		gate_wait(&stored);
		EXPECT_EQ('f', self->p[0]);
	}
	self->p[0] = 'P';
	gate_open(&stored);
	EXPECT_CHILD_OK(reader); /* what failed in the child fails the test */
}

TEST_HARNESS_MAIN
