/* SPDX-License-Identifier: Apache-2.0 */
#include "spooler/track.h"

#include <math.h>
#include <string.h>

#include "gcode/command.h"

static const char letters[TRACK_AXES] = { 'X', 'Y', 'Z', 'E' };

void track_init(struct track *t)
{
	memset(t, 0, sizeof *t);
	t->speed = t->flow = 100;
}

static void move(struct track *t, const struct command *c)
{
	double unit = t->inches ? 25.4 : 1.0;
	double e = t->at[TRACK_E];

	if (COMMAND_HAS(c, 'F') && COMMAND_VALUE(c, 'F') > 0)
		t->feed = COMMAND_VALUE(c, 'F') * unit;
	for (int i = 0; i < TRACK_AXES; i++) {
		bool relative = i == TRACK_E ? t->e_relative : t->relative;

		if (!COMMAND_HAS(c, letters[i]))
			continue;
		if (relative) {
			t->at[i] += COMMAND_VALUE(c, letters[i]) * unit;
		} else {
			t->at[i] = COMMAND_VALUE(c, letters[i]) * unit;
			t->known |= (uint8_t)(1u << i);
		}
	}
	if (t->at[TRACK_E] > e && (COMMAND_HAS(c, 'X') || COMMAND_HAS(c, 'Y')))
		t->extruded = true;
}

static void rename_place(struct track *t, const struct command *c)
{
	bool any = false;

	if (c->sub) {
		t->known &= 1u << TRACK_E;
		return;
	}
	for (int i = 0; i < TRACK_AXES; i++) {
		if (!COMMAND_HAS(c, letters[i]))
			continue;
		any = true;
		t->at[i] = COMMAND_VALUE(c, letters[i]) * (t->inches ? 25.4 : 1.0);
		t->known |= (uint8_t)(1u << i);
	}
	if (!any) {
		memset(t->at, 0, sizeof t->at);
		t->known = 15;
	}
}

static void step_g(struct track *t, const struct command *c)
{
	switch (c->number) {
	case 0:
	case 1:
	case 2:
	case 3:
		move(t, c);
		break;
	case 10: /* firmware retraction moves E and Z behind our back */
	case 11:
	case 92:
		if (c->number == 92)
			rename_place(t, c);
		break;
	case 20:
	case 21:
		t->inches = c->number == 20;
		break;
	case 28:
		if (!COMMAND_HAS(c, 'X') && !COMMAND_HAS(c, 'Y') && !COMMAND_HAS(c, 'Z'))
			t->homed = true;
		t->known &= 1u << TRACK_E;
		break;
	case 90: /* Marlin 2: both set E's mode as well, until the next M82, M83 */
	case 91:
		t->relative = t->e_relative = c->number == 91;
		break;
	case 4:
		break;
	default: /* probing, levelling, parking: the head moves and does not say where to */
		if (c->number == 12 || (c->number >= 26 && c->number <= 42 && c->number != 28))
			t->known &= 1u << TRACK_E;
		break;
	}
}

static void heater(struct track *t, const struct command *c)
{
	double value = COMMAND_HAS(c, 'S') ? COMMAND_VALUE(c, 'S') :
	    COMMAND_HAS(c, 'R') ? COMMAND_VALUE(c, 'R') : NAN;
	unsigned tool = COMMAND_HAS(c, 'T') && COMMAND_VALUE(c, 'T') >= 0 ?
	    (unsigned)COMMAND_VALUE(c, 'T') : t->tool;

	if (isnan(value))
		return;
	switch (c->number) {
	case 104:
	case 109:
		if (tool < TRACK_TOOLS)
			t->hotend[tool] = value;
		break;
	case 140:
	case 190:
		t->bed = value;
		break;
	case 141:
	case 191:
		t->chamber = value;
		t->chamber_used = true;
		break;
	}
}

static uint8_t clamp_fan(double v)
{
	return v <= 0 ? 0 : v >= 255 ? 255 : (uint8_t)(v + 0.5);
}

static bool step_m(struct track *t, const struct command *c)
{
	switch (c->number) {
	case 82:
	case 83:
		t->e_relative = c->number == 83;
		break;
	case 18:
	case 84: /* with S it only sets the idle time */
		if (!COMMAND_HAS(c, 'S'))
			t->homed = false;
		break;
	case 104:
	case 109:
	case 140:
	case 141:
	case 190:
	case 191:
		heater(t, c);
		return true;
	case 106:
		if (!COMMAND_HAS(c, 'P') || COMMAND_VALUE(c, 'P') == 0)
			t->fan = COMMAND_HAS(c, 'S') ? clamp_fan(COMMAND_VALUE(c, 'S')) : 255;
		break;
	case 107:
		t->fan = 0;
		break;
	case 220:
		if (COMMAND_HAS(c, 'S') && COMMAND_VALUE(c, 'S') > 0 && COMMAND_VALUE(c, 'S') < 10000)
			t->speed = (int16_t)COMMAND_VALUE(c, 'S');
		break;
	case 221:
		if (COMMAND_HAS(c, 'S') && COMMAND_VALUE(c, 'S') > 0 && COMMAND_VALUE(c, 'S') < 10000)
			t->flow = (int16_t)COMMAND_VALUE(c, 'S');
		break;
	case 600:
	case 701:
	case 702:
		t->known = 0;
		break;
	}
	return false;
}

bool track_line(struct track *t, const char *cmd, size_t len)
{
	struct command c;

	if (!len || cmd[0] == '@')
		return false;
	command_parse(cmd, len, &c);
	if (c.letter == 'G')
		step_g(t, &c);
	else if (c.letter == 'M')
		return step_m(t, &c);
	else if (c.letter == 'T' && c.number < TRACK_TOOLS)
		t->tool = (uint8_t)c.number;
	return false;
}

void track_place(struct track *t, double x, double y, double z, double e)
{
	const double told[TRACK_AXES] = { x, y, z, e };

	for (int i = 0; i < TRACK_AXES; i++)
		if (!(t->known & 1u << i) || fabs(t->at[i] - told[i]) > 0.05)
			t->at[i] = told[i];
	t->known = 15;
}
