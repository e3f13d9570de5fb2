/* SPDX-License-Identifier: Apache-2.0 */
/* input - declarative schemas: from untrusted body and query to one typed struct.
 *
 * Purpose:  a route names a schema; the dispatcher fills `rq->in` or refuses with all issues at
 *           once (contract §9.4). Unknown fields are ignored and can never be assigned.
 * Source:   GET and DELETE read the query; other methods read the body (JSON, or a form in family
 *           WEB), except fields marked FIELD_QUERY. A parameter given twice is an issue.
 * Owns:     everything lives in the request's arena.
 * Errors:   issues; input_read() returns E_INVALID when there is one.
 * Blocking: never. */
#ifndef PLATEN_CGI_INPUT_H
#define PLATEN_CGI_INPUT_H

#include <stdint.h>

#include "base/jval.h"

enum field_type {
	F_TEXT,   /* const char *              min..max characters */
	F_ID,     /* const char *              UUID, lower-cased */
	F_ENUM,   /* const char *              one of choices, spelled as there */
	F_INT,    /* struct in_int             min..max */
	F_REAL,   /* struct in_real            min..max */
	F_BOOL,   /* struct in_bool */
	F_TEXTS,  /* struct in_texts           list of texts, min..max entries */
	F_OBJECT, /* const struct jval *       JSON object, text form up to max bytes */
	F_LIST,   /* const struct jval *       JSON list, min..max elements */
	F_JSON,   /* const struct jval *       anything, text form up to max bytes */
};

enum field_flag {
	FIELD_REQUIRED = 1,
	FIELD_QUERY = 2,    /* always from the query string */
	FIELD_NULL = 4,     /* explicit null is allowed and reads as absent */
	FIELD_BYTES = 8,    /* min and max count bytes, not characters */
	FIELD_TRIM = 16,    /* blanks at both ends are dropped before counting */
	FIELD_ANYCASE = 32, /* F_ENUM in any case */
	FIELD_LINES = 64,   /* line breaks are allowed in the text */
	FIELD_PATCH = 128,  /* takes part in input_patch() */
	FIELD_RAW = 256,    /* any bytes that are UTF-8 (passwords) */
	FIELD_ABOVE_MIN = 512, /* F_REAL: min itself is too small */
};

struct in_int { bool has; int64_t v; };
struct in_real { bool has; double v; };
struct in_bool { bool has; bool v; };
struct in_texts { bool has; size_t len; const char *const *v; };

struct field {
	const char *name; /* dots nest: "settings.temperature.hotend" */
	enum field_type type;
	unsigned flags;
	double min, max;      /* both 0: no bound */
	size_t offset;        /* in the schema's struct */
	const char *choices;  /* F_ENUM: "a|b|c" */
	const char *fallback; /* value as text when absent; NULL: stays absent */
	bool (*check)(const char *text); /* F_TEXT: further rule, or NULL */
	const char *rule;                /* its message */
};

struct schema {
	const struct field *fields;
	size_t len;
	size_t size;         /* of the struct */
	const char *missing; /* family P: text when a required field is missing */
};

#define SCHEMA(array, type, missing_text) { (array), sizeof(array) / sizeof *(array), \
	sizeof(type), (missing_text) }

struct issue {
	const char *code;    /* zod's words: invalid_type too_small too_big ... */
	const char *path;    /* dots between steps */
	const char *message; /* sentence */
	const char *more;    /* further JSON members, ",\"minimum\":1", or "" */
	bool missing;
};

#define INPUT_MAX_ISSUES 64

struct issues {
	struct issue at[INPUT_MAX_ISSUES];
	int len;
};

/* One name=value pair of a query string or form, decoded. */
struct pair { const char *name, *value; };
struct pairs {
	struct pair *at;
	int len;
	bool bad; /* broken percent escape, invalid UTF-8, NUL, or more than 200 pairs */
};

void pairs_parse(struct arena *a, const char *text, struct pairs *out);
const char *pairs_get(const struct pairs *p, const char *name); /* first; NULL: absent */
bool pairs_twice(const struct pairs *p, const char *name);

struct input_source {
	const struct jval *json;   /* body as JSON object, or NULL */
	const struct pairs *form;  /* body as form, or NULL */
	const struct pairs *query;
	bool body_is_query; /* GET, DELETE */
};

enum errc input_read(struct arena *a, const struct schema *s, const struct input_source *src,
    void **out, struct issues *issues) MUST_CHECK;
void issue_add(struct arena *a, struct issues *issues, const char *code, const char *path,
    const char *message);
/* JSON object text of the given FIELD_PATCH fields, checked and trimmed; NULL when none. */
const char *input_patch(struct arena *a, const struct schema *s, const struct jval *body);
/* Is a value given (and not absent) in the body? Tells null from absent. */
bool input_given(const struct jval *body, const char *name);

#endif
