// SPDX-License-Identifier: GPL-2.0
/*
 * A store that comes while MS_SYNC writes its page is in this write or in a later one, never in
 * none.
 */
#include "kselftest_harness.h"
#include "lib/expect.h"
#include "lib/loopfs.h"
#include "lib/syscalls.h"

#define LENGTH pages(4)
#define ROUNDS 40

FIXTURE(file)
{
	struct loopfs fs;
	int fd;
	off_t place; /* on the disk */
	char *p; /* shared */
	volatile char *stop; /* shared, of no file */
	char *bytes; /* as many as the file has */
};
FIXTURE_SETUP(file)
{
	const unsigned long rw = PROT_READ | PROT_WRITE;

	MOUNT_DISK(&self->fs, "ext4", 0, "");
	self->fd = loopfs_file(&self->fs, "file", O_RDWR | O_CREAT);
	SETUP(self->fd >= 0 && object_fill(self->fd, 0, LENGTH, 'f') && !fsync(self->fd));
	self->place = loopfs_place(self->fd, 0, LENGTH);
	self->p = sys_mmap(NULL, LENGTH, rw, MAP_SHARED, self->fd, 0);
	self->stop = sys_mmap(NULL, pages(1), rw, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	self->bytes = sys_mmap(NULL, LENGTH, rw, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	SETUP(self->place > 0 && self->p != MAP_FAILED && self->stop != MAP_FAILED &&
	      self->bytes != MAP_FAILED);
}
FIXTURE_TEARDOWN(file)
{
	sys_munmap(self->bytes, LENGTH);
	sys_munmap((void *)self->stop, pages(1));
	sys_munmap(self->p, LENGTH);
	close(self->fd);
	loopfs_close(&self->fs);
}

/* clause: msync.race.vs-store */
TEST_F(file, no_store_is_lost_to_the_last_sync)
{
	struct gate begun;

	SETUP(gate_init(&begun));
	CHILD(writer) {
		volatile char *p = self->p;

		p[1]++;
		gate_open(&begun);
		for (size_t n = 0; !*self->stop; n = (n + 61) % LENGTH)
			p[n]++;
	}
	gate_wait(&begun);
	for (int round = 0; round < ROUNDS; round++)
		EXPECT_OK(sys_msync(self->p, LENGTH, MS_SYNC));
	*self->stop = 1;
	EXPECT_CHILD_OK(writer);

	EXPECT_OK(sys_msync(self->p, LENGTH, MS_SYNC));
	SETUP(pread(self->fs.disk, self->bytes, LENGTH, self->place) == (ssize_t)LENGTH);
	EXPECT_COPY(self->bytes, self->p, LENGTH);
	memset(self->bytes, 'f', LENGTH);
	EXPECT_NE(0, memcmp(self->bytes, self->p, LENGTH)); /* something was stored */
}

TEST_HARNESS_MAIN
