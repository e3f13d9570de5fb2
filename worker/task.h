/* SPDX-License-Identifier: Apache-2.0 */
/* task - one claimed task while it runs, and the table of what a worker can do.
 *
 * A task works without a transaction (work), then what it found is written in the same transaction
 * that ends it (save), so that a task that runs twice has effect once. When it fails for good,
 * give_up writes what users see, in the transaction that says so.
 * Owns:     everything of a run lives in its arena.
 * Errors:   see task_retry(): what may pass is tried again, what cannot is not. */
#ifndef PLATEN_WORKER_TASK_H
#define PLATEN_WORKER_TASK_H

#include "base/conf.h"
#include "base/jval.h"
#include "store/files.h"
#include "store/task_store.h"

struct task_run {
	const struct conf *conf;
	struct pg *db;
	struct files *files;
	struct arena *arena;
	struct task_claim claim;
	const struct jval *payload;
	usec_t beat_at;          /* monotonic: next heartbeat */
	void *product;           /* from work to save, in the arena */
	const char *result_json; /* kept in the task's row; NULL: {} */
};

struct task_kind {
	const char *queue, *operation;
	bool is_routine; /* runs every few seconds: told at level debug */
	enum errc (*work)(struct task_run *t, struct err *e);
	enum errc (*save)(struct task_run *t, struct err *e);    /* inside a transaction; or NULL */
	enum errc (*give_up)(struct task_run *t, const char *why, struct err *e); /* likewise */
};

/* `operation` of the payload, or `task` for the queue maintenance; NULL: neither. */
const char *task_operation(const struct jval *payload);
/* E_INVALID with the words for the task's row when this worker does not know it. */
enum errc task_find(const char *queue, const struct jval *payload, const struct task_kind **out,
    struct err *e) MUST_CHECK;
/* "{queue/operation,...}" of everything this worker can do. */
const char *task_kinds(struct arena *a);
/* Tells the database that the task is alive, when it is time; to be called every few seconds.
 * E_STATE: the task was given to somebody else. */
enum errc task_beat(struct task_run *t, struct err *e) MUST_CHECK;
/* Seconds before attempt + 1 after such an error; -1: trying again cannot help. */
int task_retry(int64_t attempt, enum errc code);

#endif
