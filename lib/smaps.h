/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What /proc/self/smaps and /proc/self/pagemap tell of one page of this process, and
 * /proc/self/status of all it has.
 */
#ifndef LIB_SMAPS_H
#define LIB_SMAPS_H

#include <stdbool.h>
#include <stdint.h>

#define SMAPS_FLAGS_MAX 160

/*
 * The marks of the VMA at p, as the line VmFlags has them: " rd wr sh ". False: the kernel does not
 * tell.
 */
bool smaps_flags(const void *p, char flags[SMAPS_FLAGS_MAX]);

/*
 * Has the VMA at p this mark, two letters as in VmFlags? Not where the kernel does not tell: ask
 * smaps_flags() first.
 */
bool smaps_marked(const void *p, const char *mark);

/*
 * The bytes that this line of the VMA at p tells, "Rss" or "Locked". False: the kernel does not
 * tell.
 */
bool smaps_bytes(const void *p, const char *field, uint64_t *bytes);

/* The protection key of the VMA at p; -1: the kernel does not tell. */
int smaps_key(const void *p);

/* Is a page frame mapped at p? 1: yes, 0: no, -1: the kernel does not tell. */
int page_present(const void *p);

/*
 * Was the page at p stored to since the marks were last cleared, as far as the kernel keeps them?
 * 1: yes, 0: no, -1: it does not tell.
 */
int page_soft_dirty(const void *p);

/* Clears the marks of all pages of this process. False: errno says why. */
bool clear_soft_dirty(void);

/* The number of the page frame at p; 0: there is none, or the kernel does not tell it to us. */
uint64_t page_frame(const void *p);

/*
 * The bytes that this line of /proc/self/status tells, "VmSize" or "VmData". False: the kernel does
 * not tell.
 */
bool status_bytes(const char *field, uint64_t *bytes);

/* The bytes that RLIMIT_MEMLOCK counts: VmLck. False: the kernel does not tell. */
bool locked_bytes(uint64_t *bytes);

#endif
