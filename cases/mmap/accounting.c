// SPDX-License-Identifier: GPL-2.0
/*
 * How a mapping counts: as address space in whole pages, whatever it is; as data or stack if it is
 * private and may be stored to; as resident only what was touched.
 */
#include "kselftest_harness.h"
#include "lib/arena.h"
#include "lib/expect.h"
#include "lib/smaps.h"
#include "lib/syscalls.h"

#define RW (PROT_READ | PROT_WRITE)
#define ANON (MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED)

struct counts {
	uint64_t size, data, stack;
};

static bool read_counts(struct counts *counts)
{
	return status_bytes("VmSize", &counts->size) && status_bytes("VmData", &counts->data) &&
	       status_bytes("VmStk", &counts->stack);
}

FIXTURE(counted)
{
	struct arena arena;
	int fd; /* three pages of 'f' */
	struct counts before;
};
FIXTURE_VARIANT(counted)
{
	unsigned long prot, flags; /* without MAP_ANONYMOUS: of the file */
	size_t data, stack; /* the pages that it counts there, of three */
};
/* clang-format off */
FIXTURE_VARIANT_ADD(counted, private)		{ RW, MAP_PRIVATE | MAP_ANONYMOUS, 3, 0 };
FIXTURE_VARIANT_ADD(counted, noreserve)		{ RW, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, 3, 0 };
FIXTURE_VARIANT_ADD(counted, private_read)	{ PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, 0, 0 };
FIXTURE_VARIANT_ADD(counted, private_none)	{ PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, 0, 0 };
FIXTURE_VARIANT_ADD(counted, growsdown)		{ RW, MAP_PRIVATE | MAP_ANONYMOUS | MAP_GROWSDOWN, 0, 3 };
FIXTURE_VARIANT_ADD(counted, shared)		{ RW, MAP_SHARED | MAP_ANONYMOUS, 0, 0 };
FIXTURE_VARIANT_ADD(counted, private_file)	{ RW, MAP_PRIVATE, 3, 0 };
FIXTURE_VARIANT_ADD(counted, private_file_read)	{ PROT_READ, MAP_PRIVATE, 0, 0 };
FIXTURE_VARIANT_ADD(counted, shared_file)	{ RW, MAP_SHARED, 0, 0 };
/* clang-format on */
FIXTURE_SETUP(counted)
{
	OPEN_OBJECT(self->fd, OBJECT_MEMFD, pages(3), 'f');
	SETUP(arena_init(&self->arena, 4));
	NEED(read_counts(&self->before), "/proc/self/status with VmSize, VmData and VmStk");
}
FIXTURE_TEARDOWN(counted)
{
	arena_free(&self->arena);
	close(self->fd);
}

/*
 * clause: mmap.proc.vmsize
 * clause: mmap.proc.vmdata-vmstk
 */
TEST_F(counted, mapping_counts_by_whole_pages_until_it_is_unmapped)
{
	char *p = slot(&self->arena, 0);
	struct counts now;

	EXPECT_ADDR(p, sys_mmap(p, pages(2) + 1, variant->prot, variant->flags | MAP_FIXED,
				self->fd, 0));
	ASSERT_TRUE(read_counts(&now));
	EXPECT_EQ(self->before.size + pages(3), now.size);
	EXPECT_EQ(self->before.data + pages(variant->data), now.data);
	EXPECT_EQ(self->before.stack + pages(variant->stack), now.stack);

	EXPECT_OK(sys_munmap(p, pages(3)));
	ASSERT_TRUE(read_counts(&now));
	EXPECT_EQ(self->before.size, now.size);
	EXPECT_EQ(self->before.data, now.data);
	EXPECT_EQ(self->before.stack, now.stack);
}

ARENA_FIXTURE(4);

/* clause: mmap.proc.rss-lazy */
TEST_F(arena, pages_count_as_resident_when_touched_or_populated)
{
	char *p = slot(&self->arena, 0);
	uint64_t resident;

	SETUP(sys_mmap(p, pages(4), RW, ANON, -1, 0) == p);
	NEED(smaps_bytes(p, "Rss", &resident), "/proc/self/smaps with Rss");

	EXPECT_EQ(0u, resident);
	memset(p, 't', pages(4));
	ASSERT_TRUE(smaps_bytes(p, "Rss", &resident));
	EXPECT_EQ(pages(4), resident);
	EXPECT_ADDR(p, sys_mmap(p, pages(4), RW, ANON | MAP_POPULATE, -1, 0));
	ASSERT_TRUE(smaps_bytes(p, "Rss", &resident));
	EXPECT_EQ(pages(4), resident);
	EXPECT_ADDR(p, sys_mmap(p, pages(4), PROT_READ, ANON | MAP_POPULATE, -1, 0));
	ASSERT_TRUE(smaps_bytes(p, "Rss", &resident));
	EXPECT_EQ(0u, resident); /* it is the zero page, four times */
}

TEST_HARNESS_MAIN
