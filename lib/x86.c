// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "syscalls.h"
#include "x86.h"

#if I386

static __attribute__((naked)) void int80(void)
{
	__asm__("int $0x80; ret");
}

void x86_plain_syscalls(void)
{
	__asm__ volatile("movl %0, %%gs:16" : : "r"(int80) : "memory");
}

#else

void x86_plain_syscalls(void)
{
}

#endif

bool x86_cpu_flag(const char *name)
{
	FILE *cpuinfo = fopen("/proc/cpuinfo", "re");
	bool found = false;
	char line[8192];

	while (cpuinfo && !found && fgets(line, sizeof(line), cpuinfo)) {
		char *state = NULL;

		if (strncmp(line, "flags", 5))
			continue;
		for (char *flag = strtok_r(line, " \t\n", &state); flag && !found;
		     flag = strtok_r(NULL, " \t\n", &state))
			found = !strcmp(flag, name);
		break;
	}
	if (cpuinfo)
		fclose(cpuinfo);
	return found;
}

bool x86_protection_keys(void)
{
	int key = sys_pkey_alloc(0, 0);

	if (key < 0)
		return false;
	sys_pkey_free(key);
	return true;
}
