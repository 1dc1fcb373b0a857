// SPDX-License-Identifier: GPL-2.0
/*
 * The small program of one case: the command line of a kselftest program, and three options of
 * ours.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness.h"
#include "registry.h"
#include "suite.h"

static const char usage[] =
	"usage: %s [options]\n"
	"  -t NAME, -T NAME    run, leave out tests of this name\n"
	"  -f NAME, -F NAME    run, leave out tests of this fixture\n"
	"  -v NAME, -V NAME    run, leave out tests of this variant\n"
	"  -r NAME             run the test fixture.variant.test\n"
	"                      (the first of these that matches a test decides)\n"
	"  -l                  list the tests\n"
	"  -d                  debug: no time limit, the test keeps the terminal\n"
	"  --timeout-mul X     multiply every time limit\n"
	"  --no-fork           run all tests in one process\n"
	"  --system            allow what changes the state of the machine\n"
	"  -h, --help          this text\n"
	"exit status: 0 passed, 1 not ok or bad usage, 4 everything was skipped\n";

struct rules {
	struct rule {
		char option;
		const char *name;
	} * rule;
	size_t count;
	bool any_inclusion;
};

static bool wants(const struct th_walk *w, const char *name, void *arg)
{
	const struct rules *rules = arg;

	for (const struct rule *r = rules->rule; r < rules->rule + rules->count; r++) {
		const char *subject = NULL;

		switch (tolower(r->option)) {
		case 't':
			subject = w->test->name;
			break;
		case 'f':
			subject = w->fixture->name;
			break;
		case 'v':
			subject = w->variant ? w->variant->name : "";
			break;
		case 'r':
			subject = name;
			break;
		}
		if (!strcmp(subject, r->name))
			return islower((unsigned char)r->option);
	}
	return !rules->any_inclusion;
}

static void list_tests(const struct th_case *c)
{
	struct th_walk w;

	for (bool more = th_walk_first(&w, c); more; more = th_walk_next(&w)) {
		char name[TEST_NAME_MAX];

		th_walk_name(&w, name, sizeof(name));
		out("%s\n", name);
	}
	out_flush();
}

int main(int argc, char **argv)
{
	const struct th_case *c = th_first_case();
	struct th_options options = { .timeout_mul = 1 };
	struct rule rule[64];
	struct rules rules = { .rule = rule };
	struct th_filter filter = { wants, &rules };
	struct th_totals totals = { 0 };
	const char *version_line = getenv("KSFT_TAP_LEVEL") ? NULL : "TAP version 13";

	out_check();
	for (int i = 1; i < argc; i++) {
		const char *option = argv[i];
		int taken = th_parse_option(argc, argv, &i, &options);

		if (taken < 0)
			return KSFT_FAIL;
		if (taken)
			continue;
		if (!strcmp(option, "-h") || !strcmp(option, "--help")) {
			printf(usage, argv[0]);
			return KSFT_PASS;
		}
		if (!strcmp(option, "-l")) {
			list_tests(c);
			return KSFT_PASS;
		}
		if (!strcmp(option, "-d")) {
			options.debug = true;
			continue;
		}
		if (option[0] != '-' || !option[1] || !strchr("tTfFvVr", option[1])) {
			fprintf(stderr, "%s: unknown argument '%s'; -h lists what there is\n",
				argv[0], option);
			return KSFT_FAIL;
		}
		if (!option[2] && i + 1 == argc) {
			fprintf(stderr, "%s: %s wants a name\n", argv[0], option);
			return KSFT_FAIL;
		}
		if (rules.count == sizeof(rule) / sizeof(rule[0])) {
			fprintf(stderr, "%s: more than %zu filters\n", argv[0], rules.count);
			return KSFT_FAIL;
		}
		rule[rules.count++] =
			(struct rule){ option[1], option[2] ? option + 2 : argv[++i] };
		rules.any_inclusion |= islower((unsigned char)option[1]) != 0;
	}
	if (!th_count(c, &filter)) {
		th_print_nothing_matches(version_line,
					 rules.count ? rule[rules.count - 1].name : "");
		out_flush();
		return KSFT_FAIL;
	}
	th_run_case(c, c->name, version_line, &options, &filter, 0, &totals);
	return th_status(&totals);
}
