// SPDX-License-Identifier: GPL-2.0
/*
 * MS_SYNC of a DAX file, which has no page cache to be written back: what was stored is durable all
 * the same, with the blocks that it took.
 */
#include "kselftest_harness.h"
#include "lib/dax.h"
#include "lib/expect.h"
#include "lib/letters.h"
#include "lib/syscalls.h"

EACH_FILESYSTEM;

DAX_FIXTURE;

/* clause: msync.dax.sync */
TEST_F(file, stores_are_durable_with_their_blocks)
{
	char *p;
	int fd;

	SETUP(!ftruncate(self->dax.fd, (off_t)pages(4)));
	p = sys_mmap(NULL, pages(4), PROT_READ | PROT_WRITE, MAP_SHARED, self->dax.fd, 0);
	SETUP(p != MAP_FAILED);

	memset(p + pages(1), 's', pages(2));
	EXPECT_OK(sys_msync(p + pages(1), pages(2), MS_SYNC));
	ASSERT_OK(fd = dax_cut(&self->dax));
	EXPECT_STREQ("0ss0", letters_in(fd, 4));
	close(fd);
	sys_munmap(p, pages(4));
}

TEST_HARNESS_MAIN
