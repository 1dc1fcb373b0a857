/* SPDX-License-Identifier: GPL-2.0 */
/*
 * File systems that only this process sees: mounts in a mount namespace of its own, which end with it. A test that mounts needs a process
 * of its own.
 */
#ifndef LIB_MOUNTNS_H
#define LIB_MOUNTNS_H

#include <stdbool.h>

/* Gives this process a mount namespace whose mounts nobody else sees. False: errno says why. */
bool mountns_enter(void);

/* Mounts a tmpfs on a new folder at path, with the MS_... flags and options of mount(2). False: errno says why. */
bool mountns_tmpfs(const char *path, unsigned long flags, const char *options);

#endif
