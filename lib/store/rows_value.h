/* SPDX-License-Identifier: Apache-2.0 */
/* rows_value - one value of the server's text form written into a sink by its type.
 * Owns nothing. Errors: none; what does not read as its type is written as text.
 * Blocking: never. */
#ifndef PLATEN_STORE_ROWS_VALUE_H
#define PLATEN_STORE_ROWS_VALUE_H

#include "base/sink.h"

enum rows_kind {
	ROWS_TEXT,
	ROWS_BOOL,
	ROWS_WHOLE,   /* already a JSON number */
	ROWS_DECIMAL, /* numeric and float: "1.50" is 1.5, NaN and infinity are null */
	ROWS_JSON,
	ROWS_TIME,    /* timestamptz in a session whose TimeZone is UTC */
	ROWS_TEXTS,   /* one-dimensional arrays */
	ROWS_WHOLES,
	ROWS_DECIMALS,
};

enum rows_kind rows_kind(unsigned type_oid);
void rows_value(struct sink *s, const char *name, enum rows_kind kind, const char *value,
    size_t size);

#endif
