/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Scratch folders: the first folder of MMAPCONF_DIR (folders separated by ':'; else TMPDIR, else
 * /tmp) holds one folder of this run's own. It is made when it is first needed and removed, with
 * all that is in it, when the program ends.
 */
#ifndef LIB_SCRATCH_H
#define LIB_SCRATCH_H

#include <stdbool.h>
#include <stddef.h>

#define SCRATCH_PATH_MAX 4096

/* A new, empty, unlinked file, opened with O_RDWR and the given flags; -1: errno says why. */
int scratch_file(int flags);

/*
 * A path in the run's folder that no other test has; nothing is there yet. False: errno says why.
 */
bool scratch_path(char path[SCRATCH_PATH_MAX], const char *name);

/* The run's folder, opened as a directory; -1: errno says why. */
int scratch_directory(void);

#endif
