// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lies.h"

#define TYPE_OF(c) ((c)->a[FLAGS] & MAP_TYPE)
#define IS_FIXED(c) ((c)->a[FLAGS] & (MAP_FIXED | MAP_FIXED_NOREPLACE))
#define IS_ANONYMOUS(c) ((c)->a[FLAGS] & MAP_ANONYMOUS)

static const long known_flags = MAP_TYPE | MAP_FIXED | MAP_ANONYMOUS | MAP_GROWSDOWN |
				MAP_DENYWRITE | MAP_EXECUTABLE | MAP_LOCKED | MAP_NORESERVE |
				MAP_POPULATE | MAP_NONBLOCK | MAP_STACK | MAP_HUGETLB | MAP_SYNC |
				MAP_FIXED_NOREPLACE;

static long by_type(struct call *c, long type)
{
	c->a[FLAGS] = (c->a[FLAGS] & ~(long)MAP_TYPE) | type;
	return really(c);
}

static void *anonymous(const struct call *c, long prot)
{
	return (void *)sys(CALL_mmap, c->a[ADDR], c->a[LENGTH], prot,
			   MAP_PRIVATE | MAP_ANONYMOUS | (c->a[FLAGS] & MAP_FIXED), -1L, 0L);
}

/* Memory of no object, where Linux refuses. */
static long grants(struct call *c)
{
	long result = really(c);

	if (result != -1 || errno != lie->from)
		return result;
	c->a[ADDR] &= -(long)page_size();
	if (!c->a[LENGTH])
		c->a[LENGTH] = (long)page_size();
	return (long)anonymous(c, c->a[PROT] & (PROT_READ | PROT_WRITE | PROT_EXEC));
}
#define MAPPED(seen)                                                                  \
	{                                                                             \
		"mmap." #seen "_is_no_error", NULL, CALL_mmap, grants, .from = (seen) \
	}

static long shared_is_private(struct call *c)
{
	return TYPE_OF(c) == MAP_PRIVATE ? really(c) : by_type(c, MAP_PRIVATE);
}

static long shared_anonymous_is_private(struct call *c)
{
	return IS_ANONYMOUS(c) ? shared_is_private(c) : really(c);
}

static long private_is_shared(struct call *c)
{
	return TYPE_OF(c) == MAP_PRIVATE ? by_type(c, MAP_SHARED) : really(c);
}

static long private_file_is_shared(struct call *c)
{
	return IS_ANONYMOUS(c) ? really(c) : private_is_shared(c);
}

static long validate_is_shared(struct call *c)
{
	return TYPE_OF(c) == MAP_SHARED_VALIDATE ? by_type(c, MAP_SHARED) : really(c);
}

static long validate_is_refused(struct call *c)
{
	return TYPE_OF(c) == MAP_SHARED_VALIDATE ? fails(EINVAL) : really(c);
}

static long always_validates(struct call *c)
{
	return c->a[FLAGS] & ~known_flags ? fails(EOPNOTSUPP) : really(c);
}

static long any_type_is_private(struct call *c)
{
	switch (TYPE_OF(c)) {
	case MAP_SHARED:
	case MAP_PRIVATE:
	case MAP_SHARED_VALIDATE:
		return really(c);
	}
	return by_type(c, MAP_PRIVATE);
}

static long droppable_is_private(struct call *c)
{
	return TYPE_OF(c) == MAP_DROPPABLE ? by_type(c, MAP_PRIVATE) : really(c);
}

static long fixed_does_not_replace(struct call *c)
{
	if (c->a[FLAGS] & MAP_FIXED)
		c->a[FLAGS] |= MAP_FIXED_NOREPLACE;
	return really(c);
}

static long fixed_unmaps_before_it_looks(struct call *c)
{
	if (c->a[FLAGS] & MAP_FIXED)
		sys(SYS_munmap, c->a[ADDR], c->a[LENGTH]);
	return really(c);
}

static long fixed_replaces_a_page_more(struct call *c)
{
	long result = really(c);

	if (result != -1 && c->a[FLAGS] & MAP_FIXED)
		sys(SYS_munmap, start_of(c) + length_of(c), page_size());
	return result;
}

static long fixed_replaces_a_page_below(struct call *c)
{
	long result = really(c);

	if (result != -1 && c->a[FLAGS] & MAP_FIXED)
		sys(SYS_munmap, start_of(c) - page_size(), page_size());
	return result;
}

static long fixed_replaces_the_first_page(struct call *c)
{
	if (c->a[FLAGS] & MAP_FIXED && is_mapped(start_of(c)))
		first_page_only(c);
	return really(c);
}

static long fixed_keeps_the_bytes(struct call *c)
{
	if (c->a[FLAGS] & MAP_FIXED && IS_ANONYMOUS(c) && is_mapped(start_of(c)) &&
	    !sys(SYS_mprotect, c->a[ADDR], c->a[LENGTH], c->a[PROT]))
		return c->a[ADDR];
	return really(c);
}

static long noreplace_looks_at_the_first_page(struct call *c)
{
	if (c->a[FLAGS] & MAP_FIXED_NOREPLACE && !is_mapped(start_of(c)))
		c->a[FLAGS] = (c->a[FLAGS] & ~(long)MAP_FIXED_NOREPLACE) | MAP_FIXED;
	return really(c);
}

static long noreplace_looks_at_the_last_page(struct call *c)
{
	if (c->a[FLAGS] & MAP_FIXED_NOREPLACE &&
	    !is_mapped(start_of(c) + length_of(c) - page_size()))
		c->a[FLAGS] = (c->a[FLAGS] & ~(long)MAP_FIXED_NOREPLACE) | MAP_FIXED;
	return really(c);
}

static long noreplace_replaces(struct call *c)
{
	if (c->a[FLAGS] & MAP_FIXED_NOREPLACE)
		c->a[FLAGS] = (c->a[FLAGS] & ~(long)MAP_FIXED_NOREPLACE) | MAP_FIXED;
	return really(c);
}

static long noreplace_wants_neighbours_free(struct call *c)
{
	if (c->a[FLAGS] & MAP_FIXED_NOREPLACE &&
	    (is_mapped(start_of(c) - page_size()) || is_mapped(start_of(c) + length_of(c))))
		return fails(EEXIST);
	return really(c);
}

/* What is there is gone, though the call is refused. */
static long refusal_replaces(struct call *c)
{
	long result = really(c);

	if (result == -1 && IS_FIXED(c))
		sys_besides(CALL_mmap, start_of(c), length_of(c), PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1L, 0L);
	return result;
}

static long refusal_unmaps(struct call *c)
{
	long result = really(c);

	if (result == -1 && IS_FIXED(c))
		sys_besides(SYS_munmap, start_of(c), length_of(c));
	return result;
}

static long refusal_maps_elsewhere(struct call *c)
{
	long result = really(c);

	if (result == -1)
		sys_besides(CALL_mmap, 0L, page_size(), PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1L,
			    0L);
	return result;
}

static long hint_is_ignored(struct call *c)
{
	if (!IS_FIXED(c))
		c->a[ADDR] = 0;
	return really(c);
}

static long hint_is_an_order(struct call *c)
{
	if (c->a[ADDR] && !IS_FIXED(c))
		c->a[FLAGS] |= MAP_FIXED;
	return really(c);
}

static long hint_replaces(struct call *c)
{
	long hint = c->a[ADDR] & -(long)page_size();

	if (hint && !IS_FIXED(c) && is_mapped((void *)hint)) {
		c->a[ADDR] = hint;
		c->a[FLAGS] |= MAP_FIXED;
	}
	return really(c);
}

static long hint_must_be_whole(struct call *c)
{
	return c->a[ADDR] & (long)(page_size() - 1) ? fails(EINVAL) : really(c);
}

static long hint_must_be_possible(struct call *c)
{
	if (!IS_FIXED(c) && c->a[ADDR] &&
	    ((unsigned long)c->a[ADDR] < 0x10000 || (unsigned long)c->a[ADDR] > LONG_MAX / 2))
		return fails(ENOMEM);
	return really(c);
}

static long hint_is_rounded_up(struct call *c)
{
	if (!IS_FIXED(c))
		c->a[ADDR] = (long)(((unsigned long)c->a[ADDR] + page_size() - 1) & -page_size());
	return really(c);
}

/* A place of the kernel's choice is one of those right at the bottom. */
static long chooses_low_places(struct call *c)
{
	static char *next = (char *)0x20000000;

	if (c->a[ADDR] || IS_FIXED(c) || !c->a[LENGTH] || length_of(c) > (1UL << 24))
		return really(c);
	c->a[ADDR] = (long)next;
	next += length_of(c) + page_size();
	return really(c);
}

static long result_is_off_by_a_page(struct call *c)
{
	long result;

	if (c->a[ADDR] || IS_FIXED(c) || !c->a[LENGTH])
		return really(c);
	result = really(c);
	return result == -1 ? result : result + (long)page_size();
}

static long fixed_is_rounded_down(struct call *c)
{
	return IS_FIXED(c) ? rounds_start_down(c) : really(c);
}

static long length_is_rounded_down(struct call *c)
{
	if ((size_t)c->a[LENGTH] > page_size())
		c->a[LENGTH] &= -(long)page_size();
	return really(c);
}

static long length_wraps(struct call *c)
{
	if (c->a[LENGTH] < 0)
		c->a[LENGTH] = (long)page_size();
	return really(c);
}

static long offset_is_rounded_down(struct call *c)
{
	if (!IS_ANONYMOUS(c))
		c->a[OFFSET] &= -(long)(page_size() / OFFSET_UNIT);
	return really(c);
}

static long offset_is_a_page_more(struct call *c)
{
	if (!IS_ANONYMOUS(c) && c->a[OFFSET])
		c->a[OFFSET] += (long)(page_size() / OFFSET_UNIT);
	return really(c);
}

static long offset_of_anonymous_memory_is_checked(struct call *c)
{
	return IS_ANONYMOUS(c) && c->a[OFFSET] ? fails(EINVAL) : really(c);
}

static long offset_beyond_the_end_is_refused(struct call *c)
{
	struct stat st;

	if (!IS_ANONYMOUS(c) && !fstat((int)c->a[FD], &st) && S_ISREG(st.st_mode) &&
	    (uint64_t)c->a[OFFSET] * OFFSET_UNIT >= (uint64_t)st.st_size)
		return fails(EINVAL);
	return really(c);
}

static long descriptor_of_anonymous_memory_is_mapped(struct call *c)
{
	if (c->a[FD] >= 0 && IS_ANONYMOUS(c))
		c->a[FLAGS] &= ~(long)MAP_ANONYMOUS;
	return really(c);
}

static long descriptor_of_anonymous_memory_is_refused(struct call *c)
{
	return IS_ANONYMOUS(c) && c->a[FD] != -1 ? fails(EBADF) : really(c);
}

static long descriptor_is_taken_whole(struct call *c)
{
	return c->a[FD] != (int)c->a[FD] ? fails(EBADF) : really(c);
}

static long file_is_anonymous(struct call *c)
{
	if (!IS_ANONYMOUS(c))
		c->a[FLAGS] |= MAP_ANONYMOUS;
	return really(c);
}

/* A mapping of a file is a copy, made when it is mapped. Beyond the end there is memory. */
static long file_is_read_once(struct call *c)
{
	struct stat st;
	long result = really(c);
	char *p = (char *)result;
	size_t read = 0;

	if (result == -1 || IS_ANONYMOUS(c) || fstat((int)c->a[FD], &st) || !S_ISREG(st.st_mode))
		return result;
	sys(CALL_mmap, p, length_of(c), PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1L, 0L);
	while (read < length_of(c)) {
		ssize_t n = pread((int)c->a[FD], p + read, length_of(c) - read,
				  (off_t)(c->a[OFFSET] * OFFSET_UNIT) + (off_t)read);

		if (n <= 0)
			break;
		read += (size_t)n;
	}
	sys(SYS_mprotect, p, length_of(c), c->a[PROT]);
	return result;
}

/* The pages of the mapping that lie behind the end of the file; of how many bytes. */
static size_t beyond_the_end(const struct call *c, long result, char **start)
{
	struct stat st;
	uint64_t offset = (uint64_t)c->a[OFFSET] * OFFSET_UNIT, length;

	if (result == -1 || IS_ANONYMOUS(c) || fstat((int)c->a[FD], &st) || !S_ISREG(st.st_mode))
		return 0;
	length = ((uint64_t)st.st_size + page_size() - 1) & -(uint64_t)page_size();
	length = length > offset ? length - offset : 0;
	*start = (char *)result + length;
	return length < length_of(c) ? length_of(c) - length : 0;
}

static long beyond_the_end_is_memory(struct call *c)
{
	long result = really(c);
	char *start;
	size_t length = beyond_the_end(c, result, &start);

	if (length)
		sys(CALL_mmap, start, length, c->a[PROT], MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED,
		    -1L, 0L);
	return result;
}

static long beyond_the_end_is_no_access(struct call *c)
{
	long result = really(c);
	char *start;
	size_t length = beyond_the_end(c, result, &start);

	if (length)
		sys(SYS_mprotect, start, length, PROT_NONE);
	return result;
}

static long beyond_the_end_is_not_mapped(struct call *c)
{
	long result = really(c);
	char *start;
	size_t length = beyond_the_end(c, result, &start);

	if (length)
		sys(SYS_munmap, start, length);
	return result;
}

static long tail_is_not_zeroed(struct call *c)
{
	long result = really(c);
	uint64_t offset = (uint64_t)c->a[OFFSET] * OFFSET_UNIT;
	struct stat st;
	size_t tail;

	if (result == -1 || IS_ANONYMOUS(c) || fstat((int)c->a[FD], &st) || !S_ISREG(st.st_mode) ||
	    (uint64_t)st.st_size < offset || (uint64_t)st.st_size - offset >= length_of(c))
		return result;
	tail = (size_t)((uint64_t)st.st_size - offset);
	if (tail & (page_size() - 1) &&
	    !sys(SYS_mprotect, result, length_of(c), PROT_READ | PROT_WRITE)) {
		memset((char *)result + tail, 0x5a, page_size() - (tail & (page_size() - 1)));
		sys(SYS_mprotect, result, length_of(c), c->a[PROT]);
	}
	return result;
}

static long file_is_rounded_up(struct call *c)
{
	long result = really(c);
	struct stat st;

	if (result != -1 && !IS_ANONYMOUS(c) && c->a[PROT] & PROT_WRITE &&
	    !fstat((int)c->a[FD], &st) && S_ISREG(st.st_mode) &&
	    ftruncate((int)c->a[FD], (st.st_size + (off_t)page_size() - 1) & -(off_t)page_size()))
		errno = 0;
	return result;
}

static long all_is_executable(struct call *c)
{
	if (!(c->a[PROT] & ~(PROT_READ | PROT_WRITE)))
		c->a[PROT] |= PROT_EXEC;
	return really(c);
}

static long access_is_always_noted(struct call *c)
{
	const struct timespec now[2] = { { 0, UTIME_NOW }, { 0, UTIME_OMIT } };
	long result = really(c);

	if (result != -1 && !IS_ANONYMOUS(c))
		futimens((int)c->a[FD], now);
	return result;
}

static long access_is_never_noted(struct call *c)
{
	struct timespec times[2] = { { 0, 0 }, { 0, UTIME_OMIT } };
	struct stat before;
	bool is_file = !IS_ANONYMOUS(c) && !fstat((int)c->a[FD], &before);
	long result = really(c);

	if (is_file) {
		times[0] = before.st_atim;
		futimens((int)c->a[FD], times);
	}
	return result;
}

static long memory_is_not_zeroed(struct call *c)
{
	long result = really(c);

	if (result != -1 && IS_ANONYMOUS(c) && c->a[PROT] & PROT_WRITE &&
	    length_of(c) < (1UL << 22) && !(c->a[FLAGS] & (MAP_HUGETLB | MAP_LOCKED)))
		memset((void *)result, 0x5a, length_of(c));
	return result;
}

static long readable_is_executable(struct call *c)
{
	if (c->a[PROT] & PROT_READ)
		c->a[PROT] |= PROT_EXEC;
	return really(c);
}

static long readable_is_writable(struct call *c)
{
	long result;

	if (!(c->a[PROT] & PROT_READ) || c->a[PROT] & PROT_WRITE)
		return really(c);
	c->a[PROT] |= PROT_WRITE;
	result = really(c);
	if (result != -1 || errno != EACCES)
		return result;
	c->a[PROT] &= ~(long)PROT_WRITE;
	return really(c);
}

static long executable_is_readable(struct call *c)
{
	if (c->a[PROT] & PROT_EXEC)
		c->a[PROT] |= PROT_READ;
	return really(c);
}

static long none_is_readable(struct call *c)
{
	if (!(c->a[PROT] & (PROT_READ | PROT_WRITE | PROT_EXEC)))
		c->a[PROT] |= PROT_READ;
	return really(c);
}

static long unknown_protection_is_refused(struct call *c)
{
	return c->a[PROT] & ~(PROT_READ | PROT_WRITE | PROT_EXEC) ? fails(EINVAL) : really(c);
}

static long nothing_is_ever_merged(struct call *c)
{
	static unsigned int calls;
	long result = really(c);

	if (result != -1 && calls++ % 2)
		sys(SYS_madvise, result, length_of(c), MADV_DONTDUMP);
	return result;
}

static long is_charged_twice(struct call *c)
{
	long result = really(c);

	if (result != -1 && length_of(c) < (1UL << 30))
		sys(CALL_mmap, 0L, c->a[LENGTH], c->a[PROT], c->a[FLAGS] & ~IS_FIXED(c), c->a[FD],
		    c->a[OFFSET]);
	return result;
}

static long all_is_locked(struct call *c)
{
	long result = really(c);

	if (result != -1 && length_of(c) < (1UL << 22))
		sys(SYS_mlock, result, c->a[LENGTH]);
	return result;
}

static long all_is_resident(struct call *c)
{
	if (length_of(c) < (1UL << 24))
		c->a[FLAGS] |= MAP_POPULATE;
	return really(c);
}

static long populates_the_first_page(struct call *c)
{
	bool populates = c->a[FLAGS] & MAP_POPULATE && c->a[PROT] & PROT_READ &&
			 !(c->a[FLAGS] & MAP_HUGETLB);
	long result;

	if (populates)
		c->a[FLAGS] &= ~(long)MAP_POPULATE;
	result = really(c);
	if (populates && result != -1)
		sys(SYS_madvise, result, page_size(), MADV_POPULATE_READ);
	return result;
}

static long locked_is_on_fault(struct call *c)
{
	bool locked = c->a[FLAGS] & MAP_LOCKED;
	long result;

	c->a[FLAGS] &= ~(long)MAP_LOCKED;
	result = really(c);
	if (locked && result != -1 && sys(SYS_mlock2, result, c->a[LENGTH], MLOCK_ONFAULT)) {
		sys(SYS_munmap, result, c->a[LENGTH]);
		return fails(EAGAIN);
	}
	return result;
}

static long offset_has_32_bits(struct call *c)
{
	c->a[OFFSET] = (long)((uint64_t)c->a[OFFSET] * OFFSET_UNIT % (1ULL << 32) / OFFSET_UNIT);
	return really(c);
}

/* ---- errors in another order ---- */

static long length_comes_first(struct call *c)
{
	return c->a[LENGTH] ? really(c) : fails(EINVAL);
}

static long type_comes_first(struct call *c)
{
	switch (TYPE_OF(c)) {
	case MAP_SHARED:
	case MAP_PRIVATE:
	case MAP_SHARED_VALIDATE:
	case MAP_DROPPABLE:
		return really(c);
	}
	return fails(EINVAL);
}

static long address_comes_first(struct call *c)
{
	return IS_FIXED(c) && c->a[ADDR] & (long)(page_size() - 1) ? fails(EINVAL) : really(c);
}

static long mapping_comes_first(struct call *c)
{
	return c->a[FLAGS] & MAP_FIXED_NOREPLACE && is_mapped(start_of(c)) ? fails(EEXIST) :
									     really(c);
}

static long mode_comes_first(struct call *c)
{
	int mode = IS_ANONYMOUS(c) ? -1 : fcntl((int)c->a[FD], F_GETFL);

	return mode != -1 && (mode & O_ACCMODE) == O_WRONLY ? fails(EACCES) : really(c);
}

static long descriptor_comes_last(struct call *c)
{
	long result = really(c);

	/* What other errors are there, once this one is granted? */
	if (result != -1 || errno != EBADF)
		return result;
	c->a[FLAGS] |= MAP_ANONYMOUS;
	result = really(c);
	if (result == -1)
		return result;
	sys(SYS_munmap, result, c->a[LENGTH]);
	return fails(EBADF);
}

static long nonblock_is_ignored(struct call *c)
{
	c->a[FLAGS] &= ~(long)MAP_NONBLOCK;
	return really(c);
}

static long much_is_refused(struct call *c)
{
	return length_of(c) > (sizeof(long) == 8 ? (size_t)1 << 8 * sizeof(long) / 2 : 1UL << 30) ?
		       fails(ENOMEM) :
		       really(c);
}

static long locked_counts_a_page_more(struct call *c)
{
	long result = really(c);

	if (result != -1 && c->a[FLAGS] & MAP_LOCKED)
		sys(CALL_mmap, 0L, page_size(), PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_LOCKED,
		    -1L, 0L);
	return result;
}

static long exec_wants_an_executable_file(struct call *c)
{
	struct stat st;

	return c->a[PROT] & PROT_EXEC && !IS_ANONYMOUS(c) && !fstat((int)c->a[FD], &st) &&
			       !(st.st_mode & 0111) ?
		       fails(EACCES) :
		       really(c);
}

static long private_write_wants_a_writable_file(struct call *c)
{
	int mode = IS_ANONYMOUS(c) ? -1 : fcntl((int)c->a[FD], F_GETFL);

	return mode != -1 && TYPE_OF(c) == MAP_PRIVATE && c->a[PROT] & PROT_WRITE &&
			       (mode & O_ACCMODE) == O_RDONLY ?
		       fails(EACCES) :
		       really(c);
}

static long append_mode_is_read_only(struct call *c)
{
	int mode = IS_ANONYMOUS(c) ? -1 : fcntl((int)c->a[FD], F_GETFL);

	return mode != -1 && TYPE_OF(c) != MAP_PRIVATE && c->a[PROT] & PROT_WRITE &&
			       mode & O_APPEND ?
		       fails(EACCES) :
		       really(c);
}

static long file_is_refused(struct call *c)
{
	return IS_ANONYMOUS(c) ? really(c) : fails(ENODEV);
}

LIES({ "mmap.fixed_is_a_hint", "MAP_FIXED is a hint", CALL_mmap, clears, FLAGS, MAP_FIXED },
     { "mmap.fixed_does_not_replace", "MAP_FIXED is refused where something is mapped (EEXIST)",
       CALL_mmap, fixed_does_not_replace },
     { "mmap.fixed_unmaps_before_it_looks", "MAP_FIXED unmaps before the arguments are checked",
       CALL_mmap, fixed_unmaps_before_it_looks },
     { "mmap.fixed_replaces_a_page_more", "MAP_FIXED takes away the page above too", CALL_mmap,
       fixed_replaces_a_page_more },
     { "mmap.fixed_replaces_a_page_below", "MAP_FIXED takes away the page below too", CALL_mmap,
       fixed_replaces_a_page_below },
     { "mmap.fixed_replaces_the_first_page", "MAP_FIXED over a mapping maps one page", CALL_mmap,
       fixed_replaces_the_first_page },
     { "mmap.fixed_keeps_the_bytes", "anonymous memory over memory has its bytes", CALL_mmap,
       fixed_keeps_the_bytes },
     { "mmap.fixed_is_rounded_down", "an address inside a page is its page", CALL_mmap,
       fixed_is_rounded_down },
     { "mmap.noreplace_is_a_hint", "MAP_FIXED_NOREPLACE is not known", CALL_mmap, clears, FLAGS,
       MAP_FIXED_NOREPLACE },
     { "mmap.noreplace_replaces", "MAP_FIXED_NOREPLACE is MAP_FIXED", CALL_mmap,
       noreplace_replaces },
     { "mmap.noreplace_looks_at_the_first_page", NULL, CALL_mmap,
       noreplace_looks_at_the_first_page },
     { "mmap.noreplace_looks_at_the_last_page", NULL, CALL_mmap, noreplace_looks_at_the_last_page },
     { "mmap.noreplace_wants_neighbours_free", NULL, CALL_mmap, noreplace_wants_neighbours_free },
     { "mmap.noreplace_is_refused", "EINVAL for MAP_FIXED_NOREPLACE", CALL_mmap, refuses, FLAGS,
       MAP_FIXED_NOREPLACE, .to = EINVAL },
     { "mmap.refusal_replaces", "what is mapped at a fixed address is replaced by a refused call",
       CALL_mmap, refusal_replaces },
     { "mmap.refusal_unmaps", "what is mapped at a fixed address is lost to a refused call",
       CALL_mmap, refusal_unmaps },
     { "mmap.refusal_maps_elsewhere", "a refused call leaves a page behind", CALL_mmap,
       refusal_maps_elsewhere },
     { "mmap.hint_is_ignored", NULL, CALL_mmap, hint_is_ignored },
     { "mmap.hint_is_an_order", "every address is fixed", CALL_mmap, hint_is_an_order },
     { "mmap.hint_replaces", "a hint that is taken is replaced", CALL_mmap, hint_replaces },
     { "mmap.hint_must_be_whole", "EINVAL for a hint inside a page", CALL_mmap,
       hint_must_be_whole },
     { "mmap.hint_must_be_possible", "ENOMEM for a hint that can't be taken", CALL_mmap,
       hint_must_be_possible },
     { "mmap.hint_is_rounded_up", "a hint inside a page is the next one", CALL_mmap,
       hint_is_rounded_up },
     { "mmap.chooses_low_places", "the kernel places from the bottom upwards, with gaps", CALL_mmap,
       chooses_low_places },
     { "mmap.result_is_off_by_a_page", "the address that the kernel chose is told wrong", CALL_mmap,
       result_is_off_by_a_page },
     { "mmap.shared_is_private", NULL, CALL_mmap, shared_is_private },
     { "mmap.shared_anonymous_is_private", NULL, CALL_mmap, shared_anonymous_is_private },
     { "mmap.private_is_shared", NULL, CALL_mmap, private_is_shared },
     { "mmap.private_file_is_shared", NULL, CALL_mmap, private_file_is_shared },
     { "mmap.validate_is_shared", "MAP_SHARED_VALIDATE is MAP_SHARED", CALL_mmap,
       validate_is_shared },
     { "mmap.validate_is_refused", "EINVAL for MAP_SHARED_VALIDATE", CALL_mmap,
       validate_is_refused },
     { "mmap.always_validates", "EOPNOTSUPP for flags that are not known", CALL_mmap,
       always_validates },
     { "mmap.any_type_is_private", "what is no type is MAP_PRIVATE", CALL_mmap,
       any_type_is_private },
     { "mmap.droppable_is_private", NULL, CALL_mmap, droppable_is_private },
     { "mmap.locked_is_ignored", NULL, CALL_mmap, clears, FLAGS, MAP_LOCKED },
     { "mmap.locked_is_refused", NULL, CALL_mmap, refuses, FLAGS, MAP_LOCKED, .to = EAGAIN },
     { "mmap.all_is_locked", NULL, CALL_mmap, all_is_locked },
     { "mmap.length_comes_first", "EINVAL for 0 before all other errors", CALL_mmap,
       length_comes_first },
     { "mmap.type_comes_first", "EINVAL for it before all other errors", CALL_mmap,
       type_comes_first },
     { "mmap.address_comes_first", "EINVAL for it before all other errors", CALL_mmap,
       address_comes_first },
     { "mmap.mapping_comes_first", "EEXIST before all other errors", CALL_mmap,
       mapping_comes_first },
     { "mmap.mode_comes_first", "EACCES of what is write-only before all other errors", CALL_mmap,
       mode_comes_first },
     { "mmap.descriptor_comes_last", "EBADF after what does not hang on it", CALL_mmap,
       descriptor_comes_last },
     { "mmap.offset_has_32_bits", NULL, CALL_mmap, offset_has_32_bits },
     { "mmap.locked_is_on_fault", NULL, CALL_mmap, locked_is_on_fault },
     { "mmap.populates_the_first_page", NULL, CALL_mmap, populates_the_first_page },
     { "mmap.populate_is_ignored", NULL, CALL_mmap, clears, FLAGS, MAP_POPULATE },
     { "mmap.all_is_resident", "memory is brought in at once", CALL_mmap, all_is_resident },
     { "mmap.nonblock_is_ignored", NULL, CALL_mmap, nonblock_is_ignored },
     { "mmap.noreserve_is_ignored", NULL, CALL_mmap, clears, FLAGS, MAP_NORESERVE },
     { "mmap.nothing_is_reserved", "MAP_NORESERVE always", CALL_mmap, adds, FLAGS,
       .value = MAP_NORESERVE },
     { "mmap.growsdown_is_ignored", NULL, CALL_mmap, clears, FLAGS, MAP_GROWSDOWN },
     { "mmap.growsdown_is_refused", NULL, CALL_mmap, refuses, FLAGS, MAP_GROWSDOWN, .to = EINVAL },
     { "mmap.stack_grows", "MAP_STACK is MAP_GROWSDOWN", CALL_mmap, adds, FLAGS, MAP_STACK,
       MAP_GROWSDOWN },
     { "mmap.stack_is_ignored", NULL, CALL_mmap, clears, FLAGS, MAP_STACK },
     { "mmap.hugetlb_is_ignored", NULL, CALL_mmap, clears, FLAGS, MAP_HUGETLB },
     { "mmap.hugetlb_is_refused", NULL, CALL_mmap, refuses, FLAGS, MAP_HUGETLB, .to = EINVAL },
     { "mmap.huge_size_is_ignored", NULL, CALL_mmap, clears, FLAGS,
       (unsigned long)MAP_HUGE_MASK << MAP_HUGE_SHIFT },
     { "mmap.sync_is_ignored", NULL, CALL_mmap, clears, FLAGS, MAP_SYNC },
#ifdef MAP_32BIT
     { "mmap.low_2gb_is_ignored", "MAP_32BIT is not known", CALL_mmap, clears, FLAGS, MAP_32BIT },
     { "mmap.above_4gb_is_low_2gb", "MAP_ABOVE4G is MAP_32BIT", CALL_mmap, adds, FLAGS, MAP_ABOVE4G,
       MAP_32BIT },
#endif
     { "mmap.ignored_flags_are_refused", "EINVAL for MAP_DENYWRITE, MAP_EXECUTABLE, MAP_STACK",
       CALL_mmap, refuses, FLAGS, MAP_DENYWRITE | MAP_EXECUTABLE | MAP_STACK, .to = EINVAL },
     { "mmap.readable_is_executable", NULL, CALL_mmap, readable_is_executable },
     { "mmap.readable_is_writable", NULL, CALL_mmap, readable_is_writable },
     { "mmap.executable_is_readable", NULL, CALL_mmap, executable_is_readable },
     { "mmap.none_is_readable", NULL, CALL_mmap, none_is_readable },
     { "mmap.exec_is_ignored", NULL, CALL_mmap, clears, PROT, PROT_EXEC },
     { "mmap.write_is_ignored", NULL, CALL_mmap, clears, PROT, PROT_WRITE },
     { "mmap.unknown_protection_is_refused", NULL, CALL_mmap, unknown_protection_is_refused },
     { "mmap.takes_zero_for_a_page", NULL, CALL_mmap, takes_zero_for_a_page },
     { "mmap.length_is_rounded_down", NULL, CALL_mmap, length_is_rounded_down },
     { "mmap.length_is_a_page_more", NULL, CALL_mmap, one_page_more },
     { "mmap.length_wraps", "a length of more than half of all addresses is a page", CALL_mmap,
       length_wraps },
     { "mmap.offset_is_ignored", NULL, CALL_mmap, sets, OFFSET, .value = 0 },
     { "mmap.offset_is_a_page_more", NULL, CALL_mmap, offset_is_a_page_more },
     { "mmap.offset_is_rounded_down", NULL, CALL_mmap, offset_is_rounded_down },
     { "mmap.offset_of_anonymous_memory_is_checked", NULL, CALL_mmap,
       offset_of_anonymous_memory_is_checked },
     { "mmap.offset_beyond_the_end_is_refused", NULL, CALL_mmap, offset_beyond_the_end_is_refused },
     { "mmap.descriptor_of_anonymous_memory_is_mapped", NULL, CALL_mmap,
       descriptor_of_anonymous_memory_is_mapped },
     { "mmap.descriptor_of_anonymous_memory_is_refused", NULL, CALL_mmap,
       descriptor_of_anonymous_memory_is_refused },
     { "mmap.descriptor_is_taken_whole", NULL, CALL_mmap, descriptor_is_taken_whole },
     { "mmap.file_is_anonymous", "a file is mapped as memory", CALL_mmap, file_is_anonymous },
     { "mmap.file_is_read_once", "a mapping of a file is a copy", CALL_mmap, file_is_read_once },
     { "mmap.beyond_the_end_is_memory", NULL, CALL_mmap, beyond_the_end_is_memory },
     { "mmap.beyond_the_end_is_no_access", "SIGSEGV instead of SIGBUS", CALL_mmap,
       beyond_the_end_is_no_access },
     { "mmap.beyond_the_end_is_not_mapped", NULL, CALL_mmap, beyond_the_end_is_not_mapped },
     { "mmap.tail_is_not_zeroed", "the rest of a file's last page holds something", CALL_mmap,
       tail_is_not_zeroed },
     { "mmap.file_is_rounded_up", "a writable mapping makes a file end with its last page",
       CALL_mmap, file_is_rounded_up },
     { "mmap.all_is_executable", NULL, CALL_mmap, all_is_executable },
     { "mmap.access_is_always_noted", "in st_atime", CALL_mmap, access_is_always_noted },
     { "mmap.access_is_never_noted", NULL, CALL_mmap, access_is_never_noted },
     { "mmap.much_is_refused", "ENOMEM for 4 GiB", CALL_mmap, much_is_refused },
     { "mmap.locked_counts_a_page_more", NULL, CALL_mmap, locked_counts_a_page_more },
     { "mmap.memory_is_not_zeroed", NULL, CALL_mmap, memory_is_not_zeroed },
     { "mmap.nothing_is_ever_merged", NULL, CALL_mmap, nothing_is_ever_merged },
     { "mmap.is_charged_twice", "each mapping has a twin elsewhere", CALL_mmap, is_charged_twice },
     { "mmap.exec_wants_an_executable_file", NULL, CALL_mmap, exec_wants_an_executable_file },
     { "mmap.private_write_wants_a_writable_file", NULL, CALL_mmap,
       private_write_wants_a_writable_file },
     { "mmap.append_mode_is_read_only", NULL, CALL_mmap, append_mode_is_read_only },
     { "mmap.file_is_refused", "ENODEV for files", CALL_mmap, file_is_refused },
     SWAPPED(mmap, EINVAL, ENOMEM), SWAPPED(mmap, ENOMEM, EINVAL), SWAPPED(mmap, EACCES, EPERM),
     SWAPPED(mmap, EPERM, EACCES), SWAPPED(mmap, EBADF, EINVAL), SWAPPED(mmap, EEXIST, EINVAL),
     SWAPPED(mmap, EOVERFLOW, EINVAL), SWAPPED(mmap, ENODEV, EACCES),
     SWAPPED(mmap, EOPNOTSUPP, EINVAL), SWAPPED(mmap, EAGAIN, ENOMEM),
     SWAPPED(mmap, ETXTBSY, EACCES), SWAPPED(mmap, EIO, ENODEV), MAPPED(EINVAL), MAPPED(ENOMEM),
     MAPPED(EACCES), MAPPED(EPERM), MAPPED(EBADF), MAPPED(EEXIST), MAPPED(EOVERFLOW),
     MAPPED(ENODEV), MAPPED(EOPNOTSUPP), MAPPED(EAGAIN), MAPPED(ETXTBSY));
