// SPDX-License-Identifier: GPL-2.0
/*
 * The textbook example: a short file mapped at 0x10000 shows its bytes there, and zeros behind them
 * up to the end of the page.
 */
#include "kselftest_harness.h"
#include "lib/arena.h"
#include "lib/expect.h"
#include "lib/limits.h"
#include "lib/syscalls.h"

EACH_FILESYSTEM;

#define ADDRESS 0x10000

static const unsigned char contents[] = { 0x11, 0x45, 0x14, 0x19, 0x19, 0x81, 0x00 };

FIXTURE(short_file)
{
	unsigned char *p;
};
FIXTURE_VARIANT(short_file)
{
	enum object_kind kind;
	int sharing;
};
/* clang-format off */
FIXTURE_VARIANT_ADD(short_file, private_memfd)		{ OBJECT_MEMFD, MAP_PRIVATE };
FIXTURE_VARIANT_ADD(short_file, shared_memfd)		{ OBJECT_MEMFD, MAP_SHARED };
FIXTURE_VARIANT_ADD(short_file, private_scratch)	{ OBJECT_SCRATCH_FILE, MAP_PRIVATE };
FIXTURE_VARIANT_ADD(short_file, shared_scratch)		{ OBJECT_SCRATCH_FILE, MAP_SHARED };
/* clang-format on */
FIXTURE_SETUP(short_file)
{
	int64_t least;
	int fd;

	if (sysctl_read("vm.mmap_min_addr", &least))
		NEED(least <= ADDRESS, "vm.mmap_min_addr of at most 0x10000");
	OPEN_OBJECT(fd, variant->kind, 0, 0);
	SETUP(pwrite(fd, contents, sizeof(contents), 0) == sizeof(contents));
	self->p =
		sys_mmap((void *)ADDRESS, pages(1), PROT_READ, MAP_FIXED | variant->sharing, fd, 0);
	SETUP(self->p != MAP_FAILED);
	close(fd);
}
FIXTURE_TEARDOWN(short_file)
{
	sys_munmap(self->p, pages(1));
}

/* clause: mmap.fixed.exact */
TEST_F(short_file, bytes_are_at_the_address_asked_for)
{
	EXPECT_EQ((unsigned char *)ADDRESS, self->p);
	EXPECT_COPY(contents, (void *)ADDRESS, sizeof(contents));
	/* as a little-endian number, on any machine */
	EXPECT_EQ(0x1914, self->p[2] | self->p[3] << 8);
}

/* clause: mmap.eof.tail-zero */
TEST_F(short_file, rest_of_the_page_is_zero)
{
	EXPECT_BYTES(0, self->p + sizeof(contents), pages(1) - sizeof(contents));
}

TEST_HARNESS_MAIN
