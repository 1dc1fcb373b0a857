// SPDX-License-Identifier: GPL-2.0
/*
 * The main stack, which grows downwards by itself, grows upwards by mremap like any other mapping.
 */
#include "kselftest_harness.h"
#include "lib/expect.h"
#include "lib/named_area.h"
#include "lib/page.h"
#include "lib/syscalls.h"

/* clause: mremap.grow.stack-mapping */
TEST(main_stack_grows_upwards_in_place_where_there_is_room)
{
	/* the end of the strings that the program was started with; below, the stack is in use */
	unsigned char top[16];
	struct vma stack, after, above;
	char *start, *end;

	NEED_OWN_PROCESS("its stack grows");
	NEED(named_area("[stack]", &stack), "a kernel that tells where the stack is");
	start = (char *)stack.start;
	end = (char *)stack.end;
	memcpy(top, end - sizeof(top), sizeof(top));

	if (maps_find(stack.end, &above) == 1 && above.start < stack.end + pages(1)) {
		/* By chance, the vDSO lies just there. */
		EXPECT_ERRNO(ENOMEM, sys_mremap(start, stack.end - stack.start,
						stack.end - stack.start + pages(1), 0, NULL));
		after = stack;
	} else {
		EXPECT_ADDR(start, sys_mremap(start, stack.end - stack.start,
					      stack.end - stack.start + pages(1), 0, NULL));
		EXPECT_TRUE(named_area("[stack]", &after));
		EXPECT_EQ(stack.end + pages(1), after.end);
		EXPECT_BYTES(0, end, pages(1));
		EXPECT_NO_FAULT(FAULT_WRITE, end + pages(1) - 1);
	}
	EXPECT_COPY(top, end - sizeof(top), sizeof(top));
}

TEST_HARNESS_MAIN
