/* SPDX-License-Identifier: Apache-2.0 */
/* shape - what an object on the wire looks like, as a tree: from the notation of an operation's
 * answer, from the columns of a view, from the fields of a schema.
 *
 * Notation: `{job: l_job, note: text?, ...l_file, tags: [text]}`. A word is a basic type (text id
 *           time date int real bool map any) or a view; `?` behind it admits null, behind a
 *           name that it may be absent; `...view` puts a view's members in place; `'a|b'` is a
 *           text that is one of these.
 * Owns:     everything lives in the arena given.
 * Errors:   E_FORMAT for notation that does not read, E_NOTFOUND for a view that is not there.
 * Blocking: never. */
#ifndef PLATEN_CGI_SHAPE_H
#define PLATEN_CGI_SHAPE_H

#include "cgi/input.h"

enum shape_kind {
	SHAPE_TEXT,
	SHAPE_ID,
	SHAPE_TIME,
	SHAPE_DATE,
	SHAPE_INT,
	SHAPE_REAL,
	SHAPE_BOOL,
	SHAPE_MAP, /* an object with keys of its own */
	SHAPE_ANY,
	SHAPE_BYTES,
	SHAPE_VIEW, /* an object with the members of `view` */
	SHAPE_LIST, /* of first */
	SHAPE_OBJECT,
};

struct shape {
	enum shape_kind kind;
	bool nullable, optional, spread;
	const char *name;    /* as a member of its object, else NULL */
	const char *view;    /* SHAPE_VIEW */
	const char *choices; /* SHAPE_TEXT: "a|b", or NULL */
	const struct field *field; /* its limits, or NULL */
	struct shape *first; /* member or element */
	struct shape *next;  /* in its object */
};

enum errc shape_parse(struct arena *a, const char *text, struct shape **out,
    struct err *e) MUST_CHECK;

/* One of the answers of an operation: "201 {job: l_job}", "200 page {jobs: [l_job]}",
 * "200 bare {...} ", "200 {...} + {message: text}", "200 image/png", "409". */
struct shape_answer {
	int status;
	const char *media;    /* NULL: JSON, or no body at all */
	struct shape *data;   /* NULL: a refusal */
	struct shape *beside; /* members beside the envelope's data, or NULL */
	bool is_bare;         /* family L without its envelope */
	bool is_page;         /* with total, page, pages and meta */
};
#define SHAPE_MAX_ANSWERS 12
/* "one; two; three"; *len of `out` are filled. */
enum errc shape_answers(struct arena *a, const char *text,
    struct shape_answer out[SHAPE_MAX_ANSWERS], int *len, struct err *e) MUST_CHECK;

/* The columns of all views, as store/shape_store gives them. */
struct pg_result;
enum errc shape_of_view(struct arena *a, const struct pg_result *columns, const char *view,
    struct shape **out, struct err *e) MUST_CHECK;
/* The fields that come from the query, or those that do not; dots nest. NULL: none. */
struct shape *shape_of_fields(struct arena *a, const struct schema *s, bool all_query,
    bool want_query);

void shape_append(struct shape *object, struct shape *member);
struct shape *shape_new(struct arena *a, enum shape_kind kind, const char *name);

#endif
