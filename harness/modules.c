// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "modules.h"

#define TABLE "/modules/table"
#define LINE_BYTES 4096

bool modules_is_us(const char *name)
{
	const char *slash = strrchr(name, '/');

	return !strcmp(slash ? slash + 1 : name, "modprobe") && !access(TABLE, F_OK);
}

static bool is_same(const char *a, const char *b)
{
	while (*a && (*a == '-' ? '_' : *a) == (*b == '-' ? '_' : *b)) {
		a++;
		b++;
	}
	return *a == *b;
}

/* A program that the kernel starts has no standard error. */
static void complain(const char *module)
{
	int error = errno, log = open("/dev/kmsg", O_WRONLY | O_CLOEXEC);

	if (log < 0)
		return;
	dprintf(log, "<4>mmapconf: the module %s cannot be loaded: %s\n", module, strerror(error));
	close(log);
}

static void load_file(const char *module)
{
	char path[LINE_BYTES + 16];
	int fd;

	snprintf(path, sizeof(path), "/modules/%s.ko", module);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	/* Drivers of what this machine does not have refuse with ENODEV. */
	if (syscall(SYS_finit_module, fd, "", 0) && errno != EEXIST && errno != ENODEV)
		complain(module);
	if (fd >= 0)
		close(fd);
}

bool modules_load(const char *name)
{
	FILE *table = fopen(TABLE, "re");
	char line[LINE_BYTES];
	bool found = false;

	while (table && !found && fgets(line, sizeof(line), table)) {
		char *rest, *word = strtok_r(line, " \n", &rest);

		if (!word || !is_same(name, word))
			continue;
		found = true;
		while ((word = strtok_r(NULL, " \n", &rest)))
			load_file(word);
	}
	if (table)
		fclose(table);
	return found;
}

int modules_main(int argc, char **argv)
{
	return argc > 1 && modules_load(argv[argc - 1]) ? 0 : 1;
}
