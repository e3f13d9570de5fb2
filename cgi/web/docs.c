/* SPDX-License-Identifier: Apache-2.0 */
/* /docs: the description of the API for people, made of the same rows as the document. */
#include <string.h>

#include "cgi/doors.h"
#include "cgi/openapi.h"
#include "cgi/web/docs_words.h"
#include "cgi/web/web.h"
#include "store/shape_store.h"

#define MAX_TAGS 64

struct docs {
	struct req *rq;
	struct sink *s;
	struct openapi openapi; /* makes the examples */
	const char *tag;        /* the section being written */
	const char *tags[MAX_TAGS];
	int tags_len;
};

static void note_tag(void *ctx, const struct route *r)
{
	struct docs *d = ctx;
	const char *tag = openapi_tag(d->rq->arena, r);

	if (!operation_is_public(r))
		return;
	for (int i = 0; i < d->tags_len; i++)
		if (strcmp(d->tags[i], tag) == 0)
			return;
	if (d->tags_len < MAX_TAGS)
		d->tags[d->tags_len++] = tag;
}

static void field(struct docs *d, const char *in, const char *prefix, const struct shape *m)
{
	sink_begin_object(d->s, NULL);
	sink_text(d->s, "field", arena_printf(d->rq->arena, "%s%s", prefix, m->name));
	sink_text(d->s, "in", in);
	sink_bool(d->s, "required", !m->optional);
	sink_text(d->s, "kind", docs_kind(d->rq->arena, m));
	sink_text(d->s, "limits", docs_limits(d->rq->arena, m));
	sink_end_object(d->s);
}

static void fields(struct docs *d, const char *in, const char *prefix, const struct shape *object)
{
	for (const struct shape *m = object == NULL ? NULL : object->first; m != NULL; m = m->next) {
		field(d, in, prefix, m);
		if (m->kind == SHAPE_OBJECT)
			fields(d, in, arena_printf(d->rq->arena, "%s%s.", prefix, m->name), m);
	}
}

static void inputs(struct docs *d, const struct route *r, const struct operation *op)
{
	struct arena *a = d->rq->arena;
	struct shape *form;

	sink_begin_list(d->s, "fields");
	fields(d, "query", "", shape_of_fields(a, r->input, !openapi_has_body(r), true));
	if (op->form != NULL && shape_parse(a, op->form, &form, &d->openapi.err) == E_OK)
		fields(d, "form", "", form);
	else if (openapi_has_body(r))
		fields(d, "body", "", shape_of_fields(a, r->input, false, false));
	sink_end_list(d->s);
}

static const char *example(struct docs *d, const struct shape *s)
{
	struct buf text = BUF_INIT;
	struct json_sink js;
	const char *out;

	json_sink_init(&js, &text);
	d->openapi.sink = &js.sink;
	openapi_example(&d->openapi, NULL, s);
	out = docs_json(d->rq->arena, buf_str(&text));
	buf_fini(&text);
	return out;
}

static void asked(struct docs *d, const struct route *r, const struct operation *op)
{
	struct shape *body = openapi_has_body(r) && op->form == NULL ?
	    shape_of_fields(d->rq->arena, r->input, false, false) : NULL;

	if (op->example != NULL)
		sink_text(d->s, "asked", docs_json(d->rq->arena, op->example));
	else if (body != NULL)
		sink_text(d->s, "asked", example(d, body));
}

static void answers(struct docs *d, const struct route *r, const struct operation *op)
{
	struct shape_answer an[SHAPE_MAX_ANSWERS];
	int len;

	if (shape_answers(d->rq->arena, op->answers, an, &len, &d->openapi.err) != E_OK)
		return;
	sink_begin_list(d->s, "answers");
	for (int i = 0; i < len; i++) {
		sink_begin_object(d->s, NULL);
		sink_int(d->s, "number", an[i].status);
		sink_text(d->s, "reason", answer_reason(an[i].status));
		if (an[i].media != NULL)
			sink_text(d->s, "media", an[i].media);
		else if (an[i].data != NULL)
			sink_text(d->s, "example", example(d, openapi_on_the_wire(d->rq->arena, r, &an[i])));
		sink_end_object(d->s);
	}
	sink_end_list(d->s);
}

static void operation(void *ctx, const struct route *r)
{
	struct docs *d = ctx;
	const struct operation *op = operation_is_public(r) ? operation_of(r) : NULL;

	if (op == NULL || strcmp(openapi_tag(d->rq->arena, r), d->tag) != 0)
		return;
	sink_begin_object(d->s, NULL);
	sink_text(d->s, "anchor", openapi_operation_id(d->rq->arena, r));
	sink_text(d->s, "method", method_name(r->method));
	sink_text(d->s, "path", openapi_path(d->rq->arena, r->path));
	sink_text(d->s, "summary", op->summary);
	sink_text(d->s, "who", openapi_who(d->rq->arena, r));
	if (r->rate != RATE_NONE)
		sink_text(d->s, "rate", rate_name(r->rate));
	inputs(d, r, op);
	asked(d, r, op);
	answers(d, r, op);
	sink_end_object(d->s);
}

static const struct answer *docs(struct req *rq)
{
	struct docs d = { .rq = rq, .openapi.arena = rq->arena };
	struct pg_result *columns;
	struct page *p;
	struct err e;

	if (shape_store_columns(rq->app->db, rq->arena, &columns, &e) != E_OK)
		return answer_error(rq, &e);
	p = page_new(rq, "API", "");
	d.openapi.columns = columns;
	d.s = page_sink(p);
	routes_each(note_tag, &d);
	sink_begin_list(d.s, "tags");
	for (int i = 0; i < d.tags_len; i++) {
		d.tag = d.tags[i];
		sink_begin_object(d.s, NULL);
		sink_text(d.s, "tag", d.tag);
		sink_begin_list(d.s, "operations");
		routes_each(operation, &d);
		sink_end_list(d.s);
		sink_end_object(d.s);
	}
	sink_end_list(d.s);
	if (d.openapi.err.code != E_OK)
		return answer_error(rq, &d.openapi.err);
	return page_render(p, 200, "docs", "");
}

const struct route web_docs_routes[] = {
	{ METHOD_GET, "/docs", ROLE_ANYONE, RATE_API, POOL_API, FAMILY_WEB, NULL, docs, 0 },
	{ .path = NULL },
};
