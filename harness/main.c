// SPDX-License-Identifier: GPL-2.0
/*
 * The suite image: all cases in one static program.
 */
#include <stdio.h>
#include <string.h>

#include "harness.h"
#include "init.h"
#include "modules.h"
#include "suite.h"

static const char usage[] = "usage: mmapconf COMMAND [arguments]\n"
			    "  list      the tests of the suite\n"
			    "  run       run them on this kernel, print the stream of results\n"
			    "  compare   judge a stream against the baselines\n"
			    "  matrix    compare very many calls with the model\n"
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
		{ "matrix", mmapconf_matrix },
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

/*
 * What to run stands in a file of the initramfs, or behind "--" on the kernel's command line;
 * without either, the suite is run.
 */
static int run_as_init(int argc, char **argv)
{
	static char *run[] = { "init", "run", "--system", NULL };
	char **words = argv;
	int count, status;

	init_prepare();
	count = init_arguments(&words);
	if (!count)
		count = argc;
	if (count == 1) {
		count = 3;
		words = run;
	}
	if (count < 0) {
		fputs("mmapconf: the file of arguments is too long\n", stderr);
		status = 3;
	} else {
		status = run_command(count, words);
	}
	fflush(stdout);
	init_power_off(status);
	return status;
}

int main(int argc, char **argv)
{
	if (argc && init_is_us(argv[0]))
		return run_as_init(argc, argv);
	if (argc && modules_is_us(argv[0]))
		return modules_main(argc, argv);
	out_check();
	return run_command(argc, argv);
}
