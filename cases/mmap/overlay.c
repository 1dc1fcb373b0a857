// SPDX-License-Identifier: GPL-2.0
/*
 * A file of overlayfs maps the layer that its descriptor was opened on: the lower one until it is
 * copied up, whatever is written after. The mapping goes by the name, device and inode of the
 * overlay. Since the file of the layer comes into it after the kernel has looked for a neighbour of
 * the same open file, it is joined with none.
 */
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "kselftest_harness.h"
#include "lib/arena.h"
#include "lib/expect.h"
#include "lib/overlay.h"
#include "lib/syscalls.h"

#define RW (PROT_READ | PROT_WRITE)

FIXTURE(file)
{
	struct overlay overlay;
	int old; /* a page of 'l' on the lower layer, opened read-only */
};
FIXTURE_SETUP(file)
{
	MOUNT_OVERLAY(&self->overlay, "tmpfs", 'l', pages(1));
	self->old = mount_open(self->overlay.folder, "file", O_RDONLY);
	SETUP(self->old >= 0);
}
FIXTURE_TEARDOWN(file)
{
	close(self->old);
	overlay_close(&self->overlay);
}

/* clause: mmap.kind.overlay-lower-stale */
TEST_F(file, old_mapping_stays_on_the_lower_layer)
{
	char *p = sys_mmap(NULL, pages(1), PROT_READ, MAP_SHARED, self->old, 0);
	int fd;

	SETUP(p != MAP_FAILED);
	EXPECT_BYTES('l', p, pages(1));
	fd = mount_open(self->overlay.folder, "file", O_RDWR); /* copies it up */
	SETUP(fd >= 0 && object_fill(fd, 0, pages(1), 'u'));
	EXPECT_FILE_BYTES('u', fd, 0, pages(1));
	EXPECT_BYTES('l', p, pages(1));
	sys_munmap(p, pages(1));
	close(fd);
}

/* clause: mmap.kind.overlay-old-fd-new-map */
TEST_F(file, new_mapping_of_an_old_descriptor_does_too)
{
	int fd = mount_open(self->overlay.folder, "file", O_RDWR);
	char *p;

	SETUP(fd >= 0 && object_fill(fd, 0, pages(1), 'u'));
	ASSERT_OK(p = sys_mmap(NULL, pages(1), PROT_READ, MAP_SHARED, self->old, 0));
	EXPECT_BYTES('l', p, pages(1));
	sys_munmap(p, pages(1));
	ASSERT_OK(p = sys_mmap(NULL, pages(1), PROT_READ, MAP_SHARED, fd, 0));
	EXPECT_BYTES('u', p, pages(1));
	sys_munmap(p, pages(1));
	close(fd);
}

/* clause: mmap.kind.overlay-upper-coherent */
TEST_F(file, writers_share_the_upper_layer)
{
	int fd = mount_open(self->overlay.folder, "file", O_RDWR);
	int other = mount_open(self->overlay.folder, "file", O_RDWR);
	char *p;

	SETUP(fd >= 0 && other >= 0);
	ASSERT_OK(p = sys_mmap(NULL, pages(1), RW, MAP_SHARED, fd, 0));
	EXPECT_BYTES('l', p, pages(1));
	memset(p, 's', pages(1));
	EXPECT_FILE_BYTES('s', fd, 0, pages(1));
	EXPECT_FILE_BYTES('s', other, 0, pages(1));
	SETUP(object_fill(other, 0, pages(1), 'w'));
	EXPECT_BYTES('w', p, pages(1));
	EXPECT_FILE_BYTES('l', self->overlay.lower, 0, pages(1));
	sys_munmap(p, pages(1));
	close(other);
	close(fd);
}

/* clause: mmap.kind.overlay-never-merged */
TEST_F(file, adjacent_mappings_of_an_open_file_stay_two)
{
	struct arena arena;

	NEED_MAPS();
	SETUP(arena_init(&arena, 3));
	EXPECT_TRUE(arena_map_file(&arena, 0, 1, "r-s", self->old, 0));
	EXPECT_TRUE(arena_map_file(&arena, 1, 1, "r-s", self->old, 1));
	EXPECT_LAYOUT("r-s r-s ..", &arena);
	EXPECT_VMAS(2, &arena);
	EXPECT_BYTES('l', slot(&arena, 0), pages(1));
	arena_free(&arena);
}

/* clause: mmap.kind.overlay-maps-path */
TEST_F(file, maps_show_the_overlay)
{
	char *p = sys_mmap(NULL, pages(1), PROT_READ, MAP_SHARED, self->old, 0);
	char path[VMA_NAME_MAX];
	struct stat file, folder;
	struct vma vma;

	NEED_MAPS();
	SETUP(p != MAP_FAILED && !fstat(self->old, &file));
	SETUP(!stat(self->overlay.folder, &folder));
	snprintf(path, sizeof(path), "%s/file", self->overlay.folder);

	ASSERT_EQ(1, maps_find((uintptr_t)p, &vma));
	TH_LOG("maps %u:%u %llu, file %u:%u %llu, folder %u:%u", vma.dev_major, vma.dev_minor,
	       (unsigned long long)vma.inode, major(file.st_dev), minor(file.st_dev),
	       (unsigned long long)file.st_ino, major(folder.st_dev), minor(folder.st_dev));
	EXPECT_STREQ(path, vma.name);
	EXPECT_TRUE(makedev(vma.dev_major, vma.dev_minor) == folder.st_dev);
	EXPECT_TRUE(file.st_dev == folder.st_dev);
	EXPECT_EQ(file.st_ino, vma.inode);
	sys_munmap(p, pages(1));
}

TEST_HARNESS_MAIN
