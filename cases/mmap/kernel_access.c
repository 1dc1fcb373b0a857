// SPDX-License-Identifier: GPL-2.0
/*
 * Where a load or store of the process would raise a signal, a system call that is given the
 * pointer fails with EFAULT, or stops short, and raises none.
 */
#include "kselftest_harness.h"
#include "lib/arena.h"
#include "lib/expect.h"
#include "lib/syscalls.h"

EACH_FILESYSTEM;

FIXTURE(buffer)
{
	struct arena arena;
	int in[2]; /* a pipe with a byte in it */
	int out[2]; /* an empty one */
};
FIXTURE_VARIANT(buffer)
{
	const char *access; /* NULL: unmapped */
	bool readable;
};
/* clang-format off */
FIXTURE_VARIANT_ADD(buffer, unmapped)		{ NULL };
FIXTURE_VARIANT_ADD(buffer, none)		{ "--" };
FIXTURE_VARIANT_ADD(buffer, none_shared)	{ "--s" };
FIXTURE_VARIANT_ADD(buffer, read_only)		{ "r-", true };
FIXTURE_VARIANT_ADD(buffer, read_only_shared)	{ "r-s", true };
/* clang-format on */
FIXTURE_SETUP(buffer)
{
	SETUP(arena_init(&self->arena, 3));
	SETUP(!variant->access || arena_map(&self->arena, 1, 1, variant->access));
	SETUP(!pipe(self->in) && !pipe(self->out) && write(self->in[1], "i", 1) == 1);
}
FIXTURE_TEARDOWN(buffer)
{
	for (int i = 0; i < 2; i++) {
		close(self->in[i]);
		close(self->out[i]);
	}
	arena_free(&self->arena);
}

/* clause: mmap.prot.kernel-access-efault */
TEST_F(buffer, pointer_that_may_not_be_used_is_efault)
{
	char *p = slot(&self->arena, 1);

	EXPECT_ERRNO(EFAULT, read(self->in[0], p + 5, 1));
	if (variant->readable) {
		EXPECT_BYTES(0, p, pages(1));
		EXPECT_EQ(1, write(self->out[1], p + 5, 1)); /* what is allowed still works */
	} else {
		EXPECT_ERRNO(EFAULT, write(self->out[1], p + 5, 1));
	}
}

FIXTURE(end_of_file)
{
	struct arena arena; /* |file's page|beyond its end|..| */
	int fd; /* one page of 'f' */
	int fds[2];
};
FIXTURE_VARIANT(end_of_file)
{
	enum object_kind kind;
	const char *access;
};
/* clang-format off */
FIXTURE_VARIANT_ADD(end_of_file, memfd_shared)		{ OBJECT_MEMFD, "rws" };
FIXTURE_VARIANT_ADD(end_of_file, memfd_private)		{ OBJECT_MEMFD, "rw" };
FIXTURE_VARIANT_ADD(end_of_file, scratch_shared)	{ OBJECT_SCRATCH_FILE, "rws" };
FIXTURE_VARIANT_ADD(end_of_file, scratch_private)	{ OBJECT_SCRATCH_FILE, "rw" };
/* clang-format on */
FIXTURE_SETUP(end_of_file)
{
	OPEN_OBJECT(self->fd, variant->kind, pages(1), 'f');
	SETUP(arena_init(&self->arena, 3));
	SETUP(arena_map_file(&self->arena, 0, 2, variant->access, self->fd, 0));
	SETUP(!pipe(self->fds));
}
FIXTURE_TEARDOWN(end_of_file)
{
	close(self->fds[0]);
	close(self->fds[1]);
	arena_free(&self->arena);
	close(self->fd);
}

/* clause: mmap.prot.kernel-access-eof-efault */
TEST_F(end_of_file, page_beyond_it_is_efault_too)
{
	char *beyond = slot(&self->arena, 1);

	EXPECT_ERRNO(EFAULT, write(self->fds[1], beyond + 5, 1));
	SETUP(write(self->fds[1], "i", 1) == 1);
	EXPECT_ERRNO(EFAULT, read(self->fds[0], beyond + 5, 1));
	EXPECT_BYTES('f', slot(&self->arena, 0), pages(1));
}

/* clause: mmap.prot.kernel-straddle-partial */
TEST_F(end_of_file, write_takes_what_lies_before_it_and_btrfs_nothing)
{
	char *beyond = slot(&self->arena, 1);
	int out;

	OPEN_OBJECT(out, variant->kind, 0, 0);
	/* What is stored past the caches of the processor is loaded by whole words. */
	NEED(!object_is_dax(out), "a file with a page cache");

	if (object_filesystem(out) == FS_MAGIC_BTRFS) {
		EXPECT_ERRNO(EFAULT, write(out, beyond - 5, 10));
		EXPECT_EQ(0, lseek(out, 0, SEEK_END));
	} else {
		EXPECT_EQ(5, write(out, beyond - 5, 10));
		EXPECT_EQ(5, lseek(out, 0, SEEK_END));
		EXPECT_FILE_BYTES('f', out, 0, 5);
	}
	close(out);
}

TEST_HARNESS_MAIN
