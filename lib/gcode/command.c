/* SPDX-License-Identifier: Apache-2.0 */
#include "gcode/command.h"

#include <string.h>

#include "gcode/line.h"
#include "gcode/number.h"

#define IS_DIGIT(ch) ((unsigned)((ch) - '0') < 10)

/* Up to 15 digits without a call: exact in a double, and all that slicers write. */
static inline const char *short_number(const char *p, const char *end, double *out)
{
	static const double power[] = { 1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11,
		1e12, 1e13, 1e14, 1e15 };
	const char *start = p, *first, *dot = NULL;
	uint64_t mantissa = 0;
	bool negative = false;
	double v;

	if (p < end && *p == '-') {
		negative = true;
		p++;
	}
	for (first = p; p < end && IS_DIGIT(*p); p++)
		mantissa = mantissa * 10 + (unsigned)(*p - '0');
	if (p < end && *p == '.')
		for (dot = p++; p < end && IS_DIGIT(*p); p++)
			mantissa = mantissa * 10 + (unsigned)(*p - '0');
	if (p - first > 15)
		return number_plain(start, end, out);
	if (p - first == (dot != NULL))
		return start; /* no digit */
	v = (double)(int64_t)mantissa; /* signed: one instruction */
	if (dot != NULL)
		v /= power[p - dot - 1];
	*out = negative ? -v : v;
	return p;
}

/* The parameters behind the command word; NULL: not plain. Blanks stand singly. */
static const char *fast_parameters(const char *p, const char *end, struct command *c)
{
	const char *q;
	unsigned letter;

	while (p < end) {
		if (*p == ' ' && ++p == end)
			return p - 1;
		if (*p == ';')
			return p[-1] == ' ' ? p - 1 : p;
		letter = (unsigned)(*p - 'A');
		if (letter > 25 || letter == 'M' - 'A')
			return NULL; /* M: the text M110 must be looked for */
		if (letter == 'E' - 'A' && IS_DIGIT(p[-1]) && !(c->letter == 'G' && c->number < 4))
			return NULL; /* S2E2: perhaps an exponent */
		p++;
		c->have |= 1u << letter;
		c->value[letter] = 0.0;
		if (p == end || *p == ' ')
			continue;
		q = short_number(p, end, &c->value[letter]);
		if (q == p)
			return NULL;
		p = q;
	}
	return p;
}

bool command_fast(const char *line, size_t len, struct command *c, size_t *sent_len)
{
	const char *p = line + 1, *end = line + len, *stop;
	unsigned n;

	if (len < 2 || (*line != 'G' && *line != 'M') || !IS_DIGIT(*p))
		return false;
	n = (unsigned)(*p++ - '0');
	while (p < end && IS_DIGIT(*p) && n < 100000)
		n = n * 10 + (unsigned)(*p++ - '0');
	if (p < end && *p != ' ' && *p != ';' && (unsigned)(*p - 'A') > 25)
		return false;
	c->letter = *line;
	c->number = n;
	c->sub = 0;
	c->have = 0;
	stop = fast_parameters(p, end, c);
	if (stop == NULL)
		return false;
	if (stop[-1] == ' ')
		return false; /* "G1 X1  ;": let the rule itself count */
	*sent_len = (size_t)(stop - line);
	return true;
}

void command_parse(const char *cmd, size_t len, struct command *c)
{
	const char *p = cmd + 1, *end = cmd + len, *close;
	unsigned letter;
	bool move;

	c->have = 0;
	if (!gcode_word(cmd, len, &c->letter, &c->number, &c->sub)) {
		c->letter = 0;
		c->number = c->sub = 0;
		return;
	}
	move = c->letter == 'G' && c->number <= 3;
	while (p < end && (*p == ' ' || *p == '.' || IS_DIGIT(*p)))
		p++;
	while (p < end) {
		if (*p == '"' && (close = memchr(p + 1, '"', (size_t)(end - p - 1))) != NULL)
			p = close;
		letter = (unsigned)((*p & ~0x20) - 'A');
		p++;
		if (letter > 25)
			continue;
		while (p < end && *p == ' ')
			p++;
		c->have |= 1u << letter;
		c->value[letter] = 0.0;
		p = move ? number_plain(p, end, &c->value[letter]) :
		    number_wide(p, end, &c->value[letter]);
	}
}
