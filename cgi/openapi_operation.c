/* SPDX-License-Identifier: Apache-2.0 */
/* One operation of the document: parameters, body, answers, refusals, who may. */
#include <string.h>

#include "cgi/answer.h"
#include "cgi/openapi.h"

const char *openapi_path(struct arena *a, const char *path)
{
	struct buf out = BUF_INIT;
	const char *text;

	for (; *path != '\0'; path++) {
		size_t len = *path == ':' ? strcspn(path, "/") : 0;

		if (len == 0) {
			buf_char(&out, *path);
			continue;
		}
		buf_printf(&out, "{%.*s}", (int)len - 1, path + 1);
		path += len - 1;
	}
	text = arena_str(a, buf_str(&out));
	buf_fini(&out);
	return text;
}

/* The path's noun: "/api/print-jobs/:id" is about print-jobs. */
const char *openapi_tag(struct arena *a, const struct route *r)
{
	const char *path = r->path + (strncmp(r->path, "/api/", 5) == 0 ? 5 : 1);

	return arena_strn(a, path, strcspn(path, "/."));
}

const char *openapi_who(struct arena *a, const struct route *r)
{
	static const char *const words[] = {
		[ROLE_ANYONE] = "Anyone", [ROLE_VIEWER] = "Viewers, operators, administrators",
		[ROLE_OPERATOR] = "Operators, administrators", [ROLE_ADMIN] = "Administrators",
	};

	if (r->least == ROLE_UNSET || r->least == ROLE_AGENT)
		return "Nobody";
	return arena_printf(a, "%s%s%s", words[r->least],
	    (r->flags & ROUTE_AGENT) != 0 ? ", agents" : "",
	    (r->flags & ROUTE_SIGNED) != 0 ? "; or a signed address" : "");
}

bool openapi_has_body(const struct route *r)
{
	return r->method != METHOD_GET && r->method != METHOD_DELETE;
}

const char *openapi_operation_id(struct arena *a, const struct route *r)
{
	struct buf id = BUF_INIT;
	const char *text;

	for (const char *p = method_name(r->method); *p != '\0'; p++)
		buf_char(&id, (char)(*p | 0x20));
	for (const char *p = r->path; *p != '\0'; p++)
		if (*p != ':')
			buf_char(&id, strchr("/-.", *p) != NULL ? '_' : *p);
	text = arena_str(a, buf_str(&id));
	buf_fini(&id);
	return text;
}

static void parameter(struct openapi *o, const char *in, const struct shape *s)
{
	sink_begin_object(o->sink, NULL);
	sink_text(o->sink, "name", s->name);
	sink_text(o->sink, "in", in);
	sink_bool(o->sink, "required", !s->optional);
	openapi_schema(o, "schema", s);
	openapi_example(o, "example", s);
	sink_end_object(o->sink);
}

/* Every parameter of a path whose name ends in "id" is a UUID. */
static void path_parameters(struct openapi *o, const struct route *r)
{
	for (const char *p = strchr(r->path, ':'); p != NULL; p = strchr(p, ':')) {
		size_t len = strcspn(++p, "/");
		bool is_id = len >= 2 && (p[len - 2] | 0x20) == 'i' && p[len - 1] == 'd';

		parameter(o, "path", shape_new(o->arena, is_id ? SHAPE_ID : SHAPE_TEXT,
		    arena_strn(o->arena, p, len)));
	}
}

/* Acts that a client may repeat safely. */
static void once_parameter(struct openapi *o)
{
	sink_begin_object(o->sink, NULL);
	sink_text(o->sink, "name", "Idempotency-Key");
	sink_text(o->sink, "in", "header");
	sink_text(o->sink, "description", "1 to 200 visible characters; the same request with the same "
	    "key is done once and answered alike");
	openapi_schema(o, "schema", shape_new(o->arena, SHAPE_TEXT, NULL));
	sink_text(o->sink, "example", "3f1b1c2d-start");
	sink_end_object(o->sink);
}

static void parameters(struct openapi *o, const struct route *r)
{
	struct shape *query = shape_of_fields(o->arena, r->input, !openapi_has_body(r), true);

	sink_begin_list(o->sink, "parameters");
	path_parameters(o, r);
	for (struct shape *m = query == NULL ? NULL : query->first; m != NULL; m = m->next)
		parameter(o, "query", m);
	if ((r->flags & ROUTE_ONCE) != 0)
		once_parameter(o);
	sink_end_list(o->sink);
}

static void body_of(struct openapi *o, const char *media, const struct shape *s,
    const char *example)
{
	sink_begin_object(o->sink, "requestBody");
	for (const struct shape *m = s->first; m != NULL; m = m->next)
		if (!m->optional) {
			sink_bool(o->sink, "required", true);
			break;
		}
	sink_begin_object(o->sink, "content");
	sink_begin_object(o->sink, media);
	openapi_schema(o, "schema", s);
	if (example != NULL)
		sink_json(o->sink, "example", example, strlen(example));
	else
		openapi_example(o, "example", s);
	sink_end_object(o->sink);
	sink_end_object(o->sink);
	sink_end_object(o->sink);
}

static void body(struct openapi *o, const struct route *r, const struct operation *op)
{
	struct shape *s = NULL;

	if (op->form != NULL) {
		if (shape_parse(o->arena, op->form, &s, &o->err) == E_OK)
			body_of(o, "multipart/form-data", s, op->example);
	} else if (openapi_has_body(r)) {
		s = shape_of_fields(o->arena, r->input, false, false);
		if (s != NULL)
			body_of(o, "application/json", s, op->example);
	}
}

static struct shape *member(struct arena *a, struct shape *object, enum shape_kind kind,
    const char *name)
{
	struct shape *m = shape_new(a, kind, name);

	shape_append(object, m);
	return m;
}

static void add_figures(struct arena *a, struct shape *object)
{
	member(a, object, SHAPE_INT, "total");
	member(a, object, SHAPE_INT, "page");
	member(a, object, SHAPE_INT, "pages");
}

struct shape *openapi_on_the_wire(struct arena *a, const struct route *r,
    const struct shape_answer *an)
{
	struct shape *whole, *data = an->data;

	if (r->family == FAMILY_P || an->is_bare)
		return data;
	whole = shape_new(a, SHAPE_OBJECT, NULL);
	member(a, whole, SHAPE_BOOL, "success");
	data->name = "data";
	shape_append(whole, data);
	if (an->is_page) {
		struct shape *meta = member(a, whole, SHAPE_OBJECT, "meta");

		add_figures(a, data);
		add_figures(a, meta);
		member(a, meta, SHAPE_INT, "limit");
	}
	if (an->beside != NULL) {
		an->beside->spread = true;
		shape_append(whole, an->beside);
	}
	return whole;
}

static void total_count(struct openapi *o)
{
	sink_begin_object(o->sink, "headers");
	sink_begin_object(o->sink, "X-Total-Count");
	sink_text(o->sink, "description", "Rows there are without limit and offset");
	openapi_schema(o, "schema", shape_new(o->arena, SHAPE_INT, NULL));
	sink_end_object(o->sink);
	sink_end_object(o->sink);
}

static void one_content(struct openapi *o, const struct route *r, const struct shape_answer *an)
{
	sink_begin_object(o->sink, an->media != NULL ? an->media : "application/json");
	if (an->media != NULL) {
		openapi_schema(o, "schema", shape_new(o->arena, SHAPE_BYTES, NULL));
	} else {
		struct shape *whole = openapi_on_the_wire(o->arena, r, an);

		openapi_schema(o, "schema", whole);
		openapi_example(o, "example", whole);
	}
	sink_end_object(o->sink);
}

/* A status told several times has as many kinds of content. */
static void content(struct openapi *o, const struct route *r, const struct shape_answer *answers,
    int len, int status)
{
	sink_begin_object(o->sink, "content");
	for (int i = 0; i < len; i++)
		if (answers[i].status == status)
			one_content(o, r, &answers[i]);
	sink_end_object(o->sink);
}

static void refusal(struct openapi *o, const struct route *r, int status)
{
	sink_begin_object(o->sink, arena_printf(o->arena, "%d", status));
	sink_text(o->sink, "$ref", arena_printf(o->arena, "#/components/responses/%c%d",
	    r->family == FAMILY_P ? 'P' : 'L', status));
	sink_end_object(o->sink);
}

/* What every operation of its kind may be refused with (contract §2.4). */
static bool usual_refusal(const struct route *r, int status)
{
	bool open = r->least == ROLE_ANYONE;

	switch (status) {
	case 400:
		return r->input != NULL || openapi_has_body(r) ||
		    (r->flags & (ROUTE_SIGNED | ROUTE_CAMERA)) != 0;
	case 401:
	case 403:
		return !open;
	case 404:
		return strchr(r->path, ':') != NULL;
	case 409:
	case 422:
		return (r->flags & ROUTE_ONCE) != 0;
	case 413:
	case 415:
		return openapi_has_body(r);
	case 429:
		return r->rate != RATE_NONE;
	default:
		return status == 500 || status == 503;
	}
}

static void responses(struct openapi *o, const struct route *r, const struct operation *op)
{
	static const int usual[] = { 400, 401, 403, 404, 409, 413, 415, 422, 429, 500, 503 };
	struct shape_answer answers[SHAPE_MAX_ANSWERS];
	int len;

	if (shape_answers(o->arena, op->answers, answers, &len, &o->err) != E_OK)
		return;
	sink_begin_object(o->sink, "responses");
	for (int i = 0; i < len; i++) {
		if (answers[i].data == NULL && answers[i].media == NULL) {
			if (!usual_refusal(r, answers[i].status))
				refusal(o, r, answers[i].status);
			continue;
		}
		if (i > 0 && answers[i - 1].status == answers[i].status)
			continue;
		sink_begin_object(o->sink, arena_printf(o->arena, "%d", answers[i].status));
		sink_text(o->sink, "description", answer_reason(answers[i].status));
		if (r->family == FAMILY_P && answers[i].data != NULL &&
		    answers[i].data->kind == SHAPE_LIST)
			total_count(o);
		content(o, r, answers, len, answers[i].status);
		sink_end_object(o->sink);
	}
	for (size_t i = 0; i < sizeof usual / sizeof *usual; i++) {
		bool told = false;

		for (int k = 0; k < len; k++)
			told |= answers[k].status == usual[i] && answers[k].data != NULL;
		if (usual_refusal(r, usual[i]) && !told)
			refusal(o, r, usual[i]);
	}
	sink_end_object(o->sink);
}

static void one_scheme(struct openapi *o, const char *name)
{
	sink_begin_object(o->sink, NULL);
	sink_begin_list(o->sink, name);
	sink_end_list(o->sink);
	sink_end_object(o->sink);
}

static void security(struct openapi *o, const struct route *r)
{
	sink_begin_list(o->sink, "security");
	if (r->least != ROLE_ANYONE)
		one_scheme(o, "bearerAuth");
	if ((r->flags & ROUTE_AGENT) != 0)
		one_scheme(o, "agentKey");
	if ((r->flags & ROUTE_SIGNED) != 0)
		one_scheme(o, "signedUrl");
	if ((r->flags & ROUTE_CAMERA) != 0)
		one_scheme(o, "cameraTicket");
	sink_end_list(o->sink);
}

void openapi_operation(struct openapi *o, const struct route *r)
{
	const struct operation *op = operation_of(r);
	char lower[16] = "";

	if (op == NULL) {
		err_set(&o->err, E_INTERNAL, "%s has no operation", r->path);
		return;
	}
	for (size_t i = 0; i + 1 < sizeof lower && method_name(r->method)[i] != '\0'; i++)
		lower[i] = (char)(method_name(r->method)[i] | 0x20);
	sink_begin_object(o->sink, lower);
	sink_begin_list(o->sink, "tags");
	sink_text(o->sink, NULL, openapi_tag(o->arena, r));
	sink_end_list(o->sink);
	sink_text(o->sink, "summary", op->summary);
	sink_text(o->sink, "description", arena_printf(o->arena, "Who: %s.",
	    openapi_who(o->arena, r)));
	sink_text(o->sink, "operationId", openapi_operation_id(o->arena, r));
	sink_text(o->sink, "x-role", role_name(r->least));
	sink_bool(o->sink, "x-agents", (r->flags & ROUTE_AGENT) != 0);
	sink_text(o->sink, "x-rate-class", rate_name(r->rate));
	parameters(o, r);
	body(o, r, op);
	responses(o, r, op);
	security(o, r);
	sink_end_object(o->sink);
}
