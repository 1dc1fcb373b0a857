/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Limits that a test works under: resource limits, and the numbers that the kernel keeps in
 * /proc/sys.
 */
#ifndef LIB_LIMITS_H
#define LIB_LIMITS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/resource.h>

/*
 * Sets the soft limit, in the units of setrlimit(2); the hard limit stays. False: errno says why.
 */
bool limit_set(int resource, rlim_t soft);

/*
 * Takes the hard limit away; the soft one stays. False: CAP_SYS_RESOURCE is missing, and there is
 * one.
 */
bool limit_lift(int resource);

/* Reads the number in /proc/sys/NAME, NAME with dots as in sysctl(8); false: there is none. */
bool sysctl_read(const char *name, int64_t *value);

/* Writes it; false: errno says why. Only in a case that is EXCLUSIVE for this name. */
bool sysctl_write(const char *name, int64_t value);

/*
 * The address space of this process in bytes: what RLIMIT_AS counts; false: the kernel does not
 * tell.
 */
bool address_space_bytes(uint64_t *bytes);

#endif
