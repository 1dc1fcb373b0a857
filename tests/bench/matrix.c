// SPDX-License-Identifier: GPL-2.0
/*
 * What the matrix costs beside its calls: those of mmap()'s quick plan, with the model and the
 * checks, and bare, apart for calls that fail and that succeed. Prints a line "KIND CALLS BARE_NS
 * MATRIX_NS", nanoseconds a call, the least of several rounds.
 */
#include "cases/matrix/mmap.c"

#define ROUNDS 7

static struct combination calls[ORDINARY_ARRAYS * ARRAY_ROWS];
static size_t call_count;
static struct verdict verdicts[DECISIONS_MAX];

/* Lays out anew where it has to: that belongs to the call. */
static void bare(const struct combination *c)
{
	const struct model_answer *a;
	static struct model_answer answer;
	uint64_t result = (uint64_t)syscall(matrix.number, c->word[0], c->word[1], c->word[2],
					    c->word[3], c->word[4], c->word[5]);

	a = &answer;
	answer.place = PLACE_EXACT;
	answer.address = c->word[ADDR];
	answer.length = c->word[LENGTH];
	if (result == UINT64_MAX)
		return;
	if (!undo(&process, c, a, 0, result))
		process_restore(&process);
}

/* Of this process alone: the machine may have others. */
static double seconds(void)
{
	struct timespec now;

	return clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now) ?
		       0 :
		       (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static double seconds_of(bool with_model)
{
	struct walk walk = { .only = NO_DECISION, .verdicts = verdicts };
	double start = seconds();

	for (size_t i = 0; i < call_count; i++) {
		if (with_model)
			walk_row(&walk, NULL, &calls[i]);
		else
			bare(&calls[i]);
	}
	return seconds() - start;
}

/* The plan's work too: from the number of a row to its call. */
static double seconds_of_rows(void)
{
	struct combination c;
	double start = seconds();

	for (size_t i = 0; i < call_count; i++)
		row(&process, TIER_QUICK, 0, i, &c);
	return seconds() - start;
}

static void measure(bool fails)
{
	double best[3] = { 1e9, 1e9, 1e9 };

	call_count = 0;
	for (uint64_t number = 0; number < rows(TIER_QUICK, 0); number++) {
		struct model_answer a;

		if (!matrix_row(TIER_QUICK, 0, number, &calls[call_count]))
			continue;
		decide(&process.model, &calls[call_count], &a);
		call_count += !a.unmaps && !a.error != fails;
	}
	for (int round = 0; round < ROUNDS; round++) {
		double taken[3] = { seconds_of(false), seconds_of(true), seconds_of_rows() };

		for (int i = 0; i < 3; i++)
			best[i] = taken[i] < best[i] ? taken[i] : best[i];
	}
	printf("%s %zu %.0f %.0f\n", fails ? "fail" : "succeed", call_count,
	       best[0] / (double)call_count * 1e9, (best[1] + best[2]) / (double)call_count * 1e9);
}

int main(void)
{
	if (!matrix_init())
		return 4;
	measure(true);
	measure(false);
	return 0;
}
