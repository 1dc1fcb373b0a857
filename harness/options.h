/* SPDX-License-Identifier: GPL-2.0 */
/* What the commands that run things read of their command lines. */
#ifndef MMAPCONF_OPTIONS_H
#define MMAPCONF_OPTIONS_H

#include <stdbool.h>

/* One line on standard error; returns 3, the exit status. */
int complain(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* Reads a whole decimal number; false: it is none, or not between these. */
bool parse_number(const char *text, unsigned long least, unsigned long most, unsigned long *number);

/*
 * The value of an option that is written "-xVALUE", "-x VALUE", "--opt=VALUE" or "--opt VALUE";
 * NULL: another option.
 */
const char *option_value(const char *option, int argc, char **argv, int *i);

#endif
