/* SPDX-License-Identifier: Apache-2.0 */
/* Shapes as OpenAPI schemas. */
#include <ctype.h>
#include <string.h>

#include "cgi/openapi.h"

const char *openapi_view_name(struct arena *a, const char *view)
{
	char *name = arena_alloc(a, strlen(view) + 4);
	bool row = strncmp(view, "p_", 2) == 0, upper = true;
	size_t len = 0;

	if (row || strncmp(view, "l_", 2) == 0)
		view += 2;
	for (; *view != '\0'; view++) {
		if (*view == '_') {
			upper = true;
			continue;
		}
		name[len++] = upper ? (char)toupper((unsigned char)*view) : *view;
		upper = false;
	}
	if (row)
		memcpy(name + len, "Row", 3);
	return name;
}

static void use_view(struct openapi *o, const char *view)
{
	for (int i = 0; i < o->views_len; i++)
		if (strcmp(o->views[i], view) == 0)
			return;
	if (o->views_len < OPENAPI_MAX_VIEWS)
		o->views[o->views_len++] = view;
	else
		err_set(&o->err, E_LIMIT, "The document uses too many views");
}

const struct shape *openapi_view(struct openapi *o, const char *view)
{
	struct shape *s;
	struct err e;

	if (shape_of_view(o->arena, o->columns, view, &s, &e) != E_OK) {
		o->err = e;
		return shape_new(o->arena, SHAPE_OBJECT, NULL);
	}
	return s;
}

static void reference(struct openapi *o, const char *view)
{
	use_view(o, view);
	sink_text(o->sink, "$ref", arena_printf(o->arena, "#/components/schemas/%s",
	    openapi_view_name(o->arena, view)));
}

static void view_schema(struct openapi *o, const struct shape *s)
{
	if (!s->nullable) {
		reference(o, s->view);
		return;
	}
	/* OpenAPI 3.0 ignores what stands beside a reference */
	sink_bool(o->sink, "nullable", true);
	sink_begin_list(o->sink, "allOf");
	sink_begin_object(o->sink, NULL);
	reference(o, s->view);
	sink_end_object(o->sink);
	sink_end_list(o->sink);
}

void openapi_properties(struct openapi *o, const struct shape *object)
{
	for (const struct shape *m = object->first; m != NULL; m = m->next) {
		if (m->spread)
			openapi_properties(o, m->kind == SHAPE_VIEW ? openapi_view(o, m->view) : m);
		else
			openapi_schema(o, m->name, m);
	}
}

static void required_names(struct openapi *o, const struct shape *object)
{
	for (const struct shape *m = object->first; m != NULL; m = m->next) {
		if (m->spread)
			required_names(o, m->kind == SHAPE_VIEW ? openapi_view(o, m->view) : m);
		else if (!m->optional)
			sink_text(o->sink, NULL, m->name);
	}
}

static bool some_required(const struct shape *object)
{
	for (const struct shape *m = object->first; m != NULL; m = m->next)
		if (m->spread || !m->optional)
			return true;
	return false;
}

static void object_schema(struct openapi *o, const struct shape *s)
{
	sink_text(o->sink, "type", "object");
	sink_begin_object(o->sink, "properties");
	openapi_properties(o, s);
	sink_end_object(o->sink);
	if (!some_required(s))
		return;
	sink_begin_list(o->sink, "required");
	required_names(o, s);
	sink_end_list(o->sink);
}

void openapi_component(struct openapi *o, const char *view)
{
	sink_begin_object(o->sink, openapi_view_name(o->arena, view));
	object_schema(o, openapi_view(o, view));
	sink_end_object(o->sink);
}

static void choices(struct sink *s, const char *list, bool nullable)
{
	sink_begin_list(s, "enum");
	for (const char *p = list; *p != '\0';) {
		size_t len = strcspn(p, "|");

		sink_textn(s, NULL, p, len);
		p += len + (p[len] == '|');
	}
	if (nullable)
		sink_null(s, NULL);
	sink_end_list(s);
}

/* Bounds as input_value.c reads them: both 0 means none, a maximum of 0 none above. */
static void bounds(struct sink *s, const struct field *f, const char *least, const char *most)
{
	bool above = (f->flags & FIELD_ABOVE_MIN) != 0;

	if (f->min == 0 && f->max == 0 && !above)
		return;
	if (f->type == F_INT || f->type == F_REAL || f->min > 0)
		sink_real(s, least, f->min);
	if (above)
		sink_bool(s, "exclusiveMinimum", true);
	if (f->max != 0 || f->min < 0)
		sink_real(s, most, f->max);
}

static void limits(struct openapi *o, const struct field *f)
{
	struct sink *s = o->sink;

	switch (f->type) {
	case F_TEXT:
		if ((f->flags & FIELD_BYTES) == 0)
			bounds(s, f, "minLength", "maxLength");
		break;
	case F_INT:
	case F_REAL:
		bounds(s, f, "minimum", "maximum");
		break;
	case F_TEXTS:
	case F_LIST:
		bounds(s, f, "minItems", "maxItems");
		break;
	case F_ID:
	case F_ENUM:
	case F_BOOL:
	case F_OBJECT:
	case F_JSON:
		break;
	}
}

/* What a schema language cannot say is said in words. */
static void description(struct openapi *o, const struct field *f)
{
	struct buf text = BUF_INIT;

	if ((f->flags & FIELD_BYTES) != 0)
		buf_printf(&text, "%g to %g bytes. ", f->min, f->max);
	else if ((f->type == F_OBJECT || f->type == F_JSON) && f->max != 0)
		buf_printf(&text, "At most %g bytes of JSON. ", f->max);
	if ((f->flags & FIELD_ANYCASE) != 0)
		buf_text(&text, "In any case of letters. ");
	if (f->rule != NULL)
		buf_printf(&text, "%c%s. ", toupper((unsigned char)f->rule[0]), f->rule + 1);
	if (text.size > 1)
		sink_textn(o->sink, "description", text.bytes, text.size - 1);
	buf_fini(&text);
}

static void fallback(struct sink *s, const struct field *f)
{
	if (f->type == F_INT || f->type == F_REAL || f->type == F_BOOL)
		sink_number(s, "default", f->fallback);
	else if (f->type == F_TEXT || f->type == F_ENUM)
		sink_text(s, "default", f->fallback);
}

static void basic_type(struct sink *s, enum shape_kind kind)
{
	static const struct {
		const char *type, *format;
	} words[] = {
		[SHAPE_TEXT] = { "string", NULL }, [SHAPE_ID] = { "string", "uuid" },
		[SHAPE_TIME] = { "string", "date-time" }, [SHAPE_DATE] = { "string", "date" },
		[SHAPE_INT] = { "integer", NULL }, [SHAPE_REAL] = { "number", NULL },
		[SHAPE_BOOL] = { "boolean", NULL }, [SHAPE_MAP] = { "object", NULL },
		[SHAPE_ANY] = { NULL, NULL }, [SHAPE_BYTES] = { "string", "binary" },
		[SHAPE_VIEW] = { NULL, NULL }, [SHAPE_LIST] = { "array", NULL },
		[SHAPE_OBJECT] = { "object", NULL },
	};

	if (words[kind].type != NULL)
		sink_text(s, "type", words[kind].type);
	if (words[kind].format != NULL)
		sink_text(s, "format", words[kind].format);
}

static void plain_schema(struct openapi *o, const struct shape *s)
{
	basic_type(o->sink, s->kind);
	if (s->kind == SHAPE_MAP)
		sink_bool(o->sink, "additionalProperties", true);
	if (s->kind == SHAPE_LIST)
		openapi_schema(o, "items", s->first);
	if (s->choices != NULL)
		choices(o->sink, s->choices, s->nullable);
	if (s->field == NULL)
		return;
	limits(o, s->field);
	description(o, s->field);
	if (s->field->fallback != NULL)
		fallback(o->sink, s->field);
}

void openapi_schema(struct openapi *o, const char *name, const struct shape *s)
{
	sink_begin_object(o->sink, name);
	if (s->kind == SHAPE_VIEW) {
		view_schema(o, s);
	} else {
		if (s->kind == SHAPE_OBJECT)
			object_schema(o, s);
		else
			plain_schema(o, s);
		if (s->nullable && s->kind != SHAPE_ANY)
			sink_bool(o->sink, "nullable", true);
	}
	sink_end_object(o->sink);
}
