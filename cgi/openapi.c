/* SPDX-License-Identifier: Apache-2.0 */
#include "cgi/openapi.h"

#include <string.h>

#include "cgi/answer.h"

static void info(struct openapi *o)
{
	struct sink *s = o->sink;

	sink_text(s, "openapi", "3.0.3");
	sink_begin_object(s, "info");
	sink_text(s, "title", "platen");
	sink_text(s, "version", PLATEN_VERSION);
	sink_text(s, "description", "A print server for 3D printers. Two families of paths share one "
	    "model: family P (PrintPro3D) answers bare rows in snake_case and names its organisation "
	    "in every call; family L (LezerPrint) wraps its answers in an envelope, in camelCase, and "
	    "takes the organisation from the token. HEAD is answered wherever GET is. Times are "
	    "ISO 8601 in UTC; what is absent is null. Unknown fields are ignored.");
	sink_begin_object(s, "license");
	sink_text(s, "name", "Apache-2.0");
	sink_text(s, "url", "https://www.apache.org/licenses/LICENSE-2.0");
	sink_end_object(s);
	sink_end_object(s);
	sink_begin_list(s, "servers");
	sink_begin_object(s, NULL);
	sink_text(s, "url", "/");
	sink_end_object(s);
	sink_end_list(s);
}

/* Paths are keys, so all methods of one are written together, at its first row. */
struct walk {
	struct openapi *o;
	const struct route *now; /* the path being written, or NULL */
	bool seen;               /* an earlier row has the path */
	bool done;
};

static void seen_before(void *ctx, const struct route *r)
{
	struct walk *w = ctx;

	if (r == w->now)
		w->done = true;
	else if (!w->done && operation_is_public(r) && strcmp(r->path, w->now->path) == 0)
		w->seen = true;
}

static void write_method(void *ctx, const struct route *r)
{
	struct walk *w = ctx;

	if (operation_is_public(r) && strcmp(r->path, w->now->path) == 0)
		openapi_operation(w->o, r);
}

static void write_path(void *ctx, const struct route *r)
{
	struct walk w = { ctx, r, false, false };

	if (!operation_is_public(r))
		return;
	routes_each(seen_before, &w);
	if (w.seen)
		return;
	sink_begin_object(w.o->sink, openapi_path(w.o->arena, r->path));
	routes_each(write_method, &w);
	sink_end_object(w.o->sink);
}

static void refusal_schema(struct openapi *o, const char *name, const char *shape)
{
	struct shape *s;

	if (shape_parse(o->arena, shape, &s, &o->err) == E_OK)
		openapi_schema(o, name, s);
}

static void refusal_body(struct openapi *o, char family, int status)
{
	struct sink *s = o->sink;
	const char *code, *message;

	answer_usual(status, &code, &message);
	sink_begin_object(s, "example");
	if (family == 'P') {
		sink_text(s, "error", message);
	} else {
		sink_bool(s, "success", false);
		sink_begin_object(s, "error");
		sink_text(s, "code", code);
		sink_text(s, "message", message);
		if (status == 429)
			sink_int(s, "retryAfter", 42);
		sink_end_object(s);
	}
	sink_end_object(s);
}

static void retry_after(struct openapi *o)
{
	sink_begin_object(o->sink, "headers");
	sink_begin_object(o->sink, "Retry-After");
	sink_text(o->sink, "description", "Seconds until the next try");
	openapi_schema(o, "schema", shape_new(o->arena, SHAPE_INT, NULL));
	sink_end_object(o->sink);
	sink_end_object(o->sink);
}

static void refusals(struct openapi *o, char family)
{
	static const int statuses[] = { 400, 401, 403, 404, 409, 413, 415, 416, 422, 429, 500, 502,
		503, 504 };
	struct sink *s = o->sink;

	for (size_t i = 0; i < sizeof statuses / sizeof *statuses; i++) {
		sink_begin_object(s, arena_printf(o->arena, "%c%d", family, statuses[i]));
		sink_text(s, "description", answer_reason(statuses[i]));
		if (statuses[i] == 429)
			retry_after(o);
		sink_begin_object(s, "content");
		sink_begin_object(s, "application/json");
		sink_begin_object(s, "schema");
		sink_text(s, "$ref", family == 'P' ? "#/components/schemas/RefusalP" :
		                                     "#/components/schemas/RefusalL");
		sink_end_object(s);
		refusal_body(o, family, statuses[i]);
		sink_end_object(s);
		sink_end_object(s);
		sink_end_object(s);
	}
}

static void scheme(struct openapi *o, const char *name, const char *const words[][2], size_t len)
{
	sink_begin_object(o->sink, name);
	for (size_t i = 0; i < len; i++)
		sink_text(o->sink, words[i][0], words[i][1]);
	sink_end_object(o->sink);
}

static void schemes(struct openapi *o)
{
	static const char *const bearer[][2] = { { "type", "http" }, { "scheme", "bearer" },
		{ "bearerFormat", "JWT" }, { "description", "Access token of POST /api/auth/login" } };
	static const char *const signed_url[][2] = { { "type", "apiKey" }, { "in", "query" },
		{ "name", "sig" }, { "description", "Signature of an address that the server gave" } };
	static const char *const agent[][2] = { { "type", "apiKey" }, { "in", "header" },
		{ "name", "X-API-Key" }, { "description", "Key of an organisation's agents" } };
	static const char *const ticket[][2] = { { "type", "apiKey" }, { "in", "query" },
		{ "name", "ticket" }, { "description", "Ticket of POST /api/camera/ticket, for one use" } };

	sink_begin_object(o->sink, "securitySchemes");
	scheme(o, "bearerAuth", bearer, sizeof bearer / sizeof *bearer);
	scheme(o, "agentKey", agent, sizeof agent / sizeof *agent);
	scheme(o, "cameraTicket", ticket, sizeof ticket / sizeof *ticket);
	scheme(o, "signedUrl", signed_url, sizeof signed_url / sizeof *signed_url);
	sink_end_object(o->sink);
}

static void components(struct openapi *o)
{
	sink_begin_object(o->sink, "components");
	schemes(o);
	sink_begin_object(o->sink, "schemas");
	refusal_schema(o, "RefusalP", "{error: text, field?: text}");
	refusal_schema(o, "RefusalL", "{success: bool, error: {code: text, message: text, "
	    "details?: any, retryAfter?: int}}");
	for (int i = 0; i < o->views_len; i++)
		openapi_component(o, o->views[i]);
	sink_end_object(o->sink);
	sink_begin_object(o->sink, "responses");
	refusals(o, 'P');
	refusals(o, 'L');
	sink_end_object(o->sink);
	sink_end_object(o->sink);
}

enum errc openapi_write(struct openapi *o, struct err *e)
{
	o->views_len = 0;
	o->err = (struct err){ .code = E_OK };
	sink_begin_object(o->sink, NULL);
	info(o);
	sink_begin_object(o->sink, "paths");
	routes_each(write_path, o);
	sink_end_object(o->sink);
	components(o);
	sink_end_object(o->sink);
	if (o->err.code != E_OK)
		*e = o->err;
	return o->err.code;
}
