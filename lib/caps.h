/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Capabilities of this process, through libcap. Built without libcap (LIBCAP=no), nothing is had
 * and nothing can be dropped, and caps_known() says so.
 */
#ifndef LIB_CAPS_H
#define LIB_CAPS_H

#include <stdbool.h>

/* linux/capability.h, which is not everywhere. */
#define CAPS_IPC_LOCK 14
#define CAPS_SYS_RAWIO 17
#define CAPS_SYS_ADMIN 21
#define CAPS_SYS_RESOURCE 24

bool caps_known(void);

/* Is the capability in the effective set? */
bool caps_have(int capability);

/*
 * Takes the capability out of the effective and the permitted set; false: errno says why. Dropping
 * what is not there succeeds.
 */
bool caps_drop(int capability);

#endif
