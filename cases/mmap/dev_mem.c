// SPDX-License-Identifier: GPL-2.0
/*
 * /dev/mem ends with the physical address space, and a strict one keeps system memory to itself.
 */
#include "kselftest_harness.h"
#include "lib/arena.h"
#include "lib/expect.h"
#include "lib/syscalls.h"

#define FIRST_MEGABYTE ((uint64_t)1 << 20) /* which has rules of its own on x86 */

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

/* The physical address of some system memory; false: the kernel does not tell. */
static bool system_memory(uint64_t *address)
{
	FILE *resources = fopen("/proc/iomem", "re");
	unsigned long long start;
	bool found = false;
	char line[256];

	while (resources && !found && fgets(line, sizeof(line), resources))
		found = strstr(line, " : System RAM") && sscanf(line, "%llx-", &start) == 1 &&
			start >= FIRST_MEGABYTE;
	if (resources)
		fclose(resources);
	*address = start;
	return found;
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
	uint64_t address;
	char byte;

	NEED(system_memory(&address), "/proc/iomem, and leave to read it");
	NEED(pread(self->fd, &byte, 1, (off_t)address) < 0 && errno == EPERM, "a strict /dev/mem");
	EXPECT_ERRNO(EPERM,
		     sys_mmap(at, pages(1), PROT_READ, MAP_SHARED | MAP_FIXED, self->fd, address));
	EXPECT_ERRNO(EPERM,
		     sys_mmap(at, pages(1), PROT_READ, MAP_PRIVATE | MAP_FIXED, self->fd, address));
	EXPECT_LAYOUT(".. .. ..", &self->arena);
}

TEST_HARNESS_MAIN
