// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/personality.h>
#include <unistd.h>

#include "anew.h"
#include "child.h"

#define WORDS_SIZE (ANEW_WORDS * sizeof(uintptr_t))

/*
 * What the new program is told: the name of its function, and the descriptors that words come and
 * go through.
 */
#define VARIABLE "MMAPCONF_ANEW"
#define VARIABLE_FORMAT VARIABLE "=%d,%d,%s"

bool anew_run(const char *name, unsigned long persona, uintptr_t words[ANEW_WORDS])
{
	char variable[256], *argv[] = { "anew", NULL }, *environment[] = { variable, NULL };
	int there[2], back[2];
	struct child child;
	bool answered;

	if (pipe(there))
		return false;
	if (pipe(back)) {
		close(there[0]);
		close(there[1]);
		return false;
	}
	snprintf(variable, sizeof(variable), VARIABLE_FORMAT, there[0], back[1], name);
	answered = write(there[1], words, WORDS_SIZE) == (ssize_t)WORDS_SIZE;
	child = child_fork();
	if (!child.pid) {
		if (persona == ANEW_AS_IS || personality(persona) >= 0)
			execve("/proc/self/exe", argv, environment);
		_exit(127);
	}
	close(there[0]);
	close(there[1]);
	close(back[1]);
	answered = answered && child.pid > 0 &&
		   read(back[0], words, WORDS_SIZE) == (ssize_t)WORDS_SIZE;
	close(back[0]);
	if (child.pid > 0)
		child_wait(&child);
	return answered;
}

void anew_start(const char *name, void (*function)(uintptr_t words[ANEW_WORDS]))
{
	const char *variable = getenv(VARIABLE);
	uintptr_t words[ANEW_WORDS];
	int from, to, at;

	if (!variable || sscanf(variable, "%d,%d,%n", &from, &to, &at) != 2 ||
	    strcmp(variable + at, name) != 0)
		return;
	if (read(from, words, WORDS_SIZE) != (ssize_t)WORDS_SIZE)
		_exit(1);
	function(words);
	_exit(write(to, words, WORDS_SIZE) == (ssize_t)WORDS_SIZE ? 0 : 1);
}
