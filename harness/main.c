// SPDX-License-Identifier: GPL-2.0
/*
 * The suite image: all cases in one static program.
 */
#include <stdio.h>
#include <string.h>

#include "harness.h"
#include "init.h"
#include "suite.h"

static const char usage[] = "usage: mmapconf COMMAND [arguments]\n"
			    "  list      the tests of the suite\n"
			    "  run       run them on this kernel, print the stream of results\n"
			    "  compare   judge a stream against the baselines\n"
			    "COMMAND -h tells what it takes.\n";

static int run_command(int argc, char **argv)
{
	static const struct {
		const char *name;
		int (*main)(int argc, char **argv);
	} commands[] = {
		{ "list", mmapconf_list },
		{ "run", mmapconf_run },
		{ "compare", mmapconf_compare },
	};

	for (size_t i = 0; argc > 1 && i < sizeof(commands) / sizeof(commands[0]); i++)
		if (!strcmp(argv[1], commands[i].name))
			return commands[i].main(argc - 1, argv + 1);
	if (argc == 2 && (!strcmp(argv[1], "-h") || !strcmp(argv[1], "--help"))) {
		fputs(usage, stdout);
		return 0;
	}
	if (argc > 1)
		fprintf(stderr, "mmapconf: unknown command '%s'\n", argv[1]);
	fputs(usage, stderr);
	return 3;
}

/* The kernel's command line names the command behind "--"; without one, the suite is run. */
static int run_as_init(int argc, char **argv)
{
	static char *run[] = { "init", "run", "--system", NULL };
	int status;

	init_prepare();
	status = argc > 1 ? run_command(argc, argv) : run_command(3, run);
	fflush(stdout);
	init_power_off();
	return status;
}

int main(int argc, char **argv)
{
	if (argc && init_is_us(argv[0]))
		return run_as_init(argc, argv);
	out_check();
	return run_command(argc, argv);
}
