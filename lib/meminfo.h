/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What /proc/meminfo tells of the machine.
 */
#ifndef LIB_MEMINFO_H
#define LIB_MEMINFO_H

#include <stdbool.h>
#include <stdint.h>

/*
 * The number behind "FIELD:", in kB for sizes and plain for counts, as the kernel prints it. False:
 * it does not tell.
 */
bool meminfo_read(const char *field, uint64_t *value);

#endif
