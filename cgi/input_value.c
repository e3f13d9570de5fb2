/* SPDX-License-Identifier: Apache-2.0 */
#include "cgi/input_value.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/utf8.h"
#include "base/uuid.h"

static void *place(const struct value_job *job)
{
	return job->out + job->field->offset;
}

static void complain(const struct value_job *job, const char *code, const char *message,
    const char *more)
{
	const struct issue issue = { code, job->field->name, message, more, false };

	issue_more(job->arena, job->issues, &issue);
}

static void wrong_type(const struct value_job *job, const struct raw_value *raw, const char *expected)
{
	const char *received = raw->json == NULL ? "string" : jval_type_name(jval_type(raw->json));

	complain(job, "invalid_type", arena_printf(job->arena, "Expected %s, received %s", expected,
	    received), arena_printf(job->arena, ",\"expected\":\"%s\",\"received\":\"%s\"", expected,
	    received));
}

static bool in_bounds(const struct value_job *job, double v, const char *unit)
{
	const struct field *f = job->field;
	struct arena *a = job->arena;
	bool above = (f->flags & FIELD_ABOVE_MIN) != 0;

	if (f->min == 0 && f->max == 0 && !above)
		return true;
	if (v < f->min || (above && v <= f->min)) {
		complain(job, "too_small", arena_printf(a, "must be %s %.10g%s", above ? "more than" :
		    "at least", f->min, unit), arena_printf(a, ",\"minimum\":%.17g,\"inclusive\":%s",
		    f->min, above ? "false" : "true"));
		return false;
	}
	if (f->max != 0 || f->min < 0) {
		if (v > f->max) {
			complain(job, "too_big", arena_printf(a, "must be at most %.10g%s", f->max, unit),
			    arena_printf(a, ",\"maximum\":%.17g,\"inclusive\":true", f->max));
			return false;
		}
	}
	return true;
}

static size_t characters(const char *text)
{
	size_t n = 0;

	for (; *text != '\0'; text++)
		n += ((unsigned char)*text & 0xc0) != 0x80;
	return n;
}

static bool clean(const char *text, unsigned flags)
{
	if ((flags & FIELD_RAW) != 0)
		return true;
	if ((flags & FIELD_LINES) == 0)
		return utf8_printable(text, strlen(text), true);
	for (; *text != '\0'; text++)
		if (((unsigned char)*text < 0x20 && strchr("\t\r\n", *text) == NULL) || *text == 0x7f)
			return false;
	return true;
}

static const char *trimmed(struct arena *a, const char *text)
{
	size_t len;

	text += strspn(text, " \t\r\n");
	len = strlen(text);
	while (len > 0 && strchr(" \t\r\n", text[len - 1]) != NULL)
		len--;
	return arena_strn(a, text, len);
}

static const char *text_of(const struct raw_value *raw)
{
	return raw->json == NULL ? raw->text : jval_text(raw->json, NULL);
}

static void read_text(const struct value_job *job, const struct raw_value *raw)
{
	const struct field *f = job->field;
	const char *text = text_of(raw);

	if (text == NULL) {
		wrong_type(job, raw, "string");
		return;
	}
	text = (f->flags & FIELD_TRIM) != 0 ? trimmed(job->arena, text) :
	    arena_str(job->arena, text);
	if (!in_bounds(job, (double)((f->flags & FIELD_BYTES) != 0 ? strlen(text) : characters(text)),
	        (f->flags & FIELD_BYTES) != 0 ? " bytes" : " characters"))
		return;
	if (!clean(text, f->flags))
		complain(job, "invalid_string", "must not contain control characters", "");
	else if (f->check != NULL && !f->check(text))
		complain(job, "invalid_string", f->rule, "");
	else
		*(const char **)place(job) = text;
}

static void read_id(const struct value_job *job, const struct raw_value *raw)
{
	const char *text = text_of(raw);
	char id[UUID_SIZE];

	if (text == NULL)
		wrong_type(job, raw, "string");
	else if (!uuid_canon(text, id))
		complain(job, "invalid_string", "must be a UUID", ",\"validation\":\"uuid\"");
	else
		*(const char **)place(job) = arena_str(job->arena, id);
}

/* The choice spelled as in the table, or NULL. */
static const char *choice(struct arena *a, const struct field *f, const char *text)
{
	for (const char *p = f->choices; *p != '\0';) {
		size_t len = strcspn(p, "|");
		bool same = strlen(text) == len &&
		    ((f->flags & FIELD_ANYCASE) != 0 ? strncasecmp(p, text, len) :
		                                       strncmp(p, text, len)) == 0;

		if (same)
			return arena_strn(a, p, len);
		p += len + (p[len] == '|');
	}
	return NULL;
}

static void read_enum(const struct value_job *job, const struct raw_value *raw)
{
	const char *text = text_of(raw), *found;
	struct buf options = BUF_INIT;

	if (text == NULL) {
		wrong_type(job, raw, "string");
		return;
	}
	found = choice(job->arena, job->field, text);
	if (found != NULL) {
		*(const char **)place(job) = found;
		return;
	}
	for (const char *p = job->field->choices; *p != '\0';) {
		size_t len = strcspn(p, "|");

		buf_text(&options, options.size == 0 ? "" : ",");
		json_quote(&options, p, len);
		p += len + (p[len] == '|');
	}
	complain(job, "invalid_enum_value", arena_printf(job->arena, "must be one of %s",
	    job->field->choices), arena_printf(job->arena, ",\"options\":[%s]", buf_str(&options)));
	buf_fini(&options);
}

/* Decimal text without blanks, hex, infinities. */
static bool number_text(const char *text, double *out)
{
	char *end;

	if (*text == '\0' || strlen(text) > 40 || text[strspn(text, "+-0123456789.eE")] != '\0')
		return false;
	errno = 0;
	*out = strtod(text, &end);
	return *end == '\0' && isfinite(*out);
}

static bool number_of(const struct raw_value *raw, double *out)
{
	if (raw->json == NULL)
		return number_text(raw->text, out);
	if (!jval_is_number(raw->json))
		return false;
	*out = jval_real(raw->json);
	return true;
}

static void read_int(const struct value_job *job, const struct raw_value *raw)
{
	struct in_int *out = place(job);
	double v;

	if (!number_of(raw, &v)) {
		wrong_type(job, raw, "number");
		return;
	}
	/* beyond 2^53 a double skips integers; nothing we count is that large */
	if (v != floor(v) || fabs(v) > 9007199254740992.0) {
		complain(job, "invalid_type", "must be a whole number",
		    ",\"expected\":\"integer\",\"received\":\"float\"");
		return;
	}
	if (in_bounds(job, v, ""))
		*out = (struct in_int){ true, (int64_t)v };
}

static void read_real(const struct value_job *job, const struct raw_value *raw)
{
	struct in_real *out = place(job);
	double v;

	if (!number_of(raw, &v))
		wrong_type(job, raw, "number");
	else if (in_bounds(job, v, ""))
		*out = (struct in_real){ true, v };
}

static void read_bool(const struct value_job *job, const struct raw_value *raw)
{
	struct in_bool *out = place(job);

	if (raw->json != NULL && jval_type(raw->json) == JSON_BOOL)
		*out = (struct in_bool){ true, jval_bool(raw->json) };
	else if (raw->json == NULL && strcmp(raw->text, "true") == 0)
		*out = (struct in_bool){ true, true };
	else if (raw->json == NULL && strcmp(raw->text, "on") == 0)
		*out = (struct in_bool){ true, true }; /* a checked box of a form */
	else if (raw->json == NULL && strcmp(raw->text, "false") == 0)
		*out = (struct in_bool){ true, false };
	else
		wrong_type(job, raw, "boolean");
}

static void read_texts(const struct value_job *job, const struct raw_value *raw)
{
	struct in_texts *out = place(job);
	size_t len = raw->json == NULL ? 1 : jval_len(raw->json);
	const char **list;

	if (raw->json != NULL && jval_type(raw->json) != JSON_LIST) {
		wrong_type(job, raw, "array");
		return;
	}
	if (!in_bounds(job, (double)len, " entries"))
		return;
	list = ARENA_ARRAY(job->arena, const char *, len + 1);
	for (size_t i = 0; i < len; i++) {
		list[i] = raw->json == NULL ? raw->text : jval_text(jval_at(raw->json, i), NULL);
		if (list[i] == NULL || !utf8_printable(list[i], strlen(list[i]), true) ||
		    (job->field->check != NULL && !job->field->check(list[i]))) {
			complain(job, list[i] == NULL ? "invalid_type" : "invalid_string",
			    job->field->rule != NULL ? job->field->rule : "entries must be text", "");
			return;
		}
	}
	*out = (struct in_texts){ true, len, list };
}

static void read_json(const struct value_job *job, const struct raw_value *raw)
{
	const struct field *f = job->field;
	enum jval_type got = jval_type(raw->json);

	if (raw->json == NULL || (f->type == F_OBJECT && got != JSON_OBJECT) ||
	    (f->type == F_LIST && got != JSON_LIST)) {
		wrong_type(job, raw, f->type == F_LIST ? "array" : "object");
		return;
	}
	if (f->type == F_LIST) {
		if (!in_bounds(job, (double)jval_len(raw->json), " entries"))
			return;
	} else if (f->max != 0 && !in_bounds(job, (double)strlen(jval_print(job->arena, raw->json)),
	        " bytes")) {
		return;
	}
	*(const struct jval **)place(job) = raw->json;
}

void input_value(const struct value_job *job, const struct raw_value *raw)
{
	switch (job->field->type) {
	case F_TEXT:
		read_text(job, raw);
		return;
	case F_ID:
		read_id(job, raw);
		return;
	case F_ENUM:
		read_enum(job, raw);
		return;
	case F_INT:
		read_int(job, raw);
		return;
	case F_REAL:
		read_real(job, raw);
		return;
	case F_BOOL:
		read_bool(job, raw);
		return;
	case F_TEXTS:
		read_texts(job, raw);
		return;
	case F_OBJECT:
	case F_LIST:
	case F_JSON:
		read_json(job, raw);
		return;
	}
}
