/* SPDX-License-Identifier: Apache-2.0 */
#include "sim/gcode.h"

#include <stdio.h>
#include <string.h>

#define NUMBER_MOST 1e12

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Marlin's number: sign, digits, point, digits. Never an exponent: X1E5 is X1 and E5. */
static const char *number_parse(const char *p, double *out)
{
	bool negative = *p == '-';
	double value = 0, scale = 1;

	if (*p == '-' || *p == '+')
		p++;
	for (; is_digit(*p); p++)
		value = value * 10 + (*p - '0');
	if (*p == '.')
		for (p++; is_digit(*p); p++) {
			value = value * 10 + (*p - '0');
			scale *= 10;
		}
	value /= scale;
	/* Beyond any number that means something, and safe to make an integer of. */
	if (value > NUMBER_MOST)
		value = NUMBER_MOST;
	*out = negative ? -value : value;
	return p;
}

static bool number_starts(const char *p)
{
	if (*p == '-' || *p == '+')
		p++;
	return is_digit(*p) || (*p == '.' && is_digit(p[1]));
}

static void parameters(struct gcode *g)
{
	const char *p = g->rest;

	while (*p) {
		char c = *p++;
		unsigned i;

		if (c < 'A' || c > 'Z')
			continue;
		i = (unsigned)(c - 'A');
		g->seen |= 1u << i;
		while (*p == ' ')
			p++;
		g->valued &= ~(1u << i);
		if (number_starts(p)) {
			g->valued |= 1u << i;
			p = number_parse(p, &g->value[i]);
		}
	}
}

void gcode_parse(struct gcode *g, const char *line)
{
	const char *p = line;
	char *star, *end;

	while (*p == ' ')
		p++;
	if (*p == 'N' && (is_digit(p[1]) || p[1] == '-' || p[1] == '+')) {
		for (p += 2; is_digit(*p); p++)
			;
		while (*p == ' ')
			p++;
	}
	snprintf(g->text, sizeof g->text, "%s", p);
	star = strchr(g->text, '*');
	end = star ? star : g->text + strlen(g->text);
	while (star && end > g->text && end[-1] == ' ')
		end--;
	*end = '\0';

	g->letter = '?';
	g->number = 0;
	g->seen = g->valued = 0;
	p = g->text;
	g->rest = p;
	if (*p != 'G' && *p != 'M' && *p != 'T')
		return;
	for (p++; *p == ' '; p++)
		;
	if (!is_digit(*p))
		return;
	g->letter = g->text[0];
	for (; is_digit(*p); p++)
		if (g->number < 100000)
			g->number = g->number * 10 + (*p - '0');
	while (*p == ' ')
		p++;
	g->rest = p;
	parameters(g);
}

bool gcode_seen(const struct gcode *g, char letter)
{
	return g->seen >> (letter - 'A') & 1;
}

bool gcode_valued(const struct gcode *g, char letter)
{
	return g->valued >> (letter - 'A') & 1;
}

double gcode_value(const struct gcode *g, char letter, double fallback)
{
	return gcode_valued(g, letter) ? g->value[letter - 'A'] : fallback;
}
