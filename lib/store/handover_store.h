/* SPDX-License-Identifier: Apache-2.0 */
/* handover_store - jobs given to what prints them elsewhere: a printer backend, an agent.
 * Contract: inside the caller's transaction. Owns: results and texts belong to the arena.
 * Errors: as pg_exec(); E_NOTFOUND. Blocking: one round trip each. */
#ifndef PLATEN_STORE_HANDOVER_STORE_H
#define PLATEN_STORE_HANDOVER_STORE_H

#include "store/pg.h"

/* The payload's row (view p_handover). */
enum errc handover_store_row(struct pg *db, struct arena *a, const char *job,
    struct pg_result **out, struct err *e) MUST_CHECK;
/* The organisation's own backend; NULL: it has none of its own. */
enum errc handover_store_url(struct pg *db, struct arena *a, const char **url, struct err *e)
    MUST_CHECK;
/* The backend took the job; *status: what has become of it meanwhile. */
enum errc handover_store_taken(struct pg *db, struct arena *a, const char *job,
    const char **status, struct err *e) MUST_CHECK;
/* *moved false: the job is not waiting any more. */
enum errc handover_store_failed(struct pg *db, struct arena *a, const char *job,
    const char *reason, bool *moved, struct err *e) MUST_CHECK;
/* An unfetched start_print of the job fails. */
enum errc handover_store_withdraw(struct pg *db, struct arena *a, const char *job,
    const char *why, struct err *e) MUST_CHECK;
/* An agent has fetched its start, or the backend has taken it, or it is under way. */
enum errc handover_store_known(struct pg *db, struct arena *a, const char *job, bool *out,
    struct err *e) MUST_CHECK;

#endif
