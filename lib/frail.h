/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A disk that is a process: a loop device over a file of FUSE. It has a cache, which it loses when
 * the power is cut: what was written and not flushed. It can refuse to be read or written, take its
 * time, and write what is in its cache in another order. It is gone when the process that made it
 * ends, however it ends.
 */
#ifndef LIB_FRAIL_H
#define LIB_FRAIL_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "child.h"
#include "loopfs.h"

struct frail_control;

struct frail {
	struct loopfs fs;
	struct frail_control *control; /* shared with the process */
	pid_t server;
	char file[SCRATCH_PATH_MAX]; /* where its file is mounted */
	struct gate mounted, held, released;
	int kept; /* a file of what survives when the power is cut */
	const char *missing; /* as in struct loopfs */
};

/* Makes the disk, from the image of the file system, and mounts it. False: as loopfs_open(). */
bool frail_open(struct frail *disk, const char *type);

/*
 * Makes all that was written survive. With MMAPCONF_DISK_LIES in the environment, the disk drops
 * all later flushes: by that, one sees a test of durability fail. False: errno says why.
 */
bool frail_settle(struct frail *disk);

/* From now on, reading from the disk fails with EIO. False: errno says why. */
bool frail_fail_reads(struct frail *disk);

/* From now on, writing any of the count bytes at this place of the disk fails with EIO. */
void frail_fail_writes(struct frail *disk, off_t place, size_t count);

/* From now on, a write to the disk, or a flush of its cache, does not end. Once for each disk. */
void frail_hold_writes(struct frail *disk);
void frail_hold_flushes(struct frail *disk);

/* Waits until there is such a one. */
void frail_wait_held(struct frail *disk);

/* Lets it end, and all that follow. */
void frail_release(struct frail *disk);

/*
 * From now on, what is written survives at once; what is in the cache by now still has to be
 * flushed.
 */
void frail_let_overtake(struct frail *disk);

/*
 * Cuts the power, and mounts what the disk has kept. False: errno says why. Both have to be closed,
 * the frail one last.
 */
bool frail_cut(struct frail *disk, struct loopfs *after);

void frail_close(struct frail *disk);

#endif
