// SPDX-License-Identifier: GPL-2.0
/* Tests that a signal ends, or that end themselves. */
#include <sys/resource.h>

#include "kselftest_harness.h"
#include "lib/expect.h"
#include "lib/syscalls.h"

TEST(aborts)
{
	abort();
}

TEST(segfaults)
{
	volatile char *volatile nowhere = (volatile char *)16;

	*nowhere = 1;
}

TEST(gets_a_bus_error)
{
	int fd;
	volatile char *p;

	OPEN_OBJECT(fd, OBJECT_MEMFD, 0, 0);
	p = sys_mmap(NULL, pages(1), PROT_READ, MAP_SHARED, fd, 0);
	(void)*p;
}

TEST_SIGNAL(dies_as_it_should, SIGABRT)
{
	abort();
}

TEST_SIGNAL(dies_of_another_signal, SIGSEGV)
{
	abort();
}

TEST_SIGNAL(does_not_die, SIGSEGV)
{
}

TEST(exits_with_0_in_the_middle)
{
	_exit(0);
}

TEST(exits_with_3_in_the_middle)
{
	exit(3);
}

TEST(kills_its_group)
{
	kill(0, SIGKILL);
}

TEST(unmaps_its_stack)
{
	char here;

	sys_munmap((void *)((uintptr_t)&here & -pages(1)), pages(1));
}

TEST(unmaps_the_data_of_the_harness)
{
	static char here;

	sys_munmap((void *)((uintptr_t)&here & -pages(1)), pages(1));
	here = 1;
}

TEST(closes_all_descriptors)
{
	for (int fd = 0; fd < 64; fd++)
		close(fd);
}

TEST(runs_out_of_memory)
{
	struct rlimit limit = { pages(1), pages(1) };

	SETUP(!setrlimit(RLIMIT_AS, &limit));
	EXPECT_OK(sys_mmap(NULL, pages(64), PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
}

TEST(passes_after_all_that)
{
}

TEST_HARNESS_MAIN
