/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The calls under test as raw system calls: what a case passes reaches the kernel as it is, where a
 * C library rounds, refuses or adds. Results are libc's: -1 or MAP_FAILED with errno. Words that
 * the kernel takes whole are passed whole, so that bits above 31 can be tried.
 */
#ifndef LIB_SYSCALLS_H
#define LIB_SYSCALLS_H

#include <stddef.h>
#include <stdint.h>
#include <unistd.h>

#include "uapi.h"

/*
 * offset in bytes. Where the machine's call counts it in units of 4096 bytes, the rest below is
 * lost.
 */
static inline void *sys_mmap(void *addr, size_t length, unsigned long prot, unsigned long flags,
			     long fd, uint64_t offset)
{
#ifdef SYS_mmap2
	return (void *)syscall(SYS_mmap2, addr, length, prot, flags, fd,
			       (unsigned long)(offset >> 12));
#else
	return (void *)syscall(SYS_mmap, addr, length, prot, flags, fd, offset);
#endif
}

static inline int sys_munmap(void *addr, size_t length)
{
	return (int)syscall(SYS_munmap, addr, length);
}

static inline void *sys_mremap(void *addr, size_t old_length, size_t new_length,
			       unsigned long flags, void *new_addr)
{
	return (void *)syscall(SYS_mremap, addr, old_length, new_length, flags, new_addr);
}

static inline int sys_msync(void *addr, size_t length, int flags)
{
	return (int)syscall(SYS_msync, addr, length, flags);
}

/* page_offset in pages, as the kernel takes it. */
static inline int sys_remap_file_pages(void *addr, size_t size, unsigned long prot,
				       size_t page_offset, unsigned long flags)
{
	return (int)syscall(SYS_remap_file_pages, addr, size, prot, page_offset, flags);
}

static inline int sys_mprotect(void *addr, size_t length, unsigned long prot)
{
	return (int)syscall(SYS_mprotect, addr, length, prot);
}

static inline int sys_madvise(void *addr, size_t length, int advice)
{
	return (int)syscall(SYS_madvise, addr, length, advice);
}

static inline int sys_mincore(void *addr, size_t length, unsigned char *vec)
{
	return (int)syscall(SYS_mincore, addr, length, vec);
}

static inline int sys_mlock(const void *addr, size_t length)
{
	return (int)syscall(SYS_mlock, addr, length);
}

static inline int sys_munlock(const void *addr, size_t length)
{
	return (int)syscall(SYS_munlock, addr, length);
}

static inline int sys_mseal(void *addr, size_t length, unsigned long flags)
{
	return (int)syscall(SYS_mseal, addr, length, flags);
}

static inline int sys_memfd_create(const char *name, unsigned int flags)
{
	return (int)syscall(SYS_memfd_create, name, flags);
}

static inline int sys_pkey_alloc(unsigned int flags, unsigned int rights)
{
	return (int)syscall(SYS_pkey_alloc, flags, rights);
}

static inline int sys_pkey_free(int key)
{
	return (int)syscall(SYS_pkey_free, key);
}

static inline int sys_pkey_mprotect(void *addr, size_t length, unsigned long prot, int key)
{
	return (int)syscall(SYS_pkey_mprotect, addr, length, prot, key);
}

#endif
