// SPDX-License-Identifier: GPL-2.0
/*
 * The offset into the file, on machines whose call takes it in bytes: whole pages, no further than
 * the largest file reaches; anonymous memory has none.
 */
#include "kselftest_harness.h"
#include "lib/arena.h"
#include "lib/expect.h"
#include "lib/syscalls.h"

#ifdef SYS_mmap2
#define OFFSET_IN_BYTES 0
#else
#define OFFSET_IN_BYTES (sizeof(long) == 8)
#endif
#define TOP_BIT ((uint64_t)1 << 63)

FIXTURE(object)
{
	struct arena arena; /* |r-|r-|..|..| */
	int fd;
};
FIXTURE_VARIANT(object)
{
	enum object_kind kind;
	unsigned long flags;
};
/* clang-format off */
FIXTURE_VARIANT_ADD(object, private_memfd)	{ OBJECT_MEMFD, MAP_PRIVATE };
FIXTURE_VARIANT_ADD(object, shared_memfd)	{ OBJECT_MEMFD, MAP_SHARED };
FIXTURE_VARIANT_ADD(object, private_scratch)	{ OBJECT_SCRATCH_FILE, MAP_PRIVATE };
FIXTURE_VARIANT_ADD(object, shared_scratch)	{ OBJECT_SCRATCH_FILE, MAP_SHARED };
/* clang-format on */
FIXTURE_SETUP(object)
{
	OPEN_OBJECT(self->fd, variant->kind, pages(1), 'f');
	SETUP(arena_init(&self->arena, 4));
	SETUP(arena_map(&self->arena, 0, 2, "r-"));
}
FIXTURE_TEARDOWN(object)
{
	arena_free(&self->arena);
	close(self->fd);
}

/* clause: mmap.off.unaligned-einval */
TEST_F(object, part_of_a_page_is_refused)
{
	unsigned long fixed = variant->flags | MAP_FIXED;
	void *p = slot(&self->arena, 0);

	NEED(OFFSET_IN_BYTES, "a call that takes the offset in bytes");

	EXPECT_ERRNO(EINVAL, sys_mmap(p, pages(1), PROT_READ, fixed, self->fd, 1));
	EXPECT_ERRNO(EINVAL, sys_mmap(p, pages(1), PROT_READ, fixed, self->fd, page_size() / 2));
	EXPECT_ERRNO(EINVAL, sys_mmap(p, pages(1), PROT_READ, fixed, self->fd, page_size() - 1));
	fixed |= MAP_ANONYMOUS;
	EXPECT_ERRNO(EINVAL, sys_mmap(p, pages(1), PROT_READ, fixed, -1, 1));
	EXPECT_ERRNO(EINVAL, sys_mmap(p, pages(1), PROT_READ, fixed, -1, page_size() / 2));
	EXPECT_ERRNO(EINVAL, sys_mmap(p, pages(1), PROT_READ, fixed, -1, page_size() - 1));
	EXPECT_LAYOUT("r- r- .. ..", &self->arena);
	EXPECT_BYTES(0, p, pages(2));
}

/* clause: mmap.off.beyond-eof-ok */
TEST_F(object, range_beyond_end_of_file_is_mapped_and_faults)
{
	char *p = slot(&self->arena, 2);

	EXPECT_ADDR(p, sys_mmap(p, pages(2), PROT_READ | PROT_WRITE, variant->flags | MAP_FIXED,
				self->fd, pages(100)));
	EXPECT_FAULT(SIGBUS, BUS_ADRERR, FAULT_READ, p);
	EXPECT_FAULT(SIGBUS, BUS_ADRERR, FAULT_WRITE, p + pages(1));
	EXPECT_FILE_BYTES('f', self->fd, 0, pages(1));
	EXPECT_EQ(pages(1), (size_t)lseek(self->fd, 0, SEEK_END)); /* it has not grown */
}

/*
 * The end of the last page that fits is one page below the largest file size, rounded down.
 * clause: mmap.off.reg-last-ok
 * clause: mmap.off.reg-over-lfs-eoverflow
 * clause: mmap.off.reg-negative-eoverflow
 */
TEST_F(object, range_ends_where_the_largest_file_does)
{
	unsigned long fixed = variant->flags | MAP_FIXED;
	void *p = slot(&self->arena, 2), *old = slot(&self->arena, 0);
	uint64_t last = TOP_BIT - pages(2);

	NEED(OFFSET_IN_BYTES, "a call that takes the offset in bytes");

	EXPECT_ADDR(p, sys_mmap(p, pages(1), PROT_READ, fixed, self->fd, last));
	EXPECT_ERRNO(EOVERFLOW, sys_mmap(old, pages(2), PROT_READ, fixed, self->fd, last));
	EXPECT_ERRNO(EOVERFLOW,
		     sys_mmap(old, pages(1), PROT_READ, fixed, self->fd, last + pages(1)));
	EXPECT_ERRNO(EOVERFLOW, sys_mmap(old, pages(1), PROT_READ, fixed, self->fd, TOP_BIT));
	EXPECT_ERRNO(EOVERFLOW, sys_mmap(old, pages(1), PROT_READ, fixed, self->fd, -pages(2)));
	EXPECT_ERRNO(EOVERFLOW, sys_mmap(old, pages(1), PROT_READ, fixed, self->fd, -pages(1)));
	EXPECT_BYTES(0, old, pages(2));
}

FIXTURE(offset)
{
	struct arena arena;
	int zero;
};
FIXTURE_VARIANT(offset)
{
	unsigned long flags;
	const char *mapped;
};
/* clang-format off */
FIXTURE_VARIANT_ADD(offset, private)	{ MAP_PRIVATE, "rw rw .. .." };
FIXTURE_VARIANT_ADD(offset, shared)	{ MAP_SHARED, "rws rws .. .." };
/* clang-format on */
FIXTURE_SETUP(offset)
{
	NEED(OFFSET_IN_BYTES, "a call that takes the offset in bytes");
	OPEN_OBJECT(self->zero, OBJECT_DEV_ZERO, 0, 0);
	SETUP(arena_init(&self->arena, 4));
}
FIXTURE_TEARDOWN(offset)
{
	arena_free(&self->arena);
	close(self->zero);
}

/* clause: mmap.off.anon-ignored */
TEST_F(offset, anonymous_memory_has_none)
{
	const uint64_t offsets[] = { pages(1), pages(100), TOP_BIT,
				     -pages(2) }; /* the last one ends where numbers do */
	unsigned long flags = variant->flags | MAP_ANONYMOUS | MAP_FIXED;
	char *p = slot(&self->arena, 0);

	for (int i = 0; i < 4; i++) {
		EXPECT_ADDR(p,
			    sys_mmap(p, pages(2), PROT_READ | PROT_WRITE, flags, -1, offsets[i]));
		EXPECT_LAYOUT(variant->mapped, &self->arena);
		EXPECT_BYTES(0, p, pages(2)); /* as far into it as the mapping reaches */
		memset(p, 'x', pages(2));
	}
	EXPECT_ADDR(p, sys_mmap(p, pages(1), PROT_READ, flags, -1, -pages(1)));
}

/* clause: mmap.off.chardev-top-bit-ok */
TEST_F(offset, device_takes_one_with_the_top_bit)
{
	unsigned long flags = variant->flags | MAP_FIXED;
	char *p = slot(&self->arena, 0);

	EXPECT_ADDR(p, sys_mmap(p, pages(2), PROT_READ | PROT_WRITE, flags, self->zero, TOP_BIT));
	EXPECT_LAYOUT(variant->mapped, &self->arena);
	EXPECT_ADDR(p, sys_mmap(p, pages(1), PROT_READ, flags, self->zero, -pages(2)));
	EXPECT_ADDR(p, sys_mmap(p, pages(2), PROT_READ, flags, self->zero, -pages(3)));
}

/* clause: mmap.off.chardev-wrap-eoverflow */
TEST_F(offset, range_of_a_device_may_not_reach_the_highest_number)
{
	unsigned long flags = variant->flags | MAP_FIXED;
	char *p = slot(&self->arena, 0);

	SETUP(arena_map(&self->arena, 0, 2, "rw"));
	memset(p, 'x', pages(2));

	EXPECT_ERRNO(EOVERFLOW, sys_mmap(p, pages(1), PROT_READ, flags, self->zero, -pages(1)));
	EXPECT_ERRNO(EOVERFLOW, sys_mmap(p, pages(2), PROT_READ, flags, self->zero, -pages(2)));
	EXPECT_BYTES('x', p, pages(2));
	EXPECT_LAYOUT("rw rw .. ..", &self->arena);
}

TEST_HARNESS_MAIN
