// SPDX-License-Identifier: GPL-2.0
#include <errno.h>

#include "lib/maps.h"
#include "lies.h"

#define SYNC_FLAGS 2 /* the argument */

static long knows_its_flags(struct call *c)
{
	return c->a[SYNC_FLAGS] & (MS_SYNC | MS_ASYNC) ? really(c) : fails(EINVAL);
}

static long any_flags_will_do(struct call *c)
{
	long known = c->a[SYNC_FLAGS] & (MS_SYNC | MS_ASYNC | MS_INVALIDATE);

	c->a[SYNC_FLAGS] = known & MS_SYNC ? known & ~(long)MS_ASYNC : known;
	return really(c);
}

static long sync_is_async(struct call *c)
{
	if (c->a[SYNC_FLAGS] & MS_SYNC)
		c->a[SYNC_FLAGS] ^= MS_SYNC | MS_ASYNC;
	return really(c);
}

static long async_is_sync(struct call *c)
{
	if (c->a[SYNC_FLAGS] & MS_ASYNC)
		c->a[SYNC_FLAGS] ^= MS_SYNC | MS_ASYNC;
	return really(c);
}

static long no_flag_is_sync(struct call *c)
{
	if (!c->a[SYNC_FLAGS])
		c->a[SYNC_FLAGS] = MS_SYNC;
	return really(c);
}

static long invalidate_throws_away(struct call *c)
{
	long result = really(c);

	if (!result && c->a[SYNC_FLAGS] & MS_INVALIDATE)
		sys(SYS_madvise, c->a[ADDR], c->a[LENGTH], MADV_DONTNEED);
	return result;
}

static long throws_away(struct call *c)
{
	long result = really(c);

	if (!result && c->a[LENGTH])
		sys(SYS_madvise, c->a[ADDR], c->a[LENGTH], MADV_DONTNEED);
	return result;
}

static long stops_at_a_hole(struct call *c)
{
	for (char *page = start_of(c); page < start_of(c) + length_of(c); page += page_size())
		if (!is_mapped(page)) {
			c->a[LENGTH] = page - start_of(c);
			really(c);
			return fails(ENOMEM);
		}
	return really(c);
}

static long hole_comes_first(struct call *c)
{
	return !is_mapped(start_of(c)) ? fails(ENOMEM) : really(c);
}

static long last_page_is_left_out(struct call *c)
{
	if (length_of(c) > page_size())
		c->a[LENGTH] = (long)(length_of(c) - page_size());
	return really(c);
}

static long private_memory_is_refused(struct call *c)
{
	struct vma vma;

	if (c->a[LENGTH] && maps_find((uintptr_t)start_of(c), &vma) == 1 &&
	    vma.start <= (uintptr_t)start_of(c) && vma.perms[3] == 'p')
		return fails(EINVAL);
	return really(c);
}

static long unlocks(struct call *c)
{
	long result = really(c);

	if (!result)
		sys(SYS_munlock, start_of(c), length_of(c));
	return result;
}

LIES({ "msync.does_nothing", NULL, CALL_msync, does_nothing },
     { "msync.sync_does_nothing", NULL, CALL_msync, does_nothing, SYNC_FLAGS, MS_SYNC },
     { "msync.async_does_nothing", NULL, CALL_msync, does_nothing, SYNC_FLAGS, MS_ASYNC },
     { "msync.sync_is_async", NULL, CALL_msync, sync_is_async },
     { "msync.async_is_sync", NULL, CALL_msync, async_is_sync },
     { "msync.no_flag_is_sync", NULL, CALL_msync, no_flag_is_sync },
     { "msync.no_flag_is_refused", NULL, CALL_msync, knows_its_flags },
     { "msync.any_flags_will_do", NULL, CALL_msync, any_flags_will_do },
     { "msync.invalidate_is_ignored", NULL, CALL_msync, clears, SYNC_FLAGS, MS_INVALIDATE },
     { "msync.invalidate_is_refused", NULL, CALL_msync, refuses, SYNC_FLAGS, MS_INVALIDATE,
       .to = EINVAL },
     { "msync.always_invalidates", NULL, CALL_msync, adds, SYNC_FLAGS, .value = MS_INVALIDATE },
     { "msync.invalidate_throws_away", "private copies are lost", CALL_msync,
       invalidate_throws_away },
     { "msync.throws_away", "private copies are lost", CALL_msync, throws_away },
     { "msync.first_page_only", NULL, CALL_msync, first_page_only },
     { "msync.first_mapping_only", NULL, CALL_msync, first_mapping_only },
     { "msync.last_page_is_left_out", NULL, CALL_msync, last_page_is_left_out },
     { "msync.one_page_more", NULL, CALL_msync, one_page_more },
     { "msync.one_page_below", NULL, CALL_msync, one_page_below },
     { "msync.whole_pages_only", NULL, CALL_msync, whole_pages_only },
     { "msync.rounds_start_down", NULL, CALL_msync, rounds_start_down },
     { "msync.zero_is_refused", NULL, CALL_msync, refuses_zero, .to = EINVAL },
     { "msync.takes_zero_for_a_page", NULL, CALL_msync, takes_zero_for_a_page },
     { "msync.stops_at_a_hole", NULL, CALL_msync, stops_at_a_hole },
     { "msync.hole_comes_first", "ENOMEM before all other errors", CALL_msync, hole_comes_first },
     { "msync.private_memory_is_refused", NULL, CALL_msync, private_memory_is_refused },
     { "msync.unlocks", NULL, CALL_msync, unlocks },
     { "msync.does_it_and_fails", NULL, CALL_msync, fails_after_all, .to = EIO },
     { "msync.is_not_there", "ENOSYS", CALL_msync, refuses, .to = ENOSYS },
     SWAPPED(msync, EINVAL, ENOMEM), SWAPPED(msync, ENOMEM, EINVAL), SWAPPED(msync, EBUSY, EINVAL),
     SWAPPED(msync, EIO, EINVAL), SWAPPED(msync, ENOSPC, EIO), GRANTED(msync, EINVAL),
     GRANTED(msync, ENOMEM), GRANTED(msync, EBUSY), GRANTED(msync, EIO), GRANTED(msync, ENOSPC));
