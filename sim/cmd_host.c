/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_host - talk between board and host: numbers, reports, prompts, stops, settings. */
#include "sim/board.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

HANDLER(cmd_nothing)
{
	(void)s;
	(void)a;
	return DONE;
}

/* marlin.md §2.5: the second of its two effects; the first came when the line was parsed. */
HANDLER(cmd_line_number)
{
	planner_no_gap(s);
	if (gcode_valued(&a->g, 'N'))
		s->queue.last_line = (int64_t)gcode_value(&a->g, 'N', 0);
	else if (s->conf.dialect == SIM_MARLIN_BUGFIX)
		serial_say(s, "Line: %lld", (long long)s->queue.last_line);
	return DONE;
}

HANDLER(cmd_position)
{
	(void)a;
	report_position(s);
	return DONE;
}

HANDLER(cmd_firmware)
{
	(void)a;
	report_capabilities(s);
	return DONE;
}

/* A1 and E1 choose a prefix, P a port; marlin.md §1: "M118 text in CR LF". */
HANDLER(cmd_serial_text)
{
	const char *p = a->g.rest, *prefix = "";

	while ((*p == 'A' || *p == 'E' || *p == 'P') && p[1] >= '0' && p[1] <= '9') {
		if (*p == 'A' && p[1] == '1')
			prefix = "//";
		if (*p == 'E' && p[1] == '1')
			prefix = "echo:";
		for (p += 2; *p == ' '; p++)
			;
	}
	serial_say(s, "%s%s\r", prefix, p);
	return DONE;
}

HANDLER(cmd_endstops)
{
	static const char *const names[3] = { "x_min", "y_min", "z_min" };

	(void)a;
	serial_say(s, "Reporting endstop status");
	for (int i = 0; i < 3; i++)
		serial_say(s, "%s: %s", names[i],
			   s->m.homed >> i & 1 && s->planner.pos[i] <= 0 ? "TRIGGERED" : "open");
	return DONE;
}

static void set_rhythm(struct sim *s, const struct gcode *g, int64_t *every, int64_t *at)
{
	double seconds = gcode_value(g, 'S', 0);

	if (!gcode_valued(g, 'S'))
		return;
	seconds = fmin(fmax(seconds, 0), 60);
	*every = (int64_t)seconds * NSEC_PER_SEC;
	*at = *every > 0 ? s->t + *every : NEVER;
}

HANDLER(cmd_temp_every)
{
	set_rhythm(s, &a->g, &s->m.temp_every, &s->m.temp_at);
	return DONE;
}

HANDLER(cmd_pos_every)
{
	set_rhythm(s, &a->g, &s->m.pos_every, &s->m.pos_at);
	return DONE;
}

HANDLER(cmd_keepalive)
{
	double seconds = gcode_value(&a->g, 'S', 0);

	if (gcode_valued(&a->g, 'S'))
		s->m.keepalive = seconds < 0 ? 0 : seconds > 60 ? 60 : seconds;
	else
		serial_say(s, "echo:M113 S%.0f", s->m.keepalive);
	return DONE;
}

HANDLER(cmd_inactivity)
{
	if (gcode_valued(&a->g, 'S')) {
		s->m.kill_time = gcode_value(&a->g, 'S', 0);
		s->planner.moved_at = s->t;
	}
	return DONE;
}

HANDLER(cmd_debug)
{
	static const char *const flags[] = { "ECHO", "INFO", "ERRORS", "DRYRUN", "COMMUNICATION" };
	char text[64] = "";
	size_t at = 0;

	if (gcode_valued(&a->g, 'S'))
		s->m.debug = (unsigned)fmin(fmax(gcode_value(&a->g, 'S', 0), 0), 255) & 31;
	for (unsigned i = 0; i < 5; i++)
		if (s->m.debug >> i & 1)
			at += (size_t)snprintf(text + at, sizeof text - at, "%s%s", at ? "," : "",
					       flags[i]);
	serial_say(s, "echo:DEBUG:%s", at ? text : "off");
	return DONE;
}

HANDLER(cmd_speed)
{
	if (gcode_valued(&a->g, 'S') && gcode_value(&a->g, 'S', 0) >= 1)
		s->m.speed_percent = (int)fmin(gcode_value(&a->g, 'S', 0), 999);
	else if (!gcode_seen(&a->g, 'S'))
		serial_say(s, "FR:%d%%", s->m.speed_percent);
	return DONE;
}

HANDLER(cmd_flow)
{
	if (gcode_valued(&a->g, 'S'))
		s->m.flow_percent = (int)fmin(fmax(gcode_value(&a->g, 'S', 0), 0), 999);
	else
		serial_say(s, "echo:E%d Flow: %d%%", s->m.tool, s->m.flow_percent);
	return DONE;
}

HANDLER(cmd_accel)
{
	struct planner *p = &s->planner;
	double both = gcode_value(&a->g, 'S', 0);
	double print = gcode_value(&a->g, 'P', both), travel = gcode_value(&a->g, 'T', both);

	if (print >= 1)
		p->accel = print;
	if (travel >= 1)
		p->travel_accel = travel;
	return DONE;
}

HANDLER(cmd_limits)
{
	double *limits = a->g.number == 201 ? s->planner.max_accel : s->planner.max_feed;

	for (int i = 0; i < AXES; i++) {
		double value = gcode_value(&a->g, "XYZE"[i], 0);

		if (value > 0)
			limits[i] = value;
	}
	return DONE;
}

HANDLER(cmd_soft_endstops)
{
	if (gcode_valued(&a->g, 'S'))
		s->m.endstops_off = gcode_value(&a->g, 'S', 1) < 1;
	return DONE;
}

HANDLER(cmd_levelling)
{
	(void)a;
	serial_say(s, "echo:Bed Leveling OFF");
	return DONE;
}

/* marlin.md §3: "M999 also answers Resend: <last+1> + bare ok + its own ok" */
HANDLER(cmd_restart)
{
	(void)a;
	queue_refuse(s, NULL);
	return DONE;
}

HANDLER(cmd_tool)
{
	if (a->g.number < s->conf.extruders)
		s->m.tool = a->g.number;
	else
		serial_say(s, "echo:T%d Invalid extruder", a->g.number);
	return DONE;
}

HANDLER(cmd_stop_waiting)
{
	(void)a;
	s->wait_for_user = s->wait_for_heatup = false;
	return DONE;
}

HANDLER(cmd_kill)
{
	(void)a;
	serial_say(s, "echo:M112 Shutdown");
	board_kill(s, "M112");
	return DONE_QUIET;
}

HANDLER(cmd_quick_stop)
{
	if (a->phase)
		return DONE;
	planner_quick_stop(s);
	return wait_until(a, s->planner.cleaning_until);
}

static void prompt(struct sim *s, const char *text, const char *first, const char *second)
{
	char line[128];

	serial_action(s, "prompt_end");
	snprintf(line, sizeof line, "prompt_begin %s", text);
	serial_action(s, line);
	snprintf(line, sizeof line, "prompt_button %s", first);
	serial_action(s, line);
	if (second) {
		snprintf(line, sizeof line, "prompt_button %s", second);
		serial_action(s, line);
	}
	serial_action(s, "prompt_show");
}

static enum outcome wait_user(struct sim *s, struct active *a)
{
	s->wait_for_user = true;
	s->answer = -1;
	a->until = NEVER;
	a->wait = WAIT_USER;
	return WAITING;
}

/* M0, M1: the text is what follows S and P. */
HANDLER(cmd_user_stop)
{
	const char *text = a->g.rest;
	double seconds = gcode_value(&a->g, 'P', 0) / 1000 + gcode_value(&a->g, 'S', 0);

	if (a->phase == 0)
		return wait_sync(a);
	if (a->phase > 1) {
		s->wait_for_user = false;
		return DONE;
	}
	while ((*text == 'P' || *text == 'S') && text[1] >= '0' && text[1] <= '9') {
		text += strcspn(text, " ");
		text += strspn(text, " ");
	}
	if (*text)
		serial_say(s, "echo:%s", text);
	prompt(s, *text ? text : "M0/1 Break Called", "Continue", NULL);
	wait_user(s, a);
	if (text != a->g.rest && seconds > 0)
		a->until = board_after(s, seconds);
	return WAITING;
}

/* ecosystem.md §8.4: paused, a prompt with Continue, then one with PurgeMore and Continue. */
HANDLER(cmd_filament_change)
{
	if (a->phase == 0)
		return wait_sync(a);
	if (a->phase == 1) {
		if (s->heaters[HOTEND].temp < s->m.cold_limit && !s->m.cold_ok) {
			serial_say(s, "echo:Hotend Too Cold");
			return DONE;
		}
		serial_action(s, "paused");
		return wait_until(a, board_after(s, 3)); /* parks and unloads */
	}
	if (a->phase == 2) {
		prompt(s, "Nozzle Parked", "Continue", NULL);
		return wait_user(s, a);
	}
	if (a->phase == 3 || s->answer == 0) {
		prompt(s, "Paused", "PurgeMore", "Continue");
		return wait_user(s, a);
	}
	serial_action(s, "prompt_end");
	serial_action(s, "resumed");
	return DONE;
}

/* The panel: what a person at the printer does. */
static void runout(struct sim *s)
{
	serial_action(s, "prompt_end");
	serial_action(s, "prompt_begin FilamentRunout T0");
	serial_action(s, "prompt_show");
	serial_action(s, "paused filament_runout 0");
	s->inject_change = dialect_has_extras(s);
}

void sim_press(struct sim *s, int64_t now, const char *button)
{
	sim_tick(s, now);
	if (strcmp(button, "continue") == 0) {
		s->answer = 1;
		s->wait_for_user = false;
	} else if (strcmp(button, "runout") == 0) {
		runout(s);
	} else {
		serial_action(s, button);
	}
	/* Nothing to feed, but the command in progress may go on now. */
	sim_feed(s, now, NULL, 0);
}

void sim_state(const struct sim *s, struct sim_state *out)
{
	const struct modal *m = &s->m;
	const struct planner *p = &s->planner;

	memset(out, 0, sizeof *out);
	out->x = m->pos[0];
	out->y = m->pos[1];
	out->z = m->pos[2];
	out->e = m->pos[3];
	out->hotend = s->heaters[HOTEND].temp;
	out->hotend_target = s->heaters[HOTEND].target;
	out->bed = s->heaters[BED].temp;
	out->bed_target = s->heaters[BED].target;
	out->chamber_target = s->heaters[CHAMBER].target;
	out->feed = m->feed;
	out->extruded = p->extruded;
	out->absolute_xyz = m->absolute[0];
	out->absolute_e = m->absolute[3];
	out->inches = m->inches;
	out->homed = m->homed == 7;
	out->steppers_on = m->steppers_on;
	out->fan = m->fan;
	out->speed_percent = m->speed_percent;
	out->flow_percent = m->flow_percent;
	out->tool = m->tool;
	out->last_line = s->queue.last_line;
	out->killed = s->killed;
	out->executed = s->executed;
	out->starved = p->starved;
	out->worst_gap_usec = p->worst_gap / 1000;
	out->queued = s->queue.used;
	out->planned = p->used;
}
