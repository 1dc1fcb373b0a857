/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The timestamps of a file, set to where a change shows.
 */
#ifndef LIB_FILETIMES_H
#define LIB_FILETIMES_H

#include <stdbool.h>
#include <time.h>

#define LONG_AGO 1000000 /* seconds since 1970 */

/*
 * Sets st_atime and st_mtime, in seconds since 1970; st_ctime becomes now. False: errno says why.
 */
bool filetimes_set(int fd, time_t atime, time_t mtime);

/* In seconds since 1970; -1: errno says why. */
time_t file_atime(int fd);
time_t file_mtime(int fd);

/* st_ctime in nanoseconds; -1: errno says why. */
long long file_ctime(int fd);

/*
 * Waits until the clock that timestamps are taken from has gone on since st_ctime: a tick of the
 * kernel.
 */
bool file_ctime_passed(int fd);

#endif
