/* SPDX-License-Identifier: Apache-2.0 */
/* live_store - what the live gateway asks the database, as queued statements with callbacks.
 * Owns: nothing; arguments are copied, a result lives during its callback. Errors: by the
 * callback, as pg_async_exec(). Blocking: never. */
#ifndef PLATEN_STORE_LIVE_STORE_H
#define PLATEN_STORE_LIVE_STORE_H

#include "base/buf.h"
#include "store/pg_async.h"

typedef void live_store_done(void *ctx, enum errc rc, const struct pg_result *r,
    const struct err *e);

/* user_id, username, role, organization_id; "" for session and organisation: none claimed.
 * P4011, P4012 as E_UNAUTHORIZED, P4032 as E_DENIED. */
struct live_store_claim {
	const char *user, *session, *organization;
};
void live_store_enter(struct pg_async *db, const struct live_store_claim *who,
    live_store_done *done, void *ctx);
void live_store_default_org(struct pg_async *db, live_store_done *done, void *ctx); /* id */

/* The callers of sockets, collected as parallel arrays; answers {n (from 1), role or null} of
 * those that changed. */
struct live_store_callers {
	struct buf users, sessions, organizations, roles;
};
void live_store_callers_add(struct live_store_callers *c, const struct live_store_claim *who,
    const char *role);
void live_store_callers_fini(struct live_store_callers *c);
void live_store_callers(struct pg_async *db, const struct live_store_callers *c,
    live_store_done *done, void *ctx);

/* PrinterStatus rows past `after` (-1: of all printers), with _organization_id, _seq, _is_default,
 * _ms and _look. */
void live_store_status(struct pg_async *db, int64_t after, live_store_done *done, void *ctx);
void live_store_event_last(struct pg_async *db, live_store_done *done, void *ctx); /* last */
/* id, organization_id, user_id, topic, payload; at most LIVE_STORE_EVENTS_MAX at once */
#define LIVE_STORE_EVENTS_MAX 500
void live_store_events(struct pg_async *db, int64_t after, live_store_done *done, void *ctx);
/* job_id, printer_id, organization_id, at, topic, reason; since: wall time */
void live_store_missed(struct pg_async *db, usec_t since, live_store_done *done, void *ctx);
void live_store_job(struct pg_async *db, const char *id, live_store_done *done, void *ctx);
void live_store_file(struct pg_async *db, const char *id, live_store_done *done, void *ctx);

#endif
