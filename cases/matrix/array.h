/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A covering array of strength 3: in 4096 rows of up to 18 columns, each of 16 levels, every three columns show every three levels exactly
 * once. The rows are the polynomials of degree 2 over the field of 16 elements, a column is their value at one element; two more columns
 * are their coefficients. (An orthogonal array of index one, as K. A. Bush built them.)
 */
#ifndef CASES_MATRIX_ARRAY_H
#define CASES_MATRIX_ARRAY_H

#include <stdint.h>

#define ARRAY_ROWS 4096
#define ARRAY_COLUMNS 18
#define ARRAY_LEVELS 16

/* The product in the field: polynomials over bits, modulo x^4 + x + 1. */
static inline unsigned int field_product(unsigned int a, unsigned int b)
{
	unsigned int product = 0;

	for (int i = 0; i < 4; i++)
		if (b >> i & 1)
			product ^= a << i;
	for (int i = 6; i >= 4; i--)
		if (product >> i & 1)
			product ^= 0x13u << (i - 4);
	return product;
}

/*
 * The level of a column in a row. Another variant gives the levels other names, column by column, so that the same threes meet in
 * other company.
 */
static inline unsigned int array_level(unsigned int row, unsigned int column, unsigned int variant)
{
	static unsigned char products[ARRAY_LEVELS][ARRAY_LEVELS];
	unsigned int a = row & 15, b = row >> 4 & 15, c = row >> 8 & 15, level;

	if (!products[1][1])
		for (unsigned int i = 0; i < ARRAY_LEVELS * ARRAY_LEVELS; i++)
			products[i >> 4][i & 15] = (unsigned char)field_product(i >> 4, i & 15);
	if (column < ARRAY_LEVELS)
		level = a ^ products[column][b ^ products[column][c]];
	else
		level = column == ARRAY_LEVELS ? c : b;
	return level ^ ((variant * (2654435761u * (column + 1))) >> 28);
}

#endif
