/* SPDX-License-Identifier: Apache-2.0 */
#include "store/task_store.h"

#include <string.h>

#include "gen/task_sql.h"

static void claim_args(struct pg_args *args, struct arena *a, const struct task_claim *t)
{
	pg_args_init(args, a);
	pg_int(args, t->id);
	pg_text(args, t->owner);
	pg_int(args, t->attempt);
}

enum errc task_store_claim(struct pg *db, struct arena *a, const char *owner,
    struct task_claim *out, bool *found, struct err *e)
{
	struct pg_args args;
	struct pg_result *r;
	enum errc rc;

	*found = false;
	pg_args_init(&args, a);
	pg_text(&args, owner);
	rc = pg_exec(db, a, &sql_task_claim, &args, &r, e);
	if (rc != E_OK || pg_len(r) == 0)
		return rc;
	*found = true;
	out->id = pg_get_int(r, 0, "id");
	out->attempt = pg_get_int(r, 0, "attempts");
	out->max_attempts = pg_get_int(r, 0, "max_attempts");
	out->owner = owner;
	out->queue = pg_get(r, 0, "queue");
	out->payload = pg_get(r, 0, "payload");
	return E_OK;
}

enum errc task_store_beat(struct pg *db, struct arena *a, const struct task_claim *t,
    struct err *e)
{
	struct pg_args args;

	claim_args(&args, a, t);
	return pg_exec(db, a, &sql_task_beat, &args, NULL, e);
}

enum errc task_store_finish(struct pg *db, struct arena *a, const struct task_claim *t,
    const char *result_json, struct err *e)
{
	struct pg_args args;

	claim_args(&args, a, t);
	pg_text(&args, result_json);
	return pg_exec(db, a, &sql_task_finish, &args, NULL, e);
}

enum errc task_store_fail(struct pg *db, struct arena *a, const struct task_claim *t,
    const char *error, int retry_sec, bool *is_final, struct err *e)
{
	struct pg_args args;
	struct pg_result *r;
	enum errc rc;

	claim_args(&args, a, t);
	pg_text(&args, error);
	if (retry_sec < 0)
		pg_null(&args);
	else
		pg_int(&args, retry_sec);
	rc = pg_exec(db, a, &sql_task_fail, &args, &r, e);
	*is_final = rc == E_OK && strcmp(pg_get(r, 0, "status"), "failed") == 0;
	return rc;
}

enum errc task_store_lose(struct pg *db, struct arena *a, struct pg_result **out,
    struct err *e)
{
	struct pg_args args;

	pg_args_init(&args, a);
	pg_int(&args, TASK_SILENT_SEC);
	return pg_exec(db, a, &sql_task_lose, &args, out, e);
}

enum errc task_store_due(struct pg *db, struct arena *a, usec_t *wait, struct err *e)
{
	struct pg_result *r;
	enum errc rc = pg_exec(db, a, &sql_task_due, NULL, &r, e);
	double seconds;

	*wait = USEC_NEVER;
	if (rc != E_OK || pg_get(r, 0, "seconds") == NULL)
		return rc;
	seconds = pg_get_real(r, 0, "seconds");
	*wait = seconds <= 0 ? 0 : seconds > 86400 ? 86400 * USEC_PER_SEC :
	    (usec_t)(seconds * 1e6);
	return E_OK;
}

enum errc task_store_notify_failed(struct pg *db, struct arena *a, const struct task_notice *n,
    struct err *e)
{
	struct pg_args args;

	pg_args_init(&args, a);
	pg_text(&args, n->organization);
	pg_text(&args, n->title);
	pg_text(&args, n->message);
	pg_text(&args, n->metadata_json);
	return pg_exec(db, a, &sql_task_notify_failed, &args, NULL, e);
}

enum errc task_store_file(struct pg *db, struct arena *a, const char *id, struct task_file *out,
    struct err *e)
{
	struct pg_args args;
	struct pg_result *r;
	enum errc rc;

	*out = (struct task_file){ 0 };
	pg_args_init(&args, a);
	pg_text(&args, id);
	rc = pg_exec(db, a, &sql_task_file, &args, &r, e);
	if (rc != E_OK || pg_len(r) == 0)
		return rc;
	out->id = pg_get(r, 0, "id");
	out->organization = pg_get(r, 0, "organization_id");
	out->path = pg_get(r, 0, "file_path");
	out->type = pg_get(r, 0, "file_type");
	out->size = pg_get_int(r, 0, "file_size");
	out->deleted = pg_get_bool(r, 0, "deleted");
	return E_OK;
}

static enum errc release(struct pg *db, struct arena *a, const char *file, bool printable,
    struct err *e)
{
	struct pg_args args;

	pg_args_init(&args, a);
	pg_text(&args, file);
	pg_bool(&args, printable);
	return pg_exec(db, a, &sql_task_release_jobs, &args, NULL, e);
}

enum errc task_store_analysed(struct pg *db, struct arena *a, const struct task_analysis *in,
    struct err *e)
{
	struct pg_args args;
	enum errc rc;

	pg_args_init(&args, a);
	pg_text(&args, in->file);
	pg_text(&args, in->metadata_json);
	pg_text(&args, in->analysis_json);
	pg_text(&args, in->idx_sha256);
	pg_text(&args, in->thumbnail);
	rc = pg_exec(db, a, &sql_task_file_analysed, &args, NULL, e);
	return rc != E_OK ? rc : release(db, a, in->file, in->printable, e);
}

enum errc task_store_file_failed(struct pg *db, struct arena *a, const char *file,
    const char *operation, const char *error, struct err *e)
{
	struct pg_args args;
	enum errc rc;

	pg_args_init(&args, a);
	pg_text(&args, file);
	pg_text(&args, operation);
	pg_text(&args, error);
	rc = pg_exec(db, a, &sql_task_file_failed, &args, NULL, e);
	return rc != E_OK ? rc : release(db, a, file, false, e);
}
