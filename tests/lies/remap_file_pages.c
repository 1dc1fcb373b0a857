// SPDX-License-Identifier: GPL-2.0
#include <errno.h>

#include "lies.h"

enum { PAGE_OFFSET = 3, WINDOW_FLAGS };

static long size_is_rounded_up(struct call *c)
{
	c->a[LENGTH] = (long)length_of(c);
	return really(c);
}

static long start_inside_a_page_is_refused(struct call *c)
{
	return c->a[ADDR] & (long)(page_size() - 1) ? fails(EINVAL) : really(c);
}

static long size_inside_a_page_is_refused(struct call *c)
{
	return c->a[LENGTH] & (long)(page_size() - 1) ? fails(EINVAL) : really(c);
}

static long offset_is_one_more(struct call *c)
{
	c->a[PAGE_OFFSET]++;
	return really(c);
}

static long offset_is_in_bytes(struct call *c)
{
	c->a[PAGE_OFFSET] /= (long)page_size();
	return really(c);
}

static long becomes(struct call *c)
{
	long result = really(c);

	if (!result)
		sys(SYS_mprotect, start_of(c), length_of(c), (long)lie->value);
	return result;
}

static long lock_is_lost(struct call *c)
{
	long result = really(c);

	if (!result)
		sys(SYS_munlock, start_of(c), length_of(c));
	return result;
}

static long becomes_memory(struct call *c)
{
	long result = really(c);

	if (!result)
		sys(CALL_mmap, start_of(c), length_of(c), PROT_READ | PROT_WRITE,
		    MAP_SHARED | MAP_ANONYMOUS | MAP_FIXED, -1L, 0L);
	return result;
}

static long nonblock_is_ignored(struct call *c)
{
	long result = really(c);

	if (!result)
		sys(SYS_madvise, start_of(c), length_of(c), MADV_POPULATE_READ);
	return result;
}

static long leaves_pages_out(struct call *c)
{
	c->a[WINDOW_FLAGS] |= MAP_NONBLOCK;
	return really(c);
}

static long refusal_unmaps(struct call *c)
{
	long result = really(c);

	if (result == -1 && length_of(c) < (1UL << 24))
		sys_besides(SYS_munmap, start_of(c), length_of(c) ? length_of(c) : page_size());
	return result;
}

static long missing_mapping_comes_first(struct call *c)
{
	return is_mapped(start_of(c)) ? really(c) : fails(EFAULT);
}

static long never_merges(struct call *c)
{
	static unsigned int calls;
	long result = really(c);

	if (!result && calls++ % 2)
		sys(SYS_madvise, start_of(c), length_of(c), MADV_DONTDUMP);
	return result;
}

LIES({ "remap_file_pages.does_nothing", NULL, CALL_remap_file_pages, does_nothing },
     { "remap_file_pages.first_page_only", NULL, CALL_remap_file_pages, first_page_only },
     { "remap_file_pages.one_page_more", NULL, CALL_remap_file_pages, one_page_more },
     { "remap_file_pages.one_page_below", NULL, CALL_remap_file_pages, one_page_below },
     { "remap_file_pages.first_mapping_only", NULL, CALL_remap_file_pages, first_mapping_only },
     { "remap_file_pages.size_is_rounded_up", NULL, CALL_remap_file_pages, size_is_rounded_up },
     { "remap_file_pages.start_inside_a_page_is_refused", NULL, CALL_remap_file_pages,
       start_inside_a_page_is_refused },
     { "remap_file_pages.size_inside_a_page_is_refused", NULL, CALL_remap_file_pages,
       size_inside_a_page_is_refused },
     { "remap_file_pages.takes_zero_for_a_page", NULL, CALL_remap_file_pages,
       takes_zero_for_a_page },
     { "remap_file_pages.protection_is_ignored", NULL, CALL_remap_file_pages, sets, PROT,
       .value = 0 },
     { "remap_file_pages.offset_is_ignored", NULL, CALL_remap_file_pages, sets, PAGE_OFFSET,
       .value = 0 },
     { "remap_file_pages.offset_is_one_more", NULL, CALL_remap_file_pages, offset_is_one_more },
     { "remap_file_pages.offset_is_in_bytes", NULL, CALL_remap_file_pages, offset_is_in_bytes },
     { "remap_file_pages.flags_are_refused", NULL, CALL_remap_file_pages, refuses, WINDOW_FLAGS,
       ~(unsigned long)MAP_NONBLOCK, .to = EINVAL },
     { "remap_file_pages.nonblock_is_ignored", NULL, CALL_remap_file_pages, nonblock_is_ignored },
     { "remap_file_pages.leaves_pages_out", NULL, CALL_remap_file_pages, leaves_pages_out },
     { "remap_file_pages.becomes_read_only", NULL, CALL_remap_file_pages, becomes,
       .value = PROT_READ },
     { "remap_file_pages.becomes_writable", NULL, CALL_remap_file_pages, becomes,
       .value = PROT_READ | PROT_WRITE },
     { "remap_file_pages.becomes_memory", NULL, CALL_remap_file_pages, becomes_memory },
     { "remap_file_pages.lock_is_lost", NULL, CALL_remap_file_pages, lock_is_lost },
     { "remap_file_pages.missing_mapping_comes_first", "EFAULT before all other errors",
       CALL_remap_file_pages, missing_mapping_comes_first },
     { "remap_file_pages.never_merges", NULL, CALL_remap_file_pages, never_merges },
     { "remap_file_pages.refusal_unmaps", NULL, CALL_remap_file_pages, refusal_unmaps },
     { "remap_file_pages.does_it_and_fails", NULL, CALL_remap_file_pages, fails_after_all,
       .to = EINVAL },
     SWAPPED(remap_file_pages, EINVAL, ENOMEM), SWAPPED(remap_file_pages, ENOMEM, EAGAIN),
     SWAPPED(remap_file_pages, EPERM, EACCES), SWAPPED(remap_file_pages, EAGAIN, ENOMEM),
     SWAPPED(remap_file_pages, EACCES, EPERM), SWAPPED(remap_file_pages, EOVERFLOW, EINVAL),
     GRANTED(remap_file_pages, EINVAL), GRANTED(remap_file_pages, EPERM),
     GRANTED(remap_file_pages, EACCES), GRANTED(remap_file_pages, EAGAIN),
     GRANTED(remap_file_pages, EOVERFLOW), GRANTED(remap_file_pages, ENOMEM));
