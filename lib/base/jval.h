/* SPDX-License-Identifier: Apache-2.0 */
/* jval - strict reading of JSON; the only user of json-c. Writing is sink.h.
 *
 * Purpose:  parse small documents (request bodies, configuration values, metadata).
 * Owns:     the tree belongs to the arena it was parsed into.
 * Errors:   E_INVALID for anything RFC 8259 does not allow, and for duplicate keys, invalid
 *           UTF-8, lone surrogates, U+0000, depth over 32, numbers outside int64 / finite double.
 * Blocking: never. */
#ifndef PLATEN_BASE_JVAL_H
#define PLATEN_BASE_JVAL_H

#include "base/arena.h"
#include "base/sink.h"

struct jval; /* a value inside a tree */

enum jval_type {
	JSON_NULL,
	JSON_BOOL,
	JSON_INT,  /* written without fraction or exponent and inside int64 */
	JSON_REAL,
	JSON_TEXT,
	JSON_LIST,
	JSON_OBJECT,
};

#define JSON_MAX_DEPTH 32

enum errc jval_parse(struct arena *a, const char *text, size_t size, const struct jval **out,
    struct err *e) MUST_CHECK;

enum jval_type jval_type(const struct jval *v); /* NULL (absent) reads as JSON_NULL */
const char *jval_type_name(enum jval_type t);   /* "object", "string", ... as zod says them */
const struct jval *jval_get(const struct jval *object, const char *name); /* NULL: absent */
bool jval_has(const struct jval *object, const char *name);
bool jval_bool(const struct jval *v);
int64_t jval_int(const struct jval *v);   /* JSON_INT, or JSON_REAL without fraction */
double jval_real(const struct jval *v);   /* any number */
bool jval_is_number(const struct jval *v);
bool jval_is_whole(const struct jval *v); /* a number without fraction, inside int64 */
const char *jval_text(const struct jval *v, size_t *len); /* NULL unless JSON_TEXT */
size_t jval_len(const struct jval *list);
const struct jval *jval_at(const struct jval *list, size_t i);
/* Members in the order of the document. */
void jval_each(const struct jval *object,
    void (*visit)(void *ctx, const char *name, const struct jval *value), void *ctx);
/* Compact text of a value, in the arena. */
const char *jval_print(struct arena *a, const struct jval *v);

#endif
