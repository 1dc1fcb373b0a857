// SPDX-License-Identifier: GPL-2.0
/*
 * The suite image: all cases in one static program.
 */
#include <stdio.h>
#include <string.h>

#include "harness.h"
#include "suite.h"

static const char usage[] =
	"usage: mmapconf COMMAND [arguments]\n"
	"  list      the tests of the suite\n"
	"  run       run them on this kernel, print the stream of results\n"
	"  compare   judge a stream against the baselines\n"
	"COMMAND -h tells what it takes.\n";

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		int (*main)(int argc, char **argv);
	} commands[] = {
		{ "list", mmapconf_list },
		{ "run", mmapconf_run },
		{ "compare", mmapconf_compare },
	};

	if (argc == 2 && (!strcmp(argv[1], "-h") || !strcmp(argv[1], "--help"))) {
		fputs(usage, stdout);
		return 0;
	}
	out_check();
	for (size_t i = 0; argc > 1 && i < sizeof(commands) / sizeof(commands[0]); i++)
		if (!strcmp(argv[1], commands[i].name))
			return commands[i].main(argc - 1, argv + 1);
	if (argc > 1)
		fprintf(stderr, "mmapconf: unknown command '%s'\n", argv[1]);
	fputs(usage, stderr);
	return 3;
}
