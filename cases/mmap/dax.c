// SPDX-License-Identifier: GPL-2.0
/*
 * MAP_SYNC on a DAX file: when a store has gone through, what the file system has to know to find
 * it again is durable.
 */
#include "kselftest_harness.h"
#include "lib/dax.h"
#include "lib/expect.h"
#include "lib/letters.h"
#include "lib/smaps.h"
#include "lib/syscalls.h"

EACH_FILESYSTEM;

DAX_FIXTURE;

/* clause: mmap.sync.dax-ok */
TEST_F(file, block_of_a_store_is_durable_without_msync)
{
	char *p;
	int fd;

	SETUP(!ftruncate(self->dax.fd, (off_t)pages(4)));
	ASSERT_OK(p = sys_mmap(NULL, pages(4), PROT_READ | PROT_WRITE,
			       MAP_SHARED_VALIDATE | MAP_SYNC, self->dax.fd, 0));
	EXPECT_TRUE(smaps_marked(p, "sf"));

	memset(p + pages(2), 's', pages(1));
	ASSERT_OK(fd = dax_cut(&self->dax));
	EXPECT_STREQ("00s0", letters_in(fd, 4));
	close(fd);
	sys_munmap(p, pages(4));
}

TEST_HARNESS_MAIN
