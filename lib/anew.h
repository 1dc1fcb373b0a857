/* SPDX-License-Identifier: GPL-2.0 */
/*
 * This program anew, by exec in a child: to see what exec leaves of the old mappings, and where the
 * new program's are placed. At file scope, a case gives what runs there in place of main():
 *
 *	ANEW(two_mappings)
 *	{
 *		words[0] = …;
 *	}
 */
#ifndef LIB_ANEW_H
#define LIB_ANEW_H

#include <stdbool.h>
#include <stdint.h>

#define ANEW_WORDS 8

/* The name of one, unique among all cases. */
#define ANEW_NAME(function) __FILE__ ":" #function

#define ANEW(function)                                                             \
	static void function(uintptr_t words[ANEW_WORDS]);                         \
	static void __attribute__((constructor)) anew_constructor_##function(void) \
	{                                                                          \
		anew_start(ANEW_NAME(function), function);                         \
	}                                                                          \
	static void function(uintptr_t words[ANEW_WORDS])

/* The personality that the process has. */
#define ANEW_AS_IS 0xffffffffUL

/*
 * Runs it in a child that has taken this personality (linux/personality.h) before its exec. It gets
 * the words, and they come back as it leaves them. False: no program that came up answered.
 */
bool anew_run(const char *name, unsigned long persona, uintptr_t words[ANEW_WORDS]);

/* Called by ANEW() in every program: where it is this function's turn, it does not return. */
void anew_start(const char *name, void (*function)(uintptr_t words[ANEW_WORDS]));

#endif
