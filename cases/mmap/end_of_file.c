// SPDX-License-Identifier: GPL-2.0
/*
 * The page that holds the end of the file is whole: zeros behind the end, which may be stored to
 * and never enlarge the file. Beyond it there is SIGBUS, until the file grows.
 */
#include <sys/stat.h>

#include "kselftest_harness.h"
#include "lib/arena.h"
#include "lib/expect.h"
#include "lib/scratch.h"
#include "lib/syscalls.h"

EACH_FILESYSTEM;

FIXTURE(file)
{
	struct arena arena;
	char *p; /* three pages of it */
	int fd; /* 100 bytes of 'f' */
};
FIXTURE_VARIANT(file)
{
	enum object_kind kind;
	const char *access;
};
/* clang-format off */
FIXTURE_VARIANT_ADD(file, memfd_shared)		{ OBJECT_MEMFD, "rws" };
FIXTURE_VARIANT_ADD(file, memfd_private)	{ OBJECT_MEMFD, "rw" };
FIXTURE_VARIANT_ADD(file, scratch_shared)	{ OBJECT_SCRATCH_FILE, "rws" };
FIXTURE_VARIANT_ADD(file, scratch_private)	{ OBJECT_SCRATCH_FILE, "rw" };
/* clang-format on */
FIXTURE_SETUP(file)
{
	OPEN_OBJECT(self->fd, variant->kind, 100, 'f');
	SETUP(arena_init(&self->arena, 8));
	SETUP(arena_map_file(&self->arena, 0, 3, variant->access, self->fd, 0));
	self->p = slot(&self->arena, 0);
}
FIXTURE_TEARDOWN(file)
{
	arena_free(&self->arena);
	close(self->fd);
}

/* clause: mmap.eof.tail-zero */
TEST_F(file, rest_of_the_last_page_is_zero)
{
	EXPECT_BYTES('f', self->p, 100);
	EXPECT_BYTES(0, self->p + 100, pages(1) - 100);
}

/* clause: mmap.eof.next-page-sigbus */
TEST_F(file, page_beyond_the_end_is_sigbus_at_the_byte)
{
	EXPECT_FAULT(SIGBUS, BUS_ADRERR, FAULT_READ, self->p + pages(1));
	EXPECT_FAULT(SIGBUS, BUS_ADRERR, FAULT_WRITE, self->p + pages(1) + 5);
	EXPECT_FAULT(SIGBUS, BUS_ADRERR, FAULT_READ, self->p + pages(3) - 1);
	EXPECT_FAULT(SIGBUS, BUS_ADRERR, FAULT_WRITE, self->p + pages(3) - 1);
	EXPECT_EQ(100, lseek(self->fd, 0, SEEK_END));
}

/* clause: mmap.eof.grow-makes-valid */
TEST_F(file, page_comes_to_life_when_the_file_grows)
{
	EXPECT_FAULT(SIGBUS, BUS_ADRERR, FAULT_READ, self->p + pages(1));
	EXPECT_FAULT(SIGBUS, BUS_ADRERR, FAULT_WRITE, self->p + pages(2));

	SETUP(!ftruncate(self->fd, (off_t)pages(2)));
	EXPECT_BYTES(0, self->p + pages(1), pages(1));
	EXPECT_FAULT(SIGBUS, BUS_ADRERR, FAULT_READ, self->p + pages(2));

	SETUP(!ftruncate(self->fd, (off_t)pages(2) + 1));
	EXPECT_BYTES(0, self->p + pages(2), pages(1));
	EXPECT_NO_FAULT(FAULT_WRITE, self->p + pages(2));
}

/* clause: mmap.shared.size-unchanged */
TEST_F(file, store_behind_the_end_does_not_move_it)
{
	struct stat status;

	memset(self->p + 100, 't', pages(1) - 100);
	SETUP(!fstat(self->fd, &status));
	EXPECT_EQ(100, status.st_size);
	EXPECT_EQ(100, lseek(self->fd, 0, SEEK_END));
	sys_munmap(self->p, pages(3));
	SETUP(!fsync(self->fd) && !fstat(self->fd, &status));
	EXPECT_EQ(100, status.st_size);
}

FIXTURE(end)
{
	struct arena arena;
	char path[SCRATCH_PATH_MAX];
	int fd;
};
FIXTURE_SETUP(end)
{
	NEED(scratch_path(self->path, "file"), "a scratch folder that can be written to");
	self->fd = open(self->path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	SETUP(self->fd >= 0 && arena_init(&self->arena, 4));
}
FIXTURE_TEARDOWN(end)
{
	arena_free(&self->arena);
	close(self->fd);
	unlink(self->path);
}

/* clause: mmap.eof.empty-file */
TEST_F(end, empty_file_can_be_mapped_and_has_no_byte)
{
	char *p = slot(&self->arena, 0);

	EXPECT_OK(
		sys_mmap(p, pages(1), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, self->fd, 0));
	EXPECT_OK(sys_mmap(p + pages(1), pages(1), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_FIXED,
			   self->fd, 0));
	EXPECT_FAULT(SIGBUS, BUS_ADRERR, FAULT_READ, p);
	EXPECT_FAULT(SIGBUS, BUS_ADRERR, FAULT_WRITE, p);
	EXPECT_FAULT(SIGBUS, BUS_ADRERR, FAULT_READ, p + pages(1));
	EXPECT_FAULT(SIGBUS, BUS_ADRERR, FAULT_WRITE, p + pages(1));

	SETUP(object_fill(self->fd, 0, 1, 'f'));
	EXPECT_BYTES('f', p, 1);
	EXPECT_BYTES('f', p + pages(1), 1);
}

/* clause: mmap.eof.tail-store-shared */
TEST_F(end, store_behind_it_is_seen_through_other_shared_mappings)
{
	char *p = slot(&self->arena, 0), *other = slot(&self->arena, 2);

	SETUP(object_fill(self->fd, 0, 100, 'f'));
	SETUP(arena_map_file(&self->arena, 0, 1, "rws", self->fd, 0));
	SETUP(arena_map_file(&self->arena, 2, 1, "rws", self->fd, 0));

	EXPECT_BYTES(0, other + 100, pages(1) - 100);
	p[200] = 't';
	EXPECT_BYTES('t', other + 200, 1);
	other[pages(1) - 1] = 'u';
	EXPECT_BYTES('u', p + pages(1) - 1, 1);
}

TEST_HARNESS_MAIN
