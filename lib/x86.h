/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What cases about x86 ask: 32-bit programs too.
 */
#ifndef LIB_X86_H
#define LIB_X86_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>

#if defined(__x86_64__) || defined(__i386__)
#define X86 1
#else
#define X86 0
#endif

#if defined(__i386__)
#define I386 1
#else
#define I386 0
#endif

/* The instruction that returns from a function is this byte. */
#define X86_RET 0xc3

/*
 * Two calls of i386, by their numbers there: for a case that has seen that it is an I386 program.
 */
struct i386_mmap {
	uint32_t addr, length, prot, flags, fd, offset; /* in bytes */
};
static inline void *i386_old_mmap(const struct i386_mmap *arguments)
{
	return (void *)syscall(90, arguments);
}
/* unit: of 4096 bytes */
static inline void *i386_mmap2(void *addr, size_t length, int prot, unsigned long flags, int fd,
			       uint32_t unit)
{
	return (void *)syscall(192, addr, length, prot, flags, fd, unit);
}

/*
 * Has the system calls of this thread made by the plain instruction. An i386 program's go through
 * the vdso, by a pointer that both C libraries keep where the kernel's AT_SYSINFO has told them to;
 * on other machines there is nothing to do.
 */
void x86_plain_syscalls(void);

/* Does /proc/cpuinfo have this flag, as "la57"? False, too, where there is none. */
bool x86_cpu_flag(const char *name);

/* Are there protection keys: can one be allocated? */
bool x86_protection_keys(void);

#endif
