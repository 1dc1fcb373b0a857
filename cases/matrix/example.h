/* SPDX-License-Identifier: GPL-2.0 */
/* One call of a matrix as a case of its own. */
#ifndef CASES_MATRIX_EXAMPLE_H
#define CASES_MATRIX_EXAMPLE_H

static inline bool example_print(const char *id)
{
	(void)id;
	return false;
}

#endif
