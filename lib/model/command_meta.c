/* SPDX-License-Identifier: Apache-2.0 */
#include "model/command_meta.h"

#include <string.h>

#include "base/utf8.h"
#include "base/uuid.h"

enum { LINES_MAX = 100, LINE_SIZE = 256 };

enum limit { NO_LIMIT, NOZZLE, BED, VOLUME_X, VOLUME_Y, VOLUME_Z };

/* One number: its names (the first that is there counts), its bounds, and which of the printer's
 * own bounds holds as well. */
static const struct rule {
	const char *types, *names;
	double low, high;
	bool required, whole;
	enum limit limit;
} rules[] = {
	{ "set_bed_temp", "target temperature bedTemp", 0, 120, true, false, BED },
	{ "set_nozzle_temp", "target temperature nozzleTemp", 0, 300, true, false, NOZZLE },
	{ "set_nozzle_temp", "tool", 0, 15, false, true, NO_LIMIT },
	{ "set_chamber_temp", "target temperature chamberTemp", 0, 80, true, false, NO_LIMIT },
	{ "set_temperatures", "hotend", 0, 300, false, false, NOZZLE },
	{ "set_temperatures", "bed", 0, 120, false, false, BED },
	{ "set_temperatures", "chamber", 0, 80, false, false, NO_LIMIT },
	{ "set_fan_speed", "percent speed target fanPercent", 0, 100, true, false, NO_LIMIT },
	{ "set_fan_speed", "fan", 0, 7, false, true, NO_LIMIT },
	{ "set_print_speed set_flow_rate", "percent speedPercent target", 10, 300, true, false,
	  NO_LIMIT },
	{ "load_filament unload_filament", "slot", 1, 64, false, true, NO_LIMIT },
	{ "load_filament unload_filament", "length", 0.1, 1000, false, false, NO_LIMIT },
	{ "load_filament unload_filament", "temperature", 0, 300, false, false, NOZZLE },
	{ "jog", "x", -200, 200, false, false, VOLUME_X },
	{ "jog", "y", -200, 200, false, false, VOLUME_Y },
	{ "jog", "z", -200, 200, false, false, VOLUME_Z },
	{ "jog", "e", -200, 200, false, false, NO_LIMIT },
	{ "extrude retract", "length", 0.1, 200, true, false, NO_LIMIT },
	{ "jog extrude retract", "feedrate", 1, 10000, false, false, NO_LIMIT },
	{ "calibrate_z_offset", "offset", -5, 5, true, false, NO_LIMIT },
};

static bool is_one_of(const char *word, const char *list)
{
	size_t len = strlen(word);

	for (const char *p = list; *p != '\0'; p += strcspn(p, " "), p += *p == ' ')
		if (strcspn(p, " ") == len && memcmp(p, word, len) == 0)
			return true;
	return false;
}

static enum errc bad(struct err *e, const char *name, const char *why)
{
	return err_field(e, E_INVALID, "metadata", "Invalid metadata: %s %s", name, why);
}

/* The first of the names that the object has. *name is cut out of the list. */
static const struct jval *first_of(const struct jval *meta, const char *names, char name[32])
{
	for (const char *p = names; *p != '\0'; p += strcspn(p, " "), p += *p == ' ') {
		size_t len = strcspn(p, " ");

		memcpy(name, p, len);
		name[len] = '\0';
		if (jval_has(meta, name))
			return jval_get(meta, name);
	}
	name[strcspn(names, " ")] = '\0';
	memcpy(name, names, strcspn(names, " "));
	return NULL;
}

static double bound_of(const struct command_bounds *b, enum limit limit)
{
	switch (limit) {
	case NO_LIMIT:
		return 0;
	case NOZZLE:
		return b->max_nozzle;
	case BED:
		return b->max_bed;
	case VOLUME_X:
		return b->volume[0];
	case VOLUME_Y:
		return b->volume[1];
	case VOLUME_Z:
		return b->volume[2];
	}
	return 0;
}

static enum errc within_printer(const struct rule *r, const struct jval *v, const char *name,
    const struct command_bounds *b, struct err *e)
{
	double most = bound_of(b, r->limit), value = jval_real(v);

	if (most <= 0 || (value <= most && value >= -most))
		return E_OK;
	return err_field(e, E_INVALID, "metadata",
	    "Invalid metadata: %s must be at most %g on this printer", name, most);
}

static enum errc check_number(const struct rule *r, const struct jval *meta,
    const struct command_bounds *b, struct err *e)
{
	char name[32];
	const struct jval *v = first_of(meta, r->names, name);

	if (!jval_has(meta, name))
		return r->required ? bad(e, name, "is required") : E_OK;
	if (!jval_is_number(v))
		return bad(e, name, "must be a number");
	if (r->whole && !jval_is_whole(v))
		return bad(e, name, "must be a whole number");
	if (jval_real(v) < r->low || jval_real(v) > r->high)
		return err_field(e, E_INVALID, "metadata",
		    "Invalid metadata: %s must be between %g and %g", name, r->low, r->high);
	return within_printer(r, v, name, b, e);
}

static bool line_ok(const struct jval *v)
{
	size_t len = 0;
	const char *text = jval_text(v, &len);

	return text != NULL && len > 0 && len <= LINE_SIZE && utf8_printable(text, len, true);
}

static enum errc check_gcode(const struct jval *meta, struct err *e)
{
	const struct jval *v = jval_get(meta, "gcode");
	size_t len = jval_type(v) == JSON_LIST ? jval_len(v) : 0;

	if (!jval_has(meta, "gcode"))
		return bad(e, "gcode", "is required");
	if (jval_type(v) != JSON_LIST)
		return line_ok(v) ? E_OK : bad(e, "gcode", "must be a printable line of 1 to 256 bytes");
	if (len < 1 || len > LINES_MAX)
		return bad(e, "gcode", "must have 1 to 100 lines");
	for (size_t i = 0; i < len; i++)
		if (!line_ok(jval_at(v, i)))
			return bad(e, "gcode", "must be printable lines of 1 to 256 bytes");
	return E_OK;
}

static enum errc check_axes(const struct jval *meta, struct err *e)
{
	const struct jval *v = jval_get(meta, "axes");
	const char *word = jval_text(v, NULL);
	bool ok = word != NULL && strcmp(word, "all") == 0;

	if (jval_type(v) == JSON_LIST && jval_len(v) > 0) {
		ok = true;
		for (size_t i = 0; i < jval_len(v); i++) {
			const char *axis = jval_text(jval_at(v, i), NULL);

			ok = ok && axis != NULL && strlen(axis) == 1 && strchr("XYZ", *axis) != NULL;
		}
	}
	return ok ? E_OK : bad(e, "axes", "must be \"all\" or a list of X, Y, Z");
}

static enum errc check_jog(const struct jval *meta, struct err *e)
{
	static const char *const axes[] = { "x", "y", "z", "e" };

	for (size_t i = 0; i < 4; i++)
		if (jval_has(meta, axes[i]))
			return E_OK;
	return bad(e, "x, y, z or e", "is required");
}

/* What is no number. */
static enum errc check_rest(const char *type, const struct jval *meta, struct err *e)
{
	char name[32];

	if (is_one_of(type, "set_bed_temp set_nozzle_temp set_chamber_temp") &&
	    jval_has(meta, "wait") && jval_type(jval_get(meta, "wait")) != JSON_BOOL)
		return bad(e, "wait", "must be true or false");
	if (strcmp(type, "start_print") == 0) {
		const char *job = jval_text(first_of(meta, "job_id jobId", name), NULL);

		return job != NULL && uuid_ok(job) ? E_OK : bad(e, name, "must be the id of a job");
	}
	if (strcmp(type, "custom_gcode") == 0)
		return check_gcode(meta, e);
	if (strcmp(type, "home_axes") == 0)
		return check_axes(meta, e);
	return strcmp(type, "jog") == 0 ? check_jog(meta, e) : E_OK;
}

enum errc command_meta_check(const char *type, const struct jval *metadata,
    const struct command_bounds *b, struct err *e)
{
	enum errc rc = E_OK;

	for (size_t i = 0; rc == E_OK && i < sizeof rules / sizeof *rules; i++)
		if (is_one_of(type, rules[i].types))
			rc = check_number(&rules[i], metadata, b, e);
	return rc == E_OK ? check_rest(type, metadata, e) : rc;
}

enum errc command_meta_bounds(const char *type, const struct jval *metadata,
    const struct command_bounds *b, struct err *e)
{
	char name[32];

	for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
		const struct jval *v = NULL;
		enum errc rc;

		if (rules[i].limit == NO_LIMIT || !is_one_of(type, rules[i].types))
			continue;
		v = first_of(metadata, rules[i].names, name);
		if (!jval_is_number(v))
			continue;
		rc = within_printer(&rules[i], v, name, b, e);
		if (rc != E_OK)
			return rc;
	}
	return E_OK;
}
