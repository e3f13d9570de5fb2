/* SPDX-License-Identifier: Apache-2.0 */
#include "spooler/translate.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/utf8.h"

enum { LINES_MAX = 100, LINE_MAX_SIZE = 256 };

struct job {
	struct arena *a;
	const char *type;
	const struct jval *meta;
	const struct translate_limits *limits;
	struct translation *out;
	struct err *e;
};

static const struct jval *first_of(const struct jval *meta, const char *const *names)
{
	for (; *names != NULL; names++)
		if (jval_has(meta, *names))
			return jval_get(meta, *names);
	return NULL;
}

static enum errc number(struct job *j, const char *const *names, double low, double high,
    double *out)
{
	const struct jval *v = first_of(j->meta, names);

	if (!jval_is_number(v))
		return err_field(j->e, E_INVALID, names[0], "%s must be a number", names[0]);
	*out = jval_real(v);
	if (*out < low || *out > high)
		return err_field(j->e, E_INVALID, names[0], "%s must be between %g and %g", names[0], low,
		    high);
	return E_OK;
}

static enum errc optional(struct job *j, const char *name, double low, double high, double *out)
{
	const char *const names[] = { name, NULL };

	return jval_has(j->meta, name) ? number(j, names, low, high, out) : E_OK;
}

static const char *decimal(struct job *j, double value)
{
	char text[40];
	size_t len;

	snprintf(text, sizeof text, "%.3f", value);
	len = strlen(text);
	while (text[len - 1] == '0')
		text[--len] = '\0';
	if (text[len - 1] == '.')
		text[--len] = '\0';
	return arena_str(j->a, text);
}

static enum errc lines(struct job *j, const char *text)
{
	j->out->command.action = BAY_GCODE;
	j->out->command.lines = text;
	return E_OK;
}

/* ---- one function for each family of commands ---- */

static enum errc set_temperature(struct job *j)
{
	static const char *const names[][4] = {
		{ "target", "temperature", "bedTemp", NULL },
		{ "target", "temperature", "nozzleTemp", NULL },
		{ "target", "temperature", "chamberTemp", NULL },
	};
	static const double most[] = { 120, 300, 80 };
	static const char *const codes[][2] = { { "M140", "M190" }, { "M104", "M109" },
		{ "M141", "M191" } };
	int which = strstr(j->type, "bed") != NULL ? 0 : strstr(j->type, "nozzle") != NULL ? 1 : 2;
	double target, tool = -1;
	enum errc rc = number(j, names[which], 0, most[which], &target);

	if (rc == E_OK && which == 1)
		rc = optional(j, "tool", 0, 15, &tool);
	if (rc != E_OK)
		return rc;
	return lines(j, arena_printf(j->a, "%s%s%s S%s",
	    codes[which][jval_bool(jval_get(j->meta, "wait"))], tool < 0 ? "" : " T",
	    tool < 0 ? "" : decimal(j, tool), decimal(j, target)));
}

static enum errc set_temperatures(struct job *j)
{
	static const struct {
		const char *name, *code;
		double most;
	} heaters[] = { { "hotend", "M104", 300 }, { "bed", "M140", 120 }, { "chamber", "M141", 80 } };
	const char *text = "";

	for (size_t i = 0; i < sizeof heaters / sizeof *heaters; i++) {
		double target = NAN;
		enum errc rc = optional(j, heaters[i].name, 0, heaters[i].most, &target);

		if (rc != E_OK)
			return rc;
		if (!isnan(target))
			text = arena_printf(j->a, "%s%s%s S%s", text, *text == '\0' ? "" : "\n",
			    heaters[i].code, decimal(j, target));
	}
	return lines(j, text);
}

static enum errc home(struct job *j)
{
	const struct jval *axes = jval_get(j->meta, "axes");
	char text[16] = "G28";

	if (strcmp(j->type, "home_x") == 0 || strcmp(j->type, "home_y") == 0 ||
	    strcmp(j->type, "home_z") == 0)
		return lines(j, arena_printf(j->a, "G28 %c", j->type[5] - 'a' + 'A'));
	for (const char *axis = "XYZ"; jval_type(axes) == JSON_LIST && *axis != '\0'; axis++)
		for (size_t i = 0; i < jval_len(axes); i++) {
			const char *name = jval_text(jval_at(axes, i), NULL);

			if (name != NULL && (name[0] & ~0x20) == *axis && name[1] == '\0') {
				size_t len = strlen(text);

				snprintf(text + len, sizeof text - len, " %c", *axis);
				break;
			}
		}
	return lines(j, arena_str(j->a, text));
}

static enum errc set_fan(struct job *j)
{
	static const char *const names[] = { "percent", "speed", "target", "fanPercent", NULL };
	double percent, fan = -1;
	enum errc rc = number(j, names, 0, 100, &percent);
	const char *which;

	if (rc == E_OK)
		rc = optional(j, "fan", 0, 7, &fan);
	if (rc != E_OK)
		return rc;
	which = fan < 0 ? "" : arena_printf(j->a, " P%d", (int)fan);
	if (percent <= 0)
		return lines(j, arena_printf(j->a, "M107%s", which));
	return lines(j, arena_printf(j->a, "M106%s S%d", which, (int)lround(percent * 255 / 100)));
}

static enum errc set_rate(struct job *j)
{
	static const char *const names[] = { "percent", "speedPercent", "target", NULL };
	double percent;
	enum errc rc = number(j, names, 10, 300, &percent);

	return rc != E_OK ? rc : lines(j, arena_printf(j->a, "%s S%d",
	    strcmp(j->type, "set_print_speed") == 0 ? "M220" : "M221", (int)lround(percent)));
}

static enum errc warm_enough(struct job *j)
{
	if (j->limits->hotend >= j->limits->min_temp)
		return E_OK;
	return err_set(j->e, E_STATE, "The hotend is below %g degrees", j->limits->min_temp);
}

static enum errc filament(struct job *j)
{
	enum errc rc = warm_enough(j);

	return rc != E_OK ? rc : lines(j, strcmp(j->type, "load_filament") == 0 ? "M701" : "M702");
}

/* What follows a relative move, so that the modes are what they were (contract L-09). G90 and G91
 * speak for the extruder too. */
static const char *extrusion_as_before(const struct job *j)
{
	return j->limits->e_relative ? "" : "\nM82";
}

static const char *modes_as_before(const struct job *j)
{
	if (j->limits->relative)
		return j->limits->e_relative ? "" : "\nM82";
	return j->limits->e_relative ? "\nG90\nM83" : "\nG90";
}

static enum errc extrude(struct job *j)
{
	static const char *const names[] = { "length", NULL };
	double length, feedrate = 300;
	enum errc rc = number(j, names, 0.1, 200, &length);

	if (rc == E_OK)
		rc = optional(j, "feedrate", 1, 10000, &feedrate);
	if (rc == E_OK)
		rc = warm_enough(j);
	if (rc != E_OK)
		return rc;
	return lines(j, arena_printf(j->a, "M83\nG1 E%s%s F%s%s",
	    strcmp(j->type, "retract") == 0 ? "-" : "", decimal(j, length), decimal(j, feedrate),
	    extrusion_as_before(j)));
}

static enum errc jog(struct job *j)
{
	static const char *const axes[] = { "x", "y", "z", "e" };
	const char *moves = "", *extrusion = "";
	double feedrate = 3000;
	enum errc rc = optional(j, "feedrate", 1, 10000, &feedrate);
	bool given = false;

	for (int i = 0; rc == E_OK && i < 4; i++) {
		double by = 0;

		given = given || jval_has(j->meta, axes[i]);
		rc = optional(j, axes[i], -200, 200, &by);
		if (rc != E_OK || by == 0)
			continue;
		if (i == 3)
			extrusion = arena_printf(j->a, " E%s", decimal(j, by));
		else
			moves = arena_printf(j->a, "%s %c%s", moves, "XYZ"[i], decimal(j, by));
	}
	if (rc != E_OK)
		return rc;
	if (*moves == '\0' && *extrusion == '\0' && given)
		return lines(j, ""); /* a move by nothing is done already */
	if (!given)
		return err_set(j->e, E_INVALID, "At least one of x, y, z, e is required");
	if (*extrusion != '\0' && (rc = warm_enough(j)) != E_OK)
		return rc;
	if (*moves == '\0')
		return lines(j, arena_printf(j->a, "M83\nG1%s F%s%s", extrusion, decimal(j, feedrate),
		    extrusion_as_before(j)));
	return lines(j, arena_printf(j->a, "G91\n%sG1%s%s F%s%s%s", *extrusion == '\0' ? "" : "M83\n",
	    moves, extrusion, decimal(j, feedrate), *extrusion == '\0' ? "" : extrusion_as_before(j),
	    modes_as_before(j)));
}

static enum errc one_line(struct job *j, const struct jval *v, struct buf *out)
{
	size_t len = 0;
	const char *text = jval_text(v, &len);

	if (text == NULL || len == 0 || len > LINE_MAX_SIZE || !utf8_printable(text, len, true))
		return err_field(j->e, E_INVALID, "gcode", "gcode must be printable lines of up to %d bytes",
		    LINE_MAX_SIZE);
	if (out->size > 0)
		buf_char(out, '\n');
	buf_append(out, text, len);
	return E_OK;
}

static bool is_code(const char *text, const char *code)
{
	size_t len = strlen(code);

	text += strspn(text, " \t");
	return strncasecmp(text, code, len) == 0 && strchr(" \t*;", text[len]) != NULL;
}

static enum errc custom(struct job *j)
{
	const struct jval *v = jval_get(j->meta, "gcode");
	struct buf text = BUF_INIT;
	enum errc rc = E_OK;

	if (jval_type(v) == JSON_LIST && jval_len(v) > LINES_MAX)
		return err_field(j->e, E_INVALID, "gcode", "gcode has more than %d lines", LINES_MAX);
	if (jval_type(v) != JSON_LIST)
		rc = one_line(j, v, &text);
	for (size_t i = 0; rc == E_OK && jval_type(v) == JSON_LIST && i < jval_len(v); i++)
		rc = one_line(j, jval_at(v, i), &text);
	if (rc == E_OK)
		rc = lines(j, arena_str(j->a, buf_str(&text)));
	buf_fini(&text);
	if (rc != E_OK)
		return rc;
	if (is_code(j->out->command.lines, "M112"))
		j->out->what = TRANSLATED_STOP;
	j->out->command.out_of_band = is_code(j->out->command.lines, "M108") ||
	    is_code(j->out->command.lines, "M410");
	return E_OK;
}

static enum errc calibrate(struct job *j)
{
	static const char *const names[] = { "offset", NULL };
	double offset;
	enum errc rc;

	if (strcmp(j->type, "calibrate_bed") == 0)
		return lines(j, "G29");
	rc = number(j, names, -5, 5, &offset);
	return rc != E_OK ? rc : lines(j, arena_printf(j->a, "M851 Z%s", decimal(j, offset)));
}

static enum errc light(struct job *j)
{
	return lines(j, strcmp(j->type, "light_on") == 0 ? "M355 S1" : "M355 S0");
}

static enum errc job_action(struct job *j)
{
	static const char *const names[] = { "job_id", "jobId", NULL };

	if (strcmp(j->type, "pause_print") == 0) {
		j->out->command.action = BAY_PAUSE;
	} else if (strcmp(j->type, "resume_print") == 0) {
		j->out->command.action = BAY_RESUME;
		j->out->command.confirm = jval_bool(jval_get(j->meta, "confirm"));
	} else if (strcmp(j->type, "emergency_stop") == 0) {
		j->out->what = TRANSLATED_STOP;
	} else if (strcmp(j->type, "start_print") == 0) {
		j->out->what = TRANSLATED_START;
		j->out->job = jval_text(first_of(j->meta, names), NULL);
		if (j->out->job == NULL || !uuid_ok(j->out->job))
			return err_field(j->e, E_INVALID, "job_id", "job_id must be a job");
	} else {
		j->out->command.action = BAY_CANCEL;
	}
	return E_OK;
}

static const struct {
	const char *type;
	enum errc (*make)(struct job *j);
} types[] = {
	{ "start_print", job_action }, { "pause_print", job_action }, { "resume_print", job_action },
	{ "stop_print", job_action }, { "cancel_print", job_action }, { "emergency_stop", job_action },
	{ "set_bed_temp", set_temperature }, { "set_nozzle_temp", set_temperature },
	{ "set_chamber_temp", set_temperature }, { "set_temperatures", set_temperatures },
	{ "home_all", home }, { "home_x", home }, { "home_y", home }, { "home_z", home },
	{ "home_axes", home }, { "set_fan_speed", set_fan }, { "set_print_speed", set_rate },
	{ "set_flow_rate", set_rate }, { "light_on", light }, { "light_off", light },
	{ "load_filament", filament }, { "unload_filament", filament }, { "custom_gcode", custom },
	{ "jog", jog }, { "extrude", extrude }, { "retract", extrude }, { "calibrate_bed", calibrate },
	{ "calibrate_z_offset", calibrate },
};

enum errc translate(struct arena *a, const char *type, const struct jval *metadata,
    const struct translate_limits *limits, struct translation *out, struct err *e)
{
	struct job j = { .a = a, .type = type, .meta = metadata, .limits = limits, .out = out, .e = e };

	*out = (struct translation){ .what = TRANSLATED_BAY };
	for (size_t i = 0; i < sizeof types / sizeof *types; i++)
		if (strcmp(types[i].type, type) == 0)
			return types[i].make(&j);
	return err_set(e, E_INVALID, "This printer has no command %s", type);
}
