/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Tagged addresses of arm64, for cases that have seen that it is an ARM64 program: the processor
 * ignores the top byte of an address, and so does the kernel in most calls once it was asked to.
 */
#ifndef LIB_ARM64_H
#define LIB_ARM64_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/prctl.h>

#include "uapi.h"

#if defined(__aarch64__)
#define ARM64 1
#else
#define ARM64 0
#endif

/* Asks for it, for this thread. False: the kernel does not know it. */
static inline bool arm64_allow_tags(void)
{
	return !prctl(PR_SET_TAGGED_ADDR_CTRL, PR_TAGGED_ADDR_ENABLE, 0, 0, 0);
}

static inline void *arm64_tag(void *p, unsigned char tag)
{
	return (void *)(uintptr_t)((uintptr_t)p | (uint64_t)tag << 56);
}

#endif
