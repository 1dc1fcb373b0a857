// SPDX-License-Identifier: GPL-2.0
/*
 * MAP_FIXED over part of the vdso is refused: what the kernel mapped is replaced whole, or not at
 * all.
 */
#include "kselftest_harness.h"
#include "lib/expect.h"
#include "lib/named_area.h"
#include "lib/smaps.h"
#include "lib/syscalls.h"
#include "lib/x86.h"

#define RW (PROT_READ | PROT_WRITE)
#define FLAGS (MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED)

/* clause: mmap.fixed.vdso-part-einval */
TEST(part_of_the_vdso_is_not_replaced)
{
	struct vma before;
	char *p, head[64], *last;

	NEED_OWN_PROCESS("it forks");
	NEED_MAPS();
	NEED(named_area("[vdso]", &before), "[vdso]");
	p = (char *)before.start;
	last = (char *)before.end - pages(1);
	NEED(!smaps_marked(p, "sl"), "a kernel that leaves its own mappings unsealed");
	NEED(last > p, "a vdso of several pages");
	memcpy(head, p, sizeof(head));

	CHILD(other) { /* which must not ask for the time by way of it any more */
		x86_plain_syscalls();
		EXPECT_ERRNO(EINVAL, sys_mmap(p, pages(1), RW, FLAGS, -1, 0));
		EXPECT_ERRNO(EINVAL, sys_mmap(last, pages(1), RW, FLAGS, -1, 0));
		EXPECT_COPY(head, p, sizeof(head));
		EXPECT_TRUE(named_area_is_at("[vdso]", p, before.end - before.start));
	}
	EXPECT_CHILD_OK(other);
}

TEST_HARNESS_MAIN
