// SPDX-License-Identifier: GPL-2.0
/* The calls that act on the same mappings. */
#include <errno.h>

#include "lies.h"

#define ADVICE 2 /* the argument of madvise() */

static long hole_is_found_first(struct call *c)
{
	for (char *page = start_of(c);
	     length_of(c) < (1UL << 28) && page < start_of(c) + length_of(c); page += page_size())
		if (!is_mapped(page))
			return fails(ENOMEM);
	return really(c);
}

static long passes_over_holes(struct call *c)
{
	long result = really(c);

	if (result && errno == ENOMEM && c->a[LENGTH] > 0 && length_of(c) < (1UL << 24))
		for (char *page = start_of(c); page < start_of(c) + length_of(c);
		     page += page_size())
			sys(c->number, page, page_size(), c->a[2], c->a[3]);
	return result && errno == ENOMEM ? fails(ENOMEM) : result;
}

static long none_is_readable(struct call *c)
{
	if (!c->a[PROT])
		c->a[PROT] = PROT_READ;
	return really(c);
}

static long readable_stays_writable(struct call *c)
{
	long result;

	if (c->a[PROT] != PROT_READ)
		return really(c);
	c->a[PROT] |= PROT_WRITE;
	result = really(c);
	if (result) {
		c->a[PROT] = PROT_READ;
		result = really(c);
	}
	return result;
}

static bool advises(const struct call *c)
{
	return c->a[ADVICE] == (long)lie->value;
}

static long advice_does_nothing(struct call *c)
{
	return advises(c) ? 0 : really(c);
}

static long advice_is_refused(struct call *c)
{
	return advises(c) ? fails(EINVAL) : really(c);
}

#define IGNORED(number)                                                                    \
	{                                                                                  \
		"madvise." #number "_is_ignored", NULL, CALL_madvise, advice_does_nothing, \
			.value = (number)                                                  \
	}
#define REFUSED(number)                                                                  \
	{                                                                                \
		"madvise." #number "_is_refused", NULL, CALL_madvise, advice_is_refused, \
			.value = (number)                                                \
	}

/* mincore() */

static unsigned char *fill(const struct call *c, unsigned char value)
{
	unsigned char *vec = (unsigned char *)c->a[2];

	for (size_t i = 0; i < length_of(c) / page_size(); i++)
		vec[i] = value;
	return vec;
}

static long says(struct call *c)
{
	long result = really(c);

	if (!result)
		fill(c, (unsigned char)lie->value);
	return result;
}

static long locks_in_full(struct call *c)
{
	if (c->number == SYS_mlock2)
		c->a[2] = 0;
	return really(c);
}

static long locks_on_fault(struct call *c)
{
	return sys(SYS_mlock2, c->a[ADDR], c->a[LENGTH], MLOCK_ONFAULT);
}

static long brings_in_alone(struct call *c)
{
	sys(SYS_madvise, start_of(c), length_of(c), MADV_POPULATE_WRITE);
	return 0;
}

LIES({ "mprotect.does_nothing", NULL, CALL_mprotect, does_nothing },
     { "mprotect.first_page_only", NULL, CALL_mprotect, first_page_only },
     { "mprotect.first_mapping_only", NULL, CALL_mprotect, first_mapping_only },
     { "mprotect.one_page_more", NULL, CALL_mprotect, one_page_more },
     { "mprotect.one_page_below", NULL, CALL_mprotect, one_page_below },
     { "mprotect.whole_pages_only", NULL, CALL_mprotect, whole_pages_only },
     { "mprotect.rounds_start_down", NULL, CALL_mprotect, rounds_start_down },
     { "mprotect.zero_is_refused", NULL, CALL_mprotect, refuses_zero, .to = EINVAL },
     { "mprotect.takes_zero_for_a_page", NULL, CALL_mprotect, takes_zero_for_a_page },
     { "mprotect.hole_is_found_first", NULL, CALL_mprotect, hole_is_found_first },
     { "mprotect.passes_over_holes", NULL, CALL_mprotect, passes_over_holes },
     { "mprotect.none_is_readable", NULL, CALL_mprotect, none_is_readable },
     { "mprotect.readable_stays_writable", NULL, CALL_mprotect, readable_stays_writable },
     { "mprotect.all_is_executable", NULL, CALL_mprotect, adds, PROT, .value = PROT_EXEC },
     { "mprotect.exec_is_ignored", NULL, CALL_mprotect, clears, PROT, PROT_EXEC },
     { "mprotect.write_is_refused", NULL, CALL_mprotect, refuses, PROT, PROT_WRITE, .to = EACCES },
     { "mprotect.does_it_and_fails", NULL, CALL_mprotect, fails_after_all, .to = ENOMEM },
     SWAPPED(mprotect, EINVAL, ENOMEM), SWAPPED(mprotect, ENOMEM, EINVAL),
     SWAPPED(mprotect, EACCES, EPERM), SWAPPED(mprotect, EPERM, EACCES), GRANTED(mprotect, EINVAL),
     GRANTED(mprotect, ENOMEM), GRANTED(mprotect, EACCES), GRANTED(mprotect, EPERM),
     /* madvise() */
     { "madvise.does_nothing", NULL, CALL_madvise, does_nothing },
     { "madvise.first_page_only", NULL, CALL_madvise, first_page_only },
     { "madvise.is_refused", NULL, CALL_madvise, refuses, .to = EINVAL }, IGNORED(MADV_DONTNEED),
     IGNORED(MADV_DONTFORK), REFUSED(MADV_DONTNEED), SWAPPED(madvise, EINVAL, ENOMEM),
     SWAPPED(madvise, ENOMEM, EINVAL), GRANTED(madvise, EINVAL), GRANTED(madvise, ENOMEM),
     /* mincore() */
     { "mincore.all_is_resident", NULL, CALL_mincore, says, .value = 1 },
     { "mincore.nothing_is_resident", NULL, CALL_mincore, says, .value = 0 },
     { "mincore.is_refused", NULL, CALL_mincore, refuses, .to = ENOSYS },
     /* mlock(), mlock2() and munlock() */
     { "mlock.does_nothing", NULL, CALL_mlock, does_nothing },
     { "mlock.locks_in_full", "MLOCK_ONFAULT is ignored", CALL_mlock, locks_in_full },
     { "mlock.locks_on_fault", NULL, CALL_mlock, locks_on_fault },
     { "mlock.brings_in_alone", NULL, CALL_mlock, brings_in_alone },
     { "mlock.first_page_only", NULL, CALL_mlock, first_page_only },
     { "mlock.one_page_more", NULL, CALL_mlock, one_page_more },
     { "munlock.does_nothing", NULL, CALL_munlock, does_nothing },
     /* mseal() and memfd_create() */
     { "mseal.does_nothing", NULL, CALL_mseal, does_nothing },
     { "mseal.first_page_only", NULL, CALL_mseal, first_page_only },
     { "mseal.one_page_more", NULL, CALL_mseal, one_page_more },
     { "memfd_create.flags_are_ignored", NULL, CALL_memfd_create, sets, 1, .value = 0 });
