/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Contents as a picture: a page all of whose bytes are one letter is drawn as that letter, so "BA"
 * is a page of 'B' and behind it one of 'A'. The other signs:
 *
 *	0	all zeros
 *	?	not all the same
 *	!	touching it raises SIGBUS, BUS_ADRERR
 *	.	touching it raises anything else
 *
 * A case compares pictures by EXPECT_STREQ("BA", letters_at(p, 2)).
 */
#ifndef LIB_LETTERS_H
#define LIB_LETTERS_H

#include <stdbool.h>
#include <stddef.h>

#define LETTERS_MAX 32

/* Makes page n of the file full of letters[n], for all of them. False: errno says why. */
bool letters_write(int fd, const char *letters);

/* The picture of count pages from p on. It lasts until the next call. */
const char *letters_at(const void *p, size_t count);

/*
 * The picture of the first count pages of the file, as pread() gives them; '.' is a page that it
 * does not give whole.
 */
const char *letters_in(int fd, size_t count);

#endif
