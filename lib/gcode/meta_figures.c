/* SPDX-License-Identifier: Apache-2.0 */
/* Durations, and figures that follow from others. */
#include <math.h>
#include <string.h>
#include <strings.h>

#include "gcode/meta.h"
#include "gcode/number.h"

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* "3:25" and "1:02:03"; p stands behind the first number. */
static bool clock_form(double first, const char *p, const char *end, double *seconds)
{
	double total = first, v;
	const char *q;
	int parts = 1;

	while (p < end && *p == ':') {
		q = number_plain(p + 1, end, &v);
		if (q == p + 1 || p[1] < '0' || p[1] > '9' || v >= 60 || ++parts > 3)
			return false;
		total = total * 60 + v;
		p = q;
	}
	while (p < end && *p == ' ')
		p++;
	*seconds = total;
	return p == end;
}

static double unit_seconds(const char *word, size_t len)
{
	static const struct {
		const char *word;
		double seconds;
	} units[] = {
		{ "d", 86400 }, { "day", 86400 }, { "days", 86400 },
		{ "h", 3600 }, { "hr", 3600 }, { "hrs", 3600 }, { "hour", 3600 }, { "hours", 3600 },
		{ "m", 60 }, { "min", 60 }, { "mins", 60 }, { "minute", 60 }, { "minutes", 60 },
		{ "s", 1 }, { "sec", 1 }, { "secs", 1 }, { "second", 1 }, { "seconds", 1 },
	};
	size_t i;

	for (i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (strlen(units[i].word) == len && strncasecmp(units[i].word, word, len) == 0)
			return units[i].seconds;
	return 0.0;
}

bool meta_duration(const char *text, size_t len, double *seconds)
{
	const char *p = text, *end = text + len, *q;
	double total = 0.0, v, unit;
	bool any = false;

	for (;;) {
		while (p < end && (*p == ' ' || *p == '\t' || (any && *p == ',')))
			p++;
		if (p == end)
			break;
		if (*p < '0' || *p > '9')
			break; /* "(1.5 hours)" behind the figure */
		q = number_plain(p, end, &v);
		if (!any && q < end && *q == ':')
			return clock_form(v, q, end, seconds);
		while (q < end && *q == ' ')
			q++;
		for (p = q; p < end && is_letter(*p); p++)
			;
		unit = unit_seconds(q, (size_t)(p - q));
		if (unit == 0.0)
			return false;
		total += v * unit;
		any = true;
	}
	*seconds = total;
	return any;
}

double meta_density(const char *material)
{
	static const struct {
		const char *name;
		double density;
	} known[] = {
		{ "PLA", 1.24 }, { "PETG", 1.27 }, { "ABS", 1.04 }, { "ASA", 1.07 }, { "TPU", 1.21 },
		{ "PC", 1.20 }, { "PA", 1.14 },
	};
	size_t i;

	for (i = 0; material != NULL && i < sizeof(known) / sizeof(known[0]); i++)
		if (strcasecmp(known[i].name, material) == 0)
			return known[i].density;
	return 1.24;
}

static void derive(struct meta *m, enum meta_field f, double value)
{
	if (m->rank[f] != 0 || !(value > 0))
		return;
	m->number[f] = value;
	m->rank[f] = 1;
}

/* OrcaSlicer has one bed temperature per kind of plate. */
static void bed_of_plate(struct meta *m)
{
	const char *type = m->text[META_BED_TYPE];
	enum meta_field plate = META_BED_HOT;

	if (strncasecmp(type, "textured", 8) == 0)
		plate = META_BED_TEXTURED;
	else if (strncasecmp(type, "cool", 4) == 0)
		plate = META_BED_COOL;
	else if (strncasecmp(type, "eng", 3) == 0)
		plate = META_BED_ENGINEERING;
	derive(m, META_BED, m->number[plate]);
	derive(m, META_BED, m->number[META_BED_HOT]);
	derive(m, META_BED, m->number[META_BED_TEXTURED]);
}

void meta_finish(struct meta *m, double pushed, double layer_height)
{
	double d = meta_has(m, META_DIAMETER) ? m->number[META_DIAMETER] : 1.75;
	double density = meta_has(m, META_DENSITY) ? m->number[META_DENSITY] :
	    meta_density(m->text[META_MATERIAL]);

	bed_of_plate(m);
	derive(m, META_LAYER_HEIGHT, layer_height);
	if (!meta_has(m, META_VOLUME) && !meta_has(m, META_VOLUME_MM3) && !meta_has(m, META_WEIGHT))
		derive(m, META_LENGTH, pushed);
	derive(m, META_VOLUME, m->number[META_VOLUME_MM3] / 1000.0);
	if (meta_has(m, META_LENGTH))
		derive(m, META_VOLUME, M_PI / 4 * d * d * m->number[META_LENGTH] / 1000.0);
	if (meta_has(m, META_VOLUME))
		derive(m, META_WEIGHT, m->number[META_VOLUME] * density);
}
