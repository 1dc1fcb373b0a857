// SPDX-License-Identifier: GPL-2.0
/*
 * What forbids a new mapping of a file forbids remap_file_pages as well, however old the mapping
 * is.
 */
#include "kselftest_harness.h"
#include "lib/arena.h"
#include "lib/expect.h"
#include "lib/letters.h"
#include "lib/syscalls.h"
#include "window.h"

/* clause: remap_file_pages.perm.append-only-eacces */
TEST_F(window, file_made_append_only_is_refused)
{
	int fd, attributes, append_only;

	OPEN_OBJECT(fd, OBJECT_SCRATCH_FILE, 0, 0);
	SETUP(letters_write(fd, "abcd"));
	SETUP(arena_map_file(&self->arena, 4, 4, "rws", fd, 0));
	NEED(!ioctl(fd, FS_IOC_GETFLAGS, &attributes), "a file system with attributes of files");
	append_only = attributes | FS_APPEND_FL;
	NEED(!ioctl(fd, FS_IOC_SETFLAGS, &append_only), "files that can be made append-only");

	EXPECT_ERRNO(EACCES, sys_remap_file_pages(slot(&self->arena, 5), pages(1), 0, 3, 0));
	EXPECT_STREQ("abcd", letters_at(slot(&self->arena, 4), 4));
	EXPECT_LAYOUT("rws rws rws rws rws rws rws rws", &self->arena);
	SETUP(!ioctl(fd, FS_IOC_SETFLAGS, &attributes));
	EXPECT_OK(sys_remap_file_pages(slot(&self->arena, 5), pages(1), 0, 3, 0));
}

/* clause: remap_file_pages.perm.future-write-seal-eperm */
TEST_F(window, older_writable_mapping_of_a_future_write_sealed_memfd_is_refused)
{
	SETUP(!fcntl(self->fd, F_ADD_SEALS, F_SEAL_FUTURE_WRITE));

	EXPECT_ERRNO(EPERM, sys_remap_file_pages(slot(&self->arena, 1), pages(1), 0, 5, 0));
	EXPECT_ERRNO(EPERM, sys_remap_file_pages(slot(&self->arena, 1), pages(1), 0, 1, 0));
	EXPECT_STREQ("ABCD", letters_at(slot(&self->arena, 0), 4));
	EXPECT_NO_FAULT(FAULT_WRITE, slot(&self->arena, 1));
	EXPECT_LAYOUT("rws rws rws rws .. .. .. ..", &self->arena);
}

/* clause: remap_file_pages.perm.write-seal-readonly-ok */
TEST_F(window, read_only_mapping_of_a_write_sealed_memfd_is_taken)
{
	SETUP(!sys_munmap(slot(&self->arena, 0), pages(4)));
	SETUP(!fcntl(self->fd, F_ADD_SEALS, F_SEAL_WRITE));
	NEED_FEATURE(arena_map_file(&self->arena, 0, 4, "r-s", self->fd, 0),
		     "shared read-only mappings of write-sealed memfds");

	EXPECT_OK(sys_remap_file_pages(slot(&self->arena, 1), pages(1), 0, 5, 0));
	EXPECT_STREQ("AFCD", letters_at(slot(&self->arena, 0), 4));
	EXPECT_LAYOUT("r-s r-s r-s r-s .. .. .. ..", &self->arena);
}

/* clause: remap_file_pages.perm.sealed-area-eperm */
TEST_F(window, sealed_mapping_is_refused)
{
	void *p = slot(&self->arena, 1);

	NEED_OWN_PROCESS("what it seals stays");
	SEAL(p, pages(1));

	EXPECT_ERRNO(EPERM, sys_remap_file_pages(p, pages(1), 0, 5, 0));
	EXPECT_STREQ("ABCD", letters_at(slot(&self->arena, 0), 4));
	EXPECT_LAYOUT("rws rws rws rws .. .. .. ..", &self->arena);
	EXPECT_OK(sys_remap_file_pages(slot(&self->arena, 0), pages(1), 0, 5, 0));
	EXPECT_OK(sys_remap_file_pages(slot(&self->arena, 2), pages(2), 0, 6, 0));
	EXPECT_STREQ("FBGH", letters_at(slot(&self->arena, 0), 4));
}

TEST_HARNESS_MAIN
