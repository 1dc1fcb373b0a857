// SPDX-License-Identifier: GPL-2.0
/*
 * Remapping locked memory is locking: it has to be allowed, and RLIMIT_MEMLOCK counts the pages to
 * be replaced beside those that replace them.
 */
#include "kselftest_harness.h"
#include "lib/arena.h"
#include "lib/caps.h"
#include "lib/expect.h"
#include "lib/letters.h"
#include "lib/limits.h"
#include "lib/syscalls.h"

FIXTURE(locked)
{
	struct arena arena; /* |A|B|C|D|, rws and locked */
	int fd; /* pages A to H */
};
FIXTURE_SETUP(locked)
{
	NEED_OWN_PROCESS("it drops a capability and lowers a limit");
	NEED_FEATURE(!sys_remap_file_pages(NULL, 0, 0, 0, 0) || errno != ENOSYS,
		     "remap_file_pages");
	NEED(caps_drop(CAPS_IPC_LOCK), "a build that can drop capabilities");
	OPEN_OBJECT(self->fd, OBJECT_MEMFD, 0, 0);
	SETUP(letters_write(self->fd, "ABCDEFGH"));
	SETUP(arena_init(&self->arena, 4));
	SETUP(arena_map_file(&self->arena, 0, 4, "rws", self->fd, 0));
	/* room for one page more than is locked */
	NEED(limit_set(RLIMIT_MEMLOCK, pages(5)), "RLIMIT_MEMLOCK of five pages");
	SETUP(!sys_mlock(slot(&self->arena, 0), pages(4)));
}
FIXTURE_TEARDOWN(locked)
{
	arena_free(&self->arena);
	close(self->fd);
}

/* clause: remap_file_pages.lock.over-limit-eagain */
TEST_F(locked, limit_below_what_is_locked_refuses_it)
{
	SETUP(limit_set(RLIMIT_MEMLOCK, pages(1)));

	EXPECT_ERRNO(EAGAIN, sys_remap_file_pages(slot(&self->arena, 1), pages(1), 0, 5, 0));
	EXPECT_STREQ("ABCD", letters_at(slot(&self->arena, 0), 4));
	EXPECT_LAYOUT("rws rws rws rws", &self->arena);
}

/* clause: remap_file_pages.lock.at-limit-eagain */
TEST_F(locked, replaced_page_is_counted_with_the_one_that_replaces_it)
{
	SETUP(limit_set(RLIMIT_MEMLOCK, pages(4)));

	EXPECT_ERRNO(EAGAIN, sys_remap_file_pages(slot(&self->arena, 1), pages(1), 0, 5, 0));
	EXPECT_STREQ("ABCD", letters_at(slot(&self->arena, 0), 4));
	SETUP(limit_set(RLIMIT_MEMLOCK, pages(5)));
	EXPECT_ERRNO(EAGAIN, sys_remap_file_pages(slot(&self->arena, 1), pages(2), 0, 5, 0));
	EXPECT_OK(sys_remap_file_pages(slot(&self->arena, 1), pages(1), 0, 5, 0));
	EXPECT_STREQ("AFCD", letters_at(slot(&self->arena, 0), 4));
}

/* clause: remap_file_pages.lock.rlimit0-eperm */
TEST_F(locked, limit_of_zero_means_no_permission_to_lock)
{
	SETUP(limit_set(RLIMIT_MEMLOCK, 0));

	EXPECT_ERRNO(EPERM, sys_remap_file_pages(slot(&self->arena, 1), pages(1), 0, 5, 0));
	EXPECT_STREQ("ABCD", letters_at(slot(&self->arena, 0), 4));
	EXPECT_LAYOUT("rws rws rws rws", &self->arena);
}

TEST_HARNESS_MAIN
