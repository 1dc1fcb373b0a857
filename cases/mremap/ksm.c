// SPDX-License-Identifier: GPL-2.0
/*
 * Pages that KSM has made one of are copies again when they move.
 */
#include <time.h>

#include "kselftest_harness.h"
#include "lib/arena.h"
#include "lib/expect.h"
#include "lib/smaps.h"
#include "lib/syscalls.h"

#define KSM "/sys/kernel/mm/ksm/"
#define WAIT 10 /* seconds, for the kernel's thread to have been everywhere twice */

EXCLUSIVE(KSM "run " KSM "pages_to_scan");

static bool ksm_set(const char *path, const char *value)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	bool done = fd >= 0 && write(fd, value, strlen(value)) == (ssize_t)strlen(value);

	close(fd);
	return done;
}

/* Nothing tells of a merge: it has to be looked for. */
static bool merged(const char *p, size_t count)
{
	time_t end = time(NULL) + WAIT;

	do {
		size_t n = 1;

		while (n < count && page_frame(p + pages(n)) == page_frame(p))
			n++;
		if (n == count)
			return true;
		usleep(1000);
	} while (time(NULL) < end);
	return false;
}

ARENA_FIXTURE(8);

/* clause: mremap.move.ksm-unmerged */
TEST_F_TIMEOUT(arena, merged_pages_are_copies_of_their_own_after_a_move, 15)
{
	char *p = slot(&self->arena, 0), *stay = slot(&self->arena, 2), *to = slot(&self->arena, 5);

	SETUP(arena_map(&self->arena, 0, 4, "rw"));
	memset(p, 'k', pages(4));
	NEED(page_frame(p), "/proc/self/pagemap, and the right to see page frames in it");
	NEED(!sys_madvise(p, pages(4), MADV_MERGEABLE), "a kernel built with KSM");
	NEED(ksm_set(KSM "pages_to_scan", "100000") && ksm_set(KSM "run", "1"), "leave to run KSM");
	NEED(merged(p, 4), "a machine with less to merge");
	SETUP(ksm_set(KSM "run", "0")); /* what is merged stays so, and nothing more is */

	EXPECT_ADDR(to, sys_mremap(p, pages(2), pages(2), MREMAP_MAYMOVE | MREMAP_FIXED, to));
	EXPECT_TRUE(page_frame(to) && page_frame(to + pages(1)));
	EXPECT_TRUE(page_frame(to) != page_frame(to + pages(1)));
	EXPECT_TRUE(page_frame(to) != page_frame(stay));
	EXPECT_TRUE(page_frame(to + pages(1)) != page_frame(stay));
	EXPECT_EQ(page_frame(stay), page_frame(stay + pages(1))); /* merged, as they were */
	EXPECT_LAYOUT(".. .. rw rw .. rw rw ..", &self->arena);
	EXPECT_BYTES('k', to, pages(2));
	EXPECT_BYTES('k', stay, pages(2));
}

TEST_HARNESS_MAIN
