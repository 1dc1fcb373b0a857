// SPDX-License-Identifier: GPL-2.0
#include "crowd.h"
#include "limits.h"
#include "maps.h"
#include "page.h"
#include "syscalls.h"

#define LIMIT "vm.max_map_count"

bool crowd_limit(struct crowd *crowd)
{
	return maps_available() && sysctl_read(LIMIT, &crowd->before) && crowd_count() >= 0 &&
	       crowd_count() < CROWD_LIMIT / 2 && sysctl_write(LIMIT, CROWD_LIMIT);
}

int crowd_count(void)
{
	/*
	 * Not the vsyscall page of x86-64, which is no VMA of this process: in the upper half,
	 * where programs of 64 bits have none.
	 */
	return maps_count(0, sizeof(long) == 8 ? UINTPTR_MAX / 2 : UINTPTR_MAX);
}

/* Every second page of a mapping becomes a VMA of its own: each but the last makes two more. */
bool crowd_fill(struct crowd *crowd, int spare)
{
	int wanted = CROWD_LIMIT - spare, missing;

	crowd->length = pages(CROWD_LIMIT);
	crowd->start = sys_mmap(NULL, crowd->length, PROT_NONE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (crowd->start == MAP_FAILED)
		return false;
	missing = wanted - crowd_count();
	for (int i = 1; missing > 1; i += 2, missing -= 2)
		if (sys_mprotect(crowd->start + pages(i), pages(1), PROT_READ))
			return false;
	if (missing == 1 &&
	    sys_mprotect(crowd->start + crowd->length - pages(1), pages(1), PROT_READ))
		return false;
	return crowd_count() == wanted;
}

void crowd_free(struct crowd *crowd)
{
	if (crowd->start && crowd->start != MAP_FAILED)
		sys_munmap(crowd->start, crowd->length);
	sysctl_write(LIMIT, crowd->before);
}
