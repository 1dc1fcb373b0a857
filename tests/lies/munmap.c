// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <string.h>

#include "lib/maps.h"
#include "lies.h"

static long leaves_it_without_access(struct call *c)
{
	long result = sys(SYS_mprotect, c->a[ADDR], c->a[LENGTH], PROT_NONE);

	return !result || errno == ENOMEM ? 0 : really(c);
}

static long leaves_it_empty(struct call *c)
{
	return c->a[LENGTH] && !sys(SYS_madvise, c->a[ADDR], c->a[LENGTH], MADV_DONTNEED) ?
		       0 :
		       really(c);
}

static long leaves_a_reservation(struct call *c)
{
	long result = really(c);

	if (!result)
		sys(CALL_mmap, 0L, c->a[LENGTH], PROT_NONE,
		    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1L, 0L);
	return result;
}

static long leaves_the_charge(struct call *c)
{
	long result = really(c);

	if (!result)
		sys(CALL_mmap, 0L, c->a[LENGTH], PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS, -1L, 0L);
	return result;
}

static bool is_all_mapped(const struct call *c)
{
	for (char *page = start_of(c); page < start_of(c) + length_of(c); page += page_size())
		if (!is_mapped(page))
			return false;
	return true;
}

static bool is_short(const struct call *c)
{
	return (size_t)c->a[LENGTH] < (1UL << 28);
}

static long hole_is_an_error(struct call *c)
{
	return is_short(c) && !is_all_mapped(c) ? fails(EINVAL) : really(c);
}

static long hole_is_an_error_afterwards(struct call *c)
{
	bool whole = !is_short(c) || is_all_mapped(c);
	long result = really(c);

	return whole ? result : fails(ENOMEM);
}

static long nothing_is_split(struct call *c)
{
	struct vma vma;
	char *end = start_of(c) + length_of(c);

	if (maps_find((uintptr_t)start_of(c), &vma) == 1 && vma.start < (uintptr_t)start_of(c) &&
	    vma.end > (uintptr_t)end)
		return fails(ENOMEM);
	return really(c);
}

static long removes_mappings_whole(struct call *c)
{
	struct vma vma;
	int found = maps_find((uintptr_t)start_of(c), &vma);

	if (found == 1 && vma.start <= (uintptr_t)start_of(c) && c->a[LENGTH] &&
	    vma.name[0] != '[' && !(c->a[ADDR] & (long)(page_size() - 1)))
		sys(SYS_munmap, vma.start, vma.end - vma.start);
	return really(c);
}

static long refusal_removes(struct call *c)
{
	long result = really(c);

	if (result == -1 && c->a[LENGTH])
		for (char *page = start_of(c); is_short(c) && page < start_of(c) + length_of(c);
		     page += page_size())
			sys_besides(SYS_munmap, page, page_size());
	return result;
}

static long refusal_removes_the_page(struct call *c)
{
	long result = really(c);

	if (result == -1)
		sys_besides(SYS_munmap, start_of(c), page_size());
	return result;
}

static long length_wraps(struct call *c)
{
	if (c->a[LENGTH] < 0)
		c->a[LENGTH] = (long)page_size();
	return really(c);
}

/* Of a shared mapping of a file that is cut in two. */
static long tail_shows_what_the_head_does(struct call *c)
{
	char *end = start_of(c) + length_of(c);
	struct vma vma;
	bool cut = maps_find((uintptr_t)start_of(c), &vma) == 1 &&
		   vma.start < (uintptr_t)start_of(c) && vma.end > (uintptr_t)end &&
		   vma.perms[3] == 's';
	long result = really(c);

	if (!result && cut)
		sys(SYS_remap_file_pages, end, vma.end - (uintptr_t)end, 0L,
		    (unsigned long)(vma.offset / page_size()), 0L);
	return result;
}

static long hole_comes_first(struct call *c)
{
	return is_short(c) && !is_mapped(start_of(c)) ? fails(ENOMEM) : really(c);
}

static long counts_pages(struct call *c)
{
	long result = really(c);

	return result ? result : (long)(length_of(c) / page_size());
}

static long locked_is_refused(struct call *c)
{
	return is_short(c) && is_all_mapped(c) && c->a[LENGTH] &&
			       sys(SYS_msync, start_of(c), length_of(c), MS_INVALIDATE) &&
			       errno == EBUSY ?
		       fails(EINVAL) :
		       really(c);
}

LIES({ "munmap.does_nothing", NULL, CALL_munmap, does_nothing },
     { "munmap.first_page_only", NULL, CALL_munmap, first_page_only },
     { "munmap.first_mapping_only", NULL, CALL_munmap, first_mapping_only },
     { "munmap.one_page_more", NULL, CALL_munmap, one_page_more },
     { "munmap.one_page_below", NULL, CALL_munmap, one_page_below },
     { "munmap.whole_pages_only", "the length is rounded down", CALL_munmap, whole_pages_only },
     { "munmap.rounds_start_down", NULL, CALL_munmap, rounds_start_down },
     { "munmap.takes_zero_for_a_page", NULL, CALL_munmap, takes_zero_for_a_page },
     { "munmap.length_wraps", NULL, CALL_munmap, length_wraps },
     { "munmap.leaves_it_without_access", "PROT_NONE instead", CALL_munmap,
       leaves_it_without_access },
     { "munmap.leaves_it_empty", "MADV_DONTNEED instead", CALL_munmap, leaves_it_empty },
     { "munmap.leaves_a_reservation", "as many addresses are lost", CALL_munmap,
       leaves_a_reservation },
     { "munmap.leaves_the_charge", "as much memory stays charged", CALL_munmap, leaves_the_charge },
     { "munmap.hole_is_an_error", NULL, CALL_munmap, hole_is_an_error },
     { "munmap.hole_is_an_error_afterwards", NULL, CALL_munmap, hole_is_an_error_afterwards },
     { "munmap.nothing_is_split", "ENOMEM where both ends would stay", CALL_munmap,
       nothing_is_split },
     { "munmap.removes_mappings_whole", NULL, CALL_munmap, removes_mappings_whole },
     { "munmap.refusal_removes", "a refused call removes all the same", CALL_munmap,
       refusal_removes },
     { "munmap.refusal_removes_the_page", "a refused call removes a page", CALL_munmap,
       refusal_removes_the_page },
     { "munmap.tail_shows_what_the_head_does", NULL, CALL_munmap, tail_shows_what_the_head_does },
     { "munmap.hole_comes_first", "ENOMEM where nothing is mapped", CALL_munmap, hole_comes_first },
     { "munmap.counts_pages", "success is the number of pages", CALL_munmap, counts_pages },
     { "munmap.locked_is_refused", "locked pages have to be unlocked first", CALL_munmap,
       locked_is_refused },
     { "munmap.removes_and_fails", NULL, CALL_munmap, fails_after_all, .to = EINVAL },
     SWAPPED(munmap, EINVAL, ENOMEM), SWAPPED(munmap, ENOMEM, EINVAL),
     SWAPPED(munmap, EPERM, EACCES), GRANTED(munmap, EINVAL), GRANTED(munmap, ENOMEM),
     GRANTED(munmap, EPERM));
