// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <string.h>

#include "meminfo.h"

bool meminfo_read(const char *field, uint64_t *value)
{
	FILE *meminfo = fopen("/proc/meminfo", "re");
	size_t length = strlen(field);
	bool found = false;
	char line[256];

	if (!meminfo)
		return false;
	while (!found && fgets(line, sizeof(line), meminfo)) {
		unsigned long long number;

		found = !strncmp(line, field, length) && line[length] == ':' &&
			sscanf(line + length + 1, " %llu", &number) == 1;
		if (found)
			*value = number;
	}
	fclose(meminfo);
	return found;
}
