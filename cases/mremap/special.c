// SPDX-License-Identifier: GPL-2.0
/*
 * Mappings that cannot be expanded, and those of page frames: they do not grow, have no second view
 * and are not left behind.
 */
#include "kselftest_harness.h"
#include "lib/arena.h"
#include "lib/expect.h"
#include "lib/named_area.h"
#include "lib/smaps.h"
#include "lib/syscalls.h"

#define FIXED (MREMAP_MAYMOVE | MREMAP_FIXED)

FIXTURE(area)
{
	struct arena arena;
	char *p, *to;
	size_t length;
};
FIXTURE_VARIANT(area)
{
	const char *name; /* or NULL, for the ring of an io_uring */
};
/* clang-format off */
FIXTURE_VARIANT_ADD(area, vdso)		{ "[vdso]" };
FIXTURE_VARIANT_ADD(area, vvar)		{ "[vvar]" };
FIXTURE_VARIANT_ADD(area, io_uring)	{ NULL };
/* clang-format on */
FIXTURE_SETUP(area)
{
	struct vma vma;
	int fd;

	NEED_OWN_PROCESS("it forks");
	NEED_MAPS();
	SETUP(arena_init(&self->arena, 16));
	self->to = slot(&self->arena, 0);
	if (variant->name) {
		NEED(named_area(variant->name, &vma), variant->name);
		self->p = (char *)vma.start;
		self->length = vma.end - vma.start;
		NEED(!smaps_marked(self->p, "sl"),
		     "a kernel that leaves its own mappings unsealed");
	} else {
		OPEN_OBJECT(fd, OBJECT_IO_URING, 0, 0);
		self->length = pages(1);
		self->p = sys_mmap(NULL, pages(1), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
		SETUP(self->p != MAP_FAILED && !close(fd));
	}
}
FIXTURE_TEARDOWN(area)
{
	arena_free(&self->arena);
}

#define EXPECT_UNMOVED()                                                                          \
	do {                                                                                      \
		struct vma vma_;                                                                  \
		EXPECT_EQ(1, maps_find((uintptr_t)self->p, &vma_));                               \
		EXPECT_TRUE(vma_.start == (uintptr_t)self->p &&                                   \
			    vma_.end == (uintptr_t)self->p + self->length);                       \
		EXPECT_EQ(0, maps_count((uintptr_t)self->to, (uintptr_t)slot(&self->arena, 16))); \
	} while (0)

/* clause: mremap.grow.dontexpand-efault */
TEST_F(area, does_not_grow)
{
	size_t longer = self->length + pages(1);

	CHILD(other) { /* which must not ask for the time by way of the vdso any more */
		EXPECT_ERRNO(EFAULT, sys_mremap(self->p, self->length, longer, 0, NULL));
		EXPECT_ERRNO(EFAULT,
			     sys_mremap(self->p, self->length, longer, MREMAP_MAYMOVE, NULL));
		EXPECT_ERRNO(EFAULT, sys_mremap(self->p, self->length, longer, FIXED, self->to));
		EXPECT_UNMOVED();
	}
	EXPECT_CHILD_OK(other);
}

/* clause: mremap.dontunmap.special-einval */
TEST_F(area, is_not_left_behind)
{
	unsigned long flags = MREMAP_MAYMOVE | MREMAP_DONTUNMAP;

	CHILD(other) {
		EXPECT_ERRNO(EINVAL, sys_mremap(self->p, self->length, self->length, flags, NULL));
		EXPECT_ERRNO(EINVAL, sys_mremap(self->p, self->length, self->length,
						flags | MREMAP_FIXED, self->to));
		EXPECT_UNMOVED();
	}
	EXPECT_CHILD_OK(other);
}

/* clause: mremap.dup.special-refused */
TEST_F(area, has_no_second_view)
{
	int error = variant->name ? EINVAL : EFAULT; /* those of the kernel are private */

	CHILD(other) {
		EXPECT_ERRNO(error, sys_mremap(self->p, 0, self->length, MREMAP_MAYMOVE, NULL));
		EXPECT_ERRNO(error, sys_mremap(self->p, 0, self->length, FIXED, self->to));
		EXPECT_UNMOVED();
	}
	EXPECT_CHILD_OK(other);
}

TEST_HARNESS_MAIN
