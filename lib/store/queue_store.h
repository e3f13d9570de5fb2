/* SPDX-License-Identifier: Apache-2.0 */
/* queue_store - the queue as people order it.
 *
 * Contract: inside the caller's transaction; the caller has looked at the job's state.
 * Owns:     results belong to the arena. Errors: as pg_exec(); queue_store_move(): E_STATE.
 * Blocking: one round trip each. */
#ifndef PLATEN_STORE_QUEUE_STORE_H
#define PLATEN_STORE_QUEUE_STORE_H

#include "store/job_store.h"

struct queue_filter {
	const char *printer, *group; /* what this printer may take; what names the group; or NULL */
	int64_t limit, offset;
};
enum errc queue_store_list(struct pg *db, struct arena *a, const struct queue_filter *f,
    struct pg_result **out, struct err *e) MUST_CHECK; /* column _total */
/* way: top bottom up down, or before and after the job `beside`. */
enum errc queue_store_move(struct pg *db, struct arena *a, const char *id, const char *way,
    const char *beside, struct err *e) MUST_CHECK;
enum errc queue_store_hold(struct pg *db, struct arena *a, const char *id, struct err *e)
    MUST_CHECK;
enum errc queue_store_release(struct pg *db, struct arena *a, const char *id, struct err *e)
    MUST_CHECK;

struct queue_change {
	const char *priority, *notes; /* NULL: as it was */
	int64_t copies;               /* 0: as it was */
	bool has_target, has_needs;   /* the target's or the needs' part is given anew */
	struct job_target target;
};
enum errc queue_store_edit(struct pg *db, struct arena *a, const char *id,
    const struct queue_change *c, struct err *e) MUST_CHECK;

struct queue_again {
	const char *priority; /* NULL: as before */
	int64_t copies;       /* 0: as before */
	bool is_local_user;
	const char *id, *file; /* out: the new job, its file or NULL */
};
enum errc queue_store_again(struct pg *db, struct arena *a, const char *id,
    struct queue_again *again, struct err *e) MUST_CHECK;
/* *named: the printer is one the job may choose; *fits: it suits. */
enum errc queue_store_suits(struct pg *db, struct arena *a, const char *const ids[2], bool *named,
    bool *fits, struct err *e) MUST_CHECK; /* job, printer */

#endif
