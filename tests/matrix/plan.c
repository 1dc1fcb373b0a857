// SPDX-License-Identifier: GPL-2.0
/*
 * The plan of the tier `full`, by counting on itself: every word has 8 rows, with 8 different ones
 * of the product of the others, and the rows that have both of any two bits set meet the whole of
 * that product. The arrays of the tier `quick` have strength 3. And the order of the rows of any
 * plan has each of them once, and in every nth of them all types.
 */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "cases/matrix/array.h"

#define WORD_BITS 22
#define OTHERS (1u << PAIRED_BITS)

static unsigned char met[OTHERS];

static bool words_have_different_others(void)
{
	for (uint32_t word = 0; word < 1u << WORD_BITS; word++)
		for (uint32_t row = word; row < PAIRED_ROWS; row += 1u << WORD_BITS)
			for (uint32_t other = word; other < row; other += 1u << WORD_BITS)
				if (paired_others(row) == paired_others(other))
					return false;
	return true;
}

/* How many of the others the rows with these bits set meet. */
static uint32_t met_by(uint32_t bits)
{
	uint32_t count = 0;

	memset(met, 0, sizeof(met));
	for (uint32_t row = bits; row < PAIRED_ROWS && count < OTHERS; row = (row + 1) | bits) {
		uint32_t others = paired_others(row);

		count += !met[others];
		met[others] = 1;
	}
	return count;
}

static bool order_has_each_once(uint32_t rows)
{
	memset(met, 0, sizeof(met));
	for (uint32_t number = 0; number < rows; number++) {
		uint64_t row = shuffled(number, rows, shuffle_bits(rows));

		if (row >= rows || met[row])
			return false;
		met[row] = 1;
	}
	return true;
}

/* Where n is a power of two, an order that keeps the lower bits would have few types. */
static bool every_nth_has_all_types(uint32_t n)
{
	uint32_t types = 0;

	for (uint32_t number = 0; number < PAIRED_ROWS; number += n)
		types |= 1u << (shuffled(number, PAIRED_ROWS, shuffle_bits(PAIRED_ROWS)) & 15);
	return types == 0xffff;
}

/*
 * The threes of levels of these columns, the first of which has so many: in how many arrays do all
 * meet? 0: not in two.
 */
static unsigned int arrays_for_threes(const unsigned int *column, unsigned int levels)
{
	uint32_t count = 0;

	memset(met, 0, sizeof(met));
	for (unsigned int array = 0; array < 2; array++) {
		for (unsigned int row = 0; row < ARRAY_ROWS; row++) {
			uint32_t three = array_even_level(row, column[0], array, array, levels);

			for (unsigned int i = 1; i < 3; i++)
				three = three * ARRAY_LEVELS + array_level(row, column[i], array);
			count += !met[three];
			met[three] = 1;
		}
		if (count == levels * ARRAY_LEVELS * ARRAY_LEVELS)
			return array + 1;
	}
	return 0;
}

static bool arrays_have_strength_3(void)
{
	unsigned int column[3];

	for (column[0] = 0; column[0] < ARRAY_COLUMNS; column[0]++)
		for (column[1] = 0; column[1] < ARRAY_COLUMNS; column[1]++)
			for (column[2] = 0; column[2] < column[1]; column[2]++)
				if (column[0] != column[1] && column[0] != column[2] &&
				    (arrays_for_threes(column, ARRAY_LEVELS) != 1 ||
				     arrays_for_threes(column, 24) != 2))
					return false;
	return true;
}

int main(void)
{
	static const uint32_t plans[] = {
		1, 2, 3, 4, 5, 100, 4637, 40960, 65536, OTHERS - 1, OTHERS
	};
	int failures = !words_have_different_others() + !every_nth_has_all_types(1 << 16) +
		       !every_nth_has_all_types(12000) + !arrays_have_strength_3();

	for (unsigned int i = 0; i < sizeof(plans) / sizeof(plans[0]); i++)
		failures += !order_has_each_once(plans[i]);

	for (unsigned int high = 1; high < WORD_BITS; high++) {
		for (unsigned int low = 0; low < high; low++) {
			uint32_t count = met_by(1u << high | 1u << low);

			if (count == OTHERS)
				continue;
			printf("bits %u and %u meet %u of %u\n", low, high, count, OTHERS);
			failures++;
		}
	}
	printf("%u rows, %d failures\n", PAIRED_ROWS, failures);
	return failures ? 1 : 0;
}
