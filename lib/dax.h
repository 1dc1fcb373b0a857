/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A file in the scratch folder where that is a DAX mount: memory that keeps its contents, mapped
 * without a page cache.
 */
#ifndef LIB_DAX_H
#define LIB_DAX_H

#include <stdbool.h>
#include <stddef.h>

#include "loopfs.h"

struct dax {
	const char *missing; /* as in struct loopfs */
	char path[SCRATCH_PATH_MAX]; /* of the file */
	int fd; /* of the file, which is empty and whose name is durable */
	struct loopfs after;
};

/*
 * Makes the file. False: ->missing says what the environment lacks, or it is NULL and errno says
 * why.
 */
bool dax_open(struct dax *dax);

/*
 * Opens the file as it were if the power was cut now: on a copy of the medium that is mounted anew.
 * What the processor has stored is on the medium, whether it has been flushed or not. -1: errno
 * says why.
 */
int dax_cut(struct dax *dax);

void dax_close(struct dax *dax);

#endif
