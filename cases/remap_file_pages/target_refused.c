// SPDX-License-Identifier: GPL-2.0
/*
 * remap_file_pages takes shared mappings that could be written to, and no others: they are refused,
 * and stay as they are.
 */
#include "kselftest_harness.h"
#include "lib/arena.h"
#include "lib/expect.h"
#include "lib/letters.h"
#include "lib/scratch.h"
#include "lib/syscalls.h"

FIXTURE(refused)
{
	struct arena arena; /* |A|target|target|D|..|..| */
};
FIXTURE_VARIANT(refused)
{
	const char *access; /* of the target */
	const char *letters; /* what the four slots show */
	int open_mode; /* of the file that the target maps */
};
/* clang-format off */
FIXTURE_VARIANT_ADD(refused, unmapped)			{ "..", "A..D" };
FIXTURE_VARIANT_ADD(refused, private_anonymous)		{ "rw", "A00D" };
FIXTURE_VARIANT_ADD(refused, private_file)		{ "rw", "ABCD", O_RDWR };
FIXTURE_VARIANT_ADD(refused, private_read_only_open)	{ "r-", "ABCD", O_RDONLY };
FIXTURE_VARIANT_ADD(refused, shared_read_only_open)	{ "r-s", "ABCD", O_RDONLY };
/* clang-format on */
FIXTURE_SETUP(refused)
{
	char path[SCRATCH_PATH_MAX];
	int fd, target;

	NEED_FEATURE(!sys_remap_file_pages(NULL, 0, 0, 0, 0) || errno != ENOSYS,
		     "remap_file_pages");
	SETUP(scratch_path(path, "file"));
	fd = open(path, O_RDWR | O_CREAT | O_EXCL, 0600);
	target = open(path, variant->open_mode);
	SETUP(fd >= 0 && target >= 0 && !unlink(path) && letters_write(fd, "ABCDEF"));
	SETUP(arena_init(&self->arena, 6));
	SETUP(arena_map_file(&self->arena, 0, 4, "rws", fd, 0));
	SETUP(!sys_munmap(slot(&self->arena, 1), pages(2)));
	if (variant->letters[1] == '0')
		SETUP(arena_map(&self->arena, 1, 2, variant->access));
	else if (variant->letters[1] == 'B')
		SETUP(arena_map_file(&self->arena, 1, 2, variant->access, target, 1));
	close(target);
	close(fd);
}
FIXTURE_TEARDOWN(refused)
{
	arena_free(&self->arena);
}

/*
 * clause: remap_file_pages.target.unmapped-einval
 * clause: remap_file_pages.target.anon-private-einval
 * clause: remap_file_pages.target.file-private-einval
 * clause: remap_file_pages.target.readonly-fd-einval
 */
TEST_F(refused, target_is_refused_and_stays_as_it_is)
{
	char picture[ARENA_PICTURE_MAX];
	char *p = slot(&self->arena, 1);

	for (size_t page = 0; page < 6; page++) {
		TH_LOG("page %zu", page);
		EXPECT_ERRNO(EINVAL, sys_remap_file_pages(p, pages(1), 0, page, 0));
		EXPECT_ERRNO(EINVAL, sys_remap_file_pages(p, pages(2), 0, page, MAP_NONBLOCK));
	}
	EXPECT_ERRNO(EINVAL, sys_remap_file_pages(slot(&self->arena, 0), pages(4), 0, 0, 0));
	EXPECT_STREQ(variant->letters, letters_at(slot(&self->arena, 0), 4));
	snprintf(picture, sizeof(picture), "rws %s %s rws .. ..", variant->access, variant->access);
	EXPECT_LAYOUT(picture, &self->arena);
}

FIXTURE(own)
{
	char *p;
	char first; /* its first byte */
};
FIXTURE_VARIANT(own)
{
	const char *name; /* in the maps */
};
/* clang-format off */
FIXTURE_VARIANT_ADD(own, stack)	{ "[stack]" };
FIXTURE_VARIANT_ADD(own, heap)	{ "[heap]" };
FIXTURE_VARIANT_ADD(own, vdso)	{ "[vdso]" };
/* clang-format on */
FIXTURE_SETUP(own)
{
	struct vma vma = { 0 };

	NEED_FEATURE(!sys_remap_file_pages(NULL, 0, 0, 0, 0) || errno != ENOSYS,
		     "remap_file_pages");
	NEED_MAPS();
	if (!strcmp(variant->name, "[heap]"))
		SETUP(syscall(SYS_brk, syscall(SYS_brk, 0) + (long)pages(2)) > 0);
	do
		NEED(maps_find(vma.end, &vma) == 1, variant->name);
	while (strcmp(vma.name, variant->name) ||
	       vma.perms[0] != 'r'); /* a guard may be there too */
	self->p = (char *)vma.end - pages(1);
	self->first = *self->p;
}
FIXTURE_TEARDOWN(own)
{
}

/* clause: remap_file_pages.target.vdso-einval */
TEST_F(own, memory_of_the_process_itself_is_refused)
{
	EXPECT_ERRNO(EINVAL, sys_remap_file_pages(self->p, pages(1), 0, 0, 0));
	EXPECT_ERRNO(EINVAL, sys_remap_file_pages(self->p, pages(1), 0, 1, MAP_NONBLOCK));
	EXPECT_BYTES(self->first, self->p, 1);
}

TEST_HARNESS_MAIN
