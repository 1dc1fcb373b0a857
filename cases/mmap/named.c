// SPDX-License-Identifier: GPL-2.0
/*
 * The name that prctl gives to anonymous memory is shown, and parts it from neighbours that have
 * another or none.
 */
#include <sys/prctl.h>

#include "kselftest_harness.h"
#include "lib/arena.h"
#include "lib/expect.h"
#include "lib/syscalls.h"

static bool name(void *p, size_t length, const char *text)
{
	return !prctl(PR_SET_VMA, PR_SET_VMA_ANON_NAME, p, length, text);
}

static const char *name_at(const void *p)
{
	static struct vma vma;

	return maps_find((uintptr_t)p, &vma) == 1 ? vma.name : "";
}

ARENA_FIXTURE(5);

/* clause: mmap.merge.named-differs */
TEST_F(arena, other_names_stay_apart_and_equal_ones_become_one)
{
	char *p = slot(&self->arena, 0);

	NEED_MAPS();
	SETUP(arena_map(&self->arena, 0, 3, "rw"));
	NEED(name(p, pages(1), "one"), "a kernel built with names of anonymous memory");
	SETUP(name(p + pages(1), pages(1), "two"));

	EXPECT_VMAS(3, &self->arena); /* |one|two|rw|..|..| */
	EXPECT_STREQ("[anon:one]", name_at(p));
	EXPECT_STREQ("[anon:two]", name_at(p + pages(1)));
	EXPECT_STREQ("", name_at(p + pages(2)));

	EXPECT_TRUE(name(p + pages(1), pages(1), "one"));
	EXPECT_VMAS(2, &self->arena); /* |one|one|rw|..|..| */
	EXPECT_STREQ("[anon:one]", name_at(p + pages(1)));
	EXPECT_LAYOUT("rw rw rw .. ..", &self->arena);
}

/* clause: mmap.merge.named-differs */
TEST_F(arena, new_mapping_does_not_take_the_name_of_its_neighbours)
{
	char *p = slot(&self->arena, 2);

	NEED_MAPS();
	SETUP(arena_map(&self->arena, 1, 1, "rw") && arena_map(&self->arena, 3, 1, "rw"));
	NEED(name(slot(&self->arena, 1), pages(1), "one"),
	     "a kernel built with names of anonymous memory");
	SETUP(name(slot(&self->arena, 3), pages(1), "one")); /* |..|one|..|one|..| */

	EXPECT_ADDR(p, sys_mmap(p, pages(1), PROT_READ | PROT_WRITE,
				MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0));
	EXPECT_VMAS(3, &self->arena);
	EXPECT_STREQ("", name_at(p));
	EXPECT_STREQ("[anon:one]", name_at(slot(&self->arena, 1)));
	EXPECT_STREQ("[anon:one]", name_at(slot(&self->arena, 3)));
	EXPECT_TRUE(name(p, pages(1), "one"));
	EXPECT_VMAS(1, &self->arena);
}

TEST_HARNESS_MAIN
