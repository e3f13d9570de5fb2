/* SPDX-License-Identifier: Apache-2.0 */
/* openapi - the OpenAPI 3.0 description of both families, made of what the server acts by: the
 * route table (paths, roles, limits, inputs), cgi/operation_*.c (answers, sentences) and the
 * views of the database (objects). Nothing is described twice, so nothing can drift.
 *
 * Owns:     everything lives in the arena of struct openapi.
 * Errors:   the first one is kept in `err`; the document is then to be thrown away.
 * Blocking: never; the columns are read by the caller. */
#ifndef PLATEN_CGI_OPENAPI_H
#define PLATEN_CGI_OPENAPI_H

#include "base/sink.h"
#include "cgi/operation.h"
#include "store/pg.h"

#define OPENAPI_MAX_VIEWS 64

struct openapi {
	struct arena *arena;
	struct sink *sink;
	const struct pg_result *columns; /* store/shape_store */
	const char *views[OPENAPI_MAX_VIEWS]; /* used so far: they become components */
	int views_len;
	struct err err;
};

/* The whole document; the fields above `views` are set by the caller. */
enum errc openapi_write(struct openapi *o, struct err *e) MUST_CHECK;

/* ---- parts (openapi_schema.c, openapi_example.c) ---- */
/* A shape as schema: member `name` of the object that is open, or a list's element (NULL). */
void openapi_schema(struct openapi *o, const char *name, const struct shape *s);
void openapi_example(struct openapi *o, const char *name, const struct shape *s);
/* Members of the open object alone, for answers that are put together. */
void openapi_example_members(struct openapi *o, const struct shape *object);
void openapi_properties(struct openapi *o, const struct shape *object);
/* {"type":"object","properties":{<members>},"required":[...]} as one view's component. */
void openapi_component(struct openapi *o, const char *view);
const char *openapi_view_name(struct arena *a, const char *view); /* "l_sliced_file": SlicedFile */
/* A view's members; an empty object and o->err when there is no such view. */
const struct shape *openapi_view(struct openapi *o, const char *view);

/* ---- operations (openapi_operation.c) ---- */
void openapi_operation(struct openapi *o, const struct route *r);
const char *openapi_path(struct arena *a, const char *path); /* "/api/jobs/{id}" */
const char *openapi_operation_id(struct arena *a, const struct route *r);
const char *openapi_tag(struct arena *a, const struct route *r);
/* "Operators and administrators." */
const char *openapi_who(struct arena *a, const struct route *r);
/* What stands on the wire: family L's objects lie in their envelope. */
struct shape *openapi_on_the_wire(struct arena *a, const struct route *r,
    const struct shape_answer *an);
/* Bodies are described, and refused, only where the method has one. */
bool openapi_has_body(const struct route *r);

#endif
