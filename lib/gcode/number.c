/* SPDX-License-Identifier: Apache-2.0 */
#include "gcode/number.h"

#include <math.h>
#include <stdint.h>

static const double power[] = { 1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12,
	1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19 };

#define MANTISSA_FULL (UINT64_MAX / 10 - 1)

const char *number_plain(const char *p, const char *end, double *out)
{
	const char *start = p;
	uint64_t mantissa = 0;
	unsigned shift = 0, extra = 0;
	bool negative = false, any = false;
	double v;

	if (p < end && (*p == '-' || *p == '+'))
		negative = *p++ == '-';
	for (; p < end && (unsigned)(*p - '0') < 10; p++, any = true) {
		if (mantissa < MANTISSA_FULL)
			mantissa = mantissa * 10 + (unsigned)(*p - '0');
		else
			extra++;
	}
	if (p < end && *p == '.') {
		for (p++; p < end && (unsigned)(*p - '0') < 10; p++, any = true) {
			if (mantissa < MANTISSA_FULL && shift < 19) {
				mantissa = mantissa * 10 + (unsigned)(*p - '0');
				shift++;
			}
		}
	}
	if (!any)
		return start;
	/* Dividing by an exact power rounds once, so 0.1 is the 0.1 of the compiler. */
	v = (double)mantissa;
	if (shift > 0)
		v /= power[shift];
	if (extra > 0)
		v *= extra < 300 ? pow(10.0, extra) : INFINITY;
	*out = negative ? -v : v;
	return p;
}

const char *number_wide(const char *p, const char *end, double *out)
{
	const char *q = number_plain(p, end, out);
	int exponent = 0;
	bool negative = false;

	if (q == p || q == end || (*q != 'e' && *q != 'E'))
		return q;
	p = q + 1;
	if (p < end && (*p == '-' || *p == '+'))
		negative = *p++ == '-';
	if (p == end || (unsigned)(*p - '0') >= 10)
		return q;
	for (; p < end && (unsigned)(*p - '0') < 10; p++)
		exponent = exponent < 400 ? exponent * 10 + (*p - '0') : exponent;
	*out *= pow(10.0, negative ? -exponent : exponent);
	return p;
}
