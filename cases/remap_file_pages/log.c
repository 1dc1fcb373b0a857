// SPDX-License-Identifier: GPL-2.0
/*
 * The first use of remap_file_pages since boot leaves a line in the kernel's log, and no later one
 * does.
 */
#include "kselftest_harness.h"
#include "lib/expect.h"
#include "lib/syscalls.h"
#include "window.h"

#define LINE "uses deprecated remap_file_pages() syscall"

/*
 * How many lines of the kernel's log say so, since boot; -1: it cannot be read, or does not reach
 * back so far. A record is "priority,number,…;text", and one read() gives one.
 */
static int lines_since_boot(void)
{
	int fd = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC), count = 0;
	unsigned long long number, first = 1;
	char record[8192];
	ssize_t got;

	if (fd < 0)
		return -1;
	got = read(fd, record, sizeof(record) - 1);
	if (got > 0 && sscanf(record, "%*u,%llu", &number) == 1)
		first = number;
	for (; got > 0; got = read(fd, record, sizeof(record) - 1)) {
		record[got] = '\0';
		count += strstr(record, LINE) != NULL;
	}
	close(fd);
	return first ? -1 : count;
}

/* clause: remap_file_pages.log.deprecation-once */
TEST_F(window, is_told_once)
{
	NEED(lines_since_boot() >= 0, "/dev/kmsg, from boot on");

	EXPECT_OK(sys_remap_file_pages(slot(&self->arena, 0), pages(1), 0, 1, 0));
	EXPECT_EQ(1, lines_since_boot());
	EXPECT_OK(sys_remap_file_pages(slot(&self->arena, 1), pages(1), 0, 2, 0));
	EXPECT_ERRNO(EINVAL, sys_remap_file_pages(slot(&self->arena, 1), 0, 0, 2, 0));
	EXPECT_EQ(1, lines_since_boot());
}

TEST_HARNESS_MAIN
