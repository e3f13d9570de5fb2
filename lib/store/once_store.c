/* SPDX-License-Identifier: Apache-2.0 */
#include "store/once_store.h"

#include "gen/once_sql.h"

/* A statement of its own: it sees what the other request has committed while we waited. */
static enum errc find(struct pg *db, struct arena *a, const char *key, struct once_row *out,
    struct err *e)
{
	struct pg_args args;
	struct pg_result *r;
	enum errc rc;

	pg_args_init(&args, a);
	pg_text(&args, key);
	rc = pg_exec(db, a, &sql_once_find, &args, &r, e);
	if (rc != E_OK)
		return rc;
	if (pg_len(r) == 0) /* the other one was refused just now */
		return err_set(e, E_UNAVAILABLE, "The first request with this key has just ended: try again");
	out->hash = pg_get(r, 0, "request_sha256");
	out->status = (int)pg_get_int(r, 0, "status");
	out->answer = pg_get(r, 0, "answer");
	return E_OK;
}

enum errc once_store_take(struct pg *db, struct arena *a, const char *key, const char *hash,
    struct once_row *out, struct err *e)
{
	struct pg_args args;
	struct pg_result *r;
	enum errc rc;

	*out = (struct once_row){ .taken = false };
	pg_args_init(&args, a);
	pg_text(&args, key);
	pg_text(&args, hash);
	rc = pg_exec(db, a, &sql_once_take, &args, &r, e);
	if (rc != E_OK)
		return rc;
	out->taken = pg_len(r) > 0;
	return out->taken ? E_OK : find(db, a, key, out, e);
}

enum errc once_store_keep(struct pg *db, struct arena *a, const char *key, int status,
    const char *answer, struct err *e)
{
	struct pg_args args;

	pg_args_init(&args, a);
	pg_text(&args, key);
	pg_int(&args, status);
	pg_text(&args, answer);
	return pg_exec(db, a, &sql_once_keep, &args, NULL, e);
}

enum errc once_store_drop(struct pg *db, struct arena *a, const char *key, struct err *e)
{
	struct pg_args args;

	pg_args_init(&args, a);
	pg_text(&args, key);
	return pg_exec(db, a, &sql_once_drop, &args, NULL, e);
}
