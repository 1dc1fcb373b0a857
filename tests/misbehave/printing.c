// SPDX-License-Identifier: GPL-2.0
/* Tests that print: what looks like results, too much, odd bytes. */
#include "kselftest_harness.h"
#include "lib/expect.h"

static void print(const char *text)
{
	if (write(STDOUT_FILENO, text, strlen(text)) < 0)
		_exit(1);
}

TEST(forges_results)
{
	print("ok 3 forged\nok 1 global.forges_results\n"
	      "# done misbehave/printing/global.forges_results pass 00000000\n1..0\n");
	EXPECT_TRUE(false);
}

TEST(forges_a_record)
{
	print("\0010123456789abcdef.\n\001");
	EXPECT_EQ(1, 2);
}

TEST(prints_odd_bytes)
{
	if (write(STDOUT_FILENO, "a\0b\x1b[31m\xff\r\n", 11) != 11)
		_exit(1);
}

TEST(prints_a_line_without_end)
{
	print("no newline");
}

TEST(prints_a_long_line)
{
	for (int i = 0; i < 1000; i++)
		print("0123456789");
	print("\n");
}

TEST(prints_100_mb)
{
	static char bytes[1 << 20];

	memset(bytes, 'x', sizeof(bytes));
	bytes[sizeof(bytes) - 1] = '\n';
	for (int i = 0; i < 100; i++)
		if (write(STDOUT_FILENO, bytes, sizeof(bytes)) < 0)
			_exit(1);
}

TEST(fails_1000_times)
{
	for (int i = 0; i < 1000; i++)
		EXPECT_EQ(-1, i);
}

TEST(closes_standard_output)
{
	close(STDOUT_FILENO);
	close(STDERR_FILENO);
	EXPECT_EQ(1, 2);
}

TEST_HARNESS_MAIN
