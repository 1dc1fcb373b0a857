/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The tables that clauses.awk generates from spec/ and from the comments of the cases. An entry of
 * NULLs ends each.
 */
#ifndef MMAPCONF_TABLES_H
#define MMAPCONF_TABLES_H

#include "suite.h"

struct citation {
	const char *case_name;
	const char *definition; /* "fixture.test" */
	const char *clauses; /* blank-separated ids */
};

extern const struct clause clause_table[]; /* the clauses that a case cites */
extern const struct citation citation_table[];

#endif
