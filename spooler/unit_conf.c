/* SPDX-License-Identifier: Apache-2.0 */
/* What a bay is told: the printer's row and the configuration together. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "spooler/shell.h"

static double pause_bed(const char *text)
{
	return strcmp(text, "keep") == 0 ? -1 : strtod(text, NULL);
}

static void fill_scripts(const struct spool_printer *row, struct bay_conf *out)
{
	out->script_start = row->script_start;
	out->script_end = row->script_end;
	out->script_pause = row->script_pause;
	out->script_resume = row->script_resume;
	out->script_cancel = row->script_cancel;
}

void unit_fill_conf(const struct unit *u, struct bay_conf *out)
{
	const struct conf *c = u->sp->conf;
	const struct spool_printer *row = &u->row;

	*out = (struct bay_conf){
		.volume_x = row->volume_x, .volume_y = row->volume_y, .volume_z = row->volume_z,
		.max_hotend = row->max_hotend, .max_bed = row->max_bed,
		.pause_retract = conf_real(c, "pause.retract"), .pause_lift = conf_real(c, "pause.lift"),
		.park_x = conf_real(c, "pause.park_x"), .park_y = conf_real(c, "pause.park_y"),
		.pause_bed = pause_bed(conf_text(c, "pause.bed_temp")),
		.pause_hotend_timeout = conf_duration(c, "pause.hotend_timeout"),
		.pause_use_m600 = conf_bool(c, "pause.use_m600"),
		.resume_prime = conf_real(c, "resume.prime"),
		.cancel_quickstop = conf_bool(c, "cancel.quickstop"),
		.cancel_disable_steppers = conf_bool(c, "cancel.disable_steppers"),
		.extruder_min_temp = (double)conf_int(c, "extruder.min_temp"),
		.dead_man_sec = (int)conf_int(c, "serial.dead_man"),
		.stepper_timeout_sec = (int)conf_int(c, "serial.stepper_timeout"),
		.reset_after_stop = conf_bool(c, "serial.reset_after_estop"),
		.forward_m73 = conf_bool(c, "serial.forward_m73"),
		.open_wait = conf_duration(c, "serial.open_wait"),
		.probe_after = conf_duration(c, "serial.probe_after"),
		.suspect_after = conf_duration(c, "serial.suspect_after"),
		.alarm_after = conf_duration(c, "serial.alarm_after"),
		.reconnect_within = conf_duration(c, "serial.reconnect_within"),
	};
	memcpy(out->printer_id, row->id, sizeof out->printer_id);
	snprintf(out->name, sizeof out->name, "%.*s", (int)sizeof out->name - 1, row->name);
	fill_scripts(row, out);
}
