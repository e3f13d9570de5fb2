/* SPDX-License-Identifier: Apache-2.0 */
#include "gcode/check.h"

#include <math.h>
#include <string.h>
#include <strings.h>

#include "gcode/line.h"
#include "gcode/number.h"

void check_init(struct check *k)
{
	int i;

	memset(k, 0, sizeof(*k));
	for (i = 0; i < 3; i++) {
		k->min[i] = INFINITY;
		k->max[i] = -INFINITY;
	}
}

void check_refuse(struct check *k, uint64_t line, const char *why)
{
	if (k->refusal != NULL)
		return;
	k->refusal = why;
	k->refusal_line = line;
}

/* Control bytes before the comment begins. */
static bool has_binary(const struct scan_line *l)
{
	size_t i;

	for (i = 0; i < l->len && l->text[i] != ';'; i++)
		if ((unsigned char)l->text[i] < ' ' && l->text[i] != '\t')
			return true;
	return false;
}

static bool contains(const char *cmd, size_t len, const char *word)
{
	size_t n = strlen(word), i;

	for (i = 0; i + n <= len; i++)
		if (strncasecmp(cmd + i, word, n) == 0)
			return true;
	return false;
}

void check_text(struct check *k, const struct scan_line *l, const char *cmd, size_t len)
{
	if (l->cut)
		check_refuse(k, l->number, "The line is longer than 64 KiB");
	if (has_binary(l))
		check_refuse(k, l->number, "The line holds binary bytes");
	/* Marlin looks for M110 in the whole line and resets its line count. */
	if (contains(cmd, len, "M110"))
		check_refuse(k, l->number, "The text M110 would reset the printer's line count");
	/* Most firmware takes `;` for a comment inside quotes too, and the checksum with it. */
	if (memchr(cmd, ';', len) != NULL)
		check_refuse(k, l->number, "A semicolon inside quotes cannot be sent safely");
}

static void raise(double value, uint64_t line, double *max, uint64_t *max_line)
{
	if (value > *max) {
		*max = value;
		*max_line = line;
	}
}

/* Highest of a heating command's targets: S waits or sets, R waits also down, B is M109's
 * automatic maximum. */
static double target(const struct command *c)
{
	double t = 0.0;

	if (COMMAND_HAS(c, 'S'))
		t = fmax(t, COMMAND_VALUE(c, 'S'));
	if (COMMAND_HAS(c, 'R'))
		t = fmax(t, COMMAND_VALUE(c, 'R'));
	if (COMMAND_HAS(c, 'B'))
		t = fmax(t, COMMAND_VALUE(c, 'B'));
	return t;
}

static void heat_hotend(struct check *k, double t, uint64_t line)
{
	raise(t, line, &k->max_hotend, &k->max_hotend_line);
	if (t <= 0)
		return;
	if (k->hotend == 0)
		k->hotend = t;
	if (!k->extrudes)
		k->heats_hotend = true;
}

static void heat_bed(struct check *k, double t, uint64_t line)
{
	raise(t, line, &k->max_bed, &k->max_bed_line);
	if (t <= 0)
		return;
	if (k->bed == 0)
		k->bed = t;
	if (!k->extrudes)
		k->heats_bed = true;
}

void check_command(struct check *k, const struct command *c, uint64_t line)
{
	if (c->letter == 'G') {
		if (c->number == 28 && !k->extrudes)
			k->homes = true;
		else if (c->number == 10 && COMMAND_HAS(c, 'P'))
			heat_hotend(k, target(c), line); /* RepRapFirmware: tool temperatures */
		return;
	}
	if (c->letter != 'M')
		return;
	switch (c->number) {
	case 104:
	case 109:
		heat_hotend(k, target(c), line);
		break;
	case 140:
	case 190:
		heat_bed(k, target(c), line);
		break;
	case 141:
	case 191:
		raise(target(c), line, &k->max_chamber, &k->max_chamber_line);
		break;
	case 303: /* tuning heats too: E-1 is the bed, E-2 the chamber */
		if (!COMMAND_HAS(c, 'E') || COMMAND_VALUE(c, 'E') >= 0)
			raise(target(c), line, &k->max_hotend, &k->max_hotend_line);
		else
			raise(target(c), line, &k->max_bed, &k->max_bed_line);
		break;
	}
}

void check_named(struct check *k, const char *cmd, size_t len, uint64_t line)
{
	static const char name[] = "SET_HEATER_TEMPERATURE ";
	const char *end = cmd + len, *p;
	double v;

	if (len < sizeof(name) || memcmp(cmd, name, sizeof(name) - 1) != 0)
		return;
	for (p = cmd; end - p > 7; p++) {
		if (strncasecmp(p, "TARGET=", 7) != 0 || number_wide(p + 7, end, &v) == p + 7)
			continue;
		if (contains(cmd, len, "heater_bed"))
			heat_bed(k, v, line);
		else if (contains(cmd, len, "extruder"))
			heat_hotend(k, v, line);
		else
			raise(v, line, &k->max_chamber, &k->max_chamber_line);
	}
}

void check_move(struct check *k, const struct motion *m, uint64_t line)
{
	int i;

	k->uses_arcs |= m->arc;
	for (i = 0; i < 3; i++)
		if (!(m->low[i] > -CHECK_FARTHEST) || !(m->high[i] < CHECK_FARTHEST))
			check_refuse(k, line, "The coordinates are beyond every machine");
	if (m->e <= 0)
		return;
	k->extrudes = true;
	if (m->length <= 0)
		return;
	for (i = 0; i < 3; i++) {
		if (m->low[i] < k->min[i]) {
			k->min[i] = m->low[i];
			k->min_line[i] = line;
		}
		if (m->high[i] > k->max[i]) {
			k->max[i] = m->high[i];
			k->max_line[i] = line;
		}
	}
}
