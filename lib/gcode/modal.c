/* SPDX-License-Identifier: Apache-2.0 */
#include "gcode/modal.h"

#include <math.h>
#include <string.h>

#include "gcode/arc.h"

static const char axis_letter[AXES] = { 'X', 'Y', 'Z', 'E' };

void modal_init(struct modal *m)
{
	memset(m, 0, sizeof(*m));
	m->unit = 1.0;
	m->feed = 1000.0;
	m->plane = AXIS_Z;
}

static void box(struct motion *out)
{
	int i;

	for (i = 0; i < 3; i++) {
		out->low[i] = out->from[i] < out->to[i] ? out->from[i] : out->to[i];
		out->high[i] = out->from[i] < out->to[i] ? out->to[i] : out->from[i];
	}
}

static void target(struct modal *m, const struct command *c, struct motion *out)
{
	int i;

	for (i = 0; i < AXES; i++) {
		out->from[i] = out->to[i] = m->pos[i];
		if (!COMMAND_HAS(c, axis_letter[i]))
			continue;
		if (m->relative || (i == AXIS_E && m->e_relative))
			out->to[i] += COMMAND_VALUE(c, axis_letter[i]) * m->unit;
		else
			out->to[i] = COMMAND_VALUE(c, axis_letter[i]) * m->unit + m->shift[i];
	}
}

static bool move(struct modal *m, const struct command *c, struct motion *out)
{
	int i;

	if (COMMAND_HAS(c, 'F') && COMMAND_VALUE(c, 'F') > 0)
		m->feed = COMMAND_VALUE(c, 'F') * m->unit;
	target(m, c, out);
	out->feed = m->feed;
	out->e = out->to[AXIS_E] - out->from[AXIS_E];
	out->arc = c->number > 1;
	box(out);
	if (out->arc) {
		arc_measure(c, m->unit, m->plane, out);
	} else {
		for (i = 0; i < 3; i++)
			out->enter[i] = out->leave[i] = out->to[i] - out->from[i];
		out->length = sqrt(out->enter[0] * out->enter[0] + out->enter[1] * out->enter[1] +
		    out->enter[2] * out->enter[2]);
	}
	memcpy(m->pos, out->to, sizeof(m->pos));
	return true;
}

/* G92: names the present place; bare: zero everywhere; G92.1: takes the shift back. */
static void rename_place(struct modal *m, const struct command *c)
{
	bool bare = !COMMAND_HAS(c, 'X') && !COMMAND_HAS(c, 'Y') && !COMMAND_HAS(c, 'Z') &&
	    !COMMAND_HAS(c, 'E');
	int i;

	for (i = 0; i < AXES; i++) {
		if (c->sub == 1)
			m->shift[i] = i == AXIS_E ? m->shift[i] : 0.0;
		else if (bare || COMMAND_HAS(c, axis_letter[i]))
			m->shift[i] = m->pos[i] -
			    (bare ? 0.0 : COMMAND_VALUE(c, axis_letter[i]) * m->unit);
	}
}

static void home(struct modal *m, const struct command *c)
{
	bool bare = !COMMAND_HAS(c, 'X') && !COMMAND_HAS(c, 'Y') && !COMMAND_HAS(c, 'Z');
	int i;

	for (i = 0; i < 3; i++)
		if (bare || COMMAND_HAS(c, axis_letter[i]))
			m->pos[i] = m->shift[i] = 0.0;
}

static void acceleration(struct modal *m, const struct command *c)
{
	if (COMMAND_HAS(c, 'S'))
		m->accel_print = m->accel_travel = COMMAND_VALUE(c, 'S');
	if (COMMAND_HAS(c, 'P'))
		m->accel_print = COMMAND_VALUE(c, 'P');
	if (COMMAND_HAS(c, 'T'))
		m->accel_travel = COMMAND_VALUE(c, 'T');
}

static void step_g(struct modal *m, const struct command *c)
{
	switch (c->number) {
	case 17:
		m->plane = AXIS_Z;
		break;
	case 18:
		m->plane = AXIS_Y;
		break;
	case 19:
		m->plane = AXIS_X;
		break;
	case 20:
		m->unit = 25.4;
		break;
	case 21:
		m->unit = 1.0;
		break;
	case 28:
		home(m, c);
		break;
	case 90:
	case 91:
		m->relative = c->number == 91;
		break;
	case 92:
		rename_place(m, c);
		break;
	}
}

bool modal_step(struct modal *m, const struct command *c, struct motion *out)
{
	if (c->letter == 'G') {
		if (c->number <= 3 && c->sub == 0)
			return move(m, c, out);
		step_g(m, c);
	} else if (c->letter == 'M') {
		if (c->number == 82 || c->number == 83)
			m->e_relative = c->number == 83;
		else if (c->number == 204)
			acceleration(m, c);
		else if (c->number == 200)
			m->volumetric = COMMAND_HAS(c, 'D') && COMMAND_VALUE(c, 'D') > 0;
	} else if (c->letter == 'T') {
		m->tool = c->number;
	}
	return false;
}
