/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_heat - temperatures and fans. */
#include "sim/board.h"

#include <math.h>

static enum outcome set(struct sim *s, struct active *a, enum heater_id id)
{
	if (gcode_valued(&a->g, 'S'))
		heater_target(s, id, gcode_value(&a->g, 'S', 0));
	return DONE;
}

HANDLER(cmd_hotend)
{
	return set(s, a, HOTEND);
}

HANDLER(cmd_bed)
{
	return set(s, a, BED);
}

HANDLER(cmd_chamber)
{
	return set(s, a, CHAMBER);
}

/* S waits only while heating, R also while cooling. */
static enum outcome set_and_wait(struct sim *s, struct active *a, enum heater_id id)
{
	bool r = gcode_valued(&a->g, 'R');

	if (a->phase)
		return DONE;
	if (!r && !gcode_valued(&a->g, 'S'))
		return DONE;
	heater_target(s, id, gcode_value(&a->g, r ? 'R' : 'S', 0));
	a->heater = id;
	a->cooling_counts = r;
	s->wait_for_heatup = true;
	if (heater_settled(s, a))
		return DONE;
	a->wait = WAIT_HEAT;
	a->report_at = s->t;
	return WAITING;
}

HANDLER(cmd_hotend_wait)
{
	return set_and_wait(s, a, HOTEND);
}

HANDLER(cmd_bed_wait)
{
	return set_and_wait(s, a, BED);
}

HANDLER(cmd_chamber_wait)
{
	return set_and_wait(s, a, CHAMBER);
}

/* marlin.md §1: "the ok comes FIRST and carries no P/B/N" */
HANDLER(cmd_temperatures)
{
	char temps[200];

	(void)a;
	heater_report(s, temps, sizeof temps);
	serial_ok(s, "ok %s", temps);
	return DONE_QUIET;
}

HANDLER(cmd_fan)
{
	s->m.fan = (int)fmin(fmax(gcode_value(&a->g, 'S', 255), 0), 255);
	return DONE;
}

HANDLER(cmd_fan_off)
{
	(void)a;
	s->m.fan = 0;
	return DONE;
}

HANDLER(cmd_cold)
{
	if (gcode_valued(&a->g, 'S')) {
		s->m.cold_limit = gcode_value(&a->g, 'S', 170);
		s->m.cold_ok = s->m.cold_limit <= 0;
	} else if (gcode_valued(&a->g, 'P')) {
		s->m.cold_ok = gcode_value(&a->g, 'P', 0) > 0;
	} else {
		serial_say(s, "echo:Cold extrudes are %sabled (min temp %.0fC)",
			   s->m.cold_ok ? "en" : "dis", s->m.cold_limit);
	}
	return DONE;
}

HANDLER(cmd_pid)
{
	if (!a->g.seen)
		serial_say(s, "echo: p:22.20 i:1.08 d:114.00");
	return DONE;
}
