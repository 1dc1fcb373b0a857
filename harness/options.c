// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "options.h"

int complain(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	fputs("mmapconf: ", stderr);
	vfprintf(stderr, fmt, args);
	fputc('\n', stderr);
	va_end(args);
	return 3;
}

bool parse_number(const char *text, unsigned long least, unsigned long most, unsigned long *number)
{
	char *end;

	if (*text < '0' || *text > '9')
		return false;
	errno = 0;
	*number = strtoul(text, &end, 10);
	return !errno && !*end && *number >= least && *number <= most;
}

const char *option_value(const char *option, int argc, char **argv, int *i)
{
	size_t length = strlen(option);
	const char *argument = argv[*i];

	if (strncmp(argument, option, length))
		return NULL;
	if (argument[length] == '=' && option[1] == '-')
		return argument + length + 1;
	if (argument[length])
		return option[1] == '-' ? NULL : argument + length;
	return *i + 1 < argc ? argv[++*i] : "";
}
