/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_motion - commands that move, place or let go the tool. */
#include "sim/board.h"

#include <math.h>
#include <string.h>

static const char axis_letters[AXES] = { 'X', 'Y', 'Z', 'E' };

double move_native(const struct sim *s, double value)
{
	return s->m.inches ? value * 25.4 : value;
}

void motors_off(struct sim *s)
{
	if (s->m.steppers_on)
		board_note(s, "steppers_off");
	s->m.steppers_on = false;
	s->m.homed = 0;
}

/* Marlin clamps silently, and only axes that know where they are. */
static void clamp(const struct sim *s, double machine[AXES])
{
	static const double far[3] = { AREA_X, AREA_Y, AREA_Z };

	if (s->m.endstops_off)
		return;
	for (int i = 0; i < 3; i++)
		if (s->m.homed >> i & 1)
			machine[i] = fmin(fmax(machine[i], 0), far[i]);
}

/* One straight piece to a logical place; the caller has seen that a block is free. */
static void go(struct sim *s, const double logical[AXES])
{
	double machine[AXES];

	for (int i = 0; i < AXES; i++)
		machine[i] = logical[i] - s->m.shift[i];
	clamp(s, machine);
	if (fabs(machine[3] - s->planner.pos[3]) > 1e-9 && !s->m.cold_ok &&
	    s->heaters[HOTEND].temp < s->m.cold_limit) {
		/* marlin.md §1: "still ok: move done without E" */
		serial_say(s, "echo: cold extrusion prevented");
		s->planner.pos[3] = machine[3];
	}
	planner_add(s, machine, s->m.feed / 60);
	for (int i = 0; i < AXES; i++)
		s->m.pos[i] = machine[i] + s->m.shift[i];
}

static void destination(struct sim *s, const struct gcode *g, double out[AXES])
{
	for (int i = 0; i < AXES; i++) {
		out[i] = s->m.pos[i];
		if (!gcode_valued(g, axis_letters[i]))
			continue;
		out[i] = move_native(s, gcode_value(g, axis_letters[i], 0));
		if (!s->m.absolute[i])
			out[i] += s->m.pos[i];
	}
}

static void take_feed(struct sim *s, const struct gcode *g)
{
	double feed = move_native(s, gcode_value(g, 'F', 0));

	if (feed > 0)
		s->m.feed = feed;
}

HANDLER(cmd_move)
{
	double target[AXES];

	if (planner_full(s)) {
		a->wait = WAIT_SLOT;
		return WAITING;
	}
	take_feed(s, &a->g);
	destination(s, &a->g, target);
	go(s, target);
	return DONE;
}

static bool arc_centre(struct sim *s, const struct gcode *g, struct arc *arc, bool clockwise)
{
	const double *p = s->m.pos;
	double r = move_native(s, gcode_value(g, 'R', 0));
	double dx = arc->target[0] - p[0], dy = arc->target[1] - p[1], d = hypot(dx, dy), h;

	if (!gcode_valued(g, 'R')) {
		arc->centre[0] = p[0] + move_native(s, gcode_value(g, 'I', 0));
		arc->centre[1] = p[1] + move_native(s, gcode_value(g, 'J', 0));
		return gcode_valued(g, 'I') || gcode_valued(g, 'J');
	}
	if (d < 1e-9 || fabs(r) < d / 2)
		return false;
	h = sqrt(r * r - d * d / 4) * (clockwise != (r < 0) ? 1 : -1);
	arc->centre[0] = p[0] + dx / 2 + h * dy / d;
	arc->centre[1] = p[1] + dy / 2 - h * dx / d;
	return true;
}

static bool arc_prepare(struct sim *s, struct active *a)
{
	struct arc *arc = &a->arc;
	bool clockwise = a->g.number == 2;
	double end, travel, length;

	destination(s, &a->g, arc->target);
	if (!arc_centre(s, &a->g, arc, clockwise))
		return false;
	arc->radius = hypot(s->m.pos[0] - arc->centre[0], s->m.pos[1] - arc->centre[1]);
	arc->angle = atan2(s->m.pos[1] - arc->centre[1], s->m.pos[0] - arc->centre[0]);
	end = atan2(arc->target[1] - arc->centre[1], arc->target[0] - arc->centre[0]);
	travel = end - arc->angle;
	if (clockwise && travel >= -1e-9)
		travel -= 2 * M_PI;
	if (!clockwise && travel <= 1e-9)
		travel += 2 * M_PI;
	length = fabs(travel) * arc->radius;
	arc->left = length < 1 ? 1 : (unsigned)length; /* 1 mm a piece */
	arc->step = travel / arc->left;
	for (int i = 0; i < 2; i++)
		arc->rise[i] = (arc->target[i + 2] - s->m.pos[i + 2]) / arc->left;
	return true;
}

HANDLER(cmd_arc)
{
	struct arc *arc = &a->arc;

	if (!a->phase) {
		take_feed(s, &a->g);
		if (!arc_prepare(s, a)) {
			serial_say(s, "Error:G2/G3 bad parameters");
			return DONE;
		}
	}
	while (arc->left) {
		double next[AXES];

		if (planner_full(s)) {
			a->wait = WAIT_SLOT;
			return WAITING;
		}
		arc->angle += arc->step;
		next[0] = arc->centre[0] + arc->radius * cos(arc->angle);
		next[1] = arc->centre[1] + arc->radius * sin(arc->angle);
		next[2] = s->m.pos[2] + arc->rise[0];
		next[3] = s->m.pos[3] + arc->rise[1];
		go(s, --arc->left ? next : arc->target);
	}
	return DONE;
}

HANDLER(cmd_dwell)
{
	if (a->phase == 0)
		return wait_sync(a);
	if (a->phase == 1)
		return wait_until(a, board_after(s, gcode_valued(&a->g, 'S')
							? gcode_value(&a->g, 'S', 0)
							: gcode_value(&a->g, 'P', 0) / 1000));
	return DONE;
}

/* marlin.md §0: "Homing takes 20 to 30 s from cold." */
static double homing_seconds(unsigned axes)
{
	return (axes & 1 ? 6 : 0) + (axes & 2 ? 6 : 0) + (axes & 4 ? 13 : 0);
}

static void homed_at(struct sim *s, unsigned axes)
{
	static const double home[3] = { 0, 0, 5 };
	double pos[AXES];

	memcpy(pos, s->planner.pos, sizeof pos);
	for (int i = 0; i < 3; i++)
		if (axes >> i & 1) {
			pos[i] = s->m.pos[i] = home[i];
			s->m.shift[i] = 0;
		}
	planner_place(s, pos);
	s->m.homed |= axes;
	s->m.steppers_on = true;
}

HANDLER(cmd_home)
{
	unsigned axes = 0;

	for (unsigned i = 0; i < 3; i++)
		axes |= gcode_seen(&a->g, axis_letters[i]) ? 1u << i : 0;
	axes = axes ? axes : 7;
	if (a->phase == 0)
		return wait_sync(a);
	if (a->phase == 1) {
		int64_t until = board_after(s, homing_seconds(axes));

		s->planner.moved_at = until; /* it moves all the time: M85 must not strike */
		return wait_until(a, until);
	}
	if (s->conf.faults.homing_fails) {
		serial_say(s, "echo:Homing Failed");
		board_kill(s, "homing");
		return DONE_QUIET;
	}
	homed_at(s, axes);
	report_position(s);
	return DONE;
}

HANDLER(cmd_inches)
{
	(void)a;
	s->m.inches = true;
	return DONE;
}

HANDLER(cmd_mm)
{
	(void)a;
	s->m.inches = false;
	return DONE;
}

HANDLER(cmd_absolute)
{
	(void)a;
	for (int i = 0; i < AXES; i++)
		s->m.absolute[i] = true;
	return DONE;
}

HANDLER(cmd_relative)
{
	(void)a;
	for (int i = 0; i < AXES; i++)
		s->m.absolute[i] = false;
	return DONE;
}

HANDLER(cmd_e_absolute)
{
	(void)a;
	s->m.absolute[3] = true;
	return DONE;
}

HANDLER(cmd_e_relative)
{
	(void)a;
	s->m.absolute[3] = false;
	return DONE;
}

HANDLER(cmd_place)
{
	bool all = true;

	for (int i = 0; i < AXES; i++)
		all = all && !gcode_valued(&a->g, axis_letters[i]);
	for (int i = 0; i < AXES; i++) {
		if (!all && !gcode_valued(&a->g, axis_letters[i]))
			continue;
		s->m.pos[i] = move_native(s, gcode_value(&a->g, axis_letters[i], 0));
		s->m.shift[i] = s->m.pos[i] - s->planner.pos[i];
	}
	return DONE;
}

HANDLER(cmd_motors_off)
{
	if (gcode_valued(&a->g, 'S')) {
		s->m.stepper_time = gcode_value(&a->g, 'S', 0);
		s->planner.moved_at = s->t;
		return DONE;
	}
	if (a->phase == 0)
		return wait_sync(a);
	motors_off(s);
	return DONE;
}

HANDLER(cmd_sync)
{
	(void)s;
	return a->phase ? DONE : wait_sync(a);
}
