// SPDX-License-Identifier: GPL-2.0
/*
 * What the descriptor was opened for bounds what may be mapped: reading always, and writing for a
 * shared mapping that is, or may become, writable. Other modes and the file's own mode don't
 * count.
 */
#include <sys/stat.h>
#include <sys/statvfs.h>

#include "kselftest_harness.h"
#include "lib/arena.h"
#include "lib/expect.h"
#include "lib/scratch.h"
#include "lib/syscalls.h"

#define ALL_PROTS (PROT_READ | PROT_WRITE | PROT_EXEC)

EACH_FILESYSTEM;
ARENA_FIXTURE(2);

/* clause: mmap.kind.write-only-eacces */
TEST_F(arena, write_only_descriptor_maps_with_no_protection_at_all)
{
	void *at = slot(&self->arena, 0);
	int fd;

	OPEN_OBJECT(fd, OBJECT_WRITE_ONLY_FILE, pages(1), 'f');
	for (unsigned long prot = PROT_NONE; prot <= ALL_PROTS; prot++) {
		TH_LOG("prot %lu", prot);
		EXPECT_ERRNO(EACCES, sys_mmap(at, pages(1), prot, MAP_SHARED | MAP_FIXED, fd, 0));
		EXPECT_ERRNO(EACCES, sys_mmap(at, pages(1), prot, MAP_PRIVATE | MAP_FIXED, fd, 0));
	}
	EXPECT_LAYOUT(".. ..", &self->arena);
	close(fd);
}

/* clause: mmap.kind.readonly-shared-write-eacces */
TEST_F(arena, read_only_descriptor_refuses_a_shared_writable_mapping)
{
	void *at = slot(&self->arena, 0);
	int fd;

	OPEN_OBJECT(fd, OBJECT_READ_ONLY_FILE, pages(1), 'f');
	for (unsigned long prot = PROT_NONE; prot <= ALL_PROTS; prot++) {
		if (!(prot & PROT_WRITE))
			continue;
		TH_LOG("prot %lu", prot);
		EXPECT_ERRNO(EACCES, sys_mmap(at, pages(1), prot, MAP_SHARED | MAP_FIXED, fd, 0));
	}
	EXPECT_LAYOUT(".. ..", &self->arena);
	close(fd);
}

/* clause: mmap.kind.readonly-shared-no-upgrade */
TEST_F(arena, shared_mapping_of_a_read_only_descriptor_stays_so)
{
	char *p = slot(&self->arena, 0);
	int fd;

	OPEN_OBJECT(fd, OBJECT_READ_ONLY_FILE, pages(1), 'f');
	SETUP(arena_map_file(&self->arena, 0, 1, "r-s", fd, 0));

	EXPECT_ERRNO(EACCES, sys_mprotect(p, pages(1), PROT_READ | PROT_WRITE));
	EXPECT_ERRNO(EACCES, sys_mprotect(p, pages(1), PROT_WRITE));
	close(fd);
	EXPECT_ERRNO(EACCES, sys_mprotect(p, pages(1), PROT_READ | PROT_WRITE));
	EXPECT_LAYOUT("r-s ..", &self->arena);
	EXPECT_BYTES('f', p, pages(1));
}

/* clause: mmap.kind.readonly-private-write-ok */
TEST_F(arena, private_writable_mapping_needs_reading_only)
{
	char *p = slot(&self->arena, 0);
	int fd;

	OPEN_OBJECT(fd, OBJECT_READ_ONLY_FILE, pages(1), 'f');
	ASSERT_OK(sys_mmap(p, pages(1), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_FIXED, fd, 0));
	EXPECT_LAYOUT("rw ..", &self->arena);
	EXPECT_NO_FAULT(FAULT_WRITE, p);
	EXPECT_BYTES('!', p, 1);
	EXPECT_FILE_BYTES('f', fd, 0, pages(1));
	close(fd);
}

/* clause: mmap.kind.rdwr-shared-upgrade-ok */
TEST_F(arena, read_write_descriptor_lets_a_mapping_become_writable)
{
	char *p = slot(&self->arena, 0);
	int fd;

	OPEN_OBJECT(fd, OBJECT_SCRATCH_FILE, pages(1), 'f');
	SETUP(arena_map_file(&self->arena, 0, 1, "r-s", fd, 0));

	EXPECT_OK(sys_mprotect(p, pages(1), PROT_READ | PROT_WRITE));
	EXPECT_LAYOUT("rws ..", &self->arena);
	EXPECT_NO_FAULT(FAULT_WRITE, p);
	EXPECT_FILE_BYTES('!', fd, 0, 1);
	close(fd);
}

/* clause: mmap.kind.o-append-ok */
TEST_F(arena, append_mode_is_about_write_not_about_stores)
{
	char *p = slot(&self->arena, 0);
	int fd = scratch_file(O_APPEND);

	NEED(fd >= 0, "a scratch folder that can be written to");
	SETUP(object_fill(fd, 0, pages(1), 'f'));

	ASSERT_OK(sys_mmap(p, pages(1), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, fd, 0));
	EXPECT_LAYOUT("rws ..", &self->arena);
	EXPECT_NO_FAULT(FAULT_WRITE, p);
	EXPECT_FILE_BYTES('!', fd, 0, 1);
	EXPECT_EQ((off_t)pages(1), lseek(fd, 0, SEEK_END));
	close(fd);
}

/* clause: mmap.kind.file-mode-ignored */
TEST_F(arena, code_may_come_from_a_file_that_is_not_executable)
{
	char code[FAULT_RETURN_SIZE] = { 0 };
	struct statvfs status;
	int fd;

	OPEN_OBJECT(fd, OBJECT_SCRATCH_FILE, pages(1), 0);
	SETUP(!fstatvfs(fd, &status));
	NEED(!(status.f_flag & ST_NOEXEC), "a scratch folder mounted without noexec");
	NEED(fault_put_return(code), "a machine whose code we know");
	SETUP(!fchmod(fd, 0644) && pwrite(fd, code, sizeof(code), 0) == sizeof(code));

	EXPECT_OK(sys_mmap(slot(&self->arena, 0), pages(1), PROT_READ | PROT_EXEC,
			   MAP_PRIVATE | MAP_FIXED, fd, 0));
	EXPECT_OK(sys_mmap(slot(&self->arena, 1), pages(1), PROT_READ | PROT_EXEC,
			   MAP_SHARED | MAP_FIXED, fd, 0));
	EXPECT_LAYOUT("r-x r-xs", &self->arena);
	EXPECT_NO_FAULT(FAULT_EXEC, slot(&self->arena, 0));
	EXPECT_NO_FAULT(FAULT_EXEC, slot(&self->arena, 1));
	close(fd);
}

TEST_HARNESS_MAIN
