/* SPDX-License-Identifier: Apache-2.0 */
/* Examples: every value is the usual one of its name where that fits its type and limits, else one
 * made from the limits. */
#include <stdlib.h>
#include <string.h>

#include "cgi/openapi.h"

#define EXAMPLE_ID   "5c0c1f0e-0b1d-4a52-9d2e-3f1b1c2d3e4f"
#define EXAMPLE_TIME "2025-11-12T10:30:00.000Z"

static const struct usual {
	const char *name, *text; /* as JSON */
} usuals[] = {
	{ "axes", "\"all\"" },
	{ "axis", "\"X\"" },
	{ "baud_rate", "115200" },
	{ "bed", "60" },
	{ "bed_temp_current", "60.1" },
	{ "bed_temp_target", "60" },
	{ "brand", "\"Creality\"" },
	{ "camera_url", "\"http://camera.example/stream\"" },
	{ "chamber", "40" },
	{ "command", "\"G28\"" },
	{ "command_type", "\"home_all\"" },
	{ "cost", "1.25" },
	{ "currentLayer", "120" },
	{ "current_layer", "120" },
	{ "current_status", "\"printing\"" },
	{ "distance", "10" },
	{ "email", "\"ada@example.org\"" },
	{ "estimatedTime", "7530" },
	{ "fileName", "\"1762943400000-0123456789abcdef.gcode\"" },
	{ "filePath", "\"2025/11/1762943400000-0123456789abcdef.gcode\"" },
	{ "fileSize", "1830221" },
	{ "fileType", "\"GCODE\"" },
	{ "filamentUsage", "12.5" },
	{ "folder", "\"uploads\"" },
	{ "from", "\"2025-11-01\"" },
	{ "hotend", "210" },
	{ "ip_address", "\"192.0.2.17\"" },
	{ "layerHeight", "0.2" },
	{ "limit", "20" },
	{ "live_status", "\"printing\"" },
	{ "location", "\"Workshop\"" },
	{ "max_bed_temp", "110" },
	{ "max_build_volume_x", "220" },
	{ "max_build_volume_y", "220" },
	{ "max_build_volume_z", "250" },
	{ "max_nozzle_temp", "275" },
	{ "model", "\"Ender 3\"" },
	{ "month", "\"11\"" },
	{ "name", "\"Ender 3 left\"" },
	{ "notes", "\"For the spring fair\"" },
	{ "nozzle_temp_current", "209.8" },
	{ "nozzle_temp_target", "210" },
	{ "offset", "0" },
	{ "originalName", "\"phone_stand.gcode\"" },
	{ "page", "1" },
	{ "pages", "3" },
	{ "password", "\"correct horse battery\"" },
	{ "printerBackendUrl", "\"https://backend.example\"" },
	{ "printerIds", "[\"5c0c1f0e-0b1d-4a52-9d2e-3f1b1c2d3e4f\"]" },
	{ "priority", "\"normal\"" },
	{ "progress", "45.5" },
	{ "progress_percentage", "45.5" },
	{ "rawStatus", "\"printing\"" },
	{ "recipientId", "\"default-recipient\"" },
	{ "recipient_id", "\"default-recipient\"" },
	{ "refreshToken", "\"eyJhbGciOiJIUzI1NiJ9.e30.c2lnbmF0dXJl\"" },
	{ "accessToken", "\"eyJhbGciOiJIUzI1NiJ9.e30.c2lnbmF0dXJl\"" },
	{ "resolution", "\"1280x720\"" },
	{ "response", "\"ok\"" },
	{ "role", "\"OPERATOR\"" },
	{ "serial_device", "\"/dev/ttyUSB0\"" },
	{ "service", "\"PrintPro3D Backend\"" },
	{ "server", "\"PrintPro3D Backend\"" },
	{ "slug", "\"workshop\"" },
	{ "speed", "1200" },
	{ "state", "\"printing\"" },
	{ "status", "\"printing\"" },
	{ "supported_materials", "[\"PLA\",\"PETG\"]" },
	{ "to", "\"2025-11-30\"" },
	{ "total", "42" },
	{ "totalLayers", "250" },
	{ "total_layers", "250" },
	{ "type", "\"GCODE\"" },
	{ "url", "\"https://backend.example\"" },
	{ "username", "\"ada\"" },
	{ "version", "\"" PLATEN_VERSION "\"" },
	{ "year", "\"2025\"" },
};

static const char *usual(const char *name)
{
	for (size_t i = 0; name != NULL && i < sizeof usuals / sizeof *usuals; i++)
		if (strcmp(usuals[i].name, name) == 0)
			return usuals[i].text;
	return NULL;
}

static bool is_number(const char *json)
{
	return json != NULL && strchr("-0123456789", *json) != NULL;
}

static bool fits_number(const struct shape *s, const char *json)
{
	double v = is_number(json) ? strtod(json, NULL) : 0;

	if (!is_number(json) || (s->kind == SHAPE_INT && strchr(json, '.') != NULL))
		return false;
	return s->field == NULL || (v >= s->field->min && (s->field->max == 0 || v <= s->field->max));
}

static bool fits_text(struct openapi *o, const struct shape *s, const char *json)
{
	const struct field *f = s->field;
	double len;

	if (json == NULL || *json != '"')
		return false;
	len = (double)strlen(json) - 2;
	return f == NULL || (len >= f->min && (f->max == 0 || len <= f->max) &&
	    (f->check == NULL || f->check(arena_strn(o->arena, json + 1, strlen(json) - 2))));
}

/* "Text", as often as the least length asks for. */
static void some_text(struct openapi *o, const char *name, const struct shape *s)
{
	size_t least = s->field == NULL ? 0 : (size_t)s->field->min;
	size_t most = s->field == NULL ? 0 : (size_t)s->field->max;
	struct buf text = BUF_INIT;

	do
		buf_text(&text, "Text");
	while (text.size < least);
	sink_textn(o->sink, name, text.bytes, most != 0 && text.size > most ? most : text.size);
	buf_fini(&text);
}

static void text_example(struct openapi *o, const char *name, const struct shape *s)
{
	const char *json = usual(s->name);

	if (s->choices != NULL && s->field != NULL && s->field->fallback != NULL)
		sink_text(o->sink, name, s->field->fallback);
	else if (s->choices != NULL)
		sink_textn(o->sink, name, s->choices, strcspn(s->choices, "|"));
	else if (fits_text(o, s, json))
		sink_textn(o->sink, name, json + 1, strlen(json) - 2);
	else
		some_text(o, name, s);
}

static void number_example(struct openapi *o, const char *name, const struct shape *s)
{
	const struct field *f = s->field;
	const char *json = usual(s->name);

	if (fits_number(s, json))
		sink_number(o->sink, name, json);
	else if (f == NULL)
		sink_int(o->sink, name, 1);
	else if (f->fallback != NULL)
		sink_number(o->sink, name, f->fallback);
	else
		sink_real(o->sink, name, (f->flags & FIELD_ABOVE_MIN) != 0 ? f->min + 1 :
		    f->min > 1 || f->max == 0 ? f->min : f->max < 1 ? f->max : 1);
}

static void list_example(struct openapi *o, const char *name, const struct shape *s)
{
	const char *json = usual(s->name);

	if (json != NULL && *json == '[') {
		sink_json(o->sink, name, json, strlen(json));
		return;
	}
	sink_begin_list(o->sink, name);
	if (s->field == NULL || s->first->kind != SHAPE_ANY || s->field->min > 0)
		openapi_example(o, NULL, s->first);
	sink_end_list(o->sink);
}

static void any_example(struct openapi *o, const char *name, const struct shape *s)
{
	const char *json = usual(s->name);

	if (json != NULL && s->kind == SHAPE_ANY) {
		sink_json(o->sink, name, json, strlen(json));
		return;
	}
	sink_begin_object(o->sink, name);
	sink_end_object(o->sink);
}

void openapi_example_members(struct openapi *o, const struct shape *object)
{
	for (const struct shape *m = object->first; m != NULL; m = m->next) {
		if (m->spread)
			openapi_example_members(o, m->kind == SHAPE_VIEW ?
			    openapi_view(o, m->view) : m);
		else
			openapi_example(o, m->name, m);
	}
}

void openapi_example(struct openapi *o, const char *name, const struct shape *s)
{
	switch (s->kind) {
	case SHAPE_TEXT:
	case SHAPE_BYTES:
		text_example(o, name, s);
		return;
	case SHAPE_ID:
		sink_text(o->sink, name, EXAMPLE_ID);
		return;
	case SHAPE_TIME:
		sink_text(o->sink, name, EXAMPLE_TIME);
		return;
	case SHAPE_DATE:
		sink_text(o->sink, name, "2025-11-12");
		return;
	case SHAPE_INT:
	case SHAPE_REAL:
		number_example(o, name, s);
		return;
	case SHAPE_BOOL:
		sink_bool(o->sink, name, true);
		return;
	case SHAPE_MAP:
	case SHAPE_ANY:
		any_example(o, name, s);
		return;
	case SHAPE_LIST:
		list_example(o, name, s);
		return;
	case SHAPE_VIEW:
	case SHAPE_OBJECT:
		sink_begin_object(o->sink, name);
		openapi_example_members(o, s->kind == SHAPE_VIEW ? openapi_view(o, s->view) : s);
		sink_end_object(o->sink);
		return;
	}
}
