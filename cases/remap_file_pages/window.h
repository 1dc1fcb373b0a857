/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The fixture of most cases here: a window of four pages onto a file of eight, whose bytes are
 * letters.
 */
#ifndef CASES_REMAP_FILE_PAGES_WINDOW_H
#define CASES_REMAP_FILE_PAGES_WINDOW_H

#include "lib/arena.h"
#include "lib/expect.h"
#include "lib/letters.h"
#include "lib/syscalls.h"

FIXTURE(window)
{
	struct arena arena; /* |A|B|C|D|..|..|..|..|, rws */
	int fd; /* pages A to H */
};
FIXTURE_SETUP(window)
{
	NEED_FEATURE(!sys_remap_file_pages(NULL, 0, 0, 0, 0) || errno != ENOSYS,
		     "remap_file_pages");
	OPEN_OBJECT(self->fd, OBJECT_MEMFD, 0, 0);
	SETUP(letters_write(self->fd, "ABCDEFGH"));
	SETUP(arena_init(&self->arena, 8));
	SETUP(arena_map_file(&self->arena, 0, 4, "rws", self->fd, 0));
}
FIXTURE_TEARDOWN(window)
{
	arena_free(&self->arena);
	close(self->fd);
}

#endif
