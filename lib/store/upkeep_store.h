/* SPDX-License-Identifier: Apache-2.0 */
/* upkeep_store - schedules that come due, the printer backend's health, rows that go by age.
 *
 * Contract: for the worker (role platen_service), outside transactions: each call stands for
 *           itself and may be repeated.
 * Owns:     results belong to the arena.
 * Errors:   as pg_exec(). Blocking: one round trip each. */
#ifndef PLATEN_STORE_UPKEEP_STORE_H
#define PLATEN_STORE_UPKEEP_STORE_H

#include "base/clock.h"
#include "store/pg.h"

#define UPKEEP_BATCH 5000 /* rows that one trim takes at most */

/* kinds: "{queue/operation,...}" that the caller can run. Rows: name, cron (null: every n seconds),
 * is_fresh (never planned), local: now in the schedule's zone, "2026-11-20 20:05". */
enum errc upkeep_store_due(struct pg *db, struct arena *a, const char *kinds, const char *zone,
    struct pg_result **out, struct err *e) MUST_CHECK;

struct upkeep_fire {
	const char *name, *zone;
	const char *next; /* local time of the next run; NULL: the schedule knows its pace */
	bool run;         /* add the task; else only plan */
};
/* Does nothing when another worker was faster. */
enum errc upkeep_store_fire(struct pg *db, struct arena *a, const struct upkeep_fire *f,
    struct err *e) MUST_CHECK;
enum errc upkeep_store_disable(struct pg *db, struct arena *a, const char *name,
    struct err *e) MUST_CHECK;
/* Until the next of these is due; USEC_NEVER: there is none. */
enum errc upkeep_store_next(struct pg *db, struct arena *a, const char *kinds, usec_t *wait,
    struct err *e) MUST_CHECK;

struct upkeep_probe { const char *url, *answer; bool healthy; };
enum errc upkeep_store_probed(struct pg *db, struct arena *a, const struct upkeep_probe *p,
    bool *has_changed, struct err *e) MUST_CHECK;

enum errc upkeep_store_expire_commands(struct pg *db, struct arena *a, int64_t *n,
    struct err *e) MUST_CHECK;

enum upkeep_what {
	UPKEEP_EVENTS, UPKEEP_SESSIONS, UPKEEP_RATES, UPKEEP_ONCE, UPKEEP_TICKETS, /* expired */
	UPKEEP_TEMPERATURES, UPKEEP_COMMANDS, UPKEEP_NOTIFICATIONS, UPKEEP_AUDIT, /* older than days */
	UPKEEP_DONE, UPKEEP_FAILED,
};
/* One batch; *n < UPKEEP_BATCH: that was the last. */
enum errc upkeep_store_trim(struct pg *db, struct arena *a, enum upkeep_what what, int64_t days,
    int64_t *n, struct err *e) MUST_CHECK;

/* Rows: printer_id, of printers with too many statuses. */
enum errc upkeep_store_talkers(struct pg *db, struct arena *a, struct pg_result **out,
    struct err *e) MUST_CHECK;
enum errc upkeep_store_trim_status(struct pg *db, struct arena *a, const char *printer,
    int64_t *n, struct err *e) MUST_CHECK;

#endif
