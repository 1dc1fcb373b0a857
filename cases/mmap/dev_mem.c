// SPDX-License-Identifier: GPL-2.0
/*
 * /dev/mem ends with the physical address space, and a strict one keeps system memory to itself.
 */
#include "kselftest_harness.h"
#include "lib/arena.h"
#include "lib/expect.h"
#include "lib/syscalls.h"

#define IN_RAM ((uint64_t)16 << 20) /* of every x86 machine that runs Linux */

FIXTURE(memory)
{
	struct arena arena;
	int fd;
};
FIXTURE_SETUP(memory)
{
	self->fd = open("/dev/mem", O_RDONLY | O_CLOEXEC);
	NEED(self->fd >= 0, "/dev/mem, and leave to read it");
	SETUP(arena_init(&self->arena, 3));
}
FIXTURE_TEARDOWN(memory)
{
	arena_free(&self->arena);
	close(self->fd);
}

/* clause: mmap.kind.devmem-wrap-einval */
TEST_F(memory, offset_beyond_every_physical_address_is_refused)
{
	const uint64_t offsets[] = { (uint64_t)1 << 52, (uint64_t)1 << 62, -(uint64_t)4096 };
	void *at = slot(&self->arena, 1);

	NEED(sizeof(long) == 8 && page_size() == 4096, "a 64-bit machine with pages of 4K");
	for (int i = 0; i < 3; i++) {
		EXPECT_ERRNO(EINVAL, sys_mmap(at, pages(1), PROT_READ, MAP_SHARED | MAP_FIXED,
					      self->fd, offsets[i]));
		EXPECT_ERRNO(EINVAL, sys_mmap(at, pages(1), PROT_READ, MAP_PRIVATE | MAP_FIXED,
					      self->fd, offsets[i]));
	}
	EXPECT_LAYOUT(".. .. ..", &self->arena);
}

/* clause: mmap.kind.devmem-ram-eperm */
TEST_F(memory, system_memory_is_refused_where_it_cannot_be_read_either)
{
	void *at = slot(&self->arena, 1);
	char byte;

	NEED(pread(self->fd, &byte, 1, IN_RAM) < 0 && errno == EPERM, "a strict /dev/mem");
	EXPECT_ERRNO(EPERM,
		     sys_mmap(at, pages(1), PROT_READ, MAP_SHARED | MAP_FIXED, self->fd, IN_RAM));
	EXPECT_ERRNO(EPERM,
		     sys_mmap(at, pages(1), PROT_READ, MAP_PRIVATE | MAP_FIXED, self->fd, IN_RAM));
	EXPECT_LAYOUT(".. .. ..", &self->arena);
}

TEST_HARNESS_MAIN
