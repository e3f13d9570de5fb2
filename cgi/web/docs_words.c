/* SPDX-License-Identifier: Apache-2.0 */
#include "cgi/web/docs_words.h"

#include <string.h>

const char *docs_kind(struct arena *a, const struct shape *s)
{
	static const char *const words[] = {
		[SHAPE_TEXT] = "text", [SHAPE_ID] = "UUID", [SHAPE_TIME] = "time", [SHAPE_DATE] = "date",
		[SHAPE_INT] = "whole number", [SHAPE_REAL] = "number", [SHAPE_BOOL] = "true or false",
		[SHAPE_MAP] = "object", [SHAPE_ANY] = "any JSON", [SHAPE_BYTES] = "file",
		[SHAPE_VIEW] = "object", [SHAPE_LIST] = "list", [SHAPE_OBJECT] = "object",
	};

	return s->nullable ? arena_printf(a, "%s or null", words[s->kind]) : words[s->kind];
}

static const char *unit_of(const struct field *f)
{
	switch (f->type) {
	case F_TEXT:
		return (f->flags & FIELD_BYTES) != 0 ? " bytes" : " characters";
	case F_TEXTS:
	case F_LIST:
		return " entries";
	case F_OBJECT:
	case F_JSON:
		return " bytes of JSON";
	case F_ID:
	case F_ENUM:
	case F_INT:
	case F_REAL:
	case F_BOOL:
		break;
	}
	return "";
}

static void say_choices(struct buf *out, const char *choices)
{
	for (const char *p = choices; *p != '\0'; p++) {
		if (*p == '|')
			buf_text(out, ", ");
		else
			buf_char(out, *p);
	}
}

static void say_bounds(struct buf *out, const struct field *f)
{
	bool above = (f->flags & FIELD_ABOVE_MIN) != 0;

	if (f->min == 0 && f->max == 0 && !above)
		return;
	if (above)
		buf_printf(out, "more than %g, at most %.10g%s", f->min, f->max, unit_of(f));
	else if (f->max == 0 && f->min > 0)
		buf_printf(out, "at least %g%s", f->min, unit_of(f));
	else if (f->min == 0 && f->type != F_INT && f->type != F_REAL)
		buf_printf(out, "at most %.10g%s", f->max, unit_of(f));
	else
		buf_printf(out, "%g to %.10g%s", f->min, f->max, unit_of(f));
}

const char *docs_limits(struct arena *a, const struct shape *s)
{
	struct buf out = BUF_INIT;
	const char *text;

	if (s->choices != NULL)
		say_choices(&out, s->choices);
	else if (s->field != NULL)
		say_bounds(&out, s->field);
	if (s->field != NULL && s->field->rule != NULL)
		buf_printf(&out, "%s%s", out.size > 0 ? "; " : "", s->field->rule);
	if (s->field != NULL && s->field->fallback != NULL)
		buf_printf(&out, "%swithout it %s", out.size > 0 ? "; " : "", s->field->fallback);
	text = arena_str(a, buf_str(&out));
	buf_fini(&out);
	return text;
}

struct lines {
	struct buf out;
	int depth;
	bool in_text, escaped;
};

static void new_line(struct lines *l)
{
	buf_printf(&l->out, "\n%*s", 2 * l->depth, "");
}

/* One character outside of texts. */
static void structure(struct lines *l, const char *p)
{
	bool is_empty = p[1] == '}' || p[1] == ']';

	switch (*p) {
	case '{':
	case '[':
		buf_char(&l->out, *p);
		l->depth++;
		if (!is_empty)
			new_line(l);
		return;
	case '}':
	case ']':
		l->depth--;
		if (p[-1] != '{' && p[-1] != '[')
			new_line(l);
		buf_char(&l->out, *p);
		return;
	case ',':
		buf_char(&l->out, *p);
		new_line(l);
		return;
	case ':':
		buf_text(&l->out, ": ");
		return;
	default:
		buf_char(&l->out, *p);
	}
}

const char *docs_json(struct arena *a, const char *compact)
{
	struct lines l = { .out = BUF_INIT };
	const char *text;

	for (const char *p = compact; *p != '\0'; p++) {
		if (!l.in_text) {
			structure(&l, p);
			l.in_text = *p == '"';
			continue;
		}
		buf_char(&l.out, *p);
		l.in_text = *p != '"' || l.escaped;
		l.escaped = *p == '\\' && !l.escaped;
	}
	text = arena_str(a, buf_str(&l.out));
	buf_fini(&l.out);
	return text;
}
