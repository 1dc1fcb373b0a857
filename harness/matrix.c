// SPDX-License-Identifier: GPL-2.0
/*
 * mmapconf matrix: runs the matrices in slices, each in a process of its own, so that what crashes
 * or hangs costs one slice; counts what they report, and prints a test for each slice and for each
 * decision.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "harness.h"
#include "matrix.h"
#include "options.h"
#include "suite.h"
#include "text.h"

#define SLICES 64 /* of a matrix at most, ... */
#define SLICE_ROWS 2048 /* ... of so many rows at least: each has a layout to make */
#define SILENCE 20 /* seconds after which a slice that reports nothing hangs */
#define STATE_SECONDS 5 /* between two states that are kept */
#define PROGRESS_SECONDS 5 /* between two lines of progress; on a terminal, 1 */

static const char usage[] =
	"usage: mmapconf matrix [options] [CALL...]\n"
	"       mmapconf matrix --example ID\n"
	"Makes very many calls (mmap, munmap, ...; default: all that there are), and compares each with the model.\n"
	"  --tier TIER         quick (default): what the suite runs, seconds; full: minutes;\n"
	"                      all: the whole product of all dimensions, without end\n"
	"  --shard K/N         the Kth of N equal parts\n"
	"  --resume FILE       keep the state there, and go on where it says\n"
	"  --reference linux-X.Y\n"
	"                      the release whose rules the model goes by (default: the kernel's own)\n"
	"  --example ID        print the call that an example named by this id, as a case\n"
	"  --timeout-mul X     multiply the time after which a slice hangs\n"
	"  -q                  no progress\n"
	"  -h, --help          this text\n"
	"exit status: 0 no mismatch, 1 mismatches or trouble, 3 usage, 4 all skipped, 130 interrupted\n";

struct slice {
	uint64_t count; /* rows */
	uint64_t done, left_out;
	bool over;
	enum word word;
	char outcome[OUTCOME_MAX];
	struct th_tally found; /* all decisions together */
};

/* One matrix of the run. */
struct part {
	struct th_matrix *matrix;
	uint64_t rows; /* of the shard */
	uint64_t first; /* of the plan */
	size_t slice_count, decision_count;
	size_t from; /* the first slice of this run: --resume-after */
	struct slice slices[SLICES];
	struct th_tally *tallies; /* by decision */
	double seconds;
};

static struct run {
	const char *tier, *shard_text, *resume, *resume_after, *reference, *calls[64];
	size_t call_count;
	unsigned long shard, shards;
	struct th_options options;
	bool quiet;
	char judged_by[120];
	char kernel[130];
	struct part *parts;
	size_t part_count, from; /* the first part: --resume-after */
	double began, last_state, last_progress;
	uint64_t rows, rows_done, rows_before; /* before: done by earlier runs */
} run;

static volatile sig_atomic_t interrupted;
static const char *const kind_words[TH_MISMATCHES] = { "", "side effect", "precedence", "wrong" };

/* ---- tallies ---- */

static enum th_mismatch gravest(const struct th_tally *tally)
{
	for (enum th_mismatch kind = TH_WRONG; kind > TH_MATCH; kind--)
		if (tally->mismatches[kind])
			return kind;
	return TH_MATCH;
}

void th_tally_add(struct th_tally *sum, const struct th_tally *part)
{
	enum th_mismatch old = gravest(sum), new = gravest(part);

	if (new > old || (new &&new == old && part->weight < sum->weight)) {
		sum->weight = part->weight;
		memcpy(sum->example, part->example, sizeof(sum->example));
	}
	sum->calls += part->calls;
	sum->checked += part->checked;
	for (enum th_mismatch kind = TH_MATCH; kind < TH_MISMATCHES; kind++)
		sum->mismatches[kind] += part->mismatches[kind];
}

#define TALLY_FORMAT "%llu %llu %llu %llu %llu %u %s\n"
#define TALLY_NUMBERS 6

static int format_tally(char *text, size_t size, const struct th_tally *t)
{
	return snprintf(text, size, TALLY_FORMAT, (unsigned long long)t->calls,
			(unsigned long long)t->checked,
			(unsigned long long)t->mismatches[TH_SIDE_EFFECT],
			(unsigned long long)t->mismatches[TH_PRECEDENCE],
			(unsigned long long)t->mismatches[TH_WRONG], t->weight, t->example);
}

static bool parse_tally(const char *text, struct th_tally *t)
{
	unsigned long long number[5];
	int at = 0;

	memset(t, 0, sizeof(*t));
	if (sscanf(text, "%llu %llu %llu %llu %llu %u %n", &number[0], &number[1], &number[2],
		   &number[3], &number[4], &t->weight, &at) != TALLY_NUMBERS ||
	    !at)
		return false;
	t->calls = number[0];
	t->checked = number[1];
	t->mismatches[TH_SIDE_EFFECT] = number[2];
	t->mismatches[TH_PRECEDENCE] = number[3];
	t->mismatches[TH_WRONG] = number[4];
	snprintf(t->example, sizeof(t->example), "%s", text + at);
	return true;
}

/* ---- in the process of a slice ---- */

struct pipe_sink {
	struct th_matrix_sink sink;
	int fd;
	size_t used;
	char bytes[8192];
};

static void pipe_flush(struct pipe_sink *p)
{
	size_t written = 0;

	while (written < p->used) {
		ssize_t n = write(p->fd, p->bytes + written, p->used - written);

		if (n < 0 && errno != EINTR)
			_exit(1);
		if (n > 0)
			written += (size_t)n;
	}
	p->used = 0;
}

static void pipe_puts(struct pipe_sink *p, const char *line)
{
	size_t length = strlen(line);

	if (p->used + length > sizeof(p->bytes))
		pipe_flush(p);
	memcpy(p->bytes + p->used, line, length);
	p->used += length;
}

static void pipe_tally(struct th_matrix_sink *sink, size_t decision, const struct th_tally *part)
{
	char line[TH_EXAMPLE_MAX + 200];
	int n = snprintf(line, sizeof(line), "T %zu ", decision);

	format_tally(line + n, sizeof(line) - (size_t)n, part);
	pipe_puts((struct pipe_sink *)sink, line);
}

static void pipe_reached(struct th_matrix_sink *sink, uint64_t done, uint64_t left_out)
{
	char line[64];

	snprintf(line, sizeof(line), "R %llu %llu\n", (unsigned long long)done,
		 (unsigned long long)left_out);
	pipe_puts((struct pipe_sink *)sink, line);
	pipe_flush((struct pipe_sink *)sink);
}

static void become_slice(const struct part *part, const struct th_rows *rows, int fd)
{
	static const int numbers[] = { SIGINT, SIGTERM, SIGHUP };
	static struct pipe_sink sink = { { pipe_tally, pipe_reached } };
	char line[OUTCOME_MAX + 8];
	const char *lacks, *trouble;

	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		signal(numbers[i], SIG_DFL);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	setpgid(0, 0);
	sink.fd = fd;
	lacks = part->matrix->begin();
	trouble = lacks ? NULL : part->matrix->run(rows, &sink.sink);
	snprintf(line, sizeof(line), "%c %s\n",
		 lacks	 ? 'S' :
		 trouble ? 'E' :
			   '.',
		 lacks	 ? lacks :
		 trouble ? trouble :
			   "");
	pipe_puts(&sink, line);
	pipe_flush(&sink);
	_exit(0);
}

/* ---- time ---- */

static double now(void)
{
	struct timespec t;

	return clock_gettime(CLOCK_MONOTONIC, &t) ? 0 : (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* A time as a person would say it. */
static const char *about(double seconds)
{
	static const struct {
		double seconds;
		const char *name;
	} units[] = {
		{ 365.25 * 86400, "years" }, { 86400, "days" }, { 3600, "hours" }, { 60, "minutes" }
	};
	static char text[40];

	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		if (seconds >= 2 * units[i].seconds) {
			snprintf(text, sizeof(text), "%.0f %s", seconds / units[i].seconds,
				 units[i].name);
			return text;
		}
	}
	snprintf(text, sizeof(text), "%.0f s", seconds);
	return text;
}

static void show_progress(const struct part *part)
{
	bool terminal = isatty(STDERR_FILENO);
	double time = now(), taken = time - run.began;
	uint64_t fresh = run.rows_done - run.rows_before;

	if (run.quiet || time - run.last_progress < (terminal ? 1 : PROGRESS_SECONDS))
		return;
	run.last_progress = time;
	fprintf(stderr, "%smmapconf: matrix %s: %s %.4g%% of %llu rows, %s so far",
		terminal ? "\r\033[K" : "", run.tier, part->matrix->call,
		100.0 * (double)run.rows_done / (double)run.rows, (unsigned long long)run.rows,
		about(taken));
	if (fresh)
		fprintf(stderr, ", about %s to go",
			about(taken * (double)(run.rows - run.rows_done) / (double)fresh));
	fputs(terminal ? "" : "\n", stderr);
}

/* ---- the state that is kept ---- */

/* What a state has to agree with the run in. */
static void put_identity(struct text *t)
{
	text_printf(t, "tier=%s\nshard=%lu/%lu\nkernel=%s\nreference=%s\n", run.tier, run.shard,
		    run.shards, run.kernel, run.judged_by);
	for (const struct part *p = run.parts; p < run.parts + run.part_count; p++) {
		uint32_t crc = 0;

		for (size_t i = 0; i < p->decision_count; i++) {
			const char *clause = p->matrix->decision(i);

			crc = crc32_ieee(crc, clause, strlen(clause) + 1);
		}
		text_printf(t, "plan.%s=%llu-%08x\n", p->matrix->call, (unsigned long long)p->rows,
			    crc);
	}
}

static void put_part(struct text *t, const struct part *p)
{
	char line[TH_EXAMPLE_MAX + 200];

	text_printf(t, "part %s %.3f\n", p->matrix->call, p->seconds);
	for (size_t i = 0; i < p->slice_count; i++) {
		const struct slice *s = &p->slices[i];

		if (!s->done && !s->over)
			continue;
		format_tally(line, sizeof(line), &s->found);
		text_printf(t, "slice %zu %llu %llu %d %d %s\nfound %s", i,
			    (unsigned long long)s->done, (unsigned long long)s->left_out, s->over,
			    s->word, s->outcome, line);
	}
	for (size_t i = 0; i < p->decision_count; i++) {
		if (!p->tallies[i].calls)
			continue;
		format_tally(line, sizeof(line), &p->tallies[i]);
		text_printf(t, "tally %zu %s", i, line);
	}
}

/* Whole or not at all. A failure ends the program: the user counts on it. */
static void keep_state(bool at_once)
{
	struct staged_files files = { 0 };
	struct text t = { 0 };
	const char *failed = run.resume;
	double time = now();

	if (!run.resume || (!at_once && time - run.last_state < STATE_SECONDS))
		return;
	run.last_state = time;
	text_puts(&t, "mmapconf matrix state\n");
	put_identity(&t);
	for (const struct part *p = run.parts; p < run.parts + run.part_count; p++)
		put_part(&t, p);
	text_puts(&t, "end\n");
	if (!staged_add(&files, run.resume, t.bytes, t.length) || !staged_commit(&files, &failed)) {
		complain("--resume: cannot write %s: %s", failed, strerror(errno));
		exit(2);
	}
	staged_free(&files);
	text_free(&t);
}

/* One line behind the identity. False: it is none of a state. */
static bool take_state_line(const char *line, struct part **part, struct slice **slice)
{
	unsigned long long done, left_out;
	unsigned int over, word;
	struct th_tally tally;
	char call[32];
	size_t index;
	double seconds;
	int at = 0;

	if (sscanf(line, "part %31s %lf", call, &seconds) == 2) {
		for (*part = run.parts; *part < run.parts + run.part_count; ++*part)
			if (!strcmp((*part)->matrix->call, call))
				break;
		if (*part == run.parts + run.part_count)
			return false;
		(*part)->seconds = seconds;
		return true;
	}
	if (!*part)
		return false;
	if (sscanf(line, "slice %zu %llu %llu %u %u %n", &index, &done, &left_out, &over, &word,
		   &at) == 5 &&
	    at && index < (*part)->slice_count && word <= CRASH) {
		*slice = &(*part)->slices[index];
		if (done > (*slice)->count)
			return false;
		(*slice)->done = done;
		(*slice)->left_out = left_out;
		(*slice)->over = over;
		(*slice)->word = (enum word)word;
		snprintf((*slice)->outcome, sizeof((*slice)->outcome), "%s", line + at);
		return true;
	}
	if (!strncmp(line, "found ", 6) && *slice)
		return parse_tally(line + 6, &(*slice)->found);
	if (sscanf(line, "tally %zu %n", &index, &at) == 1 && at &&
	    index < (*part)->decision_count && parse_tally(line + at, &tally)) {
		(*part)->tallies[index] = tally;
		return true;
	}
	return false;
}

/* 0, or the exit status. */
static int read_state(void)
{
	static const char opening[] = "mmapconf matrix state\n";
	struct text identity = { 0 };
	struct part *part = NULL;
	struct slice *slice = NULL;
	bool whole = false;
	char *bytes = file_read(run.resume, &(size_t){ 0 }), *line, *rest, *mine, *mine_rest;

	if (!bytes)
		return errno == ENOENT ? 0 :
					 complain("--resume: cannot read %s: %s", run.resume,
						  strerror(errno));
	if (strncmp(bytes, opening, strlen(opening)))
		return complain("--resume: %s is no state of mmapconf matrix", run.resume);
	put_identity(&identity);
	line = strtok_r(bytes + strlen(opening), "\n", &rest);
	for (mine = strtok_r(identity.bytes, "\n", &mine_rest); mine;
	     mine = strtok_r(NULL, "\n", &mine_rest), line = strtok_r(NULL, "\n", &rest))
		if (!line || strcmp(line, mine))
			return complain("--resume: %s is of another run: %s, not %s", run.resume,
					line ? line : "nothing", mine);
	for (; line && !whole; line = strtok_r(NULL, "\n", &rest)) {
		whole = !strcmp(line, "end");
		if (!whole && !take_state_line(line, &part, &slice))
			return complain("--resume: %s is damaged: '%s'", run.resume, line);
	}
	text_free(&identity);
	free(bytes);
	return whole ? 0 : complain("--resume: %s is cut off", run.resume);
}

/* ---- a slice ---- */

/*
 * What the process of a slice has said since it reached a row last; what comes of a row that it did
 * not reach is not counted.
 */
struct pending {
	size_t count;
	struct {
		size_t decision;
		struct th_tally tally;
	} parts[1024];
};

static void commit(struct part *p, struct slice *s, struct pending *pending, uint64_t done,
		   uint64_t left_out)
{
	for (size_t i = 0; i < pending->count; i++) {
		th_tally_add(&p->tallies[pending->parts[i].decision], &pending->parts[i].tally);
		th_tally_add(&s->found, &pending->parts[i].tally);
	}
	pending->count = 0;
	s->done += done;
	s->left_out += left_out;
	run.rows_done += done;
	keep_state(false);
	show_progress(p);
}

static void end_slice(struct slice *s, enum word word, const char *outcome)
{
	s->over = true;
	s->word = word;
	snprintf(s->outcome, sizeof(s->outcome), "%s", outcome);
}

static void take_line(struct part *p, struct slice *s, struct pending *pending, const char *line)
{
	unsigned long long done, left_out;
	size_t decision;
	int at = 0;

	if (sscanf(line, "T %zu %n", &decision, &at) == 1 && at && decision < p->decision_count &&
	    pending->count < sizeof(pending->parts) / sizeof(pending->parts[0])) {
		pending->parts[pending->count].decision = decision;
		pending->count += parse_tally(line + at, &pending->parts[pending->count].tally);
	} else if (sscanf(line, "R %llu %llu", &done, &left_out) == 2) {
		commit(p, s, pending, done, left_out);
	} else if (*line == 'S') {
		end_slice(s, SKIPPED, line + 2);
	} else if (*line == 'E') {
		end_slice(s, ERROR, line + 2);
	} else if (*line == '.') {
		end_slice(s, gravest(&s->found) ? FAIL : PASS, kind_words[gravest(&s->found)]);
	}
}

/*
 * Reads what the process says until its end. False: it hangs, or the user does not want any more.
 */
static bool listen_to(struct part *p, struct slice *s, int fd)
{
	static struct pending pending;
	static char bytes[16384];
	size_t used = 0;
	double heard = now();
	double most = SILENCE * (double)run.options.timeout_mul;

	pending.count = 0;
	for (;;) {
		struct pollfd wait = { .fd = fd, .events = POLLIN };
		int ready = poll(&wait, 1, 200);
		char *line = bytes, *newline;
		ssize_t n;

		if (interrupted || now() - heard > most)
			return false;
		if (ready <= 0)
			continue;
		n = read(fd, bytes + used, sizeof(bytes) - used);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return true;
		heard = now();
		used += (size_t)n;
		while ((newline = memchr(line, '\n', used - (size_t)(line - bytes)))) {
			*newline = '\0';
			take_line(p, s, &pending, line);
			line = newline + 1;
		}
		used -= (size_t)(line - bytes);
		memmove(bytes, line, used);
	}
}

static void run_slice(struct part *p, struct slice *s, uint64_t before)
{
	const struct th_rows rows = {
		.tier = run.tier,
		.first = p->first + (before + s->done) * run.shards,
		.step = run.shards,
		.count = s->count - s->done,
	};
	char outcome[OUTCOME_MAX];
	int fds[2], status = 0;
	bool listened;
	pid_t pid;

	out_flush(); /* else the process would print it again */
	if (pipe(fds)) {
		end_slice(s, ERROR, "no pipe");
		return;
	}
	pid = fork();
	if (pid < 0) {
		close(fds[0]);
		close(fds[1]);
		end_slice(s, ERROR, "no process");
		return;
	}
	if (!pid) {
		close(fds[0]);
		become_slice(p, &rows, fds[1]);
	}
	close(fds[1]);
	listened = listen_to(p, s, fds[0]);
	close(fds[0]);
	if (!listened)
		kill(pid, SIGKILL);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	if (s->over || interrupted)
		return;
	if (!listened)
		snprintf(outcome, sizeof(outcome), "TIMEOUT %u s",
			 SILENCE * run.options.timeout_mul);
	else if (WIFSIGNALED(status))
		snprintf(outcome, sizeof(outcome), "CRASH signal %d", WTERMSIG(status));
	else
		snprintf(outcome, sizeof(outcome),
			 "the process exited with status %d before its end", WEXITSTATUS(status));
	end_slice(s, !listened ? TIMEOUT : WIFSIGNALED(status) ? CRASH : ERROR, outcome);
}

/* ---- the output ---- */

static void print_result(const char *label, unsigned int *number, const char *name, enum word word,
			 const char *outcome, struct th_totals *totals)
{
	char lines[TH_RESULT_LINES_MAX];

	th_result_lines(lines, ++*number, label, name, word, outcome);
	out("%s\n", lines);
	totals->pass += word == PASS;
	totals->fail += word == FAIL;
	totals->skip += word == SKIPPED;
	totals->error += word == ERROR || word == TIMEOUT || word == CRASH;
}

static void print_tally(const struct th_tally *t)
{
	if (gravest(t))
		out("# %llu calls, %llu of them checked in full: %llu wrong, %llu precedence, %llu side effect\n# %s\n",
		    (unsigned long long)t->calls, (unsigned long long)t->checked,
		    (unsigned long long)t->mismatches[TH_WRONG],
		    (unsigned long long)t->mismatches[TH_PRECEDENCE],
		    (unsigned long long)t->mismatches[TH_SIDE_EFFECT], t->example);
}

static void print_decisions(const struct part *p, const char *label, unsigned int *number,
			    struct th_totals *totals)
{
	bool skipped = true;

	for (size_t i = p->from; i < p->slice_count; i++)
		skipped = skipped && p->slices[i].word == SKIPPED;
	for (size_t i = 0; i < p->decision_count; i++) {
		const struct th_tally *t = &p->tallies[i];
		const char *name = p->matrix->decision(i);
		enum th_mismatch kind = gravest(t);

		out("# running %s/%s\n", label, name);
		print_tally(t);
		print_result(label, number, name,
			     kind     ? FAIL :
			     t->calls ? PASS :
					SKIPPED,
			     kind     ? kind_words[kind] :
			     t->calls ? "" :
			     skipped  ? p->slices[0].outcome :
					"env: no call of this plan is decided by it here",
			     totals);
	}
}

static void print_summary(const struct part *p)
{
	struct th_tally sum = { 0 };
	uint64_t left_out = 0, done = 0;

	for (size_t i = 0; i < p->slice_count; i++) {
		th_tally_add(&sum, &p->slices[i].found);
		left_out += p->slices[i].left_out;
		done += p->slices[i].done;
	}
	out("# %s: %llu rows, %llu calls (%llu checked in full, %llu could not be made), %.1f s; mismatches: %llu wrong, %llu precedence, %llu side effect\n",
	    p->matrix->call, (unsigned long long)done, (unsigned long long)sum.calls,
	    (unsigned long long)sum.checked, (unsigned long long)left_out, p->seconds,
	    (unsigned long long)sum.mismatches[TH_WRONG],
	    (unsigned long long)sum.mismatches[TH_PRECEDENCE],
	    (unsigned long long)sum.mismatches[TH_SIDE_EFFECT]);
}

/* Prints what a slice came to, when it is over. */
static void run_slices(struct part *p, const char *label, unsigned int *number,
		       struct th_totals *totals)
{
	uint64_t before = 0;

	for (size_t i = 0; i < p->slice_count && !interrupted; before += p->slices[i++].count) {
		struct slice *s = &p->slices[i];
		double began = now();
		char name[24];

		if (i < p->from)
			continue;
		snprintf(name, sizeof(name), "slice.%02zu", i + 1);
		out("# running %s/%s\n", label, name);
		out_flush_through();
		if (!s->over)
			run_slice(p, s, before);
		p->seconds += now() - began;
		if (interrupted)
			break;
		print_tally(&s->found);
		print_result(label, number, name, s->word, s->outcome, totals);
		out_flush();
	}
}

static void run_part(struct part *p, unsigned int number, struct th_totals *totals)
{
	struct th_totals own = { 0 };
	unsigned int line = 0;
	char label[48];

	snprintf(label, sizeof(label), "matrix/%s", p->matrix->call);
	out_indent(true);
	out("KTAP version 1\n# Subtest: %s\n1..%zu\n", label,
	    p->slice_count - p->from + p->decision_count);
	run_slices(p, label, &line, &own);
	if (!interrupted) {
		print_decisions(p, label, &line, &own);
		print_summary(p);
		th_print_totals(&own);
	}
	out_indent(false);
	if (!interrupted)
		out("%s %u %s%s\n", th_status(&own) == KSFT_FAIL ? "not ok" : "ok", number, label,
		    th_status(&own) == KSFT_SKIP ? " # SKIP all" : "");
	out_flush();
	totals->pass += own.pass;
	totals->fail += own.fail;
	totals->skip += own.skip;
	totals->error += own.error;
}

static void print_facts(void)
{
	struct utsname name;

	out("KTAP version 1\n# fact suite=%s\n", suite_version);
	if (!uname(&name))
		out("# fact release=%s\n# fact version=%s\n# fact machine=%s\n", name.release,
		    name.version, name.machine);
	out("# fact page_size=%ld\n# fact word_size=%zu\n# fact user=%ld\n# fact limit=%u\n",
	    sysconf(_SC_PAGESIZE), 8 * sizeof(long), (long)getuid(),
	    SILENCE * run.options.timeout_mul);
	out("# fact tier=%s\n# fact reference=%s\n", run.tier, run.judged_by);
	if (run.shards > 1)
		out("# fact select=--shard %lu/%lu\n", run.shard, run.shards);
}

/* ---- the command ---- */

static bool parse_shard(const char *text)
{
	char first[24];
	const char *slash = strchr(text, '/');

	if (!slash || slash - text >= (ptrdiff_t)sizeof(first))
		return false;
	memcpy(first, text, (size_t)(slash - text));
	first[slash - text] = '\0';
	return parse_number(slash + 1, 1, 1000000000, &run.shards) &&
	       parse_number(first, 1, run.shards, &run.shard);
}

static int print_example(const char *id)
{
	size_t length = strcspn(id, ":");

	for (struct th_matrix *m = th_first_matrix(); m; m = m->next)
		if (strlen(m->call) == length && !strncmp(m->call, id, length) && m->example(id))
			return 0;
	return complain("--example: there is no such call: '%s'", id);
}

/* 0: go on, else 1 + exit status. */
static int parse(int argc, char **argv)
{
	bool options_over = false;

	run.tier = "quick";
	run.shard = run.shards = 1;
	run.options.timeout_mul = 1;
	for (int i = 1; i < argc; i++) {
		const char *argument = argv[i], *value;
		int taken;

		if (options_over || argument[0] != '-') {
			if (run.call_count == sizeof(run.calls) / sizeof(run.calls[0]))
				return 1 + complain("too many calls");
			run.calls[run.call_count++] = argument;
		} else if (!strcmp(argument, "--")) {
			options_over = true;
		} else if (!strcmp(argument, "-h") || !strcmp(argument, "--help")) {
			fputs(usage, stdout);
			return 1;
		} else if (!strcmp(argument, "-q")) {
			run.quiet = true;
		} else if ((value = option_value("--tier", argc, argv, &i)) ||
			   (value = option_value("--matrix-tier", argc, argv, &i))) {
			run.tier = value;
		} else if ((value = option_value("--shard", argc, argv, &i))) {
			if (!parse_shard(value))
				return 1 + complain("--shard wants K/N with 1 <= K <= N, not '%s'",
						    value);
		} else if ((value = option_value("--resume-after", argc, argv, &i))) {
			run.resume_after = value;
		} else if ((value = option_value("--resume", argc, argv, &i))) {
			if (!*value)
				return 1 + complain("--resume wants a file");
			run.resume = value;
		} else if ((value = option_value("--reference", argc, argv, &i))) {
			run.reference = value;
		} else if ((value = option_value("--example", argc, argv, &i))) {
			return 1 + print_example(value);
		} else if ((value = option_value("-j", argc, argv, &i))) {
			/* A target says how many cases at once; slices come one by one. */
		} else {
			taken = th_parse_option(argc, argv, &i, &run.options);
			if (taken < 0)
				return 1 + 3;
			if (!taken)
				return 1 +
				       complain(
					       "unknown option '%s'; matrix -h tells what there is",
					       argument);
		}
	}
	return 0;
}

static bool is_wanted(const struct th_matrix *m)
{
	for (size_t i = 0; i < run.call_count; i++)
		if (!strcmp(run.calls[i], m->call))
			return true;
	return !run.call_count;
}

/* Whose rules hold. 0, or the exit status. */
static int find_reference(void)
{
	const char *release = run.reference;
	struct th_matrix *m = th_first_matrix();
	struct utsname name;

	if (release && strncmp(release, "linux-", 6))
		return complain("--reference wants linux-X.Y, not '%s'", release);
	if (!uname(&name))
		snprintf(run.kernel, sizeof(run.kernel), "%s %s", name.release, name.machine);
	if (m->judge_by(release ? release : name.release, run.judged_by, sizeof(run.judged_by))) {
		if (release)
			setenv("MMAPCONF_REFERENCE", release, 1);
		return 0;
	}
	if (release)
		return complain("--reference: the model knows no rules of %s", release);
	snprintf(run.judged_by, sizeof(run.judged_by), "none"); /* every slice SKIPs and says why */
	return 0;
}

static void cut_into_slices(struct part *p)
{
	p->slice_count = (size_t)(p->rows / SLICE_ROWS);
	p->slice_count = p->slice_count > SLICES ? SLICES : p->slice_count ? p->slice_count : 1;
	for (size_t i = 0; i < p->slice_count; i++) {
		uint64_t each = p->rows / p->slice_count, more = p->rows % p->slice_count;

		p->slices[i].count = each + (i < more);
	}
}

/* 0, or the exit status. */
static int make_plan(void)
{
	for (size_t i = 0; i < run.call_count; i++) {
		struct th_matrix *m = th_first_matrix();

		while (m && strcmp(m->call, run.calls[i]))
			m = m->next;
		if (!m)
			return complain("there is no matrix of '%s'", run.calls[i]);
	}
	for (struct th_matrix *m = th_first_matrix(); m; m = m->next) {
		uint64_t rows = m->rows(run.tier);
		struct part *p;

		if (!rows)
			return complain("--tier is quick, full or all, not '%s'", run.tier);
		if (!is_wanted(m))
			continue;
		p = list_add(&run.parts, &run.part_count, sizeof(*run.parts));
		p->matrix = m;
		p->first = run.shard - 1;
		p->rows = rows / run.shards + (run.shard - 1 < rows % run.shards);
		while (m->decision(p->decision_count))
			p->decision_count++;
		p->tallies = must_alloc(p->decision_count * sizeof(*p->tallies));
		cut_into_slices(p);
	}
	return 0;
}

/*
 * A guest died in this test, and was started again: what comes behind it is left. 0, or the exit
 * status.
 */
static int resume_after(const char *id)
{
	for (size_t i = 0; i < run.part_count; i++) {
		struct part *p = &run.parts[i];
		char name[64];

		for (size_t slice = 0; slice < p->slice_count; slice++) {
			snprintf(name, sizeof(name), "matrix/%s/slice.%02zu", p->matrix->call,
				 slice + 1);
			if (!strcmp(id, name)) {
				run.from = i;
				p->from = slice + 1;
				return 0;
			}
		}
	}
	return complain("--resume-after %s: there is no such slice", id);
}

/* What earlier runs did. */
static void count_rows(void)
{
	for (const struct part *p = run.parts; p < run.parts + run.part_count; p++) {
		run.rows += p->rows;
		for (size_t i = 0; i < p->slice_count; i++)
			run.rows_before += p->slices[i].over ? p->slices[i].count :
							       p->slices[i].done;
	}
	run.rows_done = run.rows_before;
	run.began = run.last_state = run.last_progress = now();
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
}

int mmapconf_matrix(int argc, char **argv)
{
	struct th_totals totals = { 0 };
	unsigned int number = 0;
	int status = parse(argc, argv);

	if (status)
		return status - 1;
	if (!th_first_matrix())
		return complain("this image has no matrix");
	status = find_reference();
	if (!status)
		status = make_plan();
	if (!status && run.resume)
		status = read_state();
	if (!status && run.resume_after)
		status = resume_after(run.resume_after);
	if (status)
		return status;
	count_rows();
	watch_signals();
	print_facts();
	out("1..%zu\n", run.part_count - run.from);
	for (struct part *p = run.parts + run.from; p < run.parts + run.part_count && !interrupted;
	     p++)
		run_part(p, ++number, &totals);
	keep_state(true);
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
