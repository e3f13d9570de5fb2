/* SPDX-License-Identifier: Apache-2.0 */
/* report - the long texts: boot banner, M115, M114 and the automatic reports (marlin.md §1). */
#include "sim/board.h"

#include <math.h>
#include <stdio.h>

static const double steps_per_mm[3] = { 80, 80, 400 };

struct edition {
	const char *version, *updated, *eeprom;
};

static const struct edition editions[] = {
	[SIM_MARLIN_20] = { "2.0.6.1", "2020-08-17", "V80" },
	[SIM_MARLIN_21] = { "2.1.2", "2022-12-10", "V87" },
	[SIM_MARLIN_BUGFIX] = { "bugfix-2.1.x", "2024-10-05", "V90" },
	[SIM_MARLIN_PLAIN] = { "2.1.2", "2022-12-10", "V87" },
};

void report_banner(struct sim *s)
{
	const struct edition *e = &editions[s->conf.dialect];

	serial_say(s, "start");
	serial_say(s, "PowerUp");
	serial_say(s, "Marlin %s", e->version);
	serial_say(s, "echo: Last Updated: %s | Author: (platen-sim)", e->updated);
	serial_say(s, "echo: Compiled: %s", e->updated);
	serial_say(s, "echo: Free Memory: 0  PlannerBufferBytes: 1472");
	if (!dialect_has_extras(s))
		return;
	serial_say(s, "echo:EEPROM version mismatch (EEPROM=? Marlin=%s)", e->eeprom);
	serial_action(s, "notification Err: EEPROM Version");
	serial_action(s, "notification Hardcoded Default Settings Loaded");
	serial_say(s, "echo:Hardcoded Default Settings Loaded");
	serial_action(s, "prompt_end");
}

/* Which boards say 1: always, only those with the extras, or by configuration. */
enum cap { CAP_NO, CAP_YES, CAP_EXTRA, CAP_CHAMBER, CAP_PROTECTED };

static const struct {
	const char *name;
	enum cap cap;
} caps[] = {
	{ "SERIAL_XON_XOFF", CAP_NO },
	{ "BINARY_FILE_TRANSFER", CAP_NO },
	{ "EEPROM", CAP_EXTRA },
	{ "VOLUMETRIC", CAP_YES },
	{ "AUTOREPORT_POS", CAP_EXTRA },
	{ "AUTOREPORT_TEMP", CAP_YES },
	{ "PROGRESS", CAP_NO },
	{ "PRINT_JOB", CAP_YES },
	{ "AUTOLEVEL", CAP_NO },
	{ "RUNOUT", CAP_NO },
	{ "Z_PROBE", CAP_NO },
	{ "LEVELING_DATA", CAP_NO },
	{ "BUILD_PERCENT", CAP_EXTRA },
	{ "SOFTWARE_POWER", CAP_NO },
	{ "TOGGLE_LIGHTS", CAP_NO },
	{ "CASE_LIGHT_BRIGHTNESS", CAP_NO },
	{ "EMERGENCY_PARSER", CAP_EXTRA },
	{ "HOST_ACTION_COMMANDS", CAP_EXTRA },
	{ "PROMPT_SUPPORT", CAP_EXTRA },
	{ "SDCARD", CAP_NO },
	{ "MULTI_VOLUME", CAP_NO },
	{ "REPEAT", CAP_NO },
	{ "SD_WRITE", CAP_NO },
	{ "AUTOREPORT_SD_STATUS", CAP_NO },
	{ "LONG_FILENAME", CAP_NO },
	{ "LFN_WRITE", CAP_NO },
	{ "CUSTOM_FIRMWARE_UPLOAD", CAP_NO },
	{ "EXTENDED_M20", CAP_NO },
	{ "THERMAL_PROTECTION", CAP_PROTECTED },
	{ "MOTION_MODES", CAP_NO },
	{ "ARCS", CAP_YES },
	{ "BABYSTEPPING", CAP_NO },
	{ "CHAMBER_TEMPERATURE", CAP_CHAMBER },
	{ "COOLER_TEMPERATURE", CAP_NO },
	{ "MEATPACK", CAP_NO },
	{ "CONFIG_EXPORT", CAP_NO },
};

static bool has_cap(const struct sim *s, enum cap cap)
{
	switch (cap) {
	case CAP_NO:
		return false;
	case CAP_YES:
		return true;
	case CAP_EXTRA:
		return dialect_has_extras(s);
	case CAP_CHAMBER:
		return s->conf.has_chamber;
	case CAP_PROTECTED:
		return !s->conf.unprotected;
	}
	return false;
}

void report_capabilities(struct sim *s)
{
	const struct edition *e = &editions[s->conf.dialect];

	serial_say(
	    s,
	    "FIRMWARE_NAME:Marlin %s (%s 12:00:00) "
	    "SOURCE_CODE_URL:https://github.com/MarlinFirmware/Marlin PROTOCOL_VERSION:1.0 "
	    "MACHINE_TYPE:SimRap 1.4 %sEXTRUDER_COUNT:%d UUID:cede2a2f-41a2-4748-9b12-c55c62f367ff",
	    e->version, e->updated, s->conf.dialect == SIM_MARLIN_20 ? "" : "KINEMATICS:Cartesian ",
	    s->conf.extruders);
	for (size_t i = 0; i < sizeof caps / sizeof *caps; i++)
		serial_say(s, "Cap:%s:%d", caps[i].name, has_cap(s, caps[i].cap));
	if (s->conf.dialect != SIM_MARLIN_20)
		serial_say(s,
			   "area:{full:{min:{x:0.00,y:0.00,z:0.00},max:{x:%d.00,y:%d.00,z:%d.00}},"
			   "work:{min:{x:0.00,y:0.00,z:0.00},max:{x:%d.00,y:%d.00,z:%d.00}}}",
			   AREA_X, AREA_Y, AREA_Z, AREA_X, AREA_Y, AREA_Z);
}

/* marlin.md §1: "2.0.6.1: same line with six decimals, X:149.999954": a float shows. */
void report_position(struct sim *s)
{
	const double *p = s->planner.pos;
	double unit = s->m.inches ? 25.4 : 1;
	int digits = s->conf.dialect == SIM_MARLIN_20 ? 6 : 2;
	float shown[AXES];

	for (int i = 0; i < AXES; i++)
		shown[i] = (float)(s->m.pos[i] / unit);
	serial_say(s, "X:%.*f Y:%.*f Z:%.*f E:%.*f Count X:%ld Y:%ld Z:%ld", digits,
		   (double)shown[0], digits, (double)shown[1], digits, (double)shown[2], digits,
		   (double)shown[3], lround(p[0] * steps_per_mm[0]), lround(p[1] * steps_per_mm[1]),
		   lround(p[2] * steps_per_mm[2]));
}

void report_auto(struct sim *s)
{
	char temps[200];

	if (s->t >= s->m.temp_at) {
		s->m.temp_at += s->m.temp_every;
		heater_report(s, temps, sizeof temps);
		serial_say(s, " %s", temps);
	}
	if (s->t >= s->m.pos_at) {
		s->m.pos_at += s->m.pos_every;
		report_position(s);
	}
}
