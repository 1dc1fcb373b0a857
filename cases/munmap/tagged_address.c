// SPDX-License-Identifier: GPL-2.0
/*
 * On arm64 munmap ignores a tag in the top byte of the address.
 */
#include "kselftest_harness.h"
#include "lib/arena.h"
#include "lib/arm64.h"
#include "lib/expect.h"
#include "lib/syscalls.h"

ARENA_FIXTURE(3);

/* clause: munmap.compat.tagged-arm64 */
TEST_F(arena, tag_is_ignored)
{
	const unsigned char tags[] = { 0x01, 0x80, 0xff };
	char *p = slot(&self->arena, 1);

	NEED(ARM64, "an arm64 program");
	NEED_OWN_PROCESS("it asks for tagged addresses");
	NEED_FEATURE(arm64_allow_tags(), "tagged addresses");

	for (int i = 0; i < 3; i++) {
		SETUP(arena_map(&self->arena, 0, 3, "rw"));
		EXPECT_OK(sys_munmap(arm64_tag(p, tags[i]), pages(1)));
		EXPECT_LAYOUT("rw .. rw", &self->arena);
		EXPECT_FAULT(SIGSEGV, SEGV_MAPERR, FAULT_READ, p);
		EXPECT_ERRNO(EINVAL, sys_munmap(arm64_tag(p + 1, tags[i]), pages(1)));
	}
}

TEST_HARNESS_MAIN
