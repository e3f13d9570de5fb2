/* SPDX-License-Identifier: Apache-2.0 */
#include "base/utf8.h"

static bool cont(unsigned char c)
{
	return (c & 0xc0) == 0x80;
}

size_t utf8_char(const unsigned char *p, size_t size)
{
	if (size == 0)
		return 0;
	if (p[0] < 0x80)
		return 1;
	if (p[0] >= 0xc2 && p[0] <= 0xdf)
		return size >= 2 && cont(p[1]) ? 2 : 0;
	if (p[0] >= 0xe0 && p[0] <= 0xef) {
		if (size < 3 || !cont(p[1]) || !cont(p[2]))
			return 0;
		if ((p[0] == 0xe0 && p[1] < 0xa0) || (p[0] == 0xed && p[1] > 0x9f))
			return 0;
		return 3;
	}
	if (p[0] >= 0xf0 && p[0] <= 0xf4) {
		if (size < 4 || !cont(p[1]) || !cont(p[2]) || !cont(p[3]))
			return 0;
		if ((p[0] == 0xf0 && p[1] < 0x90) || (p[0] == 0xf4 && p[1] > 0x8f))
			return 0;
		return 4;
	}
	return 0;
}

bool utf8_ok(const char *text, size_t size)
{
	const unsigned char *p = (const unsigned char *)text;

	for (size_t n; size > 0; p += n, size -= n)
		if ((n = utf8_char(p, size)) == 0)
			return false;
	return true;
}

bool utf8_printable(const char *text, size_t size, bool tab_allowed)
{
	const unsigned char *p = (const unsigned char *)text;

	for (size_t n; size > 0; p += n, size -= n) {
		if ((n = utf8_char(p, size)) == 0)
			return false;
		if (p[0] == 0x7f || (p[0] < 0x20 && !(p[0] == '\t' && tab_allowed)))
			return false;
		if (p[0] == 0xc2 && p[1] < 0xa0)
			return false;
	}
	return true;
}
