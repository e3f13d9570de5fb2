/* SPDX-License-Identifier: Apache-2.0 */
#include "cgi/input.h"

#include <string.h>

#include "cgi/input_value.h"

void issue_more(struct arena *a, struct issues *issues, const struct issue *issue)
{
	if (issues->len == INPUT_MAX_ISSUES)
		return;
	issues->at[issues->len] = *issue;
	issues->at[issues->len].message = arena_str(a, issue->message);
	issues->len++;
}

void issue_add(struct arena *a, struct issues *issues, const char *code, const char *path,
    const char *message)
{
	const struct issue issue = { code, path, message, "", false };

	issue_more(a, issues, &issue);
}

struct found {
	bool present;
	const char *wrong;    /* path of a step that is there but is no object, or NULL */
	const char *received; /* what it is instead */
};

/* Walks "a.b.c" down an object. */
static const struct jval *find_nested(struct arena *a, const struct jval *body, const char *name,
    struct found *out)
{
	const struct jval *v = body;

	*out = (struct found){ false, NULL, NULL };
	for (const char *p = name;;) {
		size_t len = strcspn(p, ".");
		const char *step = arena_strn(a, p, len);

		if (v == NULL || jval_type(v) != JSON_OBJECT) {
			if (v != NULL && jval_type(v) != JSON_NULL) {
				out->wrong = arena_strn(a, name, p == name ? 0 : (size_t)(p - name - 1));
				out->received = jval_type_name(jval_type(v));
			}
			return NULL;
		}
		out->present = jval_has(v, step);
		v = jval_get(v, step);
		if (p[len] == '\0')
			return v;
		if (!out->present)
			return NULL;
		out->present = false;
		p += len + 1;
	}
}

/* `received`: "undefined", or "null" where null stands for a value that is required. */
static void missing(const struct value_job *job, const char *received)
{
	static const char *const words[] = { [F_TEXT] = "string", [F_ID] = "string",
		[F_ENUM] = "string", [F_INT] = "number", [F_REAL] = "number", [F_BOOL] = "boolean",
		[F_TEXTS] = "array", [F_OBJECT] = "object", [F_LIST] = "array", [F_JSON] = "any" };
	const struct issue issue = { "invalid_type", job->field->name, "Required",
		arena_printf(job->arena, ",\"expected\":\"%s\",\"received\":\"%s\"",
		    words[job->field->type], received), true };

	if ((job->field->flags & FIELD_REQUIRED) != 0)
		issue_more(job->arena, job->issues, &issue);
	else if (job->field->fallback != NULL)
		input_value(job, &(struct raw_value){ NULL, job->field->fallback });
}

static void from_pairs(const struct value_job *job, const struct pairs *pairs, bool is_query)
{
	const char *name = job->field->name, *value = NULL;

	for (int i = 0; pairs != NULL && i < pairs->len; i++) {
		if (strcmp(pairs->at[i].name, name) != 0)
			continue;
		if (value != NULL) {
			issue_add(job->arena, job->issues, "custom", name, "is given twice");
			return;
		}
		value = pairs->at[i].value;
	}
	/* an empty parameter is an absent one, unless a form gives text: that may be meant to be empty */
	if (value == NULL || (*value == '\0' && (is_query || job->field->type != F_TEXT ||
	                                            (job->field->flags & FIELD_REQUIRED) != 0)))
		missing(job, "undefined");
	else
		input_value(job, &(struct raw_value){ NULL, value });
}

/* The group around fields is no object: said once, however many fields it has. */
static void wrong_group(const struct value_job *job, const struct found *found)
{
	const struct issue issue = { "invalid_type", found->wrong,
		arena_printf(job->arena, "Expected object, received %s", found->received),
		arena_printf(job->arena, ",\"expected\":\"object\",\"received\":\"%s\"",
		    found->received), false };

	for (int i = 0; i < job->issues->len; i++)
		if (strcmp(job->issues->at[i].path, found->wrong) == 0)
			return;
	issue_more(job->arena, job->issues, &issue);
}

static void from_json(const struct value_job *job, const struct jval *body)
{
	struct found found;
	const struct jval *v = find_nested(job->arena, body, job->field->name, &found);

	if (found.wrong != NULL) {
		wrong_group(job, &found);
		return;
	}
	if (!found.present) {
		missing(job, "undefined");
		return;
	}
	if (jval_type(v) != JSON_NULL) {
		input_value(job, &(struct raw_value){ v, NULL });
		return;
	}
	if ((job->field->flags & FIELD_REQUIRED) != 0)
		missing(job, "null");
	else if ((job->field->flags & FIELD_NULL) == 0)
		issue_more(job->arena, job->issues, &(struct issue){ "invalid_type", job->field->name,
		    "must not be null", ",\"received\":\"null\"", false });
}

enum errc input_read(struct arena *a, const struct schema *s, const struct input_source *src,
    void **out, struct issues *issues)
{
	char *bytes = arena_alloc(a, s->size == 0 ? 1 : s->size);

	if (src->query != NULL && src->query->bad)
		issue_add(a, issues, "custom", "query", "is not a well-formed query string");
	if (src->form != NULL && src->form->bad)
		issue_add(a, issues, "custom", "form", "is not a well-formed form");
	for (size_t i = 0; i < s->len; i++) {
		const struct field *f = &s->fields[i];
		const struct value_job job = { a, f, issues, bytes };
		bool query = src->body_is_query || (f->flags & FIELD_QUERY) != 0;

		if (!query && pairs_get(src->query, f->name) != NULL &&
		    (input_given(src->json, f->name) || pairs_get(src->form, f->name) != NULL)) {
			issue_add(a, issues, "custom", f->name, "is given in the query and in the body");
			continue;
		}
		if (query)
			from_pairs(&job, src->query, true);
		else if (src->form != NULL)
			from_pairs(&job, src->form, false);
		else
			from_json(&job, src->json);
	}
	*out = bytes;
	return issues->len == 0 ? E_OK : E_INVALID;
}

bool input_given(const struct jval *body, const char *name)
{
	return body != NULL && jval_has(body, name);
}

const char *input_patch(struct arena *a, const struct schema *s, const struct jval *body)
{
	struct buf out = BUF_INIT;
	struct json_sink js;
	const char *text = NULL;
	int n = 0;

	json_sink_init(&js, &out);
	sink_begin_object(&js.sink, NULL);
	for (size_t i = 0; i < s->len; i++) {
		const struct field *f = &s->fields[i];
		const struct jval *v;

		if ((f->flags & FIELD_PATCH) == 0 || !input_given(body, f->name))
			continue;
		v = jval_get(body, f->name);
		n++;
		if (f->type == F_TEXT && (f->flags & FIELD_TRIM) != 0 && jval_text(v, NULL) != NULL) {
			const char *t = jval_text(v, NULL);
			size_t len;

			t += strspn(t, " \t\r\n");
			for (len = strlen(t); len > 0 && strchr(" \t\r\n", t[len - 1]) != NULL; len--)
				;
			sink_textn(&js.sink, f->name, t, len);
		} else if (f->type == F_INT && jval_is_whole(v)) {
			sink_int(&js.sink, f->name, jval_int(v)); /* 45.0 is a whole number, too */
		} else {
			const char *t = jval_print(a, v);

			sink_json(&js.sink, f->name, t, strlen(t));
		}
	}
	sink_end_object(&js.sink);
	if (n > 0)
		text = arena_str(a, buf_str(&out));
	buf_fini(&out);
	return text;
}
