// SPDX-License-Identifier: GPL-2.0
/*
 * On arm64 msync ignores a tag in the top byte of the address.
 */
#include "kselftest_harness.h"
#include "lib/arena.h"
#include "lib/arm64.h"
#include "lib/expect.h"
#include "lib/syscalls.h"

ARENA_FIXTURE(3);

/* clause: msync.compat.tagged-arm64 */
TEST_F(arena, tag_is_ignored)
{
	const unsigned char tags[] = { 0x01, 0x80, 0xff };
	const int flags[] = { MS_SYNC, MS_ASYNC };
	char *p = slot(&self->arena, 0);

	NEED(ARM64, "an arm64 program");
	NEED_OWN_PROCESS("it asks for tagged addresses");
	NEED_FEATURE(arm64_allow_tags(), "tagged addresses");
	SETUP(arena_map(&self->arena, 0, 2, "rws"));

	for (int i = 0; i < 6; i++) {
		char *tagged = arm64_tag(p, tags[i / 2]);

		EXPECT_OK(sys_msync(tagged, pages(2), flags[i % 2]));
		EXPECT_ERRNO(ENOMEM, sys_msync(tagged, pages(3), flags[i % 2]));
		EXPECT_ERRNO(EINVAL, sys_msync(tagged + 1, pages(1), flags[i % 2]));
	}
}

TEST_HARNESS_MAIN
