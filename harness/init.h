/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The suite image as the /init of a guest: process 1 on a kernel without anything else.
 */
#ifndef MMAPCONF_INIT_H
#define MMAPCONF_INIT_H

#include <stdbool.h>

/* Is this process 1, and started as "init"? In a container, any program may be process 1. */
bool init_is_us(const char *name);

/*
 * Does what a system's start would have done, as far as the kernel lets it: /proc, /sys, /dev, a tmpfs on /tmp, a console as
 * standard input and output. What cannot be had is left out; the tests that need it SKIP.
 */
void init_prepare(void);

/* Writes out what is cached and switches the machine off. Returns only if the kernel does not do it. */
void init_power_off(void);

#endif
