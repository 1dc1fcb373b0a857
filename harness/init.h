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
 * Does what a system's start would have done, as far as the kernel lets it: /proc, /sys, /dev, a
 * tmpfs on /tmp, a console as standard input and output, the modules to begin with (modules.h).
 * What cannot be had is left out; the tests that need it SKIP.
 *
 * Two variables of the environment (the kernel makes one of every NAME=VALUE on its command line
 * that it does not know): MMAPCONF_RESULTS names a terminal or file that becomes standard output, a
 * terminal without any translation; MMAPCONF_DISK what is mounted as /disk/NAME each and added to
 * MMAPCONF_DIR, separated by '+': block devices; disks by the serial number that their controllers
 * say, which may be the type of their file system; "overlay", on a tmpfs; "dax", an ext4 in
 * /dev/pmem0. Says on standard error what cannot be had of these two. /images in the initramfs
 * becomes MMAPCONF_IMAGES.
 */
void init_prepare(void);

/*
 * The words to run, from the file /mmapconf.args of the initramfs, one a line: the kernel's command
 * line is short, and takes few words. Returns argc, and in *argv the words behind "init"; 0 when
 * there is no such file, -1 when it is too long.
 */
int init_arguments(char ***argv);

/*
 * Waits until all of standard output is out, says the status on standard error (the only way out
 * that it has), writes out what is cached, and switches the machine off. Returns only if the kernel
 * does not do it.
 */
void init_power_off(int status);

#endif
