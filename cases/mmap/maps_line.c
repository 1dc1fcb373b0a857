// SPDX-License-Identifier: GPL-2.0
/*
 * The line of a mapping in /proc/self/maps: range, rights, offset, device, inode, and the name that
 * the file has now.
 */
#include <inttypes.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "kselftest_harness.h"
#include "lib/arena.h"
#include "lib/expect.h"
#include "lib/scratch.h"
#include "lib/syscalls.h"

#define LINE_MAX_BYTES (SCRATCH_PATH_MAX + 128)

FIXTURE(mapped)
{
	struct arena arena;
	char path[SCRATCH_PATH_MAX]; /* without symbolic links, as the kernel names it */
	int fd; /* three pages of 'f' */
	char line[LINE_MAX_BYTES];
};
FIXTURE_SETUP(mapped)
{
	char path[SCRATCH_PATH_MAX];

	NEED_MAPS();
	NEED(scratch_path(path, "file"), "a scratch folder that can be written to");
	self->fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	SETUP(self->fd >= 0 && realpath(path, self->path));
	SETUP(object_fill(self->fd, 0, pages(3), 'f'));
	SETUP(arena_init(&self->arena, 4));
}
FIXTURE_TEARDOWN(mapped)
{
	arena_free(&self->arena);
	close(self->fd);
	unlink(self->path);
}

/* The line of the mapping that starts at p, without its newline; "" if there is none. */
static const char *maps_line(const void *p, char line[LINE_MAX_BYTES])
{
	FILE *maps = fopen("/proc/self/maps", "re");
	bool found = false;

	while (maps && !found && fgets(line, LINE_MAX_BYTES, maps))
		found = strtoull(line, NULL, 16) == (uintptr_t)p;
	if (maps)
		fclose(maps);
	line[found ? strcspn(line, "\n") : 0] = '\0';
	return line;
}

/* Its name: what follows the fifth field and blanks. */
static const char *name_in(const char *line)
{
	for (int i = 0; i < 5; i++) {
		line += strcspn(line, " ");
		line += strspn(line, " ");
	}
	return line;
}

/* clause: mmap.proc.maps-fields */
TEST_F(mapped, line_of_a_file_tells_where_what_and_how)
{
	static const char *const tokens[] = { "rws", "r-", "r-x" };
	static const char *const rights[] = { "rw-s", "r--p", "r-xp" };
	char head[160];
	struct stat status;

	SETUP(!fstat(self->fd, &status));
	for (int i = 0; i < 3; i++) {
		char *p = slot(&self->arena, i);

		SETUP(arena_map_file(&self->arena, i, 1, tokens[i], self->fd, (size_t)i));
		snprintf(head, sizeof(head),
			 "%08" PRIxPTR "-%08" PRIxPTR " %s %08zx %02x:%02x %ju ", (uintptr_t)p,
			 (uintptr_t)p + pages(1), rights[i], pages((size_t)i), major(status.st_dev),
			 minor(status.st_dev), (uintmax_t)status.st_ino);
		maps_line(p, self->line);
		EXPECT_TRUE(!strncmp(head, self->line, strlen(head)));
		EXPECT_TRUE(!strcmp(self->path, name_in(self->line)));
	}
}

/* clause: mmap.proc.anon-line */
TEST_F(mapped, line_of_anonymous_memory_has_nothing_to_tell)
{
	char wanted[160], *p = slot(&self->arena, 1);

	SETUP(arena_map(&self->arena, 1, 1, "rw"));
	snprintf(wanted, sizeof(wanted), "%08" PRIxPTR "-%08" PRIxPTR " rw-p 00000000 00:00 0",
		 (uintptr_t)p, (uintptr_t)p + pages(1));
	maps_line(p, self->line);
	EXPECT_TRUE(!strncmp(wanted, self->line, strlen(wanted)));
	EXPECT_STREQ("", name_in(self->line));
}

/* clause: mmap.proc.deleted-suffix */
TEST_F(mapped, name_of_an_unlinked_file_says_so)
{
	char wanted[SCRATCH_PATH_MAX + 16], *p = slot(&self->arena, 1);

	SETUP(arena_map_file(&self->arena, 1, 1, "rws", self->fd, 0) && !unlink(self->path));
	snprintf(wanted, sizeof(wanted), "%s (deleted)", self->path);
	EXPECT_TRUE(!strcmp(wanted, name_in(maps_line(p, self->line))));
	EXPECT_BYTES('f', p, pages(1));
	EXPECT_NO_FAULT(FAULT_WRITE, p);
}

/*
 * clause: mmap.proc.rename-follows
 * clause: mmap.proc.newline-escaped
 */
TEST_F(mapped, name_follows_the_file_and_is_one_line)
{
	char path[SCRATCH_PATH_MAX], wanted[SCRATCH_PATH_MAX], *p = slot(&self->arena, 1);
	size_t length;

	SETUP(arena_map_file(&self->arena, 1, 1, "rw", self->fd, 0));
	/* beside it: its own name, with a last part that needs escaping */
	snprintf(path, sizeof(path), "%.*s-a\nb", (int)strlen(self->path), self->path);
	SETUP(!rename(self->path, path));
	length = strlen(path) - 3;
	snprintf(wanted, sizeof(wanted), "%.*sa\\012b", (int)length, path);
	EXPECT_TRUE(!strcmp(wanted, name_in(maps_line(p, self->line))));

	SETUP(!rename(path, self->path));
	EXPECT_TRUE(!strcmp(self->path, name_in(maps_line(p, self->line))));
}

TEST_HARNESS_MAIN
