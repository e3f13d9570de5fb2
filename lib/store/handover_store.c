/* SPDX-License-Identifier: Apache-2.0 */
#include "store/handover_store.h"

#include "gen/handover_sql.h"

static enum errc with_job(struct pg *db, struct arena *a, const struct pg_stmt *st,
    const char *job, struct pg_result **out, struct err *e)
{
	struct pg_args args;

	pg_args_init(&args, a);
	pg_text(&args, job);
	return pg_exec(db, a, st, &args, out, e);
}

static enum errc with_word(struct pg *db, struct arena *a, const struct pg_stmt *st,
    const char *const words[2], struct pg_result **out, struct err *e)
{
	struct pg_args args;

	pg_args_init(&args, a);
	pg_text(&args, words[0]);
	pg_text(&args, words[1]);
	return pg_exec(db, a, st, &args, out, e);
}

enum errc handover_store_row(struct pg *db, struct arena *a, const char *job,
    struct pg_result **out, struct err *e)
{
	enum errc rc = with_job(db, a, &sql_handover_row, job, out, e);

	if (rc == E_OK && pg_len(*out) == 0)
		return err_set(e, E_NOTFOUND, "Print job not found");
	return rc;
}

enum errc handover_store_url(struct pg *db, struct arena *a, const char **url, struct err *e)
{
	struct pg_args args;
	struct pg_result *r;
	enum errc rc;

	pg_args_init(&args, a);
	rc = pg_exec(db, a, &sql_handover_url, &args, &r, e);
	*url = rc == E_OK && pg_len(r) > 0 ? pg_get(r, 0, "url") : NULL;
	return rc;
}

enum errc handover_store_taken(struct pg *db, struct arena *a, const char *job,
    const char **status, struct err *e)
{
	struct pg_result *r;
	enum errc rc = with_job(db, a, &sql_handover_taken, job, &r, e);

	*status = rc == E_OK ? pg_get(r, 0, "status") : NULL;
	return rc;
}

enum errc handover_store_failed(struct pg *db, struct arena *a, const char *job,
    const char *reason, bool *moved, struct err *e)
{
	struct pg_result *r;
	enum errc rc = with_word(db, a, &sql_handover_failed, (const char *const[]){ job, reason },
	    &r, e);

	*moved = rc == E_OK && pg_len(r) > 0;
	return rc;
}

enum errc handover_store_withdraw(struct pg *db, struct arena *a, const char *job,
    const char *why, struct err *e)
{
	return with_word(db, a, &sql_handover_withdraw, (const char *const[]){ job, why }, NULL, e);
}

enum errc handover_store_known(struct pg *db, struct arena *a, const char *job, bool *out,
    struct err *e)
{
	struct pg_result *r;
	enum errc rc = with_job(db, a, &sql_handover_known, job, &r, e);

	*out = rc == E_OK && pg_get_bool(r, 0, "known");
	return rc;
}
