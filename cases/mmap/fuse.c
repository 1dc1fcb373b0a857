// SPDX-License-Identifier: GPL-2.0
/*
 * A FUSE file whose server wants every access for itself: it is mapped privately, and shared only
 * if the server allows it.
 */
#include <sys/mount.h>
#include <sys/stat.h>

#include "kselftest_harness.h"
#include "lib/arena.h"
#include "lib/child.h"
#include "lib/expect.h"
#include "lib/fusefs.h"
#include "lib/mounts.h"
#include "lib/scratch.h"
#include "lib/syscalls.h"

#define RW (PROT_READ | PROT_WRITE)
#define SHARED (MAP_SHARED | MAP_FIXED)

FIXTURE(direct)
{
	struct arena arena;
	char path[SCRATCH_PATH_MAX];
	struct child server;
	uint64_t offered;
	int fd;
};
FIXTURE_VARIANT(direct)
{
	uint64_t allowed;
};
/* clang-format off */
FIXTURE_VARIANT_ADD(direct, strict)	{ 0 };
FIXTURE_VARIANT_ADD(direct, allowing)	{ FUSEFS_DIRECT_IO_ALLOW_MMAP };
/* clang-format on */
FIXTURE_SETUP(direct)
{
	struct stat status;
	int device;

	NEED_OWN_PROCESS("it mounts");
	NEED(scratch_path(self->path, "fuse") && mounts_private(), "leave to mount");
	device = fusefs_mount(self->path, variant->allowed, &self->offered);
	NEED(device >= 0 || (errno != ENOENT && errno != ENXIO && errno != ENODEV &&
			     errno != EPERM && errno != EACCES),
	     "FUSE");
	SETUP(device >= 0);
	CHILD(server) {
		fusefs_serve(device, FUSEFS_OPEN_DIRECT_IO);
	}
	self->server = server;
	SETUP(!close(device));
	self->fd = open(self->path, O_RDWR | O_CLOEXEC);
	SETUP(self->fd >= 0 && !fstat(self->fd, &status)); /* by which the kernel learns the size */
	SETUP(arena_init(&self->arena, 3));
}
FIXTURE_TEARDOWN(direct)
{
	arena_free(&self->arena);
	close(self->fd);
	umount2(self->path, MNT_DETACH);
	child_wait(&self->server);
}

/* clause: mmap.kind.fuse-direct-io-shared-enodev */
TEST_F(direct, private_mapping_is_a_copy)
{
	char *p = slot(&self->arena, 1);

	EXPECT_ADDR(p, sys_mmap(p, pages(1), RW, MAP_PRIVATE | MAP_FIXED, self->fd, 0));
	EXPECT_BYTES('f', p, pages(1));
	EXPECT_NO_FAULT(FAULT_WRITE, p);
	EXPECT_FILE_BYTES('f', self->fd, 0, pages(1));
	EXPECT_LAYOUT(".. rw ..", &self->arena);
}

/* clause: mmap.kind.fuse-direct-io-shared-enodev */
TEST_F(direct, shared_mapping_is_the_servers_to_allow)
{
	char *p = slot(&self->arena, 1);

	NEED_FEATURE((self->offered & variant->allowed) == variant->allowed,
		     "FUSE_DIRECT_IO_ALLOW_MMAP");
	if (variant->allowed) {
		EXPECT_ADDR(p, sys_mmap(p, pages(1), RW, SHARED, self->fd, 0));
		EXPECT_BYTES('f', p, pages(1));
		EXPECT_LAYOUT(".. rws ..", &self->arena);
	} else {
		EXPECT_ERRNO(ENODEV, sys_mmap(p, pages(1), RW, SHARED, self->fd, 0));
		EXPECT_ERRNO(ENODEV, sys_mmap(p, pages(1), PROT_READ, SHARED, self->fd, 0));
		EXPECT_LAYOUT(".. .. ..", &self->arena);
	}
}

TEST_HARNESS_MAIN
