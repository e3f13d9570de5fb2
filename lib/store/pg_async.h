/* SPDX-License-Identifier: Apache-2.0 */
/* pg_async - the connection of the loop processes (spooler, live): statements are queued, answers
 * arrive as callbacks, NOTIFY wakes the owner.
 *
 * Contract: LISTEN platen, then the owner scans, then serves; equal payloads that wait together
 *           are delivered once. While the database is away statements fail at once with
 *           E_UNAVAILABLE (told by the loop's next turn, never inside pg_async_exec) and `up(false)`
 *           is told; reconnects back off 0.1 s ... 2 s; `up(true)`
 *           comes after LISTEN is in force.
 * Owns:     results are freed after the callback returns.
 * Blocking: never (name resolution apart; a local socket is recommended). */
#ifndef PLATEN_STORE_PG_ASYNC_H
#define PLATEN_STORE_PG_ASYNC_H

#include "run/loop.h"
#include "store/pg.h"

struct pg_async;

struct pg_async_ops {
	void (*up)(void *ctx, bool up);
	void (*notify)(void *ctx, const char *topic, const char *rest); /* "job", "<printer id>" */
};

struct pg_async *pg_async_new(struct loop *l, const char *conninfo, const char *role,
    const struct pg_async_ops *ops, void *ctx);
/* Pending callbacks get E_UNAVAILABLE. Not from inside one of its own callbacks. */
void pg_async_free(struct pg_async *db);
bool pg_async_is_up(const struct pg_async *db);
/* args are copied. done may be NULL. Each statement is its own transaction. */
void pg_async_exec(struct pg_async *db, const struct pg_stmt *st, const struct pg_args *args,
    void (*done)(void *ctx, enum errc rc, const struct pg_result *r, const struct err *e),
    void *ctx);

#endif
