// SPDX-License-Identifier: GPL-2.0
/*
 * While MS_SYNC waits for the disk, the address space is not locked: others of the process map and
 * unmap.
 */
#include <pthread.h>

#include "kselftest_harness.h"
#include "lib/expect.h"
#include "lib/frail.h"
#include "lib/syscalls.h"

#define RW (PROT_READ | PROT_WRITE)

FIXTURE(file)
{
	struct frail disk;
	int fd; /* a page of 'f' */
	char *p; /* shared; 's' was stored to it */
};
FIXTURE_SETUP(file)
{
	MOUNT_FRAIL(&self->disk, "ext4");
	self->fd = loopfs_file(&self->disk.fs, "file", O_RDWR | O_CREAT);
	SETUP(self->fd >= 0 && object_fill(self->fd, 0, pages(1), 'f') && !fsync(self->fd));
	self->p = sys_mmap(NULL, pages(1), RW, MAP_SHARED, self->fd, 0);
	SETUP(self->p != MAP_FAILED);
	memset(self->p, 's', pages(1));
}
FIXTURE_TEARDOWN(file)
{
	sys_munmap(self->p, pages(1));
	close(self->fd);
	frail_close(&self->disk);
}

struct sync {
	char *p;
	volatile int result;
	volatile bool returned;
};

static void *sync_page(void *argument)
{
	struct sync *sync = argument;

	sync->result = sys_msync(sync->p, pages(1), MS_SYNC);
	sync->returned = true;
	return NULL;
}

/* clause: msync.race.lock-not-held */
TEST_F(file, sync_that_waits_keeps_nobody_from_mapping)
{
	struct sync sync = { .p = self->p, .result = -1 };
	pthread_t thread;
	char *q;

	frail_hold_writes(&self->disk);
	SETUP(!pthread_create(&thread, NULL, sync_page, &sync));
	frail_wait_held(&self->disk);

	EXPECT_OK(q = sys_mmap(NULL, pages(2), RW, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
	EXPECT_NO_FAULT(FAULT_WRITE, q);
	EXPECT_OK(sys_munmap(q, pages(2)));
	EXPECT_FALSE(sync.returned);

	frail_release(&self->disk);
	SETUP(!pthread_join(thread, NULL));
	EXPECT_EQ(0, sync.result);
}

TEST_HARNESS_MAIN
