/* SPDX-License-Identifier: Apache-2.0 */
#include "store/camera_store.h"

#include "gen/camera_sql.h"

enum errc camera_store_show(struct pg *db, struct arena *a, const char *printer,
    bool has_own_url, struct pg_result **out, struct err *e)
{
	struct pg_args args;
	enum errc rc;

	pg_args_init(&args, a);
	pg_text(&args, printer);
	pg_bool(&args, has_own_url);
	rc = pg_exec(db, a, &sql_camera_show, &args, out, e);
	if (rc == E_OK && pg_len(*out) == 0)
		return err_set(e, E_NOTFOUND, "Printer not found");
	return rc;
}

enum errc camera_store_set(struct pg *db, struct arena *a, const char *printer,
    const char *patch, struct err *e)
{
	struct pg_args args;

	pg_args_init(&args, a);
	pg_text(&args, printer);
	pg_text(&args, patch);
	return pg_exec(db, a, &sql_camera_set, &args, NULL, e);
}

enum errc camera_store_make_ticket(struct pg *db, struct arena *a, const char *sha256,
    const char *session, int seconds, struct err *e)
{
	struct pg_args args;

	pg_args_init(&args, a);
	pg_text(&args, sha256);
	pg_text(&args, session);
	pg_int(&args, seconds);
	return pg_exec(db, a, &sql_camera_make_ticket, &args, NULL, e);
}

enum errc camera_store_take_ticket(struct pg *db, struct arena *a, const char *sha256,
    struct camera_ticket *out, struct err *e)
{
	struct pg_args args;
	struct pg_result *r;
	enum errc rc;

	*out = (struct camera_ticket){ .user = "" };
	pg_args_init(&args, a);
	pg_text(&args, sha256);
	rc = pg_exec(db, a, &sql_camera_take_ticket, &args, &r, e);
	if (rc != E_OK)
		return rc;
	if (pg_len(r) == 0 || !uuid_canon(pg_get(r, 0, "subject"), out->user) ||
	    !uuid_canon(pg_get(r, 0, "org"), out->organization)) {
		err_set(e, E_UNAUTHORIZED, "Invalid authentication token");
		return err_kind(e, "INVALID_TOKEN");
	}
	if (pg_get(r, 0, "session") != NULL && !uuid_canon(pg_get(r, 0, "session"), out->session))
		out->session[0] = '\0';
	return E_OK;
}
