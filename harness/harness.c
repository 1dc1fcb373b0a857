// SPDX-License-Identifier: GPL-2.0
/*
 * Runs tests and judges how they end.
 *
 * A test is a process. Everything it has to say travels through one pipe: what it prints as plain
 * bytes, and what the harness prints in it (a failed expectation, a SKIP, its end) as records that
 * open with a byte and a nonce that no test prints by chance. The reader needs one blocking read()
 * and a timer, no poll(), no shared memory, no /proc.
 */
#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/prctl.h>
#include <sys/time.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "harness.h"
#include "registry.h"
#include "suite.h"

enum record_type {
	RECORD_LOG = 'L', /* a diagnostic */
	RECORD_FAIL = 'F', /* a failed expectation: its outcome */
	RECORD_ERROR = 'E', /* set-up failed: why */
	RECORD_SKIP = 'S', /* why */
	RECORD_END = '.', /* the test came to its end */
};

#define RECORD_MARK '\001'
#define NONCE_SIZE 16
#define RECORD_HEAD (1 + NONCE_SIZE + 1) /* mark, nonce, type */
#define RECORD_TEXT_MAX 480 /* with head and newline below PIPE_BUF's least value, 512 */

#define SHOWN_LINES_MAX 64 /* of what a test prints, and of its diagnostics */
#define HELD_LINES_MAX 8 /* diagnostics that are held back until the test fails */
#define SHOWN_LINE_MAX 160 /* bytes */
#define TICK_USEC 100000 /* how often a test beyond its limit is killed anew */
#define TICKS_MAX 20 /* after which one that cannot be killed is left behind */

/* The test that is running, as its parent sees it. With --no-fork both are one process. */
static struct running {
	pid_t pid;
	bool in_process;
	unsigned int ticks; /* since the time limit; 0: within it */
	bool failed, error, skipped, ended;
	char outcome[OUTCOME_MAX];
	unsigned int log_lines; /* shown */
	unsigned int held_lines; /* all that were held since the last one was shown */
	unsigned int output_lines;
	size_t output_bytes_hidden;
	char line[SHOWN_LINE_MAX]; /* of its output, not yet ended */
	size_t line_used;
	bool line_overflow;
	sigjmp_buf survived; /* in_process: where a fault or the time limit leads */
} running;

/*
 * A ring, apart from what is cleared for every test: each page written to costs a copy after the
 * fork.
 */
static char held[HELD_LINES_MAX][RECORD_TEXT_MAX + 1];

static char nonce[NONCE_SIZE + 1];
static int record_fd = -1; /* in a test's process: where records go */

static const char *signal_text(int number)
{
	static const struct {
		int number;
		const char *name;
	} names[] = {
		{ SIGHUP, "SIGHUP" },	{ SIGINT, "SIGINT" },	{ SIGQUIT, "SIGQUIT" },
		{ SIGILL, "SIGILL" },	{ SIGTRAP, "SIGTRAP" }, { SIGABRT, "SIGABRT" },
		{ SIGBUS, "SIGBUS" },	{ SIGFPE, "SIGFPE" },	{ SIGKILL, "SIGKILL" },
		{ SIGUSR1, "SIGUSR1" }, { SIGSEGV, "SIGSEGV" }, { SIGUSR2, "SIGUSR2" },
		{ SIGPIPE, "SIGPIPE" }, { SIGALRM, "SIGALRM" }, { SIGTERM, "SIGTERM" },
		{ SIGSYS, "SIGSYS" },	{ SIGXCPU, "SIGXCPU" }, { SIGXFSZ, "SIGXFSZ" },
	};
	static char other[24];

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (names[i].number == number)
			return names[i].name;
	snprintf(other, sizeof(other), "signal %d", number);
	return other;
}

/* Result lines are ASCII without '#', whatever a test put into its text. */
static void make_printable(char *text)
{
	for (; *text; text++)
		if (*text < ' ' || *text > '~' || *text == '#')
			*text = '?';
}

/* ---- in the test's process ---- */

static void take_record(struct running *r, char type, const char *text);

static void send_record(char type, const char *text)
{
	char record[RECORD_HEAD + RECORD_TEXT_MAX + 1];
	size_t length = strnlen(text, RECORD_TEXT_MAX);
	ssize_t written;

	if (running.in_process) {
		take_record(&running, type, text);
		return;
	}
	record[0] = RECORD_MARK;
	memcpy(record + 1, nonce, NONCE_SIZE);
	record[1 + NONCE_SIZE] = type;
	memcpy(record + RECORD_HEAD, text, length);
	record[RECORD_HEAD + length] = '\n';
	do
		written = write(record_fd, record, RECORD_HEAD + length + 1);
	while (written < 0 && errno == EINTR);
}

static void send_text(char type, const char *fmt, va_list args)
{
	char text[RECORD_TEXT_MAX + 1];

	vsnprintf(text, type == RECORD_LOG ? sizeof(text) : OUTCOME_MAX, fmt, args);
	make_printable(text);
	send_record(type, text);
}

static void log_place(struct __test_metadata *_metadata, int line, const char *fmt, va_list args)
{
	char text[RECORD_TEXT_MAX + 1];
	int n = snprintf(text, sizeof(text), "%s:%d: ", _metadata->file, line);

	if (n > 0 && (size_t)n < sizeof(text))
		vsnprintf(text + n, sizeof(text) - (size_t)n, fmt, args);
	make_printable(text);
	send_record(RECORD_LOG, text);
}

void th_log(struct __test_metadata *_metadata, int line, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	log_place(_metadata, line, fmt, args);
	va_end(args);
}

void th_fail(struct __test_metadata *_metadata, int line, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	log_place(_metadata, line, fmt, args);
	va_end(args);
	va_start(args, fmt);
	send_text(RECORD_FAIL, fmt, args);
	va_end(args);
	_metadata->failed = true;
}

static void value_text(struct th_value v, char *text, size_t size)
{
	if (v.kind == TH_SIGNED)
		snprintf(text, size, "%jd", (intmax_t)v.bits);
	else if (v.kind == TH_UNSIGNED)
		snprintf(text, size, "%ju", v.bits);
	else /* an address differs from run to run */
		snprintf(text, size, "%s",
			 !v.bits			  ? "NULL" :
			 (uintptr_t)v.bits == UINTPTR_MAX ? "MAP_FAILED" :
							    "pointer");
}

void th_fail_values(struct __test_metadata *_metadata, int line, const char *op,
		    struct th_value expected, struct th_value seen)
{
	/* "expected < seen" wants what was seen to be above */
	const char *relation = !strcmp(op, "==") ? "" :
			       !strcmp(op, "!=") ? "not " :
			       !strcmp(op, "<")	 ? "above " :
			       !strcmp(op, "<=") ? "at least " :
			       !strcmp(op, ">")	 ? "below " :
						   "at most ";
	char want[32], got[32];

	value_text(expected, want, sizeof(want));
	value_text(seen, got, sizeof(got));
	th_fail(_metadata, line, "value=%s want %s%s", got, relation, want);
}

void th_error(struct __test_metadata *_metadata, int line, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	log_place(_metadata, line, fmt, args);
	va_end(args);
	va_start(args, fmt);
	send_text(RECORD_ERROR, fmt, args);
	va_end(args);
	_metadata->error = true;
}

void th_skip(struct __test_metadata *_metadata, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	send_text(RECORD_SKIP, fmt, args);
	va_end(args);
	_metadata->skipped = true;
}

void th_abort(struct __test_metadata *_metadata)
{
	if (!running.in_process && getpid() != _metadata->test_pid)
		_exit(KSFT_FAIL);
	siglongjmp(_metadata->abort_env, 1);
}

bool th_forks(void)
{
	return !running.in_process;
}

void th_enter_child(struct __test_metadata *_metadata)
{
	/* One that its test left behind must not outlive it. */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	_metadata->failed = false;
}

void th_run_fixture(struct __test_metadata *_metadata, void *self, const void *variant,
		    void (*setup)(struct __test_metadata *, void *, const void *),
		    void (*body)(struct __test_metadata *, void *, const void *),
		    void (*teardown)(struct __test_metadata *, void *, const void *))
{
	volatile bool set_up = !setup;

	if (!sigsetjmp(_metadata->abort_env, 0)) {
		if (setup)
			setup(_metadata, self, variant);
		if (!_metadata->failed && !_metadata->skipped && !_metadata->error) {
			set_up = true;
			body(_metadata, self, variant);
		}
	}
	if (set_up && teardown && !sigsetjmp(_metadata->abort_env, 0))
		teardown(_metadata, self, variant);
}

static void run_test_here(const struct th_walk *w)
{
	struct __test_metadata metadata = {
		.file = w->c->file,
		.test_pid = running.in_process ? 0 : getpid(),
	};

	w->test->run(&metadata, w->variant ? w->variant->data : NULL);
	send_record(RECORD_END, "");
}

/* ---- in the parent ---- */

static void take_outcome(struct running *r, const char *text)
{
	snprintf(r->outcome, sizeof(r->outcome), "%s", text);
	make_printable(r->outcome);
}

static void show_held(struct running *r)
{
	unsigned int first = r->held_lines > HELD_LINES_MAX ? r->held_lines - HELD_LINES_MAX : 0;

	for (unsigned int i = first; i < r->held_lines; i++)
		if (r->log_lines++ < SHOWN_LINES_MAX)
			out("# %s\n", held[i % HELD_LINES_MAX]);
	r->held_lines = 0;
}

static void take_record(struct running *r, char type, const char *text)
{
	switch (type) {
	case RECORD_LOG:
		/* What a test that passes had to say, nobody wants to read. */
		snprintf(held[r->held_lines++ % HELD_LINES_MAX], sizeof(held[0]), "%s", text);
		break;
	case RECORD_FAIL:
	case RECORD_ERROR:
	case RECORD_SKIP:
		/*
		 * What is said first is the outcome, and nothing that comes later changes it, but
		 * that a failure undoes a SKIP.
		 */
		if (type != RECORD_SKIP)
			show_held(r);
		if (r->failed || r->error || (r->skipped && type == RECORD_SKIP))
			break;
		take_outcome(r, text);
		r->failed = type == RECORD_FAIL;
		r->error = type == RECORD_ERROR;
		r->skipped = type == RECORD_SKIP;
		break;
	case RECORD_END:
		r->ended = true;
		break;
	}
}

static void end_output_line(struct running *r)
{
	char shown[4 * SHOWN_LINE_MAX + 1], *at = shown;

	if (r->output_lines++ < SHOWN_LINES_MAX) {
		for (size_t i = 0; i < r->line_used; i++) {
			unsigned char byte = (unsigned char)r->line[i];

			if (byte >= ' ' && byte <= '~')
				*at++ = (char)byte;
			else
				at += sprintf(at, "\\x%02x", byte);
		}
		*at = '\0';
		out("# | %s%s\n", shown, r->line_overflow ? " (cut)" : "");
	} else {
		r->output_bytes_hidden += r->line_used + 1;
	}
	r->line_used = 0;
	r->line_overflow = false;
}

static void take_output(struct running *r, const char *bytes, size_t count)
{
	while (count) {
		const char *newline;
		size_t n, kept;

		if (r->output_lines >= SHOWN_LINES_MAX) {
			r->output_bytes_hidden += count;
			return;
		}
		newline = memchr(bytes, '\n', count);
		n = newline ? (size_t)(newline - bytes) : count;
		kept = sizeof(r->line) - r->line_used;
		if (n > kept) {
			r->output_bytes_hidden += n - kept;
			r->line_overflow = true;
		} else {
			kept = n;
		}
		memcpy(r->line + r->line_used, bytes, kept);
		r->line_used += kept;
		if (!newline)
			return;
		end_output_line(r);
		bytes += n + 1;
		count -= n + 1;
	}
}

/*
 * Takes records and output out of the bytes read so far; returns how many of them it used up. What
 * may be the beginning of a record is left until the rest has come, unless this is all there is.
 */
static size_t take_bytes(struct running *r, char *bytes, size_t count, bool all)
{
	size_t at = 0;

	while (at < count) {
		char *mark = memchr(bytes + at, RECORD_MARK, count - at);
		size_t start = mark ? (size_t)(mark - bytes) : count;
		size_t rest = count - start;
		char *newline;

		take_output(r, bytes + at, start - at);
		at = start;
		if (!rest)
			break;
		if (memcmp(mark + 1, nonce, rest - 1 < NONCE_SIZE ? rest - 1 : NONCE_SIZE)) {
			take_output(r, mark, 1);
			at++;
			continue;
		}
		newline = memchr(mark, '\n', rest);
		if (!newline) {
			if (!all)
				break;
			take_output(r, mark, rest);
			return count;
		}
		/* a newline within the head: a nonce that only began right */
		if (newline < mark + RECORD_HEAD) {
			take_output(r, mark, 1);
			at++;
			continue;
		}
		*newline = '\0';
		take_record(r, mark[1 + NONCE_SIZE], mark + RECORD_HEAD);
		at = (size_t)(newline - bytes) + 1;
	}
	return at;
}

static void set_timer(unsigned int seconds)
{
	struct itimerval timer = {
		.it_value.tv_sec = (time_t)seconds,
		.it_interval.tv_usec = seconds ? TICK_USEC : 0,
	};

	/* A kernel without timers has no time limits; what hangs there, hangs. */
	setitimer(ITIMER_REAL, &timer, NULL);
}

static void kill_running_test(void)
{
	pid_t pid = running.pid;

	if (pid > 0) {
		kill(-pid, SIGKILL);
		kill(pid, SIGKILL);
	}
}

static void on_time_limit(int number __attribute__((unused)))
{
	int saved = errno;

	running.ticks++;
	if (running.in_process)
		siglongjmp(running.survived, SIGALRM);
	kill_running_test();
	errno = saved;
}

static void on_fault(int number)
{
	siglongjmp(running.survived, number);
}

static void on_interrupt(int number)
{
	kill_running_test();
	signal(number, SIG_DFL);
	raise(number);
}

static const int survived_signals[] = { SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGTRAP, SIGSYS };
static const int interrupts[] = { SIGINT, SIGTERM, SIGHUP };

#define FOR_EACH(item, array) \
	for (const int *item = (array); item < (array) + sizeof(array) / sizeof((array)[0]); item++)

static void handle(int number, void (*handler)(int))
{
	/* No SA_RESTART: the read() that waits for the test has to return. */
	struct sigaction action = { .sa_handler = handler, .sa_flags = SA_NODEFER };

	sigaction(number, &action, NULL);
}

static void prepare_signals(bool in_process)
{
	handle(SIGALRM, on_time_limit);
	FOR_EACH(number, interrupts) {
		/* What was ignored before (nohup) stays so. */
		struct sigaction old;

		if (!sigaction(*number, NULL, &old) && old.sa_handler != SIG_IGN)
			handle(*number, on_interrupt);
	}
	if (in_process)
		FOR_EACH(number, survived_signals)
			handle(*number, on_fault);
}

/*
 * The nonce comes from what the kernel gave the process at exec; where that is nothing, a constant
 * still serves.
 */
static void make_nonce(void)
{
	const unsigned char *random = (const unsigned char *)getauxval(AT_RANDOM);
	uint32_t a = 0x6d6d6170, b = (uint32_t)getpid();

	if (random) {
		a = crc32_ieee(a, random, 8);
		b = crc32_ieee(b, random + 8, 8);
	}
	snprintf(nonce, sizeof(nonce), "%08x%08x", a, b);
}

static double seconds_now(void)
{
	struct timespec now;

	if (clock_gettime(CLOCK_MONOTONIC, &now))
		return 0;
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void become_test(const struct th_walk *w, const struct th_options *options, const int fds[2])
{
	handle(SIGALRM, SIG_DFL);
	FOR_EACH(number, interrupts)
		handle(*number, SIG_DFL);
	close(fds[0]);
	record_fd = fds[1];
	/*
	 * A group of its own: kill(0, …) stays in the test, and what it leaves behind can be found.
	 */
	setpgid(0, 0);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (!options->debug) {
		dup2(fds[1], STDOUT_FILENO);
		dup2(fds[1], STDERR_FILENO);
	}
	running.pid = 0;
	run_test_here(w);
	_exit(KSFT_PASS);
}

static enum word set_result(struct running *r, enum word word, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
static enum word set_result(struct running *r, enum word word, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vsnprintf(r->outcome, sizeof(r->outcome), fmt, args);
	va_end(args);
	return word;
}

/* What failed first stands; then how the process ended; then what else the test said of itself. */
static enum word judge(struct running *r, const struct th_test *t, int signal_number,
		       int exit_status, unsigned int limit)
{
	/*
	 * One that died by itself, and left the pipe to a process that we could not kill, did not
	 * hang.
	 */
	bool timed_out = r->ticks && (r->in_process || signal_number == SIGKILL);

	if (r->failed || r->error) {
		if (timed_out)
			out("# then the time limit of %u s ended it\n", limit);
		else if (signal_number)
			out("# then %s ended it\n", signal_text(signal_number));
		return r->failed ? FAIL : ERROR;
	}
	if (r->ticks > TICKS_MAX)
		return set_result(r, TIMEOUT, "TIMEOUT %u s, and could not be killed", limit);
	if (timed_out)
		return set_result(r, TIMEOUT, "TIMEOUT %u s", limit);
	if (signal_number && signal_number != t->termsig)
		return set_result(r, CRASH, "CRASH %s", signal_text(signal_number));
	if (signal_number)
		return PASS;
	if (!r->ended)
		return set_result(r, ERROR, "exited with status %d before its end", exit_status);
	if (r->skipped)
		return SKIPPED;
	if (t->termsig)
		return set_result(r, FAIL, "signal=none want %s", signal_text(t->termsig));
	return PASS;
}

static enum word run_in_child(const struct th_walk *w, const struct th_options *options,
			      unsigned int limit)
{
	struct running *r = &running;
	char bytes[2048];
	size_t kept = 0;
	int fds[2], status = 0;
	pid_t pid, reaped;

	if (pipe(fds))
		return set_result(r, ERROR, "pipe: errno %d", errno);
	pid = fork();
	if (pid < 0) {
		enum word word = set_result(r, ERROR, "fork: errno %d", errno);

		close(fds[0]);
		close(fds[1]);
		return word;
	}
	if (!pid)
		become_test(w, options, fds);
	r->pid = pid;
	close(fds[1]);
	if (!options->debug)
		set_timer(limit * options->timeout_mul);

	/* Until its last record: something else may keep the pipe open. */
	while (!r->ended && r->ticks <= TICKS_MAX) {
		ssize_t n = read(fds[0], bytes + kept, sizeof(bytes) - kept);
		size_t taken;

		if (n < 0 && errno == EINTR) {
			/* Killed, and a process that left its group still holds the pipe. */
			if (r->ticks > 1)
				break;
			continue;
		}
		if (n <= 0)
			break;
		kept += (size_t)n;
		taken = take_bytes(r, bytes, kept, false);
		if (!taken && kept == sizeof(bytes))
			taken = take_bytes(r, bytes, kept, true);
		memmove(bytes, bytes + taken, kept - taken);
		kept -= taken;
	}
	take_bytes(r, bytes, kept, true);
	if (r->line_used)
		end_output_line(r);
	if (r->output_bytes_hidden)
		out("# | (%zu more bytes)\n", r->output_bytes_hidden);
	if (r->log_lines > SHOWN_LINES_MAX)
		out("# (%u more lines)\n", r->log_lines - SHOWN_LINES_MAX);

	do
		reaped = waitpid(pid, &status, 0);
	while (reaped < 0 && errno == EINTR && r->ticks <= TICKS_MAX);
	set_timer(0);
	kill(-pid, SIGKILL); /* what it left behind */
	r->pid = 0;
	close(fds[0]);
	if (reaped < 0 && r->ticks <= TICKS_MAX)
		return set_result(r, ERROR, "wait: errno %d", errno);
	return judge(r, w->test, reaped == pid && WIFSIGNALED(status) ? WTERMSIG(status) : 0,
		     WEXITSTATUS(status), limit);
}

static enum word run_in_process(const struct th_walk *w, const struct th_options *options,
				unsigned int limit)
{
	struct running *r = &running;
	int ended_by = sigsetjmp(r->survived, 1);
	enum word word;

	if (!ended_by) {
		if (!options->debug)
			set_timer(limit * options->timeout_mul);
		run_test_here(w);
	}
	set_timer(0);
	/* A test may have left handlers of its own. */
	prepare_signals(true);
	word = judge(r, w->test, r->ticks ? 0 : ended_by, 0, limit);
	return word;
}

void th_result_lines(char lines[TH_RESULT_LINES_MAX], unsigned int number, const char *label,
		     const char *name, enum word word, const char *outcome)
{
	static const char *const words[] = { "pass", "fail", "skip", "error", "timeout", "crash" };
	static const char *const opening[] = { "", " # ", " # SKIP ", " # ERROR ", " # ", " # " };
	char id[TEST_ID_MAX + 16];
	uint32_t crc;
	int n, line_length;

	line_length = snprintf(lines, TH_RESULT_LINES_MAX, "%s %u %s%s%s",
			       word == PASS || word == SKIPPED ? "ok" : "not ok", number, name,
			       opening[word], word == PASS ? "" : outcome);
	crc = crc32_ieee(0, lines, (size_t)line_length);
	n = snprintf(id, sizeof(id), "\n%s/%s %s", label, name, words[word]);
	crc = crc32_ieee(crc, id, (size_t)n);
	snprintf(lines + line_length, TH_RESULT_LINES_MAX - (size_t)line_length, "\n# done %s %08x",
		 id + 1, crc);
}

void th_print_totals(const struct th_totals *totals)
{
	out("# Totals: pass:%u fail:%u xfail:0 xpass:0 skip:%u error:%u\n", totals->pass,
	    totals->fail, totals->skip, totals->error);
}

void th_print_nothing_matches(const char *version_line, const char *what)
{
	char outcome[OUTCOME_MAX];

	snprintf(outcome, sizeof(outcome), "nothing matches %s", what);
	make_printable(outcome);
	if (version_line)
		out("%s\n", version_line);
	out("1..1\nnot ok 1 selection # ERROR %s\n", outcome);
}

int th_status(const struct th_totals *totals)
{
	if (totals->fail || totals->error)
		return KSFT_FAIL;
	return totals->pass || !totals->skip ? KSFT_PASS : KSFT_SKIP;
}

static void run_one(const struct th_walk *w, unsigned int number, const char *label,
		    const char *name, const struct th_options *options, struct th_totals *totals)
{
	unsigned int limit = w->test->timeout ? w->test->timeout : TH_DEFAULT_TIMEOUT;
	double start = seconds_now();
	char lines[TH_RESULT_LINES_MAX];
	enum word word;

	memset(&running, 0, sizeof(running));
	running.in_process = options->no_fork;
	out("# running %s/%s\n", label, name);
	out_flush_through();
	if (w->c->exclusive && !options->system)
		word = set_result(&running, SKIPPED, "env: changes %s of the machine: --system",
				  w->c->exclusive);
	else if (options->no_fork)
		word = run_in_process(w, options, limit);
	else
		word = run_in_child(w, options, limit);
	if (word != PASS && word != SKIPPED)
		show_held(&running);
	th_result_lines(lines, number, label, name, word, running.outcome);
	out("%s %.6f\n", lines, seconds_now() - start);
	totals->pass += word == PASS;
	totals->fail += word == FAIL;
	totals->skip += word == SKIPPED;
	totals->error += word == ERROR || word == TIMEOUT || word == CRASH;
}

static void map_shared(struct th_shared *shared)
{
	void *memory = mmap(NULL, shared->bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
			    -1, 0);

	shared->memory = memory == MAP_FAILED ? NULL : memory;
}

void th_run_case(const struct th_case *c, const char *label, const char *version_line,
		 const struct th_options *options, const struct th_filter *filter, size_t done,
		 struct th_totals *totals)
{
	struct th_totals own = { 0 };
	unsigned int number = 0;
	struct th_walk w;

	make_nonce();
	prepare_signals(options->no_fork);
	if (c->shared)
		map_shared(c->shared);
	if (version_line && !done)
		out("%s\n", version_line);
	/* kunit.py takes the name of a nested test from this. */
	if (version_line && !done && !strncmp(version_line, "KTAP", 4))
		out("# Subtest: %s\n", label);
	if (!done)
		out("1..%zu\n", th_count(c, filter));
	for (bool more = th_walk_first(&w, c); more; more = th_walk_next(&w)) {
		char name[TEST_NAME_MAX];

		th_walk_name(&w, name, sizeof(name));
		if (filter->wants(&w, name, filter->arg) && ++number > done)
			run_one(&w, number, label, name, options, &own);
	}
	th_print_totals(&own);
	out_flush();
	totals->pass += own.pass;
	totals->fail += own.fail;
	totals->skip += own.skip;
	totals->error += own.error;
}

int th_parse_option(int argc, char **argv, int *i, struct th_options *options)
{
	const char *option = argv[*i], *value = NULL;
	char *end;
	long number;

	if (!strcmp(option, "--no-fork")) {
		options->no_fork = true;
		return 1;
	}
	if (!strcmp(option, "--system")) {
		options->system = true;
		return 1;
	}
	if (!strncmp(option, "--timeout-mul=", 14))
		value = option + 14;
	else if (strcmp(option, "--timeout-mul"))
		return 0;
	else if (*i + 1 < argc)
		value = argv[++*i];
	number = value ? strtol(value, &end, 10) : 0;
	if (!value || *end || end == value || number < 1 || number > 100000) {
		fprintf(stderr, "%s: --timeout-mul wants a whole number from 1, not '%s'\n",
			argv[0], value ? value : "");
		return -1;
	}
	options->timeout_mul = (unsigned int)number;
	return 1;
}
