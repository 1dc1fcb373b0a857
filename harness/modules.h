/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The kernel's modules in a guest. The initramfs has those that a run can need, as
 * /modules/NAME.ko, and a table of them: "NAME FILE..." a line, the files in the order to load;
 * NAME is that of a module, or what the kernel asks for ("fs_xfs"), or "start". A '-' in a name
 * counts as '_'. Without the table, no module is ever loaded.
 */
#ifndef MMAPCONF_MODULES_H
#define MMAPCONF_MODULES_H

#include <stdbool.h>

/* Is this program /sbin/modprobe, which the kernel starts when it lacks something? */
bool modules_is_us(const char *name);

/* What the kernel wants then is its last argument. Returns the exit status. */
int modules_main(int argc, char **argv);

/*
 * Loads what the table has under the name. Goes on when one cannot be loaded, and says so in the
 * kernel's log. False: there is no such name.
 */
bool modules_load(const char *name);

#endif
