// SPDX-License-Identifier: GPL-2.0
#include <setjmp.h>
#include <stdint.h>
#include <string.h>

#include "fault.h"

static const int fault_signals[] = { SIGSEGV, SIGBUS, SIGILL };
#define FAULT_SIGNALS (sizeof(fault_signals) / sizeof(fault_signals[0]))

static _Thread_local sigjmp_buf back;
static _Thread_local struct fault caught;
static _Thread_local volatile bool armed; /* this thread is touching something */

static void on_fault(int number, siginfo_t *info, void *context)
{
	(void)context;
	if (!armed) {
		/*
		 * Nobody asked for this one: it takes its usual course, when the instruction runs
		 * again or the signal comes again.
		 */
		signal(number, SIG_DFL);
		if (info->si_code <= 0)
			raise(number);
		return;
	}
	caught.signal = number;
	caught.code = info->si_code;
	caught.address = info->si_addr;
	if (number == SIGBUS && (info->si_code == BUS_MCEERR_AR || info->si_code == BUS_MCEERR_AO))
		caught.lsb = info->si_addr_lsb;
	siglongjmp(back, 1);
}

/*
 * The handlers are those of the process, and stay: setting them back for every touch would be most
 * of the suite's system calls.
 */
static void arm(void)
{
	static volatile bool installed;
	/*
	 * SA_NODEFER, and no mask saved: leaving the handler by a jump then leaves nothing blocked.
	 */
	struct sigaction action = { .sa_sigaction = on_fault, .sa_flags = SA_SIGINFO | SA_NODEFER };

	for (size_t i = 0; i < FAULT_SIGNALS && !installed; i++)
		sigaction(fault_signals[i], &action, NULL);
	installed = true;
	memset(&caught, 0, sizeof(caught));
	armed = true;
}

struct fault fault_run(void (*access)(void *arg), void *arg)
{
	arm();
	if (!sigsetjmp(back, 0))
		access(arg);
	armed = false;
	return caught;
}

struct touch {
	enum fault_access access;
	const volatile void *p;
};

static void touch(void *arg)
{
	struct touch *t = arg;

	switch (t->access) {
	case FAULT_READ:
		(void)*(const volatile char *)t->p;
		break;
	case FAULT_WRITE:
		*(volatile char *)(uintptr_t)t->p = '!';
		break;
	case FAULT_EXEC:
		((void (*)(void))(uintptr_t)t->p)();
		break;
	}
}

struct fault fault_probe(enum fault_access access, const volatile void *p)
{
	struct touch t = { access, p };

	return fault_run(touch, &t);
}

bool fault_put_return(void *p)
{
#if defined(__x86_64__) || defined(__i386__)
	static const unsigned char code[] = { 0xc3 }; /* ret */
#elif defined(__aarch64__)
	static const unsigned char code[] = { 0xc0, 0x03, 0x5f, 0xd6 }; /* ret */
#elif defined(__riscv)
	static const unsigned char code[] = { 0x67, 0x80, 0x00, 0x00 }; /* ret */
#elif defined(__loongarch__)
	static const unsigned char code[] = { 0x20, 0x00, 0x00, 0x4c }; /* jr $ra */
#else
	return false;
#define NO_CODE
#endif
#ifndef NO_CODE
	memcpy(p, code, sizeof(code));
	__builtin___clear_cache((char *)p, (char *)p + sizeof(code));
	return true;
#endif
}

static struct byte_probe compare(const unsigned char *wanted, size_t step, const volatile void *p,
				 size_t count)
{
	const volatile unsigned char *byte = p;
	struct byte_probe probe = { .equal = true };
	volatile size_t at = 0;

	arm();
	if (!sigsetjmp(back, 0)) {
		while (at < count && byte[at] == wanted[at * step])
			at++;
	}
	if (at < count) {
		probe.equal = false;
		probe.wanted = wanted[at * step];
		if (!caught.signal)
			probe.seen = byte[at];
	}
	armed = false;
	probe.at = at;
	probe.fault = caught;
	return probe;
}

struct byte_probe fault_probe_bytes(unsigned char wanted, const volatile void *p, size_t count)
{
	return compare(&wanted, 0, p, count);
}

struct byte_probe fault_probe_copy(const void *wanted, const volatile void *p, size_t count)
{
	return compare(wanted, 1, p, count);
}
