/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A disk of a test's own: a copy of a pristine image on a loop device, mounted where only this
 * process sees it. It is gone when the process ends, however it ends. The copy lies on a tmpfs of
 * its own, so that the disk can be looked at from below, and made to fail. The image of a file
 * system is TYPE.img in the folder that MMAPCONF_IMAGES names. A "tmpfs" is mounted likewise,
 * without image and disk.
 */
#ifndef LIB_LOOPFS_H
#define LIB_LOOPFS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "mounts.h"

struct loopfs {
	const char *missing; /* what the environment lacks; NULL: nothing */
	const char *type; /* of the file system */
	char folder[SCRATCH_PATH_MAX]; /* where it is mounted */
	char store[SCRATCH_PATH_MAX]; /* the tmpfs that the disk lies on */
	char device[32]; /* its path */
	int device_fd;
	int disk; /* what is on the disk: the copy of the image; -1: a tmpfs */
};

/*
 * Makes the disk. False: ->missing says what the environment lacks, or it is NULL and errno says
 * why.
 */
bool loopfs_attach(struct loopfs *fs, const char *type);

/* Makes a file the disk, which the caller leaves open as long as it is used. False: as above. */
bool loopfs_attach_file(struct loopfs *fs, const char *type, int file);

/* Mounts it with these flags and options of mount(2). False: as above. */
bool loopfs_mount(struct loopfs *fs, unsigned long flags, const char *options);

/* Both. */
bool loopfs_open(struct loopfs *fs, const char *type, unsigned long flags, const char *options);

/* False: errno says why; EBUSY when something there is in use. */
bool loopfs_unmount(struct loopfs *fs);

/* Unmounts it as soon as nothing uses it any more, and gives up the disk. */
void loopfs_close(struct loopfs *fs);

/* Opens the file of this name on the file system; -1: errno says why. */
int loopfs_file(const struct loopfs *fs, const char *name, int flags);

/*
 * The place on the disk, in bytes, of count bytes of a file, which lie there in one piece, or -1.
 * The file system may write all that is dirty in the file to find out.
 */
off_t loopfs_place(int fd, size_t offset, size_t count);

/*
 * From now on, writing the count bytes at this place of the disk fails, but for those in a page of
 * the disk that the range has only a part of: so the middle of three pages is sure to. All else can
 * be written. A write that only ends there does not fail either: a loop device takes one that was
 * cut short for a success. What is read there is undefined.
 */
bool loopfs_fail_writes(struct loopfs *fs, off_t place, size_t count);

/*
 * The errno with which the disk itself refuses to be written at this place, a multiple of 4096; 0:
 * it does not, and was written.
 */
int loopfs_write_error(const struct loopfs *fs, off_t place);

/* Ends that it fails. */
bool loopfs_mend(struct loopfs *fs);

#endif
