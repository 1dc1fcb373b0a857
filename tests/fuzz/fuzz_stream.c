// SPDX-License-Identifier: GPL-2.0
/*
 * Fuzzing of the parser of result streams and of the judging, over the suite of suite_stub.c.
 *
 * The invariant is checked on every input: a test passes only if the input holds a result line and
 * a "# done" line for it that say ok and whose checksum is right, found here by a plain search of
 * the bytes. So that the fuzzer gets past the checksums, CRC in a "# done" line may be written as
 * "????????": it is put in before the stream is fed.
 *
 *   clang -D_GNU_SOURCE -g -O1 -fsanitize=fuzzer,address,undefined -DNO_MAIN -o fuzz \
 *         tests/fuzz/fuzz_stream.c tests/suite_stub.c \
 *         harness/{crc32,selection,text,inventory,tapline,block,stream,baseline,judge,print}.c
 *   mkdir -p new && ./fuzz -max_total_time=600 new tests/fuzz/corpus
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../../harness/judge.h"
#include "../../harness/print.h"

static struct inventory suite;
static struct baselines expectations;

static void put_file(const char *folder, const char *name, const char *content)
{
	char *path = must_format("%s/%s", folder, name);
	struct staged_files staged = { 0 };
	const char *failed;

	if (!staged_add(&staged, path, content, strlen(content)) ||
	    !staged_commit(&staged, &failed))
		abort();
	staged_free(&staged);
	free(path);
}

/* Baselines with every kind of expectation. mmap/plain has none for its last test. */
static void make_baselines(void)
{
	char folder[] = "/tmp/fuzz-stream.XXXXXX";
	struct baseline_choice choice = { .folder = folder,
					  .is_linux = true,
					  .target = "host",
					  .release = "6.12.7",
					  .machine = "x86_64" };
	char *command;
	bool without_release;

	if (!mkdtemp(folder))
		abort();
	put_file(folder, "linux/release", "7.2\n");
	put_file(folder, "linux/mmap/fixed_noreplace.tap",
		 "1..3\nok arena.free_range_is_taken\nok overlap.head.is_refused\n"
		 "ok overlap.tail.is_refused\n");
	put_file(folder, "linux/mmap/plain.tap", "1..1\nok global.anonymous_is_zero\n");
	put_file(folder, "linux/mremap/move.tap",
		 "1..4\nok global.grows\nok move.one.lands_there\nok move.two.land_there\n"
		 "ok seal.refused\n");
	put_file(folder, "linux/msync/sync.tap", "1..2\nok file.is_durable\nok file.is_seen\n");
	put_file(folder, "linux/before-6.17/mremap/move.tap",
		 "# came with 6.17\nnot ok move.two.land_there # mremap=EFAULT want ok\n"
		 "skip seal.refused # absent: x\n");
	put_file(folder, "host/mremap/move.tap",
		 "# hangs\ndo-not-run global.grows\ncrash move.one.lands_there\n");
	put_file(folder, "host/msync/sync.tap",
		 "# r\nnot ok @ext4/file.is_seen\ntimeout file.is_durable\n");
	if (!baselines_load(&expectations, &suite, &choice, &without_release))
		abort();
	command = must_format("rm -r %s", folder);
	if (system(command))
		abort();
	free(command);
}

/*
 * Writes the right checksum in the place of "????????" at the end of a "# done" line; the result
 * line is the last one before.
 */
static void sign(char *bytes, size_t size)
{
	static const char digits[] = "0123456789abcdef", done[] = "# done ";
	const char *result = NULL;
	size_t result_length = 0;

	for (size_t at = 0, n; at < size; at += n + 1) {
		char *line = bytes + at, *newline = memchr(line, '\n', size - at), *mark;
		struct result_line parsed;
		size_t skip = 0, length;
		uint32_t crc;

		n = newline ? (size_t)(newline - line) : size - at;
		while (skip < n && line[skip] == ' ')
			skip++;
		line += skip;
		length = n - skip;
		if (parse_result_line(line, length, &parsed)) {
			result = line;
			result_length = length;
		}
		if (!result || length < sizeof(done) + 8 || memcmp(line, done, sizeof(done) - 1))
			continue;
		mark = memmem(line + 7, length - 7, " ????????", 9);
		if (!mark)
			continue;
		crc = crc32_ieee(0, result, result_length);
		crc = crc32_ieee(crc, "\n", 1);
		crc = crc32_ieee(crc, line + 7, (size_t)(mark - line) - 7);
		for (int i = 0; i < 8; i++)
			mark[1 + i] = digits[crc >> (28 - 4 * i) & 15];
	}
}

/* Is the text of this number of bytes anywhere in the input? */
static bool contains(const char *bytes, size_t size, const char *text)
{
	return memmem(bytes, size, text, strlen(text)) != NULL;
}

/* Does the input hold the two lines that a pass of this test needs, with any number? */
static bool has_valid_pass(const char *bytes, size_t size, const char *id, const char *name)
{
	char *tail = must_format(" %s", name);
	size_t length = strlen(tail);
	bool found = false;

	for (const char *at = bytes;
	     !found && (at = memmem(at, size - (size_t)(at - bytes), tail, length)); at++) {
		const char *digit = at;
		char *line, *done, *text;

		while (digit > bytes && digit[-1] >= '0' && digit[-1] <= '9' && at - digit < 8)
			digit--;
		if (digit - bytes < 3 || memcmp(digit - 3, "ok ", 3))
			continue;
		line = must_format("ok %.*s%s", (int)(at - digit), digit, tail);
		text = must_format("%s\n%s pass", line, id);
		done = must_format("# done %s pass %08x", id, crc32_ieee(0, text, strlen(text)));
		found = contains(bytes, size, done);
		free(done);
		free(text);
		free(line);
	}
	free(tail);
	return found;
}

static void check(const struct judgement *j, const struct stream *s, const char *bytes, size_t size)
{
	size_t total = 0, failing = 0;

	for (size_t i = 0; i < j->count; i++) {
		const struct judged *test = &j->tests[i];
		const char *name;

		total++;
		failing += test->fails;
		if (!test->seen)
			continue;
		name = suite.cases[test->case_index].tests[test->test_index].name;
		if ((test->verdict == VERDICT_PASS || test->verdict == VERDICT_FIXED ||
		     test->verdict == VERDICT_BACKPORTED) &&
		    (test->seen->damage || !has_valid_pass(bytes, size, test->id, name)))
			abort();
		if (test->verdict == VERDICT_PASS && test->fails)
			abort();
	}
	for (size_t i = 0; i < VERDICTS; i++)
		total -= j->totals[i];
	if (total || failing != j->failing)
		abort();
	/* What would be as expected has an end, and lost none of the suite's tests. */
	if (!failing && !s->problem_count && s->holds_suite && !contains(bytes, size, "# end"))
		abort();
	if (!failing && !s->problem_count && s->holds_suite && !stream_fact(s, "select") &&
	    j->count < 11)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct selection everything;
	struct judgement j;
	struct stream s;
	struct text json = { 0 };
	struct view view = { .suite = &suite,
			     .stream = &s,
			     .baselines = &expectations,
			     .judgement = &j,
			     .target = "host",
			     .repeat = "./runner.sh",
			     .color = size & 1,
			     .verbose = size & 2 };
	char *bytes = must_copy((const char *)data, size);
	size_t half = size / 2;

	if (!suite.count) {
		inventory_make(&suite);
		make_baselines();
		/* What people see is made, but not shown. */
		if (!freopen("/dev/null", "w", stdout))
			abort();
	}
	sign(bytes, size);
	stream_start(&s, &suite);
	stream_feed(&s, bytes, half);
	stream_feed(&s, bytes + half, size - half);
	stream_finish(&s);
	judge(&j, &s, &expectations, &everything, size & 4);
	check(&j, &s, bytes, size);
	print_for_people(&view);
	text_add_results(&json, &view);
	text_free(&json);
	judgement_free(&j);
	stream_free(&s);
	free(bytes);
	return 0;
}
