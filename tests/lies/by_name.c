// SPDX-License-Identifier: GPL-2.0
/* Calls that the cases make by their names in libc, or through lib/. */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/arena.h"
#include "lib/child.h"
#include "lib/maps.h"
#include "lies.h"

/* ---- the set-up of an arena is honest ---- */

bool __real_arena_init(struct arena *arena, size_t slots);
bool __wrap_arena_init(struct arena *arena, size_t slots);
bool __real_arena_init_sized(struct arena *arena, size_t slots, size_t slot_bytes);
bool __wrap_arena_init_sized(struct arena *arena, size_t slots, size_t slot_bytes);
void __real_arena_free(struct arena *arena);
void __wrap_arena_free(struct arena *arena);

bool __wrap_arena_init(struct arena *arena, size_t slots)
{
	const struct lie *told = lie;
	bool result;

	lie = NULL;
	result = __real_arena_init(arena, slots);
	lie = told;
	return result;
}

bool __wrap_arena_init_sized(struct arena *arena, size_t slots, size_t slot_bytes)
{
	const struct lie *told = lie;
	bool result;

	lie = NULL;
	result = __real_arena_init_sized(arena, slots, slot_bytes);
	lie = told;
	return result;
}

void __wrap_arena_free(struct arena *arena)
{
	const struct lie *told = lie;

	lie = NULL;
	__real_arena_free(arena);
	lie = told;
}

/* ---- what a file is told ---- */

#define AS_IT_IS(name)

/*
 * its result, its name, which of the two names is the symbol's, its parameters, what it gets as
 * words and as an offset, the call by those
 */
#define BY_NAME(type, name, symbol, parameters, words, offset, how)          \
	type __real_##name parameters symbol(__real_##name);                 \
	type __wrap_##name parameters symbol(__wrap_##name);                 \
	static long real_##name(const struct call *c)                        \
	{                                                                    \
		return (long)(how);                                          \
	}                                                                    \
	type __wrap_##name parameters                                        \
	{                                                                    \
		struct call c = { CALL_##name, words, real_##name, offset }; \
                                                                             \
		return (type)tell(&c);                                       \
	}
#define WORDS(...)          \
	{                   \
		__VA_ARGS__ \
	}
#define FD_OF(c) ((int)(c)->a[0])

BY_NAME(int, fsync, AS_IT_IS, (int fd), WORDS(fd), 0, __real_fsync(FD_OF(c)))
BY_NAME(int, close, AS_IT_IS, (int fd), WORDS(fd), 0, __real_close(FD_OF(c)))
BY_NAME(int, ftruncate, LARGE, (int fd, off_t length), WORDS(fd), length,
	__real_ftruncate(FD_OF(c), c->offset))
BY_NAME(int, fallocate, LARGE, (int fd, int mode, off_t at, off_t length),
	WORDS(fd, mode, (long)length), at,
	__real_fallocate(FD_OF(c), (int)c->a[1], c->offset, c->a[2]))
BY_NAME(ssize_t, read, AS_IT_IS, (int fd, void *p, size_t n), WORDS(fd, (long)p, (long)n), 0,
	__real_read(FD_OF(c), (void *)c->a[1], (size_t)c->a[2]))
BY_NAME(ssize_t, write, AS_IT_IS, (int fd, const void *p, size_t n), WORDS(fd, (long)p, (long)n), 0,
	__real_write(FD_OF(c), (const void *)c->a[1], (size_t)c->a[2]))
BY_NAME(ssize_t, pread, LARGE, (int fd, void *p, size_t n, off_t at), WORDS(fd, (long)p, (long)n),
	at, __real_pread(FD_OF(c), (void *)c->a[1], (size_t)c->a[2], c->offset))
BY_NAME(ssize_t, pwrite, LARGE, (int fd, const void *p, size_t n, off_t at),
	WORDS(fd, (long)p, (long)n), at,
	__real_pwrite(FD_OF(c), (const void *)c->a[1], (size_t)c->a[2], c->offset))
BY_NAME(int, shmdt, AS_IT_IS, (const void *p), WORDS((long)p), 0,
	__real_shmdt((const void *)c->a[0]))
BY_NAME(bool, filetimes_set, AS_IT_IS, (int fd, time_t atime, time_t mtime),
	WORDS(fd, (long)atime, (long)mtime), 0,
	__real_filetimes_set(FD_OF(c), (time_t)c->a[1], (time_t)c->a[2]))
BY_NAME(int, mlockall, AS_IT_IS, (int flags), WORDS(flags), 0, __real_mlockall((int)c->a[0]))

/* Calls act() for each mapping that is not the program, its stack or its heap. */
static void each_mapping(void (*act)(const struct vma *vma))
{
	struct vma vma;

	for (uintptr_t at = 0x10000000; maps_find(at, &vma) == 1; at = vma.end)
		if (vma.name[0] != '[' && vma.start >= 0x10000000)
			act(&vma);
}

/* A device stays open in no process: what serves it would not end. */
static long file_stays_open(struct call *c)
{
	struct stat st;

	return !fstat(FD_OF(c), &st) && S_ISREG(st.st_mode) ? 0 : really(c);
}

static long file_grows(struct call *c)
{
	struct stat st;

	if (!fstat(FD_OF(c), &st) && S_ISREG(st.st_mode))
		__real_ftruncate(FD_OF(c),
				 (st.st_size + (off_t)page_size() - 1) & -(off_t)page_size());
	return really(c);
}

/* The next store finds the page in the file, and is the first one of this mapping. */
static void forget_shared_pages(const struct vma *vma)
{
	if (vma->perms[3] == 's')
		sys(SYS_madvise, vma->start, vma->end - vma->start, MADV_DONTNEED);
}

static long next_store_counts_again(struct call *c)
{
	each_mapping(forget_shared_pages);
	return really(c);
}

#define COUNT 2 /* the argument */

static long all_of_it(struct call *c)
{
	return c->a[COUNT];
}

static long half_of_it(struct call *c)
{
	if (c->a[COUNT] > 1)
		c->a[COUNT] /= 2;
	return really(c);
}

static long page_at_most(struct call *c)
{
	long result = really(c);

	return result == -1 && errno == EFAULT ? c->a[COUNT] : result;
}

/* ---- fork() ---- */

struct child __real_child_fork(void);
struct child __wrap_child_fork(void);

static long fork_honestly(const struct call *c)
{
	(void)c;
	return __real_child_fork().pid;
}

struct child __wrap_child_fork(void)
{
	struct call c = { CALL_fork, { 0 }, fork_honestly };

	return (struct child){ .pid = (pid_t)tell(&c) };
}

static long in_the_child(struct call *c, void (*act)(const struct vma *vma))
{
	long pid = really(c);

	if (!pid)
		each_mapping(act);
	return pid;
}

static void empty(const struct vma *vma)
{
	sys(SYS_madvise, vma->start, vma->end - vma->start, MADV_DONTNEED);
}

static long child_has_no_copies(struct call *c)
{
	return in_the_child(c, empty);
}

static void replace(const struct vma *vma, long type)
{
	size_t length = vma->end - vma->start;
	char *copy;

	if (length > (1UL << 24) || vma->perms[0] != 'r')
		return;
	copy = (char *)sys(CALL_mmap, 0L, length, PROT_READ | PROT_WRITE, type | MAP_ANONYMOUS, -1L,
			   0L);
	memcpy(copy, (void *)vma->start, length);
	if (vma->perms[1] != 'w')
		sys(SYS_mprotect, copy, length, PROT_READ);
	sys(SYS_mremap, copy, length, length, MREMAP_MAYMOVE | MREMAP_FIXED, vma->start);
}

static void make_private(const struct vma *vma)
{
	if (vma->perms[3] == 's')
		replace(vma, MAP_PRIVATE);
}

static void make_shared(const struct vma *vma)
{
	if (vma->perms[3] == 'p' && !vma->inode)
		replace(vma, MAP_SHARED);
}

static long child_has_copies_of_what_is_shared(struct call *c)
{
	return in_the_child(c, make_private);
}

static long memory_is_shared(struct call *c)
{
	each_mapping(make_shared);
	return really(c);
}

static void unmap(const struct vma *vma)
{
	if (vma->perms[0] == 'r')
		return;
	sys(SYS_munmap, vma->start, vma->end - vma->start);
}

static long child_lacks_what_has_no_access(struct call *c)
{
	return in_the_child(c, unmap);
}

static long child_is_locked(struct call *c)
{
	long pid = really(c);

	if (!pid)
		__real_mlockall(1 /* MCL_CURRENT */);
	return pid;
}

static void map_below(const struct vma *vma)
{
	sys(CALL_mmap, vma->start - page_size(), page_size(), PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1L, 0L);
}

static long child_has_more(struct call *c)
{
	return in_the_child(c, map_below);
}

LIES({ "ftruncate.does_nothing", NULL, CALL_ftruncate, does_nothing },
     { "ftruncate.is_refused", NULL, CALL_ftruncate, refuses, .to = EPERM },
     { "fallocate.does_nothing", NULL, CALL_fallocate, does_nothing },
     { "fsync.fills_the_last_page", "the file ends with its last page", CALL_fsync, file_grows },
     { "fsync.does_nothing", NULL, CALL_fsync, does_nothing },
     { "close.leaves_files_open", NULL, CALL_close, file_stays_open },
     { "read.does_nothing", NULL, CALL_read, all_of_it },
     { "read.half_of_it", NULL, CALL_read, half_of_it },
     { "read.EFAULT_is_no_error", NULL, CALL_read, page_at_most }, SWAPPED(read, EFAULT, EINVAL),
     { "write.does_nothing", NULL, CALL_write, all_of_it },
     { "write.half_of_it", NULL, CALL_write, half_of_it },
     { "write.EFAULT_is_no_error", NULL, CALL_write, page_at_most }, SWAPPED(write, EFAULT, EINVAL),
     { "pread.does_nothing", NULL, CALL_pread, all_of_it },
     { "pread.half_of_it", NULL, CALL_pread, half_of_it },
     { "pread.EFAULT_is_no_error", NULL, CALL_pread, page_at_most }, SWAPPED(pread, EFAULT, EINVAL),
     { "pwrite.does_nothing", NULL, CALL_pwrite, all_of_it },
     { "pwrite.half_of_it", NULL, CALL_pwrite, half_of_it },
     { "shmdt.does_nothing", NULL, CALL_shmdt, does_nothing },
     { "filetimes_set.next_store_counts_again", "a store to a page of which one was noticed",
       CALL_filetimes_set, next_store_counts_again },
     { "mlockall.does_nothing", NULL, CALL_mlockall, does_nothing },
     { "fork.child_has_no_copies", NULL, CALL_fork, child_has_no_copies },
     { "fork.child_has_copies_of_what_is_shared", NULL, CALL_fork,
       child_has_copies_of_what_is_shared },
     { "fork.memory_is_shared", NULL, CALL_fork, memory_is_shared },
     { "fork.child_lacks_what_has_no_access", NULL, CALL_fork, child_lacks_what_has_no_access },
     { "fork.child_is_locked", NULL, CALL_fork, child_is_locked },
     { "fork.child_has_more", "a page below each mapping", CALL_fork, child_has_more });
