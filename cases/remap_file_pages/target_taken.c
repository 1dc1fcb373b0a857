// SPDX-License-Identifier: GPL-2.0
/*
 * The mappings that remap_file_pages takes: shared ones that could be written to, whatever access
 * they allow now.
 */
#include "kselftest_harness.h"
#include "lib/arena.h"
#include "lib/expect.h"
#include "lib/letters.h"
#include "lib/scratch.h"
#include "lib/syscalls.h"

EACH_FILESYSTEM;

FIXTURE(file)
{
	struct arena arena; /* |A|B|C|D|, shared */
	int fd; /* pages A to H */
};
FIXTURE_VARIANT(file)
{
	const char *access; /* as it was mapped */
	unsigned long prot; /* as it is now */
	const char *layout; /* so it stays */
};
/* clang-format off */
FIXTURE_VARIANT_ADD(file, read_only)	{ "r-s", PROT_READ, "r-s r-s r-s r-s" };
FIXTURE_VARIANT_ADD(file, no_access)	{ "--s", PROT_NONE, "--s --s --s --s" };
FIXTURE_VARIANT_ADD(file, downgraded)	{ "rws", PROT_READ, "r-s r-s r-s r-s" };
/* clang-format on */
FIXTURE_SETUP(file)
{
	NEED_FEATURE(!sys_remap_file_pages(NULL, 0, 0, 0, 0) || errno != ENOSYS,
		     "remap_file_pages");
	OPEN_OBJECT(self->fd, OBJECT_MEMFD, 0, 0);
	SETUP(letters_write(self->fd, "ABCDEFGH"));
	SETUP(arena_init(&self->arena, 4));
	SETUP(arena_map_file(&self->arena, 0, 4, variant->access, self->fd, 0));
	SETUP(!sys_mprotect(slot(&self->arena, 0), pages(4), variant->prot));
}
FIXTURE_TEARDOWN(file)
{
	arena_free(&self->arena);
	close(self->fd);
}

/*
 * clause: remap_file_pages.target.shared-readonly-ok
 * clause: remap_file_pages.target.shared-none-ok
 * clause: remap_file_pages.target.downgraded-ok
 */
TEST_F(file, access_stays_as_it_is_and_can_be_raised_to_writing)
{
	char *p = slot(&self->arena, 1);

	EXPECT_OK(sys_remap_file_pages(p, pages(2), 0, 5, 0));
	EXPECT_LAYOUT(variant->layout, &self->arena);
	EXPECT_FAULT(SIGSEGV, SEGV_ACCERR, FAULT_WRITE, p);

	EXPECT_OK(sys_mprotect(slot(&self->arena, 0), pages(4), PROT_READ | PROT_WRITE));
	EXPECT_STREQ("AFGD", letters_at(slot(&self->arena, 0), 4));
	EXPECT_NO_FAULT(FAULT_WRITE, p);
	EXPECT_STREQ("ABCDE?GH", letters_in(self->fd, 8));
}

/* clause: remap_file_pages.target.closed-fd-ok */
TEST_F(file, closed_and_unlinked_file_is_taken)
{
	char path[SCRATCH_PATH_MAX];
	int fd;

	SETUP(scratch_path(path, "unlinked"));
	fd = open(path, O_RDWR | O_CREAT | O_EXCL, 0600);
	SETUP(fd >= 0 && letters_write(fd, "abcd"));
	SETUP(arena_map_file(&self->arena, 0, 4, "rws", fd, 0));
	SETUP(!close(fd) && !unlink(path));

	EXPECT_OK(sys_remap_file_pages(slot(&self->arena, 1), pages(2), 0, 2, 0));
	EXPECT_STREQ("acdd", letters_at(slot(&self->arena, 0), 4));
	memset(slot(&self->arena, 2), 'x', pages(1));
	EXPECT_STREQ("acxx", letters_at(slot(&self->arena, 0), 4));
}

FIXTURE(memory)
{
	struct arena arena; /* |a|b|c|d|, shared and in no file */
};
FIXTURE_VARIANT(memory)
{
	bool secret;
};
/* clang-format off */
FIXTURE_VARIANT_ADD(memory, anonymous)	{ false };
FIXTURE_VARIANT_ADD(memory, secretmem)	{ true };
/* clang-format on */
FIXTURE_SETUP(memory)
{
	bool mapped;
	int fd;

	NEED_FEATURE(!sys_remap_file_pages(NULL, 0, 0, 0, 0) || errno != ENOSYS,
		     "remap_file_pages");
	SETUP(arena_init(&self->arena, 6));
	if (variant->secret) {
		fd = (int)syscall(SYS_memfd_secret, 0);
		NEED_FEATURE(fd >= 0 || errno != ENOSYS, "memfd_secret");
		SETUP(fd >= 0 && !ftruncate(fd, (off_t)pages(4)));
		/* it is locked, and remapping two pages counts them twice */
		mapped = arena_map_file(&self->arena, 0, 6, "rws", fd, 0);
		NEED(mapped || errno != EAGAIN, "RLIMIT_MEMLOCK of six pages");
		SETUP(mapped && !sys_munmap(slot(&self->arena, 4), pages(2)));
		close(fd);
	} else {
		SETUP(arena_map(&self->arena, 0, 4, "rws"));
	}
	for (int n = 0; n < 4; n++)
		memset(slot(&self->arena, n), 'a' + n, pages(1));
}
FIXTURE_TEARDOWN(memory)
{
	arena_free(&self->arena);
}

/*
 * clause: remap_file_pages.target.anon-shared-ok
 * clause: remap_file_pages.target.secretmem-ok
 */
TEST_F(memory, pages_of_the_object_can_be_rearranged)
{
	EXPECT_OK(sys_remap_file_pages(slot(&self->arena, 0), pages(1), 0, 3, 0));
	EXPECT_STREQ("dbcd", letters_at(slot(&self->arena, 0), 4));
	EXPECT_OK(sys_remap_file_pages(slot(&self->arena, 2), pages(2), 0, 0, 0));
	EXPECT_STREQ("dbab", letters_at(slot(&self->arena, 0), 4));
	memset(slot(&self->arena, 1), 'x', pages(1));
	EXPECT_STREQ("dxax", letters_at(slot(&self->arena, 0), 4));
	EXPECT_LAYOUT("rws rws rws rws .. ..", &self->arena);
}

/* clause: remap_file_pages.target.anon-shared-beyond-sigbus */
TEST_F(memory, page_past_the_size_of_the_object_is_taken_and_raises_sigbus)
{
	char *p = slot(&self->arena, 1);

	EXPECT_OK(sys_remap_file_pages(p, pages(1), 0, 4, 0));
	EXPECT_FAULT(SIGBUS, BUS_ADRERR, FAULT_READ, p);
	EXPECT_FAULT(SIGBUS, BUS_ADRERR, FAULT_WRITE, p);
	EXPECT_STREQ("a!cd", letters_at(slot(&self->arena, 0), 4));
}

TEST_HARNESS_MAIN
