/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/marlin_parse.h"

#include <math.h>
#include <string.h>
#include <strings.h>

/* Digits up to the end of the line (blanks allowed around); -1 for anything else: a damaged
 * number must not look like another number (OctoPrint #4671). */
static int64_t whole_number(const char *p)
{
	int64_t n = 0;
	int digits = 0;

	while (*p == ' ')
		p++;
	for (; *p >= '0' && *p <= '9'; p++, digits++) {
		if (digits == 10)
			return -1;
		n = n * 10 + (*p - '0');
	}
	while (*p == ' ')
		p++;
	return digits && !*p && n <= INT32_MAX ? n : -1;
}

/* A decimal number ("-12.50"); false when there is none. *end is behind it. */
static bool decimal(const char *p, const char **end, double *out)
{
	bool negative = *p == '-';
	double v = 0, scale = 1;
	int digits = 0;

	if (*p == '-' || *p == '+')
		p++;
	for (; *p >= '0' && *p <= '9' && digits < 12; p++, digits++)
		v = v * 10 + (*p - '0');
	if (*p == '.') {
		for (p++; *p >= '0' && *p <= '9' && digits < 18; p++, digits++) {
			scale /= 10;
			v += (*p - '0') * scale;
		}
	}
	*end = p;
	*out = negative ? -v : v;
	return digits > 0;
}

/* `<value> /<target>`, as Marlin prints it: anything else is a damaged report. */
static bool heater_pair(const char **p, double *value, double *target)
{
	const char *q = *p;

	if (!decimal(q, &q, value))
		return false;
	while (*q == ' ')
		q++;
	if (*q != '/' || !decimal(q + 1, &q, target))
		return false;
	if (*q && *q != ' ' && *q != '(')
		return false;
	*p = q;
	return *value > -300 && *value < 2000 && *target >= 0 && *target < 2000;
}

static const char *next_word(const char *p)
{
	while (*p && *p != ' ')
		p++;
	while (*p == ' ')
		p++;
	return p;
}

static bool parse_temps(const char *p, struct marlin_temps *t)
{
	bool any = false;

	while (*p) {
		if (p[0] == 'T' && p[1] == ':') {
			p += 2;
			if (!heater_pair(&p, &t->hotend, &t->hotend_target))
				return false;
			any = true;
		} else if (p[0] == 'B' && p[1] == ':') {
			p += 2;
			if (!heater_pair(&p, &t->bed, &t->bed_target))
				return false;
			any = true;
		} else if (p[0] == 'C' && p[1] == ':') {
			p += 2;
			if (!heater_pair(&p, &t->chamber, &t->chamber_target))
				return false;
			any = true;
		} else if (p[0] == 'W' && p[1] == ':') {
			t->waiting = true;
		} else if (p[0] == 'T' && p[1] == '0' && p[2] == ':' && isnan(t->hotend)) {
			p += 3;
			if (!heater_pair(&p, &t->hotend, &t->hotend_target))
				return false;
			any = true;
		}
		p = next_word(p);
	}
	return any;
}

static bool parse_position(const char *p, struct marlin_position *pos)
{
	static const char axes[] = "XYZE";
	double *out[] = { &pos->x, &pos->y, &pos->z, &pos->e };

	for (int i = 0; i < 4; i++) {
		if (p[0] != axes[i] || p[1] != ':')
			return false;
		p += 2;
		if (*p == ' ')
			p++;
		if (!decimal(p, &p, out[i]) || (*p && *p != ' '))
			return false;
		while (*p == ' ')
			p++;
	}
	/* Without the counts the line was cut: its last figure may be short of digits. */
	return strncmp(p, "Count", 5) == 0;
}

static void parse_ok(const char *p, struct marlin_reply *r)
{
	r->meaning |= MARLIN_IS_OK;
	while (*p == ' ')
		p++;
	if (*p == 'N' && p[1] >= '0' && p[1] <= '9') {
		uint64_t n = 0;

		for (p++; *p >= '0' && *p <= '9' && n < UINT32_MAX; p++)
			n = n * 10 + (uint64_t)(*p - '0');
		if ((*p == ' ' || !*p) && n <= INT32_MAX) {
			r->numbered = true;
			r->number = (uint32_t)n;
		}
		return;
	}
	if (*p == 'T' || *p == 'B' || *p == 'C') {
		if (parse_temps(p, &r->temps))
			r->meaning |= MARLIN_IS_TEMPS;
	}
}

static bool has(const char *line, const char *word)
{
	return strcasestr(line, word) != NULL;
}

static void parse_fatal(const char *line, struct marlin_reply *r)
{
	static const struct {
		const char *word;
		enum marlin_fatal why;
		bool alone; /* fatal without a kill() line behind it */
	} words[] = {
		{ "thermal runaway", MARLIN_FATAL_RUNAWAY, true },
		{ "thermal malfunction", MARLIN_FATAL_RUNAWAY, true },
		{ "heating failed", MARLIN_FATAL_HEATING, true },
		{ "mintemp", MARLIN_FATAL_SENSOR, true },
		{ "maxtemp", MARLIN_FATAL_SENSOR, true },
		{ "probing failed", MARLIN_FATAL_POSITION, false },
		{ "homing failed", MARLIN_FATAL_POSITION, false },
		{ "m112 shutdown", MARLIN_FATAL_STOP, false },
		{ "kill() called", MARLIN_FATAL_OTHER, true },
		{ "printer halted", MARLIN_FATAL_OTHER, true },
		{ "printer stopped", MARLIN_FATAL_OTHER, true },
		{ "!! kill", MARLIN_FATAL_OTHER, true },
	};

	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
		if (!has(line, words[i].word))
			continue;
		r->fatal = words[i].why;
		if (words[i].alone && !(r->meaning & MARLIN_IS_ACTION))
			r->meaning |= MARLIN_IS_FATAL;
		return;
	}
}

/* Words that stop everything are looked for only where firmware itself speaks, not in the echo
 * of somebody's text. */
static bool may_be_fatal(const char *p)
{
	if (strncmp(p, "echo:", 5) == 0)
		return strncmp(p, "echo:Homing Failed", 18) == 0 ||
		    strncmp(p, "echo:M112 Shutdown", 18) == 0;
	return strncmp(p, "ok", 2) != 0 && strncmp(p, "//", 2) != 0 && strncmp(p, "Cap:", 4) != 0;
}

static bool parse_action(const char *p, struct marlin_reply *r)
{
	if (p[0] != '/' || p[1] != '/')
		return false;
	p += 2;
	while (*p == ' ')
		p++;
	if (strncmp(p, "action:", 7) != 0)
		return false;
	r->meaning |= MARLIN_IS_ACTION;
	r->text = p + 7;
	return true;
}

static void parse_words(const char *p, struct marlin_reply *r)
{
	const char *last;

	if (strcmp(p, "start") == 0)
		r->meaning |= MARLIN_IS_START;
	else if (strcmp(p, "wait") == 0)
		r->meaning |= MARLIN_IS_WAIT;
	else if (strncmp(p, "Marlin ", 7) == 0 || strncmp(p, "echo:Marlin ", 12) == 0)
		r->meaning |= MARLIN_IS_BANNER;
	else if (strncmp(p, "echo:busy:", 10) == 0 || strncmp(p, "busy:", 5) == 0)
		r->meaning |= MARLIN_IS_BUSY;
	else if (strncmp(p, "Cap:", 4) == 0) {
		r->meaning |= MARLIN_IS_CAP;
		r->text = p + 4;
	} else if (strncmp(p, "FIRMWARE_NAME:", 14) == 0) {
		r->meaning |= MARLIN_IS_FIRMWARE;
		r->text = p + 14;
	} else if (strncmp(p, "Resend:", 7) == 0 || strncmp(p, "Resend ", 7) == 0) {
		r->meaning |= MARLIN_IS_RESEND;
		r->resend = whole_number(p + 7);
	} else if (strncmp(p, "rs ", 3) == 0) {
		r->meaning |= MARLIN_IS_RESEND;
		r->resend = whole_number(p[3] == 'N' ? p + 4 : p + 3);
	} else if (strncmp(p, "Error:", 6) == 0) {
		r->meaning |= MARLIN_IS_ERROR;
		r->text = p + 6;
	}
	/* "echo:" lines carry other people's text and are never a refusal. */
	last = strncmp(p, "echo:", 5) == 0 ? NULL : strstr(p, "Last Line:");
	if (last) {
		r->meaning |= MARLIN_IS_LAST;
		r->last = whole_number(last + 10);
	}
}

void marlin_parse(const char *line, struct marlin_reply *r)
{
	const char *p = line;

	*r = (struct marlin_reply){ .resend = -1, .last = -1, .text = line };
	r->temps = (struct marlin_temps){ NAN, NAN, NAN, NAN, NAN, NAN, false };
	/* Junk before a word: control bytes and high bytes only; letters would change its meaning. */
	while (*p == ' ' || *p == '\t' || (unsigned char)*p >= 0x80 || (*p && (unsigned char)*p < 32))
		p++;
	if (p[0] == 'o' && p[1] == 'k' && (!p[2] || p[2] == ' ')) {
		parse_ok(p + 2, r);
		return;
	}
	if ((p[0] == 'T' || p[0] == 'B' || p[0] == 'C') && (p[1] == ':' || p[2] == ':')) {
		if (parse_temps(p, &r->temps))
			r->meaning |= MARLIN_IS_TEMPS;
		return;
	}
	if (p[0] == 'X' && p[1] == ':') {
		if (parse_position(p, &r->position))
			r->meaning |= MARLIN_IS_POSITION;
		return;
	}
	if (!parse_action(p, r))
		parse_words(p, r);
	if (may_be_fatal(p))
		parse_fatal(p, r);
}

const char *marlin_fatal_category(enum marlin_fatal f)
{
	switch (f) {
	case MARLIN_FATAL_RUNAWAY:
		return "ThermalRunaway";
	case MARLIN_FATAL_HEATING:
		return "HeatingFailed";
	case MARLIN_FATAL_SENSOR:
		return "TemperatureSensor";
	case MARLIN_FATAL_POSITION:
		return "PositionError";
	case MARLIN_FATAL_STOP:
		return "EmergencyStop";
	case MARLIN_FATAL_NONE:
	case MARLIN_FATAL_OTHER:
		return "Other";
	}
	return "Other";
}
