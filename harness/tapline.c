// SPDX-License-Identifier: GPL-2.0
/*
 * What one line of a result stream says (docs/tap.md). Lines hold any bytes; no NUL ends them.
 */
#include "tapline.h"

#include <string.h>

#include "suite.h"

#define NUMBER_MAX 9999999 /* of a test, of a plan */

bool starts(const char *line, size_t length, const char *with)
{
	size_t n = strlen(with);

	return length >= n && !memcmp(line, with, n);
}

bool equals(const char *line, size_t length, const char *with)
{
	return length == strlen(with) && !memcmp(line, with, length);
}

/* A number from 1 without leading zeros; returns the bytes that it takes, 0: none. */
static size_t parse_number(const char *bytes, size_t length, unsigned int *number)
{
	size_t n = 0;

	*number = 0;
	while (n < length && bytes[n] >= '0' && bytes[n] <= '9') {
		*number = *number * 10 + (unsigned int)(bytes[n++] - '0');
		if (*number > NUMBER_MAX || !*number)
			return 0;
	}
	return n;
}

bool parse_plan(const char *line, size_t length, unsigned int *plan)
{
	return starts(line, length, "1..") && length > 3 &&
	       parse_number(line + 3, length - 3, plan) == length - 3;
}

/* The word that opens the text after '#', and is a directive. */
static bool directive(struct result_line *r, const char *word, enum result result)
{
	size_t n = strlen(word);

	if (!starts(r->text, r->text_length, word) || (r->text_length > n && r->text[n] != ' '))
		return false;
	r->result = result;
	r->text += n;
	r->text_length -= n;
	if (r->text_length) {
		r->text++;
		r->text_length--;
	}
	return true;
}

bool parse_result_line(const char *line, size_t length, struct result_line *r)
{
	bool ok = starts(line, length, "ok ");
	size_t at = ok ? 3 : 7, n;

	if ((!ok && !starts(line, length, "not ok ")) || memchr(line, '\0', length))
		return false;
	n = parse_number(line + at, length - at, &r->number);
	at += n;
	if (!n || at >= length || line[at++] != ' ')
		return false;
	r->name = line + at;
	while (at < length && line[at] != ' ')
		at++;
	r->name_length = (size_t)(line + at - r->name);
	if (!is_name(r->name, r->name_length) || r->name_length >= TEST_ID_MAX)
		return false;
	r->text = line + at;
	r->text_length = 0;
	if (at < length) {
		if (!starts(line + at, length - at, " # "))
			return false;
		r->text = line + at + 3;
		r->text_length = length - at - 3;
	}
	if (ok) {
		r->result = RESULT_PASS;
		return at == length || directive(r, "SKIP", RESULT_SKIP);
	}
	if (!directive(r, "TIMEOUT", RESULT_TIMEOUT) && !directive(r, "CRASH", RESULT_CRASH) &&
	    !directive(r, "ERROR", RESULT_ERROR))
		r->result = RESULT_FAIL;
	return true;
}

static enum result parse_verdict(const char *word, size_t length)
{
	static const struct {
		const char *word;
		enum result result;
	} words[] = {
		{ "pass", RESULT_PASS },       { "fail", RESULT_FAIL },	  { "skip", RESULT_SKIP },
		{ "timeout", RESULT_TIMEOUT }, { "crash", RESULT_CRASH }, { "error", RESULT_ERROR },
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (equals(word, length, words[i].word))
			return words[i].result;
	return RESULT_NONE;
}

/* "0.000412" */
static bool parse_seconds(const char *bytes, size_t length, double *seconds)
{
	double scale = 0;

	*seconds = 0;
	if (!length || length > 14 || bytes[0] == '.' || bytes[length - 1] == '.')
		return false;
	for (size_t i = 0; i < length; i++) {
		if (bytes[i] == '.' && scale == 0) {
			scale = 1;
			continue;
		}
		if (bytes[i] < '0' || bytes[i] > '9')
			return false;
		*seconds = *seconds * 10 + (bytes[i] - '0');
		scale *= 10;
	}
	if (scale > 0)
		*seconds /= scale;
	return *seconds < 1e9;
}

/* A token that a blank or the end of the line ends. */
static size_t token(const char **at, size_t *length, const char **word)
{
	size_t n = 0;

	*word = *at;
	while (n < *length && (*at)[n] != ' ')
		n++;
	*at += n;
	*length -= n;
	if (*length) {
		++*at;
		--*length;
	}
	return n;
}

void parse_done(const char *args, size_t length, struct done_line *d)
{
	const char *at = args, *word, *digits;
	size_t left = length, n;
	bool trailing_blank = length && args[length - 1] == ' ';

	memset(d, 0, sizeof(*d));
	d->seconds = -1;
	d->id_length = token(&at, &left, &d->id);
	n = token(&at, &left, &word);
	d->verdict = parse_verdict(word, n);
	d->signed_length = (size_t)(word + n - args);
	n = token(&at, &left, &digits);
	for (size_t i = 0; i < n && n == 8; i++) {
		const char *digit = memchr("0123456789abcdef", digits[i], 16);

		if (!digit)
			return;
		d->crc = d->crc << 4 | (uint32_t)(digit - "0123456789abcdef");
	}
	d->whole = d->verdict != RESULT_NONE && n == 8 && !trailing_blank &&
		   (!left || parse_seconds(at, left, &d->seconds));
}

bool is_version_line(const char *line, size_t length)
{
	return equals(line, length, "KTAP version 1") || equals(line, length, "TAP version 13") ||
	       equals(line, length, "TAP version 14");
}

size_t timestamp(const char *line, size_t length)
{
	size_t at = 0, digits;

	if (length && line[0] == '<') {
		for (at = 1; at < length && at < 4 && line[at] >= '0' && line[at] <= '9';)
			at++;
		if (at == 1 || at >= length || line[at++] != '>')
			return 0;
	}
	if (at >= length || line[at++] != '[')
		return 0;
	while (at < length && line[at] == ' ')
		at++;
	for (digits = at; at < length && line[at] >= '0' && line[at] <= '9';)
		at++;
	if (at == digits || at >= length || line[at++] != '.')
		return 0;
	for (digits = at; at < length && line[at] >= '0' && line[at] <= '9';)
		at++;
	if (at == digits || at >= length || line[at++] != ']')
		return 0;
	/* The caller: a thread or a processor. */
	if (at < length && line[at] == '[') {
		for (at++; at < length && line[at] == ' ';)
			at++;
		if (at >= length || (line[at] != 'T' && line[at] != 'C'))
			return 0;
		for (digits = ++at; at < length && line[at] >= '0' && line[at] <= '9';)
			at++;
		if (at == digits || at >= length || line[at++] != ']')
			return 0;
	}
	if (at < length && line[at] != ' ')
		return 0;
	return at < length ? at + 1 : at;
}
