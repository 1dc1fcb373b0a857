// SPDX-License-Identifier: GPL-2.0
#include "suite.h"

uint32_t crc32_ieee(uint32_t crc, const void *bytes, size_t count)
{
	const unsigned char *byte = bytes;

	crc = ~crc;
	while (count--) {
		crc ^= *byte++;
		for (int bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? 0xedb88320u : 0);
	}
	return ~crc;
}
