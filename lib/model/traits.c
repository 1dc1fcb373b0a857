// SPDX-License-Identifier: GPL-2.0
/*
 * What a release does, from its number. The bounds are those of the clauses' column "since".
 */
#include <string.h>

#include "model.h"

static bool number(const char **text, int *value)
{
	if (**text < '0' || **text > '9')
		return false;
	for (*value = 0; **text >= '0' && **text <= '9' && *value < 1000; (*text)++)
		*value = *value * 10 + **text - '0';
	return true;
}

static bool since(const struct model_traits *traits, int major, int minor)
{
	return traits->major > major || (traits->major == major && traits->minor >= minor);
}

bool model_traits_of(const char *release, struct model_traits *traits)
{
	memset(traits, 0, sizeof(*traits));
	if (!strncmp(release, "linux-", 6))
		release += 6;
	if (!number(&release, &traits->major) || *release++ != '.' ||
	    !number(&release, &traits->minor) || !since(traits, 5, 10))
		return false;
	traits->droppable = since(traits, 6, 11);
	traits->above4g = since(traits, 6, 6);
	traits->mseal = since(traits, 6, 10);
	traits->pseudo_noexec = since(traits, 6, 18);
	traits->huge_hint_up = since(traits, 6, 18);
	traits->zero_readonly_object = since(traits, 7, 3);
	traits->zero_thp = since(traits, 6, 18);
	traits->seal_before_unmap = since(traits, 6, 12);
	traits->mmap_gathers_first = since(traits, 6, 12);
	traits->mremap_params_first = since(traits, 6, 17);
	traits->mremap_looks_first = since(traits, 6, 1);
	traits->mremap_charges_first = !since(traits, 6, 1);
	traits->mremap_charges_shrink = since(traits, 6, 17) && !since(traits, 7, 3);
	traits->hugetlb_moves = since(traits, 6, 1);
	traits->map_count_first = since(traits, 7, 2);
	traits->dontunmap_any = since(traits, 5, 13);
	/* The stable branches between have it of 7.2. */
	traits->dontunmap_unlocks_all = !since(traits, 6, 1) ||
					(since(traits, 6, 13) && !since(traits, 7, 2));
	traits->dontunmap_counts_twice = since(traits, 6, 13) && !since(traits, 7, 2);
	traits->seal_by_vma = since(traits, 6, 12);
	traits->huge_dontneed = since(traits, 5, 18);
	return true;
}
