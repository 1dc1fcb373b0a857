/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What was seen and what Linux gives, side by side, in the canonical form of docs/tap.md: symbols
 * only, no address, no line number. Each function tells whether what was wanted holds, and writes
 * the text when it does not. The macros of expect.h hand the text to the harness.
 */
#ifndef LIB_OUTCOME_H
#define LIB_OUTCOME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "arena.h"
#include "child.h"
#include "fault.h"

struct outcome {
	char text[161];
};

/* "EINVAL", "errno 4095". The text of an unknown number lasts until the next call. */
const char *errno_name(int number);

/* "SIGSEGV/SEGV_MAPERR", "none". */
void fault_name(const struct fault *fault, char *name, size_t size);

/*
 * call is the source text of the call, of which only the name before the first '(' is used; result
 * what it gave, as an integer, and error the errno after it.
 */
bool outcome_errno(struct outcome *o, const char *call, intptr_t result, int error, int wanted);
bool outcome_ok(struct outcome *o, const char *call, intptr_t result, int error);
bool outcome_address(struct outcome *o, const char *call, intptr_t result, int error,
		     const void *wanted);

/* si_addr has to be the address touched. */
bool outcome_fault(struct outcome *o, enum fault_access access, const volatile void *p, int signal,
		   int code);
bool outcome_no_fault(struct outcome *o, enum fault_access access, const volatile void *p);
bool outcome_bytes(struct outcome *o, unsigned char wanted, const volatile void *p, size_t count);
bool outcome_copy(struct outcome *o, const void *wanted, const volatile void *p, size_t count);
/* The bytes as pread() gives them. */
bool outcome_file_bytes(struct outcome *o, unsigned char wanted, int fd, size_t offset,
			size_t count);
bool outcome_layout(struct outcome *o, const char *wanted, const struct arena *arena);
bool outcome_vmas(struct outcome *o, int wanted, const struct arena *arena);
bool outcome_child(struct outcome *o, struct child *child);

/* Why set-up failed, in the same form: the call and errno. */
void outcome_setup(struct outcome *o, const char *call, int error);

#endif
