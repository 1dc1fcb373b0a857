// SPDX-License-Identifier: GPL-2.0
/*
 * A program started by exec has none of the mappings of the process it came from, and takes none
 * away from anybody else.
 */
#include "kselftest_harness.h"
#include "lib/anew.h"
#include "lib/arena.h"
#include "lib/expect.h"
#include "lib/syscalls.h"

#define SLOTS 6

/*
 * words[0] is an address; the pages from there on that are mapped come back, by touching and as the
 * maps tell them.
 */
ANEW(look)
{
	const char *start = (const char *)words[0];

	words[1] = 0;
	for (size_t i = 0; i < SLOTS; i++) {
		struct fault fault = fault_probe(FAULT_READ, start + pages(i));

		words[1] += fault.signal != SIGSEGV || fault.code != SEGV_MAPERR;
	}
	words[2] = (uintptr_t)maps_count(words[0], words[0] + pages(SLOTS));
}

FIXTURE(process)
{
	struct arena arena;
	int fd; /* a page of 'f' */
};
FIXTURE_SETUP(process)
{
	uintptr_t words[ANEW_WORDS] = { 0 };

	NEED_OWN_PROCESS("it forks");
	OPEN_OBJECT(self->fd, OBJECT_MEMFD, pages(1), 'f');
	SETUP(arena_init(&self->arena, SLOTS));
	NEED(anew_run(ANEW_NAME(look), ANEW_AS_IS, words), "a program that can start itself anew");
}
FIXTURE_TEARDOWN(process)
{
	arena_free(&self->arena);
	close(self->fd);
}

/* clause: mmap.life.exec-drops */
TEST_F(process, mappings_are_gone_in_the_new_program_and_stay_with_the_parent)
{
	uintptr_t words[ANEW_WORDS] = { (uintptr_t)slot(&self->arena, 0) };

	SETUP(arena_map(&self->arena, 0, 1, "rw"));
	SETUP(arena_map(&self->arena, 1, 1, "rws"));
	SETUP(arena_map_file(&self->arena, 2, 1, "rws", self->fd, 0));
	SETUP(arena_map_file(&self->arena, 3, 1, "rw", self->fd, 0));
	SETUP(arena_map(&self->arena, 4, 1, "--"));
	SETUP(!sys_mlock(slot(&self->arena, 0), pages(1)) || errno == EPERM || errno == ENOMEM);
	memset(slot(&self->arena, 0), 'o', pages(4));

	EXPECT_TRUE(anew_run(ANEW_NAME(look), ANEW_AS_IS, words));
	EXPECT_EQ(0u, words[1]);
	EXPECT_TRUE(words[2] == 0 || !maps_available());
	EXPECT_LAYOUT("rw rws rws rw -- ..", &self->arena);
	EXPECT_BYTES('o', slot(&self->arena, 0), pages(4));
	EXPECT_FILE_BYTES('o', self->fd, 0, pages(1));
}

TEST_HARNESS_MAIN
