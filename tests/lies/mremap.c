// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <string.h>

#include "lib/maps.h"
#include "lies.h"

static size_t rounded(long length)
{
	return ((size_t)length + page_size() - 1) & -page_size();
}

static bool moves(const struct call *c)
{
	return c->a[MREMAP_FLAGS] & (MREMAP_FIXED | MREMAP_DONTUNMAP);
}

static bool is_growth(const struct call *c)
{
	return rounded(c->a[NEW_LENGTH]) > rounded(c->a[OLD_LENGTH]);
}

static bool is_shrinking(const struct call *c)
{
	return rounded(c->a[NEW_LENGTH]) < rounded(c->a[OLD_LENGTH]);
}

static long returns_the_old_address(struct call *c)
{
	return c->a[ADDR];
}

static void *free_place(size_t length)
{
	long place = sys(CALL_mmap, 0L, length, PROT_NONE,
			 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1L, 0L);

	return (void *)place;
}

/* To another place by MREMAP_FIXED; undone where that is refused. */
static long move_away(struct call *c)
{
	size_t length = rounded(c->a[NEW_LENGTH]);
	void *place = free_place(length + 2 * page_size());
	struct call moved = *c;
	long result;

	if (place == MAP_FAILED)
		return really(c);
	moved.a[MREMAP_FLAGS] |= MREMAP_MAYMOVE | MREMAP_FIXED;
	moved.a[NEW_ADDR] = (long)place + (long)page_size();
	result = really(&moved);
	if (result == -1) {
		sys(SYS_munmap, place, length + 2 * page_size());
		return really(c);
	}
	sys(SYS_munmap, place, page_size());
	sys(SYS_munmap, (char *)place + page_size() + length, page_size());
	return result;
}

static long always_moves(struct call *c)
{
	return c->a[OLD_LENGTH] && c->a[NEW_LENGTH] && !moves(c) ? move_away(c) : really(c);
}

static long always_moves_if_it_may(struct call *c)
{
	return c->a[MREMAP_FLAGS] & MREMAP_MAYMOVE ? always_moves(c) : really(c);
}

static long destination_is_a_hint(struct call *c)
{
	return c->a[MREMAP_FLAGS] & MREMAP_FIXED && is_mapped((void *)c->a[NEW_ADDR]) ?
		       move_away(c) :
		       really(c);
}

static long destination_is_not_replaced(struct call *c)
{
	return c->a[MREMAP_FLAGS] & MREMAP_FIXED && is_mapped((void *)c->a[NEW_ADDR]) ?
		       fails(EEXIST) :
		       really(c);
}

static long destination_is_ignored(struct call *c)
{
	return c->a[MREMAP_FLAGS] & MREMAP_FIXED ? move_away(c) : really(c);
}

static long destination_is_rounded_down(struct call *c)
{
	c->a[NEW_ADDR] &= -(long)page_size();
	return really(c);
}

static long destination_loses_a_page_more(struct call *c)
{
	long result = really(c);

	if (result != -1 && c->a[MREMAP_FLAGS] & MREMAP_FIXED)
		sys(SYS_munmap, result + (long)rounded(c->a[NEW_LENGTH]), page_size());
	return result;
}

static long destination_loses_a_page_below(struct call *c)
{
	long result = really(c);

	if (result != -1 && c->a[MREMAP_FLAGS] & MREMAP_FIXED)
		sys(SYS_munmap, result - (long)page_size(), page_size());
	return result;
}

static long fixed_implies_maymove(struct call *c)
{
	if (moves(c))
		c->a[MREMAP_FLAGS] |= MREMAP_MAYMOVE;
	return really(c);
}

static long dontunmap_keeps_the_bytes(struct call *c)
{
	size_t length = rounded(c->a[OLD_LENGTH]);
	long result = really(c);

	if (result != -1 && c->a[MREMAP_FLAGS] & MREMAP_DONTUNMAP && length < (1UL << 24) &&
	    !sys(SYS_mprotect, c->a[ADDR], length, PROT_READ | PROT_WRITE))
		memcpy((void *)c->a[ADDR], (void *)result, length);
	return result;
}

static long never_unmaps(struct call *c)
{
	long old = c->a[ADDR];
	size_t length = rounded(c->a[OLD_LENGTH]);
	long result = really(c);

	if (result != -1 && result != old && length)
		sys(CALL_mmap, old, length, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1L, 0L);
	return result;
}

static long last_old_page_stays(struct call *c)
{
	long old = c->a[ADDR];
	long result = really(c);

	if (result != -1 && result != old && c->a[OLD_LENGTH])
		sys(CALL_mmap, old + (long)rounded(c->a[OLD_LENGTH]) - (long)page_size(),
		    page_size(), PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1L,
		    0L);
	return result;
}

/* The mapping is there, and its bytes are not. */
static long bytes_are_lost(struct call *c)
{
	long old = c->a[ADDR], result = really(c);
	size_t length = rounded(c->a[NEW_LENGTH]);

	if (result != -1 && result != old) {
		sys(CALL_mmap, result, length, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1L, 0L);
	}
	return result;
}

/* Memory with the bytes, and of no file. */
static long bytes_are_copied(struct call *c)
{
	long old = c->a[ADDR], result = really(c);
	size_t length = rounded(c->a[OLD_LENGTH]);
	void *kept;

	if (result == -1 || result == old || !length || length > rounded(c->a[NEW_LENGTH]))
		return result;
	kept = free_place(length);
	sys(SYS_mprotect, kept, length, PROT_READ | PROT_WRITE);
	if (!sys(SYS_mincore, result, page_size(), kept) && length < (1UL << 24)) {
		memcpy(kept, (void *)result, length);
		sys(SYS_mremap, kept, length, length, MREMAP_MAYMOVE | MREMAP_FIXED, result);
	}
	return result;
}

static long private_copies_are_lost(struct call *c)
{
	long old = c->a[ADDR], result = really(c);

	if (result != -1 && result != old)
		sys(SYS_madvise, result, page_size(), MADV_DONTNEED);
	return result;
}

static long becomes(struct call *c)
{
	long old = c->a[ADDR], result = really(c);

	if (result != -1 && result != old)
		sys(SYS_mprotect, result, rounded(c->a[NEW_LENGTH]), (long)lie->value);
	return result;
}

static long growth_becomes_read_only(struct call *c)
{
	long result = really(c);

	if (result != -1 && is_growth(c))
		sys(SYS_mprotect, result + (long)rounded(c->a[OLD_LENGTH]),
		    rounded(c->a[NEW_LENGTH]) - rounded(c->a[OLD_LENGTH]), PROT_READ);
	return result;
}

static long growth_is_not_zeroed(struct call *c)
{
	long result = really(c);
	size_t old = rounded(c->a[OLD_LENGTH]), length = rounded(c->a[NEW_LENGTH]);

	if (result != -1 && is_growth(c) && length < (1UL << 22) &&
	    !sys(SYS_mprotect, result, length, PROT_READ | PROT_WRITE))
		memset((char *)result + old, 0x5a, length - old);
	return result;
}

static long growth_is_anonymous(struct call *c)
{
	long result = really(c);
	size_t old = rounded(c->a[OLD_LENGTH]), length = rounded(c->a[NEW_LENGTH]);

	if (result != -1 && is_growth(c))
		sys(CALL_mmap, result + (long)old, length - old, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1L, 0L);
	return result;
}

static long does_not_grow(struct call *c)
{
	return is_growth(c) && !moves(c) && c->a[OLD_LENGTH] ? c->a[ADDR] : really(c);
}

static long grows_by_one_page(struct call *c)
{
	if (is_growth(c) && c->a[OLD_LENGTH])
		c->a[NEW_LENGTH] = (long)(rounded(c->a[OLD_LENGTH]) + page_size());
	return really(c);
}

static long growth_is_refused(struct call *c)
{
	return is_growth(c) ? fails(ENOMEM) : really(c);
}

static long never_moves(struct call *c)
{
	if (is_growth(c) && !moves(c))
		c->a[MREMAP_FLAGS] &= ~(long)MREMAP_MAYMOVE;
	return really(c);
}

static long growth_replaces_a_neighbour(struct call *c)
{
	size_t old = rounded(c->a[OLD_LENGTH]), length = rounded(c->a[NEW_LENGTH]);

	if (is_growth(c) && !moves(c) && old && length - old < (1UL << 24))
		sys(SYS_munmap, c->a[ADDR] + (long)old, length - old);
	return really(c);
}

static long does_not_shrink(struct call *c)
{
	return is_shrinking(c) && !moves(c) && c->a[NEW_LENGTH] ? c->a[ADDR] : really(c);
}

static long shrinks_by_one_page(struct call *c)
{
	if (is_shrinking(c) && c->a[NEW_LENGTH])
		c->a[NEW_LENGTH] = (long)(rounded(c->a[OLD_LENGTH]) - page_size());
	return really(c);
}

static long shrinks_a_page_too_far(struct call *c)
{
	long result = really(c);

	if (result != -1 && is_shrinking(c))
		sys(SYS_munmap, result + (long)rounded(c->a[NEW_LENGTH]) - (long)page_size(),
		    page_size());
	return result;
}

static long shrinking_is_refused(struct call *c)
{
	return is_shrinking(c) ? fails(EINVAL) : really(c);
}

static long shrinking_frees_the_bytes_alone(struct call *c)
{
	size_t old = rounded(c->a[OLD_LENGTH]), length = rounded(c->a[NEW_LENGTH]);

	if (!is_shrinking(c) || moves(c) || !c->a[NEW_LENGTH])
		return really(c);
	sys(SYS_madvise, c->a[ADDR] + (long)length, old - length, MADV_DONTNEED);
	return c->a[ADDR];
}

static long lengths_are_not_rounded(struct call *c)
{
	for (int i = OLD_LENGTH; i <= NEW_LENGTH; i++)
		if ((size_t)c->a[i] > page_size())
			c->a[i] &= -(long)page_size();
	return really(c);
}

static long new_length_of_zero_is_a_page(struct call *c)
{
	if (!c->a[NEW_LENGTH])
		c->a[NEW_LENGTH] = (long)page_size();
	return really(c);
}

static long old_length_of_zero_is_refused(struct call *c)
{
	return rounded(c->a[OLD_LENGTH]) ? really(c) : fails(EINVAL);
}

static long old_length_of_zero_moves(struct call *c)
{
	if (!rounded(c->a[OLD_LENGTH]))
		c->a[OLD_LENGTH] = c->a[NEW_LENGTH];
	return really(c);
}

static long duplicate_is_memory(struct call *c)
{
	size_t length = rounded(c->a[NEW_LENGTH]);
	long result = really(c);

	if (result != -1 && !rounded(c->a[OLD_LENGTH]))
		sys(CALL_mmap, result, length, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1L, 0L);
	return result;
}

static long private_memory_is_duplicated(struct call *c)
{
	long result = really(c);

	if (result == -1 && errno == EINVAL && !rounded(c->a[OLD_LENGTH]) &&
	    c->a[MREMAP_FLAGS] & MREMAP_MAYMOVE && c->a[NEW_LENGTH])
		return (long)sys(CALL_mmap, 0L, c->a[NEW_LENGTH], PROT_READ | PROT_WRITE,
				 MAP_PRIVATE | MAP_ANONYMOUS, -1L, 0L);
	return result;
}

static long one_mapping_only(struct call *c)
{
	size_t length = rounded(c->a[OLD_LENGTH]);

	return length && first_mapping((void *)c->a[ADDR], length) < length ? fails(EFAULT) :
									      really(c);
}

static long moves_the_first_mapping_only(struct call *c)
{
	size_t length = rounded(c->a[OLD_LENGTH]);
	size_t first = first_mapping((void *)c->a[ADDR], length);

	if (c->a[MREMAP_FLAGS] & MREMAP_FIXED && first < length &&
	    length == rounded(c->a[NEW_LENGTH]))
		c->a[OLD_LENGTH] = c->a[NEW_LENGTH] = (long)first;
	return really(c);
}

static long refusal_loses_the_destination(struct call *c)
{
	long result = really(c);

	if (result == -1 && c->a[MREMAP_FLAGS] & MREMAP_FIXED)
		sys_besides(SYS_munmap, c->a[NEW_ADDR], c->a[NEW_LENGTH]);
	return result;
}

static long refusal_loses_the_source(struct call *c)
{
	long result = really(c);

	if (result == -1)
		sys_besides(SYS_munmap, start_of(c),
			    c->a[OLD_LENGTH] ? (unsigned long)c->a[OLD_LENGTH] : page_size());
	return result;
}

static long refusal_loses_the_bytes(struct call *c)
{
	long result = really(c);

	if (result == -1)
		sys_besides(SYS_madvise, start_of(c),
			    c->a[OLD_LENGTH] ? rounded(c->a[OLD_LENGTH]) : page_size(),
			    MADV_DONTNEED);
	return result;
}

static long takes_it_where_it_is(struct call *c)
{
	long result = really(c);

	return result == -1 && errno == lie->from ? c->a[ADDR] : result;
}
#define TAKEN(seen)                                                                      \
	{                                                                                \
		"mremap." #seen "_is_no_error", NULL, CALL_mremap, takes_it_where_it_is, \
			.from = (seen)                                                   \
	}

static long lock_stays_behind(struct call *c)
{
	long result = really(c);

	if (result != -1 && result != c->a[ADDR])
		sys(SYS_munlock, result, c->a[NEW_LENGTH]);
	return result;
}

static long growth_is_not_locked(struct call *c)
{
	long result = really(c);

	if (result != -1 && is_growth(c))
		sys(SYS_munlock, result + (long)rounded(c->a[OLD_LENGTH]),
		    rounded(c->a[NEW_LENGTH]) - rounded(c->a[OLD_LENGTH]));
	return result;
}

static long growth_is_brought_in(struct call *c)
{
	long result = really(c);

	if (result != -1 && is_growth(c) && rounded(c->a[NEW_LENGTH]) < (1UL << 24))
		sys(SYS_madvise, result, rounded(c->a[NEW_LENGTH]), MADV_POPULATE_READ);
	return result;
}

static long advice_is_lost(struct call *c)
{
	static const int advices[] = { MADV_DOFORK, MADV_DODUMP, MADV_NORMAL, MADV_KEEPONFORK };
	long result = really(c);

	for (size_t i = 0; result != -1 && i < sizeof(advices) / sizeof(advices[0]); i++)
		sys(SYS_madvise, result, rounded(c->a[NEW_LENGTH]), advices[i]);
	return result;
}

static long moved_is_never_merged(struct call *c)
{
	long result = really(c);

	if (result != -1)
		sys(SYS_madvise, result, rounded(c->a[NEW_LENGTH]), MADV_DONTDUMP);
	return result;
}

static long source_loses_a_page_more(struct call *c)
{
	long result = really(c);

	if (result != -1 && c->a[OLD_LENGTH] && result != c->a[ADDR])
		sys(SYS_munmap, c->a[ADDR] + (long)rounded(c->a[OLD_LENGTH]), page_size());
	return result;
}

static long source_loses_a_page_below(struct call *c)
{
	long result = really(c);

	if (result != -1 && c->a[OLD_LENGTH] && result != c->a[ADDR])
		sys(SYS_munmap, c->a[ADDR] - (long)page_size(), page_size());
	return result;
}

static long is_charged_twice(struct call *c)
{
	long result = really(c);

	if (result != -1 && result != c->a[ADDR])
		free_place(rounded(c->a[NEW_LENGTH]));
	return result;
}

static long missing_mapping_comes_first(struct call *c)
{
	return is_mapped(start_of(c)) ? really(c) : fails(EFAULT);
}

static long overlap_is_allowed(struct call *c)
{
	long result = really(c);

	/* By way of another place. */
	if (result == -1 && errno == EINVAL &&
	    c->a[MREMAP_FLAGS] == (MREMAP_MAYMOVE | MREMAP_FIXED) &&
	    c->a[NEW_ADDR] < c->a[ADDR] + c->a[OLD_LENGTH] &&
	    c->a[ADDR] < c->a[NEW_ADDR] + c->a[NEW_LENGTH] &&
	    !(c->a[NEW_ADDR] & (long)(page_size() - 1))) {
		long to = c->a[NEW_ADDR];

		result = move_away(c);
		if (result != -1)
			result = sys(SYS_mremap, result, c->a[NEW_LENGTH], c->a[NEW_LENGTH],
				     MREMAP_MAYMOVE | MREMAP_FIXED, to);
	}
	return result;
}

static long dontunmap_leaves_it_read_only(struct call *c)
{
	long result = really(c);

	if (result != -1 && c->a[MREMAP_FLAGS] & MREMAP_DONTUNMAP)
		sys(SYS_mprotect, c->a[ADDR], c->a[OLD_LENGTH], PROT_READ);
	return result;
}

static long brings_all_in(struct call *c)
{
	long result = really(c);

	if (result != -1 && rounded(c->a[NEW_LENGTH]) < (1UL << 24))
		sys(SYS_madvise, result, rounded(c->a[NEW_LENGTH]), MADV_POPULATE_WRITE);
	return result;
}

LIES({ "mremap.does_nothing", "the old address is returned", CALL_mremap, returns_the_old_address },
     { "mremap.never_moves", "MREMAP_MAYMOVE is ignored", CALL_mremap, never_moves },
     { "mremap.always_moves", NULL, CALL_mremap, always_moves },
     { "mremap.always_moves_if_it_may", NULL, CALL_mremap, always_moves_if_it_may },
     { "mremap.maymove_is_implied", NULL, CALL_mremap, adds, MREMAP_FLAGS,
       .value = MREMAP_MAYMOVE },
     { "mremap.fixed_implies_maymove", NULL, CALL_mremap, fixed_implies_maymove },
     { "mremap.destination_is_a_hint", NULL, CALL_mremap, destination_is_a_hint },
     { "mremap.destination_is_ignored", NULL, CALL_mremap, destination_is_ignored },
     { "mremap.destination_is_not_replaced", "EEXIST where something is mapped", CALL_mremap,
       destination_is_not_replaced },
     { "mremap.destination_is_rounded_down", NULL, CALL_mremap, destination_is_rounded_down },
     { "mremap.destination_loses_a_page_more", NULL, CALL_mremap, destination_loses_a_page_more },
     { "mremap.destination_loses_a_page_below", NULL, CALL_mremap, destination_loses_a_page_below },
     { "mremap.source_loses_a_page_more", NULL, CALL_mremap, source_loses_a_page_more },
     { "mremap.source_loses_a_page_below", NULL, CALL_mremap, source_loses_a_page_below },
     { "mremap.source_is_rounded_down", NULL, CALL_mremap, rounds_start_down },
     { "mremap.fixed_is_refused", NULL, CALL_mremap, refuses, MREMAP_FLAGS, MREMAP_FIXED,
       .to = EINVAL },
     { "mremap.dontunmap_is_refused", NULL, CALL_mremap, refuses, MREMAP_FLAGS, MREMAP_DONTUNMAP,
       .to = EINVAL },
     { "mremap.dontunmap_is_ignored", NULL, CALL_mremap, clears, MREMAP_FLAGS, MREMAP_DONTUNMAP },
     { "mremap.dontunmap_keeps_the_bytes", NULL, CALL_mremap, dontunmap_keeps_the_bytes },
     { "mremap.never_unmaps", "memory stays where the mapping was", CALL_mremap, never_unmaps },
     { "mremap.last_last_old_page_stays", NULL, CALL_mremap, last_old_page_stays },
     { "mremap.bytes_are_lost", NULL, CALL_mremap, bytes_are_lost },
     { "mremap.bytes_are_copied", "what was moved is memory of its own", CALL_mremap,
       bytes_are_copied },
     { "mremap.private_copies_are_lost", NULL, CALL_mremap, private_copies_are_lost },
     { "mremap.moved_becomes_read_only", NULL, CALL_mremap, becomes, .value = PROT_READ },
     { "mremap.moved_becomes_writable", NULL, CALL_mremap, becomes,
       .value = PROT_READ | PROT_WRITE },
     { "mremap.growth_becomes_read_only", NULL, CALL_mremap, growth_becomes_read_only },
     { "mremap.growth_is_not_zeroed", NULL, CALL_mremap, growth_is_not_zeroed },
     { "mremap.growth_is_anonymous", NULL, CALL_mremap, growth_is_anonymous },
     { "mremap.does_not_grow", NULL, CALL_mremap, does_not_grow },
     { "mremap.grows_by_one_page", NULL, CALL_mremap, grows_by_one_page },
     { "mremap.growth_is_refused", NULL, CALL_mremap, growth_is_refused },
     { "mremap.growth_replaces_a_neighbour", NULL, CALL_mremap, growth_replaces_a_neighbour },
     { "mremap.growth_is_not_locked", NULL, CALL_mremap, growth_is_not_locked },
     { "mremap.growth_is_brought_in", NULL, CALL_mremap, growth_is_brought_in },
     { "mremap.does_not_shrink", NULL, CALL_mremap, does_not_shrink },
     { "mremap.shrinks_by_one_page", NULL, CALL_mremap, shrinks_by_one_page },
     { "mremap.shrinks_a_page_too_far", NULL, CALL_mremap, shrinks_a_page_too_far },
     { "mremap.shrinking_is_refused", NULL, CALL_mremap, shrinking_is_refused },
     { "mremap.shrinking_frees_the_bytes_alone", NULL, CALL_mremap,
       shrinking_frees_the_bytes_alone },
     { "mremap.lengths_are_not_rounded", NULL, CALL_mremap, lengths_are_not_rounded },
     { "mremap.new_length_of_zero_is_a_page", NULL, CALL_mremap, new_length_of_zero_is_a_page },
     { "mremap.old_length_of_zero_is_refused", NULL, CALL_mremap, old_length_of_zero_is_refused },
     { "mremap.old_length_of_zero_moves", NULL, CALL_mremap, old_length_of_zero_moves },
     { "mremap.duplicate_is_memory", "a second view is memory of its own", CALL_mremap,
       duplicate_is_memory },
     { "mremap.private_memory_is_duplicated", NULL, CALL_mremap, private_memory_is_duplicated },
     { "mremap.one_mapping_only", "EFAULT for several", CALL_mremap, one_mapping_only },
     { "mremap.moves_the_first_mapping_only", NULL, CALL_mremap, moves_the_first_mapping_only },
     { "mremap.unknown_flags_are_ignored", NULL, CALL_mremap, clears, MREMAP_FLAGS, ~7UL },
     { "mremap.refusal_loses_the_destination", NULL, CALL_mremap, refusal_loses_the_destination },
     { "mremap.refusal_loses_the_source", NULL, CALL_mremap, refusal_loses_the_source },
     { "mremap.refusal_loses_the_bytes", NULL, CALL_mremap, refusal_loses_the_bytes },
     { "mremap.does_it_and_fails", NULL, CALL_mremap, fails_after_all, .to = ENOMEM },
     { "mremap.lock_stays_behind", NULL, CALL_mremap, lock_stays_behind },
     { "mremap.advice_is_lost", NULL, CALL_mremap, advice_is_lost },
     { "mremap.moved_is_never_merged", NULL, CALL_mremap, moved_is_never_merged },
     { "mremap.is_charged_twice", NULL, CALL_mremap, is_charged_twice },
     { "mremap.missing_mapping_comes_first", "EFAULT before all other errors", CALL_mremap,
       missing_mapping_comes_first },
     { "mremap.overlap_is_allowed", NULL, CALL_mremap, overlap_is_allowed },
     { "mremap.dontunmap_leaves_it_read_only", NULL, CALL_mremap, dontunmap_leaves_it_read_only },
     { "mremap.brings_all_in", NULL, CALL_mremap, brings_all_in },
     { "mremap.is_not_there", "ENOSYS", CALL_mremap, refuses, .to = ENOSYS },
     SWAPPED(mremap, EINVAL, ENOMEM), SWAPPED(mremap, ENOMEM, EINVAL),
     SWAPPED(mremap, EFAULT, ENOMEM), SWAPPED(mremap, EAGAIN, ENOMEM),
     SWAPPED(mremap, EPERM, EACCES), TAKEN(EINVAL), TAKEN(ENOMEM), TAKEN(EFAULT), TAKEN(EAGAIN),
     TAKEN(EPERM));
