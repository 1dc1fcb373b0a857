// SPDX-License-Identifier: GPL-2.0
/*
 * Files of /proc and /sys cannot be mapped, and each family has its own errno; code is refused
 * with EPERM before that.
 */
#include "kselftest_harness.h"
#include "lib/arena.h"
#include "lib/expect.h"
#include "lib/syscalls.h"

ARENA_FIXTURE(3);

static const unsigned long sharings[] = { MAP_PRIVATE, MAP_SHARED };

/* clause: mmap.kind.proc-base-enodev */
TEST_F(arena, files_of_a_process_and_sysctls)
{
	static const char *const paths[] = { "/proc/self/status", "/proc/self/maps",
					     "/proc/self/mem", "/proc/self/pagemap",
					     "/proc/sys/kernel/ostype" };
	void *at = slot(&self->arena, 1);
	int fds[5];

	for (int i = 0; i < 5; i++) {
		fds[i] = open(paths[i], O_RDONLY | O_CLOEXEC);
		NEED(fds[i] >= 0, "/proc/self with status, maps, mem and pagemap, and /proc/sys");
	}
	for (int i = 0; i < 10; i++) {
		unsigned long flags = sharings[i % 2] | MAP_FIXED;
		int fd = fds[i / 2];

		TH_LOG("%s", paths[i / 2]);
		EXPECT_ERRNO(ENODEV, sys_mmap(at, pages(1), PROT_READ, flags, fd, 0));
		EXPECT_ERRNO(EPERM, sys_mmap(at, pages(1), PROT_READ | PROT_EXEC, flags, fd, 0));
	}
	EXPECT_LAYOUT(".. .. ..", &self->arena);
	for (int i = 0; i < 5; i++)
		close(fds[i]);
}

FIXTURE(file)
{
	struct arena arena;
	int fd;
};
FIXTURE_VARIANT(file)
{
	const char *path;
};
/* clang-format off */
FIXTURE_VARIANT_ADD(file, version)	{ "/proc/version" };
FIXTURE_VARIANT_ADD(file, meminfo)	{ "/proc/meminfo" };
FIXTURE_VARIANT_ADD(file, interrupts)	{ "/proc/interrupts" };
/* clang-format on */
FIXTURE_SETUP(file)
{
	self->fd = open(variant->path, O_RDONLY | O_CLOEXEC);
	NEED(self->fd >= 0, variant->path);
	SETUP(arena_init(&self->arena, 3));
}
FIXTURE_TEARDOWN(file)
{
	arena_free(&self->arena);
	close(self->fd);
}

/* clause: mmap.kind.proc-entry-eio */
TEST_F(file, generic_proc_entry_is_an_input_output_error)
{
	void *at = slot(&self->arena, 1);

	for (int i = 0; i < 2; i++) {
		unsigned long flags = sharings[i] | MAP_FIXED;

		EXPECT_ERRNO(EIO, sys_mmap(at, pages(1), PROT_READ, flags, self->fd, 0));
		EXPECT_ERRNO(EPERM,
			     sys_mmap(at, pages(1), PROT_READ | PROT_EXEC, flags, self->fd, 0));
	}
	EXPECT_LAYOUT(".. .. ..", &self->arena);
}

/* clause: mmap.kind.sysfs-attr-enodev */
TEST_F(arena, sysfs_attribute)
{
	int fd = open("/sys/kernel/uevent_seqnum", O_RDONLY | O_CLOEXEC);
	void *at = slot(&self->arena, 1);

	NEED(fd >= 0, "/sys/kernel/uevent_seqnum");
	for (int i = 0; i < 2; i++) {
		unsigned long flags = sharings[i] | MAP_FIXED;

		EXPECT_ERRNO(ENODEV, sys_mmap(at, pages(1), PROT_READ, flags, fd, 0));
		EXPECT_ERRNO(EPERM, sys_mmap(at, pages(1), PROT_READ | PROT_EXEC, flags, fd, 0));
	}
	EXPECT_LAYOUT(".. .. ..", &self->arena);
	close(fd);
}

TEST_HARNESS_MAIN
