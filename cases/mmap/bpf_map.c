// SPDX-License-Identifier: GPL-2.0
/*
 * A BPF map is mapped shared, if it was made for that.
 */
#include "kselftest_harness.h"
#include "lib/arena.h"
#include "lib/expect.h"
#include "lib/syscalls.h"

#define RW (PROT_READ | PROT_WRITE)

/* linux/bpf.h */
#define BPF_MAP_CREATE 0
#define BPF_MAP_LOOKUP_ELEM 1
#define BPF_MAP_TYPE_ARRAY 2
#define BPF_F_MMAPABLE (1U << 10)

/* An array of one value of 8 bytes. */
static int bpf_array(uint32_t flags)
{
	struct {
		uint32_t type, key_size, value_size, max_entries, flags;
	} map = { BPF_MAP_TYPE_ARRAY, 4, 8, 1, flags };

	return (int)syscall(SYS_bpf, BPF_MAP_CREATE, &map, sizeof(map));
}

static bool bpf_lookup(int fd, uint32_t key, uint64_t *value)
{
	struct {
		uint64_t fd, key, value, flags;
	} element = { (uint64_t)fd, (uintptr_t)&key, (uintptr_t)value };

	return !syscall(SYS_bpf, BPF_MAP_LOOKUP_ELEM, &element, sizeof(element));
}

ARENA_FIXTURE(3);

/* clause: mmap.kind.bpf-private-einval */
TEST_F(arena, map_that_is_made_for_it_is_mapped_shared)
{
	void *p = slot(&self->arena, 1);
	int fd = bpf_array(BPF_F_MMAPABLE);
	uint64_t value;

	NEED_FEATURE(fd >= 0 || errno != ENOSYS, "bpf");
	NEED(fd >= 0 || (errno != EPERM && errno != EACCES), "leave to make a BPF map");
	SETUP(fd >= 0);

	EXPECT_ERRNO(EINVAL, sys_mmap(p, pages(1), RW, MAP_PRIVATE | MAP_FIXED, fd, 0));
	EXPECT_ERRNO(EINVAL, sys_mmap(p, pages(1), PROT_READ, MAP_PRIVATE | MAP_FIXED, fd, 0));
	EXPECT_LAYOUT(".. .. ..", &self->arena);
	EXPECT_ADDR(p, sys_mmap(p, pages(1), RW, MAP_SHARED | MAP_FIXED, fd, 0));
	memset(p, 'v', sizeof(value));
	ASSERT_TRUE(bpf_lookup(fd, 0, &value));
	EXPECT_BYTES('v', &value, sizeof(value));
	EXPECT_LAYOUT(".. rws ..", &self->arena);
	close(fd);
}

/* clause: mmap.kind.bpf-private-einval */
TEST_F(arena, and_any_other_is_not_mapped)
{
	int fd = bpf_array(0);
	void *p = slot(&self->arena, 1);

	NEED_FEATURE(fd >= 0 || errno != ENOSYS, "bpf");
	NEED(fd >= 0 || (errno != EPERM && errno != EACCES), "leave to make a BPF map");
	SETUP(fd >= 0);

	EXPECT_EQ(MAP_FAILED, sys_mmap(p, pages(1), RW, MAP_SHARED | MAP_FIXED, fd, 0));
	EXPECT_EQ(MAP_FAILED, sys_mmap(p, pages(1), PROT_READ, MAP_SHARED | MAP_FIXED, fd, 0));
	EXPECT_EQ(MAP_FAILED, sys_mmap(p, pages(1), PROT_READ, MAP_PRIVATE | MAP_FIXED, fd, 0));
	EXPECT_LAYOUT(".. .. ..", &self->arena);
	close(fd);
}

TEST_HARNESS_MAIN
