/* SPDX-License-Identifier: Apache-2.0 */
/* rows - prints any result into a sink by column name and type; the views define the shapes.
 *
 * Column names: `a.b.c` nests; the first column of a group named `file?.id` makes the whole group
 * null when it is null; a suffix `!secret` is unsealed or masked, `!media` signed, by the hooks.
 * json/jsonb columns are inserted as they are; numeric, int and float as numbers; bool as
 * true/false; timestamptz as ISO 8601 UTC with milliseconds; arrays as lists. A column whose name
 * begins with `_` is for C and not printed. Without its hook a marked column is null.
 * Owns nothing. Errors: none. Blocking: never. */
#ifndef PLATEN_STORE_ROWS_H
#define PLATEN_STORE_ROWS_H

#include "base/sink.h"
#include "store/pg.h"

struct rows_hooks {
	void *ctx;
	/* Both return text in the arena of the result, or NULL for null. */
	const char *(*secret)(void *ctx, const char *column, const char *value);
	const char *(*media)(void *ctx, const char *column, const char *value);
};

void rows_object(struct sink *s, const char *name, const struct pg_result *r, int row,
    const struct rows_hooks *hooks);
void rows_list(struct sink *s, const char *name, const struct pg_result *r,
    const struct rows_hooks *hooks);
/* Members of one row written into an object that is already open. */
void rows_members(struct sink *s, const struct pg_result *r, int row,
    const struct rows_hooks *hooks);

#endif
