// SPDX-License-Identifier: GPL-2.0
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "page.h"
#include "smaps.h"

/* What follows "field:" in the lines of the VMA at p. */
static bool smaps_field(const void *p, const char *field, char *value, size_t size)
{
	FILE *smaps = fopen("/proc/self/smaps", "re");
	bool within = false, found = false;
	size_t length = strlen(field);
	char line[512];

	if (!smaps)
		return false;
	while (!found && fgets(line, sizeof(line), smaps)) {
		unsigned long start, end;

		if (sscanf(line, "%lx-%lx ", &start, &end) == 2)
			within = start <= (uintptr_t)p && (uintptr_t)p < end;
		found = within && !strncmp(line, field, length) && line[length] == ':';
	}
	fclose(smaps);
	if (found) {
		const char *text = line + length + 1;

		snprintf(value, size, "%.*s", (int)strcspn(text, "\n"), text);
	}
	return found;
}

bool smaps_flags(const void *p, char flags[SMAPS_FLAGS_MAX])
{
	return smaps_field(p, "VmFlags", flags, SMAPS_FLAGS_MAX);
}

bool smaps_marked(const void *p, const char *mark)
{
	char flags[SMAPS_FLAGS_MAX], wanted[8];

	snprintf(wanted, sizeof(wanted), " %s ", mark);
	return smaps_flags(p, flags) && strstr(flags, wanted);
}

bool smaps_bytes(const void *p, const char *field, uint64_t *bytes)
{
	unsigned long long kib;
	char value[64];

	if (!smaps_field(p, field, value, sizeof(value)) || sscanf(value, "%llu kB", &kib) != 1)
		return false;
	*bytes = kib * 1024;
	return true;
}

int smaps_key(const void *p)
{
	char value[16];
	int key;

	return smaps_field(p, "ProtectionKey", value, sizeof(value)) &&
			       sscanf(value, "%d", &key) == 1 ?
		       key :
		       -1;
}

/* Documentation/admin-guide/mm/pagemap.rst */
#define PAGEMAP_FRAME ((1ULL << 55) - 1)
#define PAGEMAP_SOFT_DIRTY (1ULL << 55)
#define PAGEMAP_PRESENT (1ULL << 63)

/* The word for the page at p. */
static bool pagemap(const void *p, uint64_t *entry)
{
	int fd = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
	ssize_t got;

	if (fd < 0)
		return false;
	got = pread(fd, entry, sizeof(*entry),
		    (off_t)((uintptr_t)p / page_size() * sizeof(*entry)));
	close(fd);
	return got == sizeof(*entry);
}

int page_soft_dirty(const void *p)
{
	uint64_t entry;

	return pagemap(p, &entry) ? !!(entry & PAGEMAP_SOFT_DIRTY) : -1;
}

bool clear_soft_dirty(void)
{
	int fd = open("/proc/self/clear_refs", O_WRONLY | O_CLOEXEC);
	bool cleared = fd >= 0 && write(fd, "4", 1) == 1;

	close(fd);
	return cleared;
}

int page_present(const void *p)
{
	uint64_t entry;

	return pagemap(p, &entry) ? !!(entry & PAGEMAP_PRESENT) : -1;
}

uint64_t page_frame(const void *p)
{
	uint64_t entry;

	return pagemap(p, &entry) && entry & PAGEMAP_PRESENT ? entry & PAGEMAP_FRAME : 0;
}

/* Without a stream, whose buffer would be counted. */
bool status_bytes(const char *field, uint64_t *bytes)
{
	int fd = open("/proc/self/status", O_RDONLY | O_CLOEXEC);
	size_t used = 0, length = strlen(field);
	unsigned long long kib;
	char text[8192];
	ssize_t n;

	if (fd < 0)
		return false;
	while ((n = read(fd, text + used, sizeof(text) - 1 - used)) > 0)
		used += (size_t)n;
	close(fd);
	text[used] = '\0';
	for (const char *line = text; line; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (!strncmp(line, field, length) &&
		    sscanf(line + length, ": %llu kB", &kib) == 1) {
			*bytes = kib * 1024;
			return true;
		}
	}
	return false;
}

bool locked_bytes(uint64_t *bytes)
{
	return status_bytes("VmLck", bytes);
}
