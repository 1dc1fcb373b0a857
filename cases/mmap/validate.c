// SPDX-License-Identifier: GPL-2.0
/*
 * MAP_SHARED_VALIDATE is MAP_SHARED that refuses the flags which it does not know, and knows just
 * those that were there when it came, and a few later ones.
 */
#include "kselftest_harness.h"
#include "lib/arena.h"
#include "lib/expect.h"
#include "lib/syscalls.h"

#define RW (PROT_READ | PROT_WRITE)

#if defined(__x86_64__) || defined(__i386__)
#define X86 1
#else
#define X86 0
#define MAP_32BIT 0
#define MAP_ABOVE4G 0
#endif

FIXTURE(file)
{
	struct arena arena; /* |rw|..|..|..|, of 'o' */
	int fd; /* a page of 'f' */
};
FILE_VARIANTS(file);
FIXTURE_SETUP(file)
{
	OPEN_OBJECT(self->fd, variant->kind, pages(1), 'f');
	SETUP(arena_init(&self->arena, 4));
	SETUP(arena_map(&self->arena, 0, 1, "rw"));
	memset(slot(&self->arena, 0), 'o', pages(1));
}
FIXTURE_TEARDOWN(file)
{
	arena_free(&self->arena);
	close(self->fd);
}

/* clause: mmap.validate.file-ok */
TEST_F(file, without_flags_it_is_shared)
{
	char *p = slot(&self->arena, 1);

	EXPECT_ADDR(p, sys_mmap(p, pages(1), RW, MAP_SHARED_VALIDATE | MAP_FIXED, self->fd, 0));
	EXPECT_LAYOUT("rw rws .. ..", &self->arena);
	EXPECT_BYTES('f', p, pages(1));
	p[0] = 's';
	EXPECT_FILE_BYTES('s', self->fd, 0, 1);
	SETUP(object_fill(self->fd, 1, 1, 'w'));
	EXPECT_EQ('w', p[1]);
}

/* clause: mmap.validate.anon-einval */
TEST_F(file, anonymous_memory_is_refused)
{
	void *p = slot(&self->arena, 0);
	unsigned long flags = MAP_SHARED_VALIDATE | MAP_ANONYMOUS;

	EXPECT_ERRNO(EINVAL, sys_mmap(p, pages(1), RW, flags | MAP_FIXED, -1, 0));
	EXPECT_ERRNO(EINVAL, sys_mmap(NULL, pages(1), RW, flags, -1, 0));
	EXPECT_BYTES('o', p, pages(1));
}

/* clause: mmap.validate.undefined-bits-eopnotsupp */
TEST_F(file, undefined_flag_is_refused)
{
	const int bits[] = { 9, 10, 21, 22, 23, 24, 25 };
	void *p = slot(&self->arena, 0);

	for (int i = 0; i < 7 && !TEST_FAILED(); i++) {
		unsigned long flags = MAP_SHARED_VALIDATE | MAP_FIXED | 1ul << bits[i];

		EXPECT_ERRNO(EOPNOTSUPP, sys_mmap(p, pages(1), RW, flags, self->fd, 0));
		if (TEST_FAILED())
			TH_LOG("bit %d", bits[i]);
	}
	EXPECT_BYTES('o', p, pages(1));
	EXPECT_LAYOUT("rw .. .. ..", &self->arena);
}

/* clause: mmap.validate.bit31-eopnotsupp */
TEST_F(file, bits_of_the_huge_page_size_are_known_but_for_the_highest)
{
	const unsigned long flags = MAP_SHARED_VALIDATE | MAP_FIXED;
	void *p = slot(&self->arena, 0), *q = slot(&self->arena, 1);

	EXPECT_ERRNO(EOPNOTSUPP, sys_mmap(p, pages(1), RW, flags | 1ul << 31, self->fd, 0));
	EXPECT_BYTES('o', p, pages(1));
	for (int bit = 26; bit <= 30 && !TEST_FAILED(); bit++) {
		EXPECT_ADDR(q, sys_mmap(q, pages(1), RW, flags | 1ul << bit, self->fd, 0));
		if (TEST_FAILED())
			TH_LOG("bit %d", bit);
	}
	EXPECT_LAYOUT("rw rws .. ..", &self->arena);
}

/* clause: mmap.validate.high-bits-eopnotsupp */
TEST_F(file, bit_above_31_is_refused_where_shared_ignores_it)
{
	void *p = slot(&self->arena, 0), *q = slot(&self->arena, 1);

	NEED(sizeof(long) == 8, "a 64-bit machine");

	for (int bit = 32; bit < 64 && !TEST_FAILED(); bit++) {
		unsigned long flags = MAP_FIXED | (unsigned long)(UINT64_C(1) << bit);

		EXPECT_ERRNO(EOPNOTSUPP,
			     sys_mmap(p, pages(1), RW, MAP_SHARED_VALIDATE | flags, self->fd, 0));
		EXPECT_ADDR(q, sys_mmap(q, pages(1), RW, MAP_SHARED | flags, self->fd, 0));
		if (TEST_FAILED())
			TH_LOG("bit %d", bit);
	}
	EXPECT_BYTES('o', p, pages(1));
	EXPECT_LAYOUT("rw rws .. ..", &self->arena);
}

/*
 * clause: mmap.validate.noreplace-eopnotsupp
 * clause: mmap.validate.noreplace-overlap-eexist
 */
TEST_F(file, fixed_noreplace_is_unknown_but_looks_at_the_range_first)
{
	const unsigned long flags = MAP_SHARED_VALIDATE | MAP_FIXED_NOREPLACE;

	EXPECT_ERRNO(EOPNOTSUPP, sys_mmap(slot(&self->arena, 1), pages(1), RW, flags, self->fd, 0));
	EXPECT_ERRNO(EEXIST, sys_mmap(slot(&self->arena, 0), pages(1), RW, flags, self->fd, 0));
	EXPECT_BYTES('o', slot(&self->arena, 0), pages(1));
	EXPECT_LAYOUT("rw .. .. ..", &self->arena);
}

/* clause: mmap.validate.legacy-bits-ok */
TEST_F(file, flags_that_were_there_before_it_are_known)
{
	const unsigned long legacy[] = {
		MAP_FIXED,     MAP_32BIT,    MAP_DENYWRITE, MAP_EXECUTABLE, MAP_LOCKED,
		MAP_NORESERVE, MAP_POPULATE, MAP_NONBLOCK,  MAP_STACK,	    MAP_UNINITIALIZED,
	};
	void *p = slot(&self->arena, 1);

	SETUP(arena_map(&self->arena, 1, 1, "rw"));
	NEED(!sys_mlock(p, pages(1)), "a page that may be locked");

	for (int i = 0; i < 10 && !TEST_FAILED(); i++) {
		EXPECT_ADDR(p, sys_mmap(p, pages(1), RW,
					MAP_SHARED_VALIDATE | MAP_FIXED | legacy[i], self->fd, 0));
		EXPECT_LAYOUT("rw rws .. ..", &self->arena);
		if (TEST_FAILED())
			TH_LOG("flag %#lx", legacy[i]);
	}
}

/* clause: mmap.validate.above4g-ok */
TEST_F(file, above4g_is_known_on_x86)
{
	void *p = slot(&self->arena, 1);

	NEED(X86, "x86");

	EXPECT_ADDR(p, sys_mmap(p, pages(1), RW, MAP_SHARED_VALIDATE | MAP_FIXED | MAP_ABOVE4G,
				self->fd, 0));
	EXPECT_LAYOUT("rw rws .. ..", &self->arena);
}

TEST_HARNESS_MAIN
