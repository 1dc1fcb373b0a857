/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A covering array of strength 3: in 4096 rows of up to 18 columns, each of 16 levels, every three
 * columns show every three levels exactly once. The rows are the polynomials of degree 2 over the
 * field of 16 elements, a column is their value at one element; two more columns are their
 * coefficients. (An orthogonal array of index one, as K. A. Bush built them.)
 */
#ifndef CASES_MATRIX_ARRAY_H
#define CASES_MATRIX_ARRAY_H

#include <stdint.h>

#define ARRAY_ROWS 4096
#define ARRAY_COLUMNS 18
#define ARRAY_LEVELS 16

/*
 * Words of 22 bits and the product of all others, 2^20, in 2^25 rows: each word has 8, and whatever
 * values any two of its bits have, the rows with these meet each of the product as often as any
 * other, 8 times. In 20 of the row's bits the product walks through all of its values as the row
 * counts up; the other 5 turn it, each bit of it by another combination of them, of two at least.
 * (The sets of two bits see nothing of a code of distance 3, a shortened one of R. W. Hamming's.)
 */
#define PAIRED_BITS 20
#define PAIRED_ROWS ((uint32_t)1 << 25)

static inline uint32_t paired_others(uint32_t row)
{
	static uint32_t turn[32];
	uint32_t others = row & (((uint32_t)1 << PAIRED_BITS) - 1);

	if (!turn[3]) {
		unsigned int mask = 0;

		for (unsigned int bit = 0; bit < PAIRED_BITS; bit++) {
			do
				mask++;
			while (__builtin_popcount(mask) < 2);
			for (unsigned int high = 0; high < 32; high++)
				turn[high] |= (uint32_t)__builtin_parity(mask & high) << bit;
		}
	}
	return others ^ turn[row >> PAIRED_BITS & 31];
}

/* How many bits the numbers below rows have; at least 2. */
static inline unsigned int shuffle_bits(uint64_t rows)
{
	unsigned int bits = 2;

	while (rows >> bits)
		bits++;
	return bits;
}

/* Some bits that depend on all of value. */
static inline uint64_t scrambled(uint64_t value, unsigned int bits)
{
	return ((value + 1) * 0x9e3779b97f4a7c15u) >> (64 - bits);
}

/*
 * The rows of a plan in an order without any: a stretch of them, or every nth, is like the whole. A
 * permutation of all numbers of so many bits (M. Luby's and C. Rackoff's, three rounds), walked
 * until it comes to the number of a row.
 */
static inline uint64_t shuffled(uint64_t number, uint64_t rows, unsigned int bits)
{
	unsigned int low_bits = bits / 2, high_bits = bits - low_bits;

	do {
		uint64_t high = number >> low_bits;
		uint64_t low = number & (((uint64_t)1 << low_bits) - 1);

		for (unsigned int round = 0; round < 3; round++) {
			low ^= scrambled(high << 2 | round, low_bits);
			high ^= scrambled(low << 2 | round, high_bits);
		}
		number = high << low_bits | low;
	} while (number >= rows);
	return number;
}

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
 * The level of a column in a row. Another variant gives the levels other names, column by column,
 * so that the same threes meet in other company.
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

/*
 * The same for a dimension of so many levels, of the arrays that are numbered from 0. Up to 16
 * levels meet in threes in each array; of one dimension with up to 32, half of the levels in every
 * other one.
 */
static inline unsigned int array_even_level(unsigned int row, unsigned int column,
					    unsigned int variant, unsigned int array,
					    unsigned int levels)
{
	return (array_level(row, column, variant) + array * ARRAY_LEVELS) % levels;
}

#endif
