// SPDX-License-Identifier: GPL-2.0
/*
 * The largest length of an i386 program does not round up to 0 on a 64-bit kernel: the range goes
 * beyond the address space.
 */
#include "kselftest_harness.h"
#include "lib/arena.h"
#include "lib/expect.h"
#include "lib/space.h"
#include "lib/syscalls.h"
#include "lib/x86.h"

ARENA_FIXTURE(2);

/* clause: msync.compat.i386-len-max */
TEST_F(arena, largest_length_is_a_range_with_a_hole)
{
	const int flags[] = { 0, MS_ASYNC, MS_SYNC, MS_INVALIDATE };
	char *p = slot(&self->arena, 0);

	NEED(I386 && !space_words_match(), "an i386 program on a 64-bit kernel");
	SETUP(arena_map(&self->arena, 0, 1, "rws"));

	for (int i = 0; i < 4; i++) {
		EXPECT_OK(sys_msync(p, pages(1), flags[i]));
		EXPECT_ERRNO(ENOMEM, sys_msync(p, 0xffffffff, flags[i]));
		EXPECT_ERRNO(ENOMEM, sys_msync(p, 0xfffff001, flags[i]));
		EXPECT_ERRNO(ENOMEM, sys_msync(p + pages(1), 0xffffffff, flags[i]));
	}
}

TEST_HARNESS_MAIN
