// SPDX-License-Identifier: GPL-2.0
/*
 * mmapconf run and mmapconf list: the cases of the suite, each in a fresh process, as one stream.
 *
 * The process of a case (a worker) prints what its program would print, into a pipe; this process
 * passes it on, counts, and goes on behind the culprit when a worker dies. Only with several jobs
 * does it need poll() and memory.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/time.h>
#include <sys/utsname.h>
#include <sys/vfs.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "harness.h"
#include "options.h"
#include "registry.h"
#include "suite.h"

#define PLAN_MAX 8192 /* cases times scratch folders */
#define PATTERNS_MAX 1024
#define FOLDERS_MAX 16
#define JOBS_MAX 64
#define LINE_MAX_SHOWN 1024 /* bytes of one line of a worker */
#define WORKER_SLACK 4 /* seconds beyond a test's limit until a worker counts as hung */
#define STATE_MAX 8 /* things that an EXCLUSIVE case may change */

static const char usage[] =
	"usage: mmapconf run [options] [GLOB...]\n"
	"  -x GLOB             leave out\n"
	"  -j N                cases at once (default 1)\n"
	"  --shard K/N         the Kth of N parts that take equally long\n"
	"  --part K/N          likewise, of what several streams make one run of\n"
	"  --resume-after ID   only what comes after this test\n"
	"  --reference linux-X.Y\n"
	"                      the release whose rules the model goes by (default: the kernel's own)\n"
	"  --shuffle[=SEED]    the cases in another order\n"
	"  --timeout-mul X     multiply every time limit\n"
	"  --no-fork           all tests in one process\n"
	"  --system            allow what changes the state of the machine\n"
	"  --matrix-tier=TIER  the same as mmapconf matrix --tier TIER, whose options may follow\n"
	"  -h, --help          this text\n"
	"Scratch folders: MMAPCONF_DIR, several separated by ':', each on its file system.\n"
	"exit status: 0 passed, 1 not ok, 3 usage or nothing matched, 4 all skipped, 130 interrupted\n";

static const char list_usage[] =
	"usage: mmapconf list [--json] [-x GLOB] [--shard K/N] [--part K/N] [GLOB...]\n"
	"Prints the ids of the tests, one a line; with --json the clauses too.\n";

struct folder {
	char path[1024];
	char filesystem[24];
};

struct planned {
	const struct th_case *c;
	const struct folder *folder; /* NULL: the case does not care */
	size_t case_index; /* among all cases, for the shard */
};

struct request {
	struct th_options options;
	struct selection selection;
	const char *include[PATTERNS_MAX], *exclude[PATTERNS_MAX];
	const char *resume_after;
	unsigned int jobs;
	bool shuffle, json;
	unsigned long seed;
};

struct job {
	const struct planned *planned;
	char label[TEST_ID_MAX];
	size_t wanted, done;
	struct th_totals totals;
	pid_t pid;
	int fd;
	/*
	 * a pipe to the worker: "# running" was passed on. Both ends: no SIGPIPE when it is dead.
	 */
	int confirm[2];
	char line[LINE_MAX_SHOWN];
	size_t line_used;
	char running[TEST_ID_MAX]; /* the test that was begun last */
	time_t deadline; /* seconds of the monotonic clock */
	char *block; /* several jobs: what is written when the case ends */
	size_t block_used, block_size;
};

static struct planned plan[PLAN_MAX];
static size_t planned_count;
static struct folder folders[FOLDERS_MAX];
static size_t folder_count;
static struct job jobs[JOBS_MAX];
static volatile sig_atomic_t interrupted;

/* ---- the command line ---- */

/* 0: go on, else 1 + exit status. */
static int parse(int argc, char **argv, struct request *request, const char *help, bool lists)
{
	bool options_over = false;

	request->options.timeout_mul = 1;
	request->jobs = 1;
	request->selection.include = request->include;
	request->selection.exclude = request->exclude;
	for (int i = 1; i < argc; i++) {
		const char *argument = argv[i], *value;
		unsigned long number;

		if (options_over || argument[0] != '-') {
			if (request->selection.include_count == PATTERNS_MAX)
				return 1 + complain("more than %d patterns", PATTERNS_MAX);
			request->include[request->selection.include_count++] = argument;
		} else if (!strcmp(argument, "--")) {
			options_over = true;
		} else if (!strcmp(argument, "-h") || !strcmp(argument, "--help")) {
			fputs(help, stdout);
			return 1;
		} else if ((value = option_value("-x", argc, argv, &i))) {
			if (!*value)
				return 1 + complain("-x wants a pattern");
			if (request->selection.exclude_count == PATTERNS_MAX)
				return 1 + complain("more than %d patterns", PATTERNS_MAX);
			request->exclude[request->selection.exclude_count++] = value;
		} else if ((value = option_value("--shard", argc, argv, &i))) {
			if (!selection_shard(&request->selection, value))
				return 1 + complain("--shard wants K/N with 1 <= K <= N, not '%s'",
						    value);
		} else if ((value = option_value("--part", argc, argv, &i))) {
			if (!selection_part(&request->selection, value))
				return 1 + complain("--part wants K/N with 1 <= K <= N, not '%s'",
						    value);
		} else if (lists && !strcmp(argument, "--json")) {
			request->json = true;
		} else if (lists) {
			return 1 + complain("unknown option '%s'; list -h tells what there is",
					    argument);
		} else if ((value = option_value("-j", argc, argv, &i))) {
			if (!parse_number(value, 1, JOBS_MAX, &number))
				return 1 + complain("-j wants 1 to %d, not '%s'", JOBS_MAX, value);
			request->jobs = (unsigned int)number;
		} else if ((value = option_value("--resume-after", argc, argv, &i))) {
			request->resume_after = value;
		} else if ((value = option_value("--reference", argc, argv, &i))) {
			/*
			 * For the cases that judge by the model; they are processes of their own.
			 */
			if (strncmp(value, "linux-", 6))
				return 1 + complain("--reference wants linux-X.Y, not '%s'", value);
			setenv("MMAPCONF_REFERENCE", value, 1);
		} else if (!strcmp(argument, "--shuffle")) {
			request->shuffle = true;
			request->seed = (unsigned long)time(NULL) % 1000000;
		} else if (!strncmp(argument, "--shuffle=", 10)) {
			request->shuffle = true;
			if (!parse_number(argument + 10, 0, 1000000000, &request->seed))
				return 1 + complain("--shuffle wants a number, not '%s'",
						    argument + 10);
		} else {
			int taken = th_parse_option(argc, argv, &i, &request->options);

			if (taken < 0)
				return 1 + 3;
			if (!taken)
				return 1 +
				       complain("unknown option '%s'; run -h tells what there is",
						argument);
		}
	}
	return 0;
}

/* ---- the plan ---- */

static const char *filesystem_name(unsigned long magic)
{
	static const struct {
		unsigned long magic;
		const char *name;
	} names[] = {
		{ 0xef53, "ext4" },	    { 0x01021994, "tmpfs" }, { 0x858458f6, "ramfs" },
		{ 0x58465342, "xfs" },	    { 0x9123683e, "btrfs" }, { 0x794c7630, "overlayfs" },
		{ 0x01021997, "9p" },	    { 0x65735546, "fuse" },  { 0x6969, "nfs" },
		{ 0x73717368, "squashfs" }, { 0xf2f52010, "f2fs" },  { 0x4d44, "fat" },
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (names[i].magic == magic)
			return names[i].name;
	return "other";
}

/* 0, or the exit status. */
static int find_folders(void)
{
	const char *list = getenv("MMAPCONF_DIR");

	while (list && *list) {
		size_t length = strcspn(list, ":");
		struct folder *f = &folders[folder_count];
		struct statfs status;

		if (folder_count == FOLDERS_MAX || length >= sizeof(f->path))
			return complain("MMAPCONF_DIR: too many or too long folders");
		snprintf(f->path, sizeof(f->path), "%.*s", (int)length, list);
		if (statfs(f->path, &status))
			return complain("MMAPCONF_DIR: %s: %s", f->path, strerror(errno));
		snprintf(f->filesystem, sizeof(f->filesystem), "%s",
			 filesystem_name((unsigned long)status.f_type & 0xffffffff));
		for (size_t i = 0; i < folder_count; i++)
			if (!strcmp(folders[i].filesystem, f->filesystem))
				return complain(
					"MMAPCONF_DIR: %s and %s are both on %s, which would be one name for both",
					folders[i].path, f->path, f->filesystem);
		folder_count++;
		list += length;
		list += *list == ':';
	}
	return 0;
}

static void label(const struct planned *p, char text[TEST_ID_MAX])
{
	bool several = p->folder && folder_count > 1;

	snprintf(text, TEST_ID_MAX, "%s%s%s", p->c->name, several ? "@" : "",
		 several ? p->folder->filesystem : "");
}

struct wanted {
	const struct request *request;
	const struct planned *planned;
	char label[TEST_ID_MAX];
	size_t from; /* index of the first test: --resume-after */
};

static bool wants(const struct th_walk *w, const char *name, void *arg)
{
	const struct wanted *wanted = arg;

	return w->index >= wanted->from &&
	       selection_has(&wanted->request->selection, wanted->planned->case_index, w->index,
			     wanted->label, name);
}

/* The index of the first test behind --resume-after, which lies in this case, or 0. */
static size_t resume_from(const struct request *request, const struct planned *p)
{
	char id[TEST_ID_MAX], name[TEST_NAME_MAX], of[TEST_ID_MAX];
	struct th_walk w;

	if (!request->resume_after)
		return 0;
	label(p, of);
	for (bool more = th_walk_first(&w, p->c); more; more = th_walk_next(&w)) {
		th_walk_name(&w, name, sizeof(name));
		snprintf(id, sizeof(id), "%s/%s", of, name);
		if (!strcmp(id, request->resume_after))
			return w.index + 1;
	}
	return 0;
}

static struct wanted wanted_of(const struct request *request, const struct planned *p)
{
	struct wanted wanted = { request, p, "", resume_from(request, p) };

	label(p, wanted.label);
	return wanted;
}

static size_t count_wanted(const struct request *request, const struct planned *p)
{
	struct wanted wanted = wanted_of(request, p);
	struct th_filter filter = { wants, &wanted };

	return th_count(p->c, &filter);
}

static void shuffle(unsigned long seed)
{
	uint64_t state = seed * 0x9e3779b97f4a7c15u + 1;

	for (size_t i = planned_count; i > 1; i--) {
		struct planned other;
		size_t at;

		state ^= state << 13;
		state ^= state >> 7;
		state ^= state << 17;
		at = (size_t)(state % i);
		other = plan[i - 1];
		plan[i - 1] = plan[at];
		plan[at] = other;
	}
}

/* EXCLUSIVE cases come last, each alone. */
static void exclusive_last(void)
{
	size_t kept = 0, put_off = 0;
	static struct planned exclusive[PLAN_MAX];

	for (size_t i = 0; i < planned_count; i++) {
		if (plan[i].c->exclusive)
			exclusive[put_off++] = plan[i];
		else
			plan[kept++] = plan[i];
	}
	memcpy(plan + kept, exclusive, put_off * sizeof(*plan));
}

/* 0, or the exit status. */
static int make_plan(const struct request *request)
{
	size_t case_index = 0, kept = 0;
	bool resumed = !request->resume_after;

	for (const struct th_case *c = th_first_case(); c; c = c->next, case_index++) {
		size_t copies = c->each_filesystem && folder_count ? folder_count : 1;

		for (size_t i = 0; i < copies; i++) {
			if (planned_count == PLAN_MAX)
				return complain("more than %d cases", PLAN_MAX);
			plan[planned_count++] = (struct planned){
				c, c->each_filesystem && folder_count ? &folders[i] : NULL,
				case_index
			};
		}
	}
	if (request->shuffle)
		shuffle(request->seed);
	exclusive_last();
	for (size_t i = 0; i < planned_count; i++) {
		resumed |= resume_from(request, &plan[i]) > 0;
		if (resumed && count_wanted(request, &plan[i]))
			plan[kept++] = plan[i];
	}
	planned_count = kept;
	return resumed ?
		       0 :
		       complain("--resume-after %s: there is no such test", request->resume_after);
}

/* ---- state of the machine that an EXCLUSIVE case changes ---- */

static struct state {
	char path[128];
	char value[128];
	size_t length;
} states[STATE_MAX];
static size_t state_count;

/*
 * names: sysctl names and paths, blank-separated. What cannot be read is not there to be changed.
 */
static void save_state(const char *names)
{
	state_count = 0;
	while (*names && state_count < STATE_MAX) {
		size_t length = strcspn(names, " ");
		struct state *s = &states[state_count];
		ssize_t n = -1;
		int fd;

		if (*names == '/') {
			snprintf(s->path, sizeof(s->path), "%.*s", (int)length, names);
		} else {
			snprintf(s->path, sizeof(s->path), "/proc/sys/%.*s", (int)length, names);
			for (char *at = s->path + strlen("/proc/sys/"); *at; at++)
				if (*at == '.')
					*at = '/';
		}
		fd = open(s->path, O_RDONLY | O_CLOEXEC);
		if (fd >= 0) {
			n = read(fd, s->value, sizeof(s->value));
			close(fd);
		}
		if (n > 0) {
			s->length = (size_t)n;
			state_count++;
		}
		names += length;
		names += *names == ' ';
	}
}

static void restore_state(void)
{
	for (size_t i = 0; i < state_count; i++) {
		int fd = open(states[i].path, O_WRONLY | O_CLOEXEC);

		if (fd < 0 || write(fd, states[i].value, states[i].length) < 0)
			out("# %s could not be restored: errno %d\n", states[i].path, errno);
		if (fd >= 0)
			close(fd);
	}
	state_count = 0;
}

/* ---- workers ---- */

static time_t now(void)
{
	struct timespec time;

	return clock_gettime(CLOCK_MONOTONIC, &time) ? 0 : time.tv_sec;
}

static unsigned int longest_limit(const struct th_case *c)
{
	unsigned int longest = TH_DEFAULT_TIMEOUT;
	struct th_walk w;

	for (bool more = th_walk_first(&w, c); more; more = th_walk_next(&w))
		if (w.test->timeout > longest)
			longest = w.test->timeout;
	return longest;
}

static void set_alarm(const struct job *job, const struct request *request)
{
	struct itimerval timer = { 0 };

	if (job)
		timer.it_value.tv_sec =
			longest_limit(job->planned->c) * request->options.timeout_mul +
			WORKER_SLACK;
	timer.it_interval = timer.it_value;
	setitimer(ITIMER_REAL, &timer, NULL);
}

static void on_alarm(int number __attribute__((unused)))
{
	/* Its only use is to make read() return. */
}

static void on_interrupt(int number)
{
	interrupted = number;
}

static void watch_signals(void)
{
	static const int numbers[] = { SIGINT, SIGTERM, SIGHUP };
	struct sigaction action = { .sa_handler = on_interrupt };

	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		sigaction(numbers[i], &action, NULL);
	action.sa_handler = on_alarm;
	sigaction(SIGALRM, &action, NULL);
}

static void become_worker(const struct request *request, struct job *job, int fd)
{
	static const int numbers[] = { SIGINT, SIGTERM, SIGHUP, SIGALRM };
	struct wanted wanted = wanted_of(request, job->planned);
	struct th_filter filter = { wants, &wanted };
	struct th_totals totals = { 0 };

	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		signal(numbers[i], SIG_DFL);
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	for (size_t i = 0; i < request->jobs; i++)
		if (jobs[i].planned && &jobs[i] != job) {
			close(jobs[i].fd);
			close(jobs[i].confirm[0]);
			close(jobs[i].confirm[1]);
		}
	close(job->confirm[1]);
	out_to(fd, job->confirm[0]);
	if (job->planned->folder)
		setenv("MMAPCONF_DIR", job->planned->folder->path, 1);
	th_run_case(job->planned->c, job->label, "KTAP version 1", &request->options, &filter,
		    job->done, &totals);
	_exit(th_status(&totals));
}

/* Returns whether there is a worker now. */
static bool start_worker(const struct request *request, struct job *job)
{
	int fds[2];

	out_flush(); /* else the worker would print it again */
	if (pipe(fds))
		return false;
	if (pipe(job->confirm)) {
		close(fds[0]);
		close(fds[1]);
		return false;
	}
	job->pid = fork();
	if (job->pid < 0) {
		close(fds[0]);
		close(fds[1]);
		close(job->confirm[0]);
		close(job->confirm[1]);
		return false;
	}
	if (!job->pid) {
		close(fds[0]);
		become_worker(request, job, fds[1]);
	}
	close(fds[1]);
	job->fd = fds[0];
	job->line_used = 0;
	job->running[0] = '\0';
	job->deadline = now() +
			longest_limit(job->planned->c) * (time_t)request->options.timeout_mul +
			WORKER_SLACK;
	return true;
}

/* A line of the case's block. */
static void put_line(struct job *job, bool at_once, const char *line)
{
	size_t length = strlen(line);

	if (at_once) {
		out_indent(true);
		out("%s\n", line);
		out_indent(false);
		return;
	}
	/* The indent, the end of the line, and the NUL that sprintf() writes behind them. */
	if (job->block_used + length + 4 > job->block_size) {
		size_t size = 2 * (job->block_size + length + 4);
		char *block = realloc(job->block, size);

		if (!block) {
			complain("no memory for the output of %s", job->label);
			exit(2);
		}
		job->block = block;
		job->block_size = size;
	}
	job->block_used += (size_t)sprintf(job->block + job->block_used, "  %s\n", line);
}

static void count_result(struct job *job, const char *done_line)
{
	char word[16];

	/* "# done ID VERDICT CRC" */
	if (sscanf(done_line, "# done %*s %15s", word) != 1)
		return;
	job->done++;
	if (!strcmp(word, "pass"))
		job->totals.pass++;
	else if (!strcmp(word, "skip"))
		job->totals.skip++;
	else if (!strcmp(word, "fail"))
		job->totals.fail++;
	else
		job->totals.error++;
}

static void take_line(const struct request *request, struct job *job, const char *line)
{
	bool at_once = request->jobs == 1;

	if (!strncmp(line, "# running ", 10)) {
		snprintf(job->running, sizeof(job->running), "%s", line + 10);
		job->deadline =
			now() +
			longest_limit(job->planned->c) * (time_t)request->options.timeout_mul +
			WORKER_SLACK;
		/*
		 * At once even with several jobs, between their blocks: after a crash it names the
		 * culprit.
		 */
		out_indent(at_once);
		out("%s\n", line);
		out_indent(false);
		out_flush();
		if (write(job->confirm[1], "", 1) != 1)
			kill(job->pid, SIGKILL); /* it would wait for ever */
		return;
	}
	if (!strncmp(line, "# done ", 7))
		count_result(job, line);
	/* Counted here, since a worker may have died and another gone on. */
	if (strncmp(line, "# Totals: ", 10))
		put_line(job, at_once, line);
}

static void take_bytes(const struct request *request, struct job *job, const char *bytes,
		       size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (bytes[i] != '\n') {
			if (job->line_used < sizeof(job->line) - 1)
				job->line[job->line_used++] = bytes[i];
			continue;
		}
		job->line[job->line_used] = '\0';
		job->line_used = 0;
		take_line(request, job, job->line);
	}
}

/* The test that the worker died in, or was about to begin. */
static void blame(const struct request *request, struct job *job, int status)
{
	struct wanted wanted = wanted_of(request, job->planned);
	char name[TEST_NAME_MAX], why[OUTCOME_MAX], lines[TH_RESULT_LINES_MAX], *second;
	struct th_walk w;
	size_t number = 0;

	if (WIFSIGNALED(status))
		snprintf(why, sizeof(why), "the process of the case was killed by signal %d",
			 WTERMSIG(status));
	else
		snprintf(why, sizeof(why), "the process of the case exited with status %d",
			 WEXITSTATUS(status));
	for (bool more = th_walk_first(&w, job->planned->c); more; more = th_walk_next(&w)) {
		th_walk_name(&w, name, sizeof(name));
		if (wants(&w, name, &wanted) && number++ == job->done)
			break;
	}
	job->done++;
	job->totals.error++;
	th_result_lines(lines, (unsigned int)job->done, job->label, name, ERROR, why);
	second = strchr(lines, '\n');
	*second++ = '\0';
	put_line(job, request->jobs == 1, lines);
	put_line(job, request->jobs == 1, second);
}

static void begin_case(const struct request *request, struct job *job, const struct planned *p)
{
	char *block = job->block;
	size_t block_size = job->block_size;

	memset(job, 0, sizeof(*job));
	job->block = block;
	job->block_size = block_size;
	job->planned = p;
	job->wanted = count_wanted(request, p);
	label(p, job->label);
}

/* Its own block is complete: writes what is left of it, and the case's result. */
static void end_case(struct job *job, unsigned int number)
{
	int status = th_status(&job->totals);

	out_bytes(job->block, job->block_used);
	out_indent(true);
	th_print_totals(&job->totals);
	out_indent(false);
	out("%s %u %s%s\n", status == KSFT_FAIL ? "not ok" : "ok", number, job->label,
	    status == KSFT_SKIP ? " # SKIP all" : "");
	out_flush();
	job->planned = NULL;
}

/* The worker's pipe is at its end. Returns whether the case is over; else a new worker goes on. */
static bool worker_ended(const struct request *request, struct job *job)
{
	int status = 0;
	pid_t reaped;

	close(job->fd);
	close(job->confirm[0]);
	close(job->confirm[1]);
	do
		reaped = waitpid(job->pid, &status, 0);
	while (reaped < 0 && errno == EINTR);
	while (job->done < job->wanted && !interrupted) {
		blame(request, job, status);
		if (job->done < job->wanted && start_worker(request, job))
			return false;
	}
	return true;
}

/*
 * Waits for a job that has something to read; NULL: interrupted, or a worker was killed since it
 * hung.
 */
static struct job *wait_for_output(const struct request *request)
{
	struct pollfd fds[JOBS_MAX];
	nfds_t count = 0;
	size_t of[JOBS_MAX];
	int ready;

	if (request->jobs == 1)
		return &jobs[0];
	for (size_t i = 0; i < request->jobs; i++) {
		if (!jobs[i].planned)
			continue;
		of[count] = i;
		fds[count++] = (struct pollfd){ .fd = jobs[i].fd, .events = POLLIN };
	}
	ready = poll(fds, count, 1000);
	for (nfds_t i = 0; i < count; i++) {
		if (ready > 0 && fds[i].revents)
			return &jobs[of[i]];
		if (now() >= jobs[of[i]].deadline)
			kill(jobs[of[i]].pid, SIGKILL);
	}
	return NULL;
}

/* Reads once; returns whether the case is over. */
static bool serve(const struct request *request, struct job *job)
{
	char bytes[8192];
	ssize_t n;

	if (request->jobs == 1)
		set_alarm(job, request);
	n = read(job->fd, bytes, sizeof(bytes));
	if (n > 0) {
		take_bytes(request, job, bytes, (size_t)n);
		return false;
	}
	if (n < 0 && errno == EINTR) {
		if (interrupted)
			kill(job->pid, SIGTERM);
		else if (now() >= job->deadline)
			kill(job->pid, SIGKILL);
		return false;
	}
	return worker_ended(request, job);
}

static void kill_workers(const struct request *request)
{
	for (size_t i = 0; i < request->jobs; i++) {
		if (!jobs[i].planned)
			continue;
		kill(jobs[i].pid, SIGTERM);
		waitpid(jobs[i].pid, NULL, 0);
	}
}

/* Gives every free job a case; an EXCLUSIVE one only when nothing else runs. */
static void hand_out(const struct request *request, size_t *next, unsigned int *number,
		     unsigned int *running, struct th_totals *totals)
{
	for (size_t i = 0; i < request->jobs && *next < planned_count; i++) {
		struct job *job = &jobs[i];
		bool alone = plan[*next].c->exclusive;

		if (job->planned)
			continue;
		if (*running && (alone || state_count))
			return;
		begin_case(request, job, &plan[(*next)++]);
		if (alone && request->options.system)
			save_state(job->planned->c->exclusive);
		if (!start_worker(request, job)) {
			out("# no process for %s: errno %d\n", job->label, errno);
			totals->error += (unsigned int)job->wanted;
			out("not ok %u %s\n", ++*number, job->label);
			job->planned = NULL;
			continue;
		}
		++*running;
	}
}

static void add_totals(struct th_totals *sum, const struct th_totals *part)
{
	sum->pass += part->pass;
	sum->fail += part->fail;
	sum->skip += part->skip;
	sum->error += part->error;
}

static void run_in_workers(const struct request *request, struct th_totals *totals)
{
	unsigned int number = 0, running = 0;
	size_t next = 0;

	while (!interrupted) {
		struct job *job;

		hand_out(request, &next, &number, &running, totals);
		if (!running)
			return;
		job = wait_for_output(request);
		if (!job || !serve(request, job))
			continue;
		running--;
		add_totals(totals, &job->totals);
		end_case(job, ++number);
		restore_state();
	}
	kill_workers(request);
	restore_state();
}

/* --no-fork: no process but this one. */
static void run_here(const struct request *request, struct th_totals *totals)
{
	for (size_t i = 0; i < planned_count && !interrupted; i++) {
		struct wanted wanted = wanted_of(request, &plan[i]);
		struct th_filter filter = { wants, &wanted };
		struct th_totals own = { 0 };
		int status;

		if (plan[i].folder)
			setenv("MMAPCONF_DIR", plan[i].folder->path, 1);
		if (plan[i].c->exclusive && request->options.system)
			save_state(plan[i].c->exclusive);
		out_indent(true);
		th_run_case(plan[i].c, wanted.label, "KTAP version 1", &request->options, &filter,
			    0, &own);
		out_indent(false);
		restore_state();
		status = th_status(&own);
		out("%s %zu %s%s\n", status == KSFT_FAIL ? "not ok" : "ok", i + 1, wanted.label,
		    status == KSFT_SKIP ? " # SKIP all" : "");
		out_flush();
		add_totals(totals, &own);
	}
}

/* ---- the commands ---- */

static void print_facts(const struct request *request)
{
	const struct selection *s = &request->selection;
	unsigned int limit = 0;
	struct utsname name;
	struct statfs status;

	out("KTAP version 1\n# fact suite=%s\n", suite_version);
	if (!uname(&name))
		out("# fact release=%s\n# fact version=%s\n# fact machine=%s\n", name.release,
		    name.version, name.machine);
	out("# fact page_size=%ld\n# fact word_size=%zu\n# fact user=%ld\n", sysconf(_SC_PAGESIZE),
	    8 * sizeof(long), (long)getuid());
	out("# fact filesystems=");
	if (!folder_count && !statfs("/tmp", &status))
		out("%s", filesystem_name((unsigned long)status.f_type & 0xffffffff));
	for (size_t i = 0; i < folder_count; i++)
		out("%s%s", i ? "," : "", folders[i].filesystem);
	out("\n");
	for (size_t i = 0; i < planned_count; i++)
		if (longest_limit(plan[i].c) > limit)
			limit = longest_limit(plan[i].c);
	out("# fact limit=%u\n", limit * request->options.timeout_mul);
	if (request->shuffle)
		out("# fact seed=%lu\n", request->seed);
	if (s->parts)
		out("# fact parts=%u\n", s->parts);
	if (!s->include_count && !s->exclude_count && !s->shards)
		return;
	out("# fact select=");
	for (size_t i = 0; i < s->include_count; i++)
		out("%s%s", i ? " " : "", s->include[i]);
	for (size_t i = 0; i < s->exclude_count; i++)
		out("%s-x %s", i || s->include_count ? " " : "", s->exclude[i]);
	if (s->shards)
		out("%s--shard %u/%u", s->include_count || s->exclude_count ? " " : "", s->shard,
		    s->shards);
	out("\n");
}

int mmapconf_run(int argc, char **argv)
{
	static struct request request;
	struct th_totals totals = { 0 };
	int status;

	/* A target knows no other command than this. */
	for (int i = 1; i < argc; i++)
		if (!strncmp(argv[i], "--matrix-tier=", 14))
			return mmapconf_matrix(argc, argv);
	status = parse(argc, argv, &request, usage, false);
	if (status)
		return status - 1;
	status = find_folders();
	if (!status)
		status = make_plan(&request);
	if (status)
		return status;
	if (!planned_count) {
		th_print_nothing_matches("KTAP version 1", request.selection.include_count ?
								   request.include[0] :
								   "the options");
		out_flush();
		return 3;
	}
	watch_signals();
	print_facts(&request);
	out("1..%zu\n", planned_count);
	out_flush();
	if (request.options.no_fork)
		run_here(&request, &totals);
	else
		run_in_workers(&request, &totals);
	if (interrupted) {
		out("# interrupted\n");
		out_flush();
		return 128 + interrupted;
	}
	th_print_totals(&totals);
	out("# end\n");
	out_flush();
	return th_status(&totals);
}

static void list_test(const struct request *request, const char *case_name,
		      const struct suite_test *test, bool first)
{
	if (!request->json) {
		printf("%s/%s\n", case_name, test->name);
		return;
	}
	/* Names and ids hold no character that JSON would have to escape. */
	printf("%s\n  {\"id\": \"%s/%s\", \"clauses\": [", first ? "" : ",", case_name, test->name);
	for (const char *at = test->clauses; *at;) {
		size_t length = strcspn(at, " ");

		printf("%s\"%.*s\"", at == test->clauses ? "" : ", ", (int)length, at);
		at += length;
		at += *at == ' ';
	}
	printf("]}");
}

int mmapconf_list(int argc, char **argv)
{
	static struct request request;
	size_t case_index = 0, listed = 0;
	int status = parse(argc, argv, &request, list_usage, true);

	if (status)
		return status - 1;
	if (request.json)
		printf("[");
	for (const struct th_case *c = suite_first_case(); c;
	     c = suite_next_case(c), case_index++) {
		struct suite_test test;

		for (size_t i = 0; suite_test(c, i, &test); i++)
			if (selection_has(&request.selection, case_index, i, c->name, test.name))
				list_test(&request, c->name, &test, !listed++);
	}
	if (request.json)
		printf("\n]\n");
	return listed ? 0 : complain("nothing matches");
}
