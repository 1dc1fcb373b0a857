/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Touching memory that may not be there: by signal and jump in this process, without a fork. Any
 * number of threads may, each seeing its own faults.
 */
#ifndef LIB_FAULT_H
#define LIB_FAULT_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>

enum fault_access {
	FAULT_READ, /* loads one byte */
	FAULT_WRITE, /* stores the byte '!' */
	/* jumps there; where it succeeds, fault_put_return() must have written what comes back */
	FAULT_EXEC,
};

struct fault {
	int signal; /* 0: none */
	int code; /* si_code */
	void *address; /* si_addr */
	int lsb; /* si_addr_lsb, of memory that has failed: BUS_MCEERR_AR, BUS_MCEERR_AO */
};

/* Touches the byte at p, and tells the signal that it raised. */
struct fault fault_probe(enum fault_access access, const volatile void *p);

/* Calls access(arg), and tells the signal that its first fault raised. */
struct fault fault_run(void (*access)(void *arg), void *arg);

/*
 * Writes a function that returns at once to p, at most FAULT_RETURN_SIZE bytes; false: not known
 * for this machine.
 */
#define FAULT_RETURN_SIZE 16
bool fault_put_return(void *p);

/*
 * Bytes that were compared with what they should be, up to the first that differs or cannot be
 * read.
 */
struct byte_probe {
	bool equal;
	size_t at; /* bytes from the start: where it ended */
	unsigned char seen; /* there, unless it faulted */
	unsigned char wanted; /* there */
	struct fault fault;
};

/* Are the count bytes at p all equal to wanted? */
struct byte_probe fault_probe_bytes(unsigned char wanted, const volatile void *p, size_t count);

/* Are the count bytes at p those at wanted? */
struct byte_probe fault_probe_copy(const void *wanted, const volatile void *p, size_t count);

#endif
