// SPDX-License-Identifier: GPL-2.0
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "page.h"
#include "smaps.h"

bool smaps_flags(const void *p, char flags[SMAPS_FLAGS_MAX])
{
	FILE *smaps = fopen("/proc/self/smaps", "re");
	bool within = false, found = false;
	char line[512];

	if (!smaps)
		return false;
	while (!found && fgets(line, sizeof(line), smaps)) {
		unsigned long start, end;

		if (sscanf(line, "%lx-%lx ", &start, &end) == 2)
			within = start <= (uintptr_t)p && (uintptr_t)p < end;
		found = within && !strncmp(line, "VmFlags:", 8);
	}
	fclose(smaps);
	if (found)
		snprintf(flags, SMAPS_FLAGS_MAX, "%.*s", (int)strcspn(line + 8, "\n"), line + 8);
	return found;
}

bool smaps_marked(const void *p, const char *mark)
{
	char flags[SMAPS_FLAGS_MAX], wanted[8];

	snprintf(wanted, sizeof(wanted), " %s ", mark);
	return smaps_flags(p, flags) && strstr(flags, wanted);
}

int page_present(const void *p)
{
	int fd = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
	uint64_t entry;
	ssize_t got;

	if (fd < 0)
		return -1;
	got = pread(fd, &entry, sizeof(entry), (off_t)((uintptr_t)p / page_size() * sizeof(entry)));
	close(fd);
	return got == sizeof(entry) ? (int)(entry >> 63) : -1;
}

bool locked_bytes(uint64_t *bytes)
{
	FILE *status = fopen("/proc/self/status", "re");
	bool found = false;
	char line[512];

	if (!status)
		return false;
	while (!found && fgets(line, sizeof(line), status)) {
		unsigned long long kib;

		found = sscanf(line, "VmLck: %llu kB", &kib) == 1;
		if (found)
			*bytes = kib * 1024;
	}
	fclose(status);
	return found;
}
