// SPDX-License-Identifier: GPL-2.0
/*
 * Of two files synced one after the other, no power cut leaves the second as it was stored without
 * the first, in whatever order the disk writes what is in its cache.
 */
#include "kselftest_harness.h"
#include "lib/expect.h"
#include "lib/frail.h"
#include "lib/letters.h"
#include "lib/syscalls.h"

#define RW (PROT_READ | PROT_WRITE)

FIXTURE(files)
{
	struct frail disk;
	struct loopfs after; /* what the disk keeps when the power is cut */
	int first, second; /* pages AB each, which are on the disk */
	char *p, *q; /* shared, of four pages of each */
};
FIXTURE_VARIANT(files)
{
	size_t length; /* in pages, of the first when it is stored to */
	size_t at; /* the page that is stored to */
	const char *then;
};
/* clang-format off */
FIXTURE_VARIANT_ADD(files, overwritten)	{ 2, 1, "A1" };
FIXTURE_VARIANT_ADD(files, grown)	{ 4, 3, "AB01" };
/* clang-format on */
FIXTURE_SETUP(files)
{
	MOUNT_FRAIL(&self->disk, "ext4");
	self->first = loopfs_file(&self->disk.fs, "first", O_RDWR | O_CREAT);
	self->second = loopfs_file(&self->disk.fs, "second", O_RDWR | O_CREAT);
	SETUP(self->first >= 0 && letters_write(self->first, "AB"));
	SETUP(self->second >= 0 && letters_write(self->second, "AB"));
	SETUP(frail_settle(&self->disk));
	self->p = sys_mmap(NULL, pages(4), RW, MAP_SHARED, self->first, 0);
	self->q = sys_mmap(NULL, pages(4), RW, MAP_SHARED, self->second, 0);
	SETUP(self->p != MAP_FAILED && self->q != MAP_FAILED);
	SETUP(!ftruncate(self->first, (off_t)pages(variant->length)));
}
FIXTURE_TEARDOWN(files)
{
	sys_munmap(self->q, pages(4));
	sys_munmap(self->p, pages(4));
	close(self->second);
	close(self->first);
	loopfs_close(&self->after);
	frail_close(&self->disk);
}

/* clause: msync.sync.order-between-files */
TEST_F(files, second_does_not_survive_without_the_first)
{
	int fd;

	memset(self->p + pages(variant->at), '1', pages(1));
	EXPECT_OK(sys_msync(self->p, pages(variant->length), MS_SYNC));
	frail_let_overtake(&self->disk);
	frail_hold_flushes(&self->disk);
	CHILD(other) {
		memset(self->q, '2', pages(1));
		EXPECT_OK(sys_msync(self->q, pages(2), MS_SYNC));
	}
	frail_wait_held(&self->disk);
	SETUP(frail_cut(&self->disk, &self->after));
	frail_release(&self->disk);
	EXPECT_CHILD_OK(other);

	ASSERT_OK(fd = loopfs_file(&self->after, "second", O_RDONLY));
	SETUP(!strcmp("2B", letters_in(fd, 2)));
	close(fd);
	ASSERT_OK(fd = loopfs_file(&self->after, "first", O_RDONLY));
	EXPECT_STREQ(variant->then, letters_in(fd, variant->length));
	close(fd);
}

TEST_HARNESS_MAIN
