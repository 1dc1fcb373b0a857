/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Lies: what a kernel may get wrong of a call. The suite image is linked with them between the
 * cases and the kernel, and MMAPCONF_LIE=NAME has it tell one of them; MMAPCONF_LIE=help lists
 * them. A test that fails under no lie asserts too little, or nobody has thought of its lie yet.
 * tests/lies.py tells which do.
 *
 *	LIES({ "munmap.does_nothing", "the mapping stays", CALL_munmap, does_nothing },
 *	     SWAPPED(munmap, EINVAL, ENOMEM), …);
 */
#ifndef LIES_H
#define LIES_H

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "lib/page.h"
#include "lib/uapi.h"

/*
 * What lies are about: system calls by their numbers, and what is called by a name by one of these.
 */
enum {
	CALL_fork = -100,
	CALL_read,
	CALL_write,
	CALL_pread,
	CALL_pwrite,
	CALL_ftruncate,
	CALL_fallocate,
	CALL_fsync,
	CALL_close,
	CALL_shmdt,
	CALL_mlockall,
	CALL_filetimes_set,
	CALL_libc_mmap,
	CALL_libc_munmap,
	CALL_libc_mremap,
	CALL_libc_msync,
	CALL_libc_remap_file_pages,
};
#ifdef SYS_mmap2
#define CALL_mmap SYS_mmap2
#define OFFSET_UNIT 4096
#else
#define CALL_mmap SYS_mmap
#define OFFSET_UNIT 1
#endif
#define CALL_munmap SYS_munmap
#define CALL_mremap SYS_mremap
#define CALL_msync SYS_msync
#define CALL_remap_file_pages SYS_remap_file_pages
#define CALL_mprotect SYS_mprotect /* pkey_mprotect() as well */
#define CALL_madvise SYS_madvise
#define CALL_mincore SYS_mincore
#define CALL_mlock SYS_mlock /* mlock2() as well */
#define CALL_munlock SYS_munlock
#define CALL_mseal SYS_mseal
#define CALL_memfd_create SYS_memfd_create

/* A call that a test made. Results are libc's: -1 with errno. */
struct call {
	long number;
	long a[6];
	long (*really)(const struct call *);
	/* in a file: a word may be too short for it. That of the system call mmap() is a word. */
	off_t offset;
};

/* The arguments of mmap(); the first two are those of the others too. */
enum { ADDR, LENGTH, PROT, FLAGS, FD, OFFSET };
/* Those of mremap(). */
enum { OLD_LENGTH = 1, NEW_LENGTH, MREMAP_FLAGS, NEW_ADDR };

struct lie {
	const char *name, *what; /* what: NULL where the name says it all */
	long call;
	long (*tell)(struct call *c);
	/* For tell: */
	int argument;
	/* bits: of that argument; it is told only where the call has one of them, if any are named */
	unsigned long bits, value;
	int from, to; /* errno */
};

/* The lie that is told. */
extern const struct lie *lie;

void lies_add(const struct lie *lies, size_t count);

#define LIES(...)                                                     \
	static const struct lie lies_[] = { __VA_ARGS__ };            \
	static void __attribute__((constructor(1000))) add_lies(void) \
	{                                                             \
		lies_add(lies_, sizeof(lies_) / sizeof(lies_[0]));    \
	}                                                             \
	extern const struct lie *lie

#define SWAPPED(call, seen, told)                                                             \
	{                                                                                     \
#call "." #seen "_is_" #told, NULL, CALL_##call, swaps_error, .from = (seen), \
									      .to = (told)    \
	}
/* The call does nothing and says that all went well where Linux says this. */
#define GRANTED(call, seen)                                                                     \
	{                                                                                       \
#call "." #seen "_is_no_error", NULL, CALL_##call, grants_error, .from = (seen) \
	}

/* ---- what several calls have in common ---- */

long swaps_error(struct call *c); /* from, to */
long grants_error(struct call *c); /* from: does nothing and returns 0 */
long refuses(struct call *c); /* does nothing; to */
long does_nothing(struct call *c); /* and returns 0 */
long fails_after_all(struct call *c); /* does it, and returns to */
long clears(struct call *c); /* bits of the argument */
long adds(struct call *c); /* value to the argument */
long sets(struct call *c); /* the argument to value */
long rounds_start_down(struct call *c); /* the address, whatever it is */
long one_page_more(struct call *c); /* in LENGTH */
long one_page_below(struct call *c); /* too */
long first_page_only(struct call *c);
long whole_pages_only(struct call *c); /* what LENGTH has of a last page is left out */
long takes_zero_for_a_page(struct call *c); /* LENGTH */
long refuses_zero(struct call *c); /* LENGTH: to */
long first_mapping_only(struct call *c);

/* ---- to tell them by ---- */

/* glibc calls what takes offsets of 64 bits by other names. */
#ifdef __GLIBC__
#define LARGE(name) __asm__(#name "64")
#else
#define LARGE(name)
#endif

/* The system call, as it is. */
long __real_syscall(long number, ...);
#define sys __real_syscall
/* A call besides: errno stays. */
#define sys_besides(...)            \
	do {                        \
		int error_ = errno; \
		sys(__VA_ARGS__);   \
		errno = error_;     \
	} while (0)

long really(const struct call *c);

/* By the lie, where it is about this call, else really. */
long tell(struct call *c);

/* Fails with this. */
long fails(int error);

/* Of the call. */
char *start_of(const struct call *c);
size_t length_of(const struct call *c); /* rounded up */

bool is_mapped(const void *page);

/* How much of the range its first mapping has. */
size_t first_mapping(const void *start, size_t length);

#endif
