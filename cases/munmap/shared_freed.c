// SPDX-License-Identifier: GPL-2.0
/*
 * Shared memory without a file is given back when the last process unmaps it, and no earlier.
 */
#include "kselftest_harness.h"
#include "lib/expect.h"
#include "lib/syscalls.h"

#define LENGTH ((size_t)8 << 20)
#define TRIES 10 /* since others may take or give back as much at the same time */

/* What the whole machine has of it is what can be seen. */
EXCLUSIVE("shared memory");

/* Bytes of shared memory: Shmem of /proc/meminfo; -1: the kernel does not tell. */
static long long shared_memory(void)
{
	char text[4096], *line;
	int fd = open("/proc/meminfo", O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);

	close(fd);
	if (n <= 0)
		return -1;
	text[n] = '\0';
	line = strstr(text, "\nShmem:");
	return line ? strtoll(line + strlen("\nShmem:"), NULL, 10) * 1024 : -1;
}

/*
 * Do two amounts differ by the memory in question, but for what each processor has not yet counted?
 */
static bool apart(long long less, long long more)
{
	const long long wanted = LENGTH, uncounted = wanted / 4;

	return more - less > wanted - uncounted && more - less < wanted + uncounted;
}

/* clause: munmap.data.shared-anon-freed */
TEST(memory_is_freed_with_its_last_mapping)
{
	bool freed = false;

	NEED_OWN_PROCESS("it forks");
	NEED(shared_memory() >= 0, "a kernel that tells how much memory is shared");

	for (int try = 0; try < TRIES && !freed; try++) {
		long long before = shared_memory(), full, kept, after;
		char *p = sys_mmap(NULL, LENGTH, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
				   -1, 0);
		struct gate unmapped;

		SETUP(p != MAP_FAILED && gate_init(&unmapped));
		memset(p, 'm', LENGTH);
		full = shared_memory();
		CHILD(last) {
			gate_wait(&unmapped);
			EXPECT_OK(sys_munmap(p, LENGTH));
		}
		EXPECT_OK(sys_munmap(p, LENGTH));
		kept = shared_memory();
		gate_open(&unmapped);
		EXPECT_CHILD_OK(last);
		after = shared_memory();
		freed = apart(before, full) && apart(after, kept) && !apart(kept, full);
		TH_LOG("before %lld, full %lld, kept %lld, after %lld", before, full, kept, after);
	}
	EXPECT_TRUE(freed);
}

TEST_HARNESS_MAIN
