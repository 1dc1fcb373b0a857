// SPDX-License-Identifier: GPL-2.0
/*
 * A shared mapping of a file is the file: what is stored is read, and what is written is loaded,
 * at once, by whatever way and in whatever process.
 */
#include <sys/sendfile.h>
#include <sys/stat.h>

#include "kselftest_harness.h"
#include "lib/arena.h"
#include "lib/child.h"
#include "lib/expect.h"
#include "lib/limits.h"
#include "lib/syscalls.h"

EACH_FILESYSTEM;

FIXTURE(file)
{
	struct arena arena; /* its first two slots are the file's pages, shared */
	char *p;
	int fd; /* two pages of 'f' */
};
FILE_VARIANTS(file);
FIXTURE_SETUP(file)
{
	OPEN_OBJECT(self->fd, variant->kind, pages(2), 'f');
	SETUP(arena_init(&self->arena, 8));
	SETUP(arena_map_file(&self->arena, 0, 2, "rws", self->fd, 0));
	self->p = slot(&self->arena, 0);
}
FIXTURE_TEARDOWN(file)
{
	arena_free(&self->arena);
	close(self->fd);
}

/* clause: mmap.shared.file-write-visible-read */
TEST_F(file, store_is_read_here_and_in_another_process)
{
	NEED_OWN_PROCESS("it forks");

	self->p[pages(1) + 7] = 'M';
	EXPECT_FILE_BYTES('M', self->fd, pages(1) + 7, 1);
	EXPECT_FILE_BYTES('f', self->fd, 0, pages(1) + 7);
	CHILD(reader) {
		EXPECT_FILE_BYTES('M', self->fd, pages(1) + 7, 1);
		self->p[8] = 'C';
	}
	EXPECT_CHILD_OK(reader);
	EXPECT_FILE_BYTES('C', self->fd, 8, 1);
}

/* clause: mmap.shared.file-write-visible-map */
TEST_F(file, write_is_loaded)
{
	SETUP(arena_map_file(&self->arena, 3, 1, "r-s", self->fd, 1));
	EXPECT_BYTES('f', self->p, pages(2));
	EXPECT_BYTES('f', slot(&self->arena, 3), pages(1));

	SETUP(object_fill(self->fd, pages(1) - 3, 6, 'W'));
	EXPECT_BYTES('f', self->p, pages(1) - 3);
	EXPECT_BYTES('W', self->p + pages(1) - 3, 6);
	EXPECT_BYTES('W', slot(&self->arena, 3), 3);
	EXPECT_BYTES('f', self->p + pages(1) + 3, pages(1) - 3);
}

/* clause: mmap.shared.two-mappings-alias */
TEST_F(file, mappings_of_a_page_are_the_same_bytes)
{
	char *alias = slot(&self->arena, 4);
	struct gate stored;

	NEED_OWN_PROCESS("it forks");
	SETUP(gate_init(&stored));
	SETUP(arena_map_file(&self->arena, 4, 1, "rws", self->fd, 1)); /* the second page */
	self->p[pages(1)] = 'A';
	EXPECT_BYTES('A', alias, 1);
	alias[1] = 'B';
	EXPECT_BYTES('B', self->p + pages(1) + 1, 1);

	CHILD(other) {
		gate_wait(&stored);
		EXPECT_BYTES('P', alias + 2, 1);
		alias[3] = 'C';
	}
	self->p[pages(1) + 2] = 'P';
	gate_open(&stored);
	EXPECT_CHILD_OK(other);
	EXPECT_BYTES('C', self->p + pages(1) + 3, 1);
}

/* clause: mmap.shared.sendfile-coherent */
TEST_F(file, sendfile_and_splice_deliver_what_was_stored)
{
	loff_t at = 3;
	off_t from = 3;
	char got[4];
	int fds[2];

	SETUP(!pipe(fds));
	memset(self->p + 3, 'S', sizeof(got));
	EXPECT_EQ((ssize_t)sizeof(got), sendfile(fds[1], self->fd, &from, sizeof(got)));
	SETUP(read(fds[0], got, sizeof(got)) == sizeof(got));
	EXPECT_BYTES('S', got, sizeof(got));

	memset(self->p + 3, 'T', sizeof(got));
	EXPECT_EQ((ssize_t)sizeof(got), splice(self->fd, &at, fds[1], NULL, sizeof(got), 0));
	SETUP(read(fds[0], got, sizeof(got)) == sizeof(got));
	EXPECT_BYTES('T', got, sizeof(got));
	close(fds[0]);
	close(fds[1]);
}

/* clause: mmap.shared.hole-store-allocates */
TEST_F(file, store_into_a_hole_makes_it_data)
{
	struct stat before, after;
	char *hole = slot(&self->arena, 4);

	SETUP(!ftruncate(self->fd, (off_t)pages(64)) && !fsync(self->fd));
	SETUP(arena_map_file(&self->arena, 4, 1, "rws", self->fd, 40));
	SETUP(!fstat(self->fd, &before));

	hole[100] = 'D';
	EXPECT_OK(fsync(self->fd));
	SETUP(!fstat(self->fd, &after));
	EXPECT_LT(before.st_blocks, after.st_blocks);
	EXPECT_EQ((off_t)pages(64), after.st_size);
	EXPECT_BYTES(0, hole, 100);
	EXPECT_BYTES(0, hole + 101, pages(1) - 101);
	EXPECT_FILE_BYTES('D', self->fd, pages(40) + 100, 1);
}

/* clause: mmap.fixed.drops-shared-without-flush-loss */
TEST_F(file, what_was_stored_outlives_the_mapping)
{
	memset(self->p, 'M', pages(2));
	EXPECT_ADDR(self->p, sys_mmap(self->p, pages(2), PROT_READ,
				      MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0));
	EXPECT_BYTES(0, self->p, pages(2));
	EXPECT_FILE_BYTES('M', self->fd, 0, pages(2));
}

/* clause: mmap.rlimit-fsize.ignored */
TEST_F(file, limit_of_the_file_size_is_not_for_stores)
{
	NEED_OWN_PROCESS("it sets RLIMIT_FSIZE");
	SETUP(limit_set(RLIMIT_FSIZE, 0));

	EXPECT_NO_FAULT(FAULT_WRITE, self->p);
	EXPECT_NO_FAULT(FAULT_WRITE, self->p + pages(1));
	EXPECT_FILE_BYTES('!', self->fd, 0, 1);
	EXPECT_FILE_BYTES('!', self->fd, pages(1), 1);
}

TEST_HARNESS_MAIN
