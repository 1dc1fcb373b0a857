// SPDX-License-Identifier: GPL-2.0
/*
 * The first mmap of i386, number 90, takes its six arguments from memory, and the offset in bytes.
 */
#include "kselftest_harness.h"
#include "lib/arena.h"
#include "lib/expect.h"
#include "lib/letters.h"
#include "lib/syscalls.h"
#include "lib/x86.h"

#define RW (PROT_READ | PROT_WRITE)

FIXTURE(call)
{
	struct arena arena; /* |r-|r-|..|..|..| */
	int fd; /* A, B, C */
	struct i386_mmap arguments; /* two pages of it from B on, over slots 2 and 3 */
};
FIXTURE_VARIANT(call)
{
	uint32_t flags; /* of the file but with MAP_ANONYMOUS */
	const char *content, *mapped;
};
/* clang-format off */
FIXTURE_VARIANT_ADD(call, private_anon)	{ MAP_PRIVATE | MAP_ANONYMOUS, "00", "r- r- rw rw .." };
FIXTURE_VARIANT_ADD(call, shared_anon)	{ MAP_SHARED | MAP_ANONYMOUS, "00", "r- r- rws rws .." };
FIXTURE_VARIANT_ADD(call, private_file)	{ MAP_PRIVATE, "BC", "r- r- rw rw .." };
FIXTURE_VARIANT_ADD(call, shared_file)	{ MAP_SHARED, "BC", "r- r- rws rws .." };
/* clang-format on */
FIXTURE_SETUP(call)
{
	NEED(I386, "an i386 program");
	OPEN_OBJECT(self->fd, OBJECT_MEMFD, 0, 0);
	SETUP(letters_write(self->fd, "ABC"));
	SETUP(arena_init(&self->arena, 5));
	SETUP(arena_map(&self->arena, 0, 2, "r-"));
	self->arguments = (struct i386_mmap){ .addr = (uint32_t)(uintptr_t)slot(&self->arena, 2),
					      .length = (uint32_t)pages(2),
					      .prot = RW,
					      .flags = variant->flags | MAP_FIXED,
					      .fd = (uint32_t)self->fd,
					      .offset = (uint32_t)pages(1) };
}
FIXTURE_TEARDOWN(call)
{
	arena_free(&self->arena);
	close(self->fd);
}

/* clause: mmap.compat.old-mmap */
TEST_F(call, arguments_in_memory_are_those_of_mmap)
{
	char *p = slot(&self->arena, 2);

	EXPECT_ADDR(p, i386_old_mmap(&self->arguments));
	EXPECT_LAYOUT(variant->mapped, &self->arena);
	EXPECT_STREQ(variant->content, letters_at(p, 2));
}

/* clause: mmap.compat.old-mmap */
TEST_F(call, arguments_that_cannot_be_read_are_a_bad_address)
{
	const struct i386_mmap *nowhere = slot(&self->arena, 4);
	char *end = slot(&self->arena, 2); /* of what is mapped */

	SETUP(!sys_mprotect(slot(&self->arena, 0), pages(2), RW));
	memcpy(end - sizeof(self->arguments) + 4, &self->arguments, sizeof(self->arguments) - 4);

	EXPECT_ERRNO(EFAULT, i386_old_mmap(NULL));
	EXPECT_ERRNO(EFAULT, i386_old_mmap(nowhere));
	EXPECT_ERRNO(EFAULT, i386_old_mmap((void *)(end - sizeof(self->arguments) + 4)));
	SETUP(!sys_mprotect(slot(&self->arena, 1), pages(1), PROT_NONE));
	EXPECT_ERRNO(EFAULT, i386_old_mmap(slot(&self->arena, 1)));
	EXPECT_LAYOUT("rw -- .. .. ..", &self->arena);
}

/*
 * It counts before anything else that may be wrong.
 * clause: mmap.compat.old-mmap
 */
TEST_F(call, offset_inside_a_page_is_refused)
{
	const uint32_t inside[] = { 1, (uint32_t)page_size() / 2, (uint32_t)page_size() - 1 };

	for (int i = 0; i < 3; i++) {
		struct i386_mmap bad = self->arguments;

		bad.offset += inside[i];
		bad.addr = (uint32_t)(uintptr_t)slot(&self->arena, 0);
		EXPECT_ERRNO(EINVAL, i386_old_mmap(&bad));
		bad.fd = UINT32_MAX;
		EXPECT_ERRNO(EINVAL, i386_old_mmap(&bad));
		bad.offset -= inside[i];
		if (!(variant->flags & MAP_ANONYMOUS))
			EXPECT_ERRNO(EBADF, i386_old_mmap(&bad));
	}
	EXPECT_LAYOUT("r- r- .. .. ..", &self->arena);
	EXPECT_BYTES(0, slot(&self->arena, 0), pages(2));
}

TEST_HARNESS_MAIN
