/* SPDX-License-Identifier: Apache-2.0 */
/* task_store - the task queue: claim, heartbeat, end; and what the analysis writes.
 *
 * Purpose:  each task runs under a claim {owner, attempt}; every write names it, so a worker that
 *           lost its task changes nothing any more.
 * Owns:     results belong to the arena.
 * Errors:   as pg_exec(); E_NOTFOUND from beat and finish: the task is not ours any more.
 * Blocking: one round trip each. */
#ifndef PLATEN_STORE_TASK_STORE_H
#define PLATEN_STORE_TASK_STORE_H

#include "base/clock.h"
#include "store/pg.h"

#define TASK_SILENT_SEC 60 /* a running task without a heartbeat for so long is lost */

struct task_claim {
	int64_t id, attempt, max_attempts;
	const char *owner, *queue, *payload; /* payload: JSON text */
};

/* *found false: nothing is due. */
enum errc task_store_claim(struct pg *db, struct arena *a, const char *owner,
    struct task_claim *out, bool *found, struct err *e) MUST_CHECK;
enum errc task_store_beat(struct pg *db, struct arena *a, const struct task_claim *t,
    struct err *e) MUST_CHECK;
enum errc task_store_finish(struct pg *db, struct arena *a, const struct task_claim *t,
    const char *result_json, struct err *e) MUST_CHECK;
/* retry_sec < 0: for good. *is_final: it will not run again. */
enum errc task_store_fail(struct pg *db, struct arena *a, const struct task_claim *t,
    const char *error, int retry_sec, bool *is_final, struct err *e) MUST_CHECK;
/* Takes tasks away from workers that are gone. Rows: id, queue, payload, status, attempts. */
enum errc task_store_lose(struct pg *db, struct arena *a, struct pg_result **out,
    struct err *e) MUST_CHECK;
/* Until the next task is due; USEC_NEVER: none waits. */
enum errc task_store_due(struct pg *db, struct arena *a, usec_t *wait, struct err *e) MUST_CHECK;

struct task_notice {
	const char *organization; /* NULL: all administrators */
	const char *title, *message, *metadata_json;
};
enum errc task_store_notify_failed(struct pg *db, struct arena *a, const struct task_notice *n,
    struct err *e) MUST_CHECK;

struct task_file {
	const char *id, *organization, *path, *type; /* id NULL: no such row */
	int64_t size;
	bool deleted;
};
enum errc task_store_file(struct pg *db, struct arena *a, const char *id, struct task_file *out,
    struct err *e) MUST_CHECK;

struct task_analysis {
	const char *file, *metadata_json, *analysis_json, *idx_sha256, *thumbnail; /* or NULL */
	bool printable;
};
/* The file's row, the event to its owner, the jobs that waited. */
enum errc task_store_analysed(struct pg *db, struct arena *a, const struct task_analysis *in,
    struct err *e) MUST_CHECK;
enum errc task_store_file_failed(struct pg *db, struct arena *a, const char *file,
    const char *operation, const char *error, struct err *e) MUST_CHECK;

#endif
