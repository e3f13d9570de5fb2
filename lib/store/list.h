/* SPDX-License-Identifier: Apache-2.0 */
/* list - one page of a list and how many there are in all.
 *
 * Purpose:  statements of lists end with the parameters limit, offset and carry the total in every
 *           row (column _total). A page past the end has no row, so the first row is asked for it.
 * Owns:     rows belong to the arena.
 * Errors:   as pg_exec(). Blocking: one round trip, two past the end. */
#ifndef PLATEN_STORE_LIST_H
#define PLATEN_STORE_LIST_H

#include "store/pg.h"

struct list {
	struct pg_result *rows;
	int64_t total;
};

/* Of a transaction that does nothing else: the first page, which is never asked twice, takes the
 * COMMIT along (pg_last). */
void list_last(struct pg *db, int64_t offset);
enum errc list_exec(struct pg *db, struct arena *a, const struct pg_stmt *st, struct pg_args *args,
    struct list *out, struct err *e) MUST_CHECK;

#endif
