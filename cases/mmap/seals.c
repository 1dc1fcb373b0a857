// SPDX-License-Identifier: GPL-2.0
/*
 * F_SEAL_WRITE and shared mappings that are writable, or may become so, exclude each other;
 * F_SEAL_FUTURE_WRITE bars only new ones.
 */
#include "kselftest_harness.h"
#include "lib/arena.h"
#include "lib/child.h"
#include "lib/expect.h"
#include "lib/smaps.h"
#include "lib/syscalls.h"

#define RW (PROT_READ | PROT_WRITE)

FIXTURE(sealable)
{
	struct arena arena;
	int fd; /* a memfd, one page of 'f' */
};
FIXTURE_SETUP(sealable)
{
	OPEN_OBJECT(self->fd, OBJECT_MEMFD, pages(1), 'f');
	NEED_FEATURE(fcntl(self->fd, F_GET_SEALS) == 0, "file seals");
	SETUP(arena_init(&self->arena, 4));
}
FIXTURE_TEARDOWN(sealable)
{
	arena_free(&self->arena);
	close(self->fd);
}

/* clause: mmap.seal.write-shared-eperm */
TEST_F(sealable, sealed_against_writing_refuses_a_shared_writable_mapping)
{
	void *at = slot(&self->arena, 0);

	SETUP(!fcntl(self->fd, F_ADD_SEALS, F_SEAL_WRITE));

	EXPECT_ERRNO(EPERM, sys_mmap(at, pages(1), RW, MAP_SHARED | MAP_FIXED, self->fd, 0));
	EXPECT_ERRNO(EPERM,
		     sys_mmap(at, pages(1), PROT_WRITE, MAP_SHARED | MAP_FIXED, self->fd, 0));
	EXPECT_LAYOUT(".. .. .. ..", &self->arena);
}

/* clause: mmap.seal.write-shared-read-ok */
TEST_F(sealable, shared_mapping_of_it_may_be_read)
{
	char *p = slot(&self->arena, 0);

	SETUP(!fcntl(self->fd, F_ADD_SEALS, F_SEAL_WRITE));

	EXPECT_ADDR(p, sys_mmap(p, pages(1), PROT_READ, MAP_SHARED | MAP_FIXED, self->fd, 0));
	EXPECT_BYTES('f', p, pages(1));
	EXPECT_LAYOUT("r-s .. .. ..", &self->arena);
}

/* clause: mmap.seal.write-no-upgrade */
TEST_F(sealable, and_never_becomes_writable)
{
	char flags[SMAPS_FLAGS_MAX], *p = slot(&self->arena, 0);

	NEED(smaps_flags(self, flags), "/proc/self/smaps with VmFlags");
	SETUP(!fcntl(self->fd, F_ADD_SEALS, F_SEAL_WRITE));

	ASSERT_OK(sys_mmap(p, pages(1), PROT_READ, MAP_SHARED | MAP_FIXED, self->fd, 0));
	EXPECT_TRUE(smaps_marked(p, "sh"));
	EXPECT_FALSE(smaps_marked(p, "mw"));
	EXPECT_ERRNO(EACCES, sys_mprotect(p, pages(1), PROT_READ | PROT_WRITE));
	EXPECT_LAYOUT("r-s .. .. ..", &self->arena);
}

/* clause: mmap.seal.write-private-ok */
TEST_F(sealable, private_copy_of_it_can_be_written)
{
	char *p = slot(&self->arena, 0);

	SETUP(!fcntl(self->fd, F_ADD_SEALS, F_SEAL_WRITE));

	ASSERT_OK(sys_mmap(p, pages(1), RW, MAP_PRIVATE | MAP_FIXED, self->fd, 0));
	EXPECT_NO_FAULT(FAULT_WRITE, p);
	EXPECT_BYTES('!', p, 1);
	EXPECT_BYTES('f', p + 1, pages(1) - 1);
	EXPECT_FILE_BYTES('f', self->fd, 0, pages(1));
}

/* clause: mmap.seal.add-busy-writable */
TEST_F(sealable, seal_is_refused_while_a_writable_mapping_lives)
{
	SETUP(arena_map_file(&self->arena, 0, 1, "rws", self->fd, 0));

	EXPECT_ERRNO(EBUSY, fcntl(self->fd, F_ADD_SEALS, F_SEAL_WRITE));
	EXPECT_EQ(0, fcntl(self->fd, F_GET_SEALS));
	EXPECT_NO_FAULT(FAULT_WRITE, slot(&self->arena, 0));
}

/* clause: mmap.seal.add-busy-may-write */
TEST_F(sealable, what_counts_is_whether_a_mapping_may_become_writable)
{
	char path[32];
	int reader;

	snprintf(path, sizeof(path), "/proc/self/fd/%d", self->fd);
	reader = open(path, O_RDONLY | O_CLOEXEC);
	NEED(reader >= 0, "/proc/self/fd");
	SETUP(arena_map_file(&self->arena, 0, 1, "r-s", self->fd, 0));
	EXPECT_ERRNO(EBUSY, fcntl(self->fd, F_ADD_SEALS, F_SEAL_WRITE));
	EXPECT_EQ(0, fcntl(self->fd, F_GET_SEALS));

	SETUP(!sys_munmap(slot(&self->arena, 0), pages(1)));
	SETUP(arena_map_file(&self->arena, 1, 1, "r-s", reader, 0));
	SETUP(arena_map_file(&self->arena, 2, 1, "rw", self->fd, 0));
	EXPECT_OK(fcntl(self->fd, F_ADD_SEALS, F_SEAL_WRITE));
	EXPECT_EQ(F_SEAL_WRITE, fcntl(self->fd, F_GET_SEALS));
	close(reader);
}

/* clause: mmap.seal.add-after-unmap */
TEST_F(sealable, it_counts_in_every_process_until_it_is_unmapped)
{
	struct gate here_gone, there_refused;

	NEED_OWN_PROCESS("it forks");
	SETUP(gate_init(&here_gone) && gate_init(&there_refused));
	SETUP(arena_map_file(&self->arena, 0, 1, "rws", self->fd, 0));
	CHILD(holder) {
		gate_wait(&here_gone);
		EXPECT_ERRNO(EBUSY, fcntl(self->fd, F_ADD_SEALS, F_SEAL_WRITE));
		EXPECT_OK(sys_munmap(slot(&self->arena, 0), pages(1)));
		EXPECT_OK(fcntl(self->fd, F_ADD_SEALS, F_SEAL_WRITE));
	}
	EXPECT_OK(sys_munmap(slot(&self->arena, 0), pages(1)));
	gate_open(&here_gone);
	EXPECT_CHILD_OK(holder);
	EXPECT_EQ(F_SEAL_WRITE, fcntl(self->fd, F_GET_SEALS));
}

/*
 * clause: mmap.seal.future-old-mapping
 * clause: mmap.seal.future-new-eperm
 */
TEST_F(sealable, future_write_seal_spares_what_is_mapped_already)
{
	char *writable = slot(&self->arena, 0), *readable = slot(&self->arena, 1);
	char *later = slot(&self->arena, 2);

	SETUP(arena_map_file(&self->arena, 0, 1, "rws", self->fd, 0));
	SETUP(arena_map_file(&self->arena, 1, 1, "r-s", self->fd, 0));
	NEED_FEATURE(!fcntl(self->fd, F_ADD_SEALS, F_SEAL_FUTURE_WRITE), "F_SEAL_FUTURE_WRITE");

	EXPECT_NO_FAULT(FAULT_WRITE, writable);
	EXPECT_FILE_BYTES('!', self->fd, 0, 1);
	EXPECT_OK(sys_mprotect(readable, pages(1), RW));
	EXPECT_NO_FAULT(FAULT_WRITE, readable + 1);
	EXPECT_FILE_BYTES('!', self->fd, 0, 2);

	EXPECT_ERRNO(EPERM, sys_mmap(later, pages(1), RW, MAP_SHARED | MAP_FIXED, self->fd, 0));
	EXPECT_ADDR(later,
		    sys_mmap(later, pages(1), PROT_READ, MAP_SHARED | MAP_FIXED, self->fd, 0));
	EXPECT_ERRNO(EACCES, sys_mprotect(later, pages(1), RW));
	EXPECT_LAYOUT("rws rws r-s ..", &self->arena);
}

/* clause: mmap.seal.grow-shrink-neutral */
TEST_F(sealable, seals_of_the_size_do_not_restrict_mapping)
{
	SETUP(!fcntl(self->fd, F_ADD_SEALS, F_SEAL_GROW | F_SEAL_SHRINK));

	EXPECT_OK(
		sys_mmap(slot(&self->arena, 0), pages(2), RW, MAP_SHARED | MAP_FIXED, self->fd, 0));
	EXPECT_OK(sys_mmap(slot(&self->arena, 2), pages(2), RW, MAP_PRIVATE | MAP_FIXED, self->fd,
			   0));
	EXPECT_LAYOUT("rws rws rw rw", &self->arena);
	EXPECT_NO_FAULT(FAULT_WRITE, slot(&self->arena, 0));
	EXPECT_FAULT(SIGBUS, BUS_ADRERR, FAULT_WRITE, (char *)slot(&self->arena, 1) + 5);
	EXPECT_FAULT(SIGBUS, BUS_ADRERR, FAULT_READ, (char *)slot(&self->arena, 3) + 5);
}

TEST_HARNESS_MAIN
