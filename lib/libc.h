/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The C library that this is built with, for cases whose subject it is.
 */
#ifndef LIB_LIBC_H
#define LIB_LIBC_H

#include <limits.h>

#if defined(__GLIBC__)
#define GLIBC 1
#else
#define GLIBC 0
#endif

/* It has no name of its own to the preprocessor. */
#if defined(__GLIBC__) || defined(__BIONIC__)
#define MUSL 0
#else
#define MUSL 1
#endif

#endif
