/* SPDX-License-Identifier: Apache-2.0 */
#include "gcode/arc.h"

#include <math.h>

struct arc {
	unsigned a, b, up;  /* axes: first, second, standing */
	double centre_a, centre_b, radius;
	double start, sweep; /* radians; sweep > 0: counter-clockwise */
};

/* Centre for `R`: of the two circles the one with the shorter way, the longer for R < 0. */
static bool centre_by_radius(struct arc *arc, const struct motion *m, double r, bool clockwise)
{
	double da = m->to[arc->a] - m->from[arc->a], db = m->to[arc->b] - m->from[arc->b];
	double d2 = da * da + db * db, h2 = r * r - d2 / 4, h;

	if (d2 == 0.0 || !(h2 > -1e-3 * r * r))
		return false;
	h = sqrt(h2 > 0 ? h2 : 0.0) / sqrt(d2);
	if (clockwise != (r < 0))
		h = -h;
	arc->centre_a = m->from[arc->a] + da / 2 - db * h;
	arc->centre_b = m->from[arc->b] + db / 2 + da * h;
	return true;
}

static bool find(struct arc *arc, const struct command *c, double unit, const struct motion *m)
{
	static const char letter[3] = { 'I', 'J', 'K' };
	bool clockwise = c->number == 2;
	double end, i, j;

	if (COMMAND_HAS(c, 'R')) {
		if (!centre_by_radius(arc, m, COMMAND_VALUE(c, 'R') * unit, clockwise))
			return false;
	} else {
		i = COMMAND_HAS(c, letter[arc->a]) ? COMMAND_VALUE(c, letter[arc->a]) * unit : 0.0;
		j = COMMAND_HAS(c, letter[arc->b]) ? COMMAND_VALUE(c, letter[arc->b]) * unit : 0.0;
		arc->centre_a = m->from[arc->a] + i;
		arc->centre_b = m->from[arc->b] + j;
	}
	arc->radius = hypot(m->from[arc->a] - arc->centre_a, m->from[arc->b] - arc->centre_b);
	if (!(arc->radius > 0) || !isfinite(arc->radius))
		return false;
	arc->start = atan2(m->from[arc->b] - arc->centre_b, m->from[arc->a] - arc->centre_a);
	end = atan2(m->to[arc->b] - arc->centre_b, m->to[arc->a] - arc->centre_a);
	arc->sweep = end - arc->start;
	if (arc->sweep == 0.0 && hypot(m->to[arc->a] - m->from[arc->a],
	    m->to[arc->b] - m->from[arc->b]) > 0.0)
		return false; /* straight away from the centre */
	if (m->from[arc->a] == m->to[arc->a] && m->from[arc->b] == m->to[arc->b])
		arc->sweep = 2 * M_PI; /* back to its start: a circle */
	else if (arc->sweep < 0)
		arc->sweep += 2 * M_PI;
	if (clockwise && arc->sweep < 2 * M_PI)
		arc->sweep -= 2 * M_PI;
	else if (clockwise)
		arc->sweep = -arc->sweep;
	return true;
}

/* The circle reaches out to each of its four axis points that the sweep passes. */
static void widen(const struct arc *arc, struct motion *out)
{
	int quarter;

	for (quarter = 0; quarter < 4; quarter++) {
		double angle = quarter * (M_PI / 2), way, a, b;

		way = arc->sweep > 0 ? angle - arc->start : arc->start - angle;
		way = fmod(way + 4 * M_PI, 2 * M_PI);
		if (way > fabs(arc->sweep))
			continue;
		a = arc->centre_a + arc->radius * cos(angle);
		b = arc->centre_b + arc->radius * sin(angle);
		out->low[arc->a] = fmin(out->low[arc->a], a);
		out->high[arc->a] = fmax(out->high[arc->a], a);
		out->low[arc->b] = fmin(out->low[arc->b], b);
		out->high[arc->b] = fmax(out->high[arc->b], b);
	}
}

static void tangent(const struct arc *arc, double angle, double rise, double out[3])
{
	double sign = arc->sweep > 0 ? 1.0 : -1.0;

	out[arc->a] = -sin(angle) * sign;
	out[arc->b] = cos(angle) * sign;
	out[arc->up] = rise / (fabs(arc->sweep) * arc->radius);
}

void arc_measure(const struct command *c, double unit, unsigned plane, struct motion *out)
{
	struct arc arc = { .up = plane, .a = plane == AXIS_X ? AXIS_Y : AXIS_X,
		.b = plane == AXIS_Z ? AXIS_Y : AXIS_Z };
	double rise = out->to[plane] - out->from[plane], way;
	int i;

	if (plane == AXIS_Y) { /* G18 turns from Z towards X */
		arc.a = AXIS_Z;
		arc.b = AXIS_X;
	}
	if (!find(&arc, c, unit, out)) {
		for (i = 0; i < 3; i++)
			out->enter[i] = out->leave[i] = out->to[i] - out->from[i];
		out->length = sqrt(out->enter[0] * out->enter[0] + out->enter[1] * out->enter[1] +
		    out->enter[2] * out->enter[2]);
		return;
	}
	if (COMMAND_HAS(c, 'P') && COMMAND_VALUE(c, 'P') >= 1 && COMMAND_VALUE(c, 'P') < 10000)
		arc.sweep += copysign(2 * M_PI * floor(COMMAND_VALUE(c, 'P')), arc.sweep);
	way = fabs(arc.sweep) * arc.radius;
	out->length = hypot(way, rise);
	widen(&arc, out);
	tangent(&arc, arc.start, rise, out->enter);
	tangent(&arc, arc.start + arc.sweep, rise, out->leave);
}
