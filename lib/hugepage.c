// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>

#include "hugepage.h"
#include "limits.h"
#include "meminfo.h"

size_t hugepage_size(void)
{
	uint64_t kib;

	return meminfo_read("Hugepagesize", &kib) ? (size_t)kib * 1024 : 0;
}

bool hugepage_pool(unsigned int count)
{
	uint64_t total;

	return sysctl_write("vm.nr_hugepages", count) && meminfo_read("HugePages_Total", &total) &&
	       total == count && hugepage_free() == (int)count;
}

int hugepage_free(void)
{
	uint64_t count;

	return meminfo_read("HugePages_Free", &count) ? (int)count : -1;
}

size_t hugepage_transparent(void)
{
	FILE *file = fopen("/sys/kernel/mm/transparent_hugepage/hpage_pmd_size", "re");
	size_t size;

	if (!file)
		return 0;
	if (fscanf(file, "%zu", &size) != 1)
		size = 0;
	fclose(file);
	return size;
}
