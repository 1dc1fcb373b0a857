/* SPDX-License-Identifier: GPL-2.0 */
/*
 * So many VMAs that the process is at the limit vm.max_map_count, which the case that uses this
 * lowers: EXCLUSIVE("vm.max_map_count").
 */
#ifndef LIB_CROWD_H
#define LIB_CROWD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CROWD_LIMIT 1000 /* VMAs; an ordinary process has far fewer */

struct crowd {
	int64_t before; /* vm.max_map_count */
	char *start;
	size_t length; /* bytes */
};

/* Lowers the limit to CROWD_LIMIT; false: it cannot be set here. */
bool crowd_limit(struct crowd *crowd);

/* Makes VMAs until just spare more reach the limit. False: that failed. */
bool crowd_fill(struct crowd *crowd, int spare);

/* The number of VMAs of this process, which the limit counts, or -1. */
int crowd_count(void);

/* Gives back the VMAs and the limit. */
void crowd_free(struct crowd *crowd);

#endif
