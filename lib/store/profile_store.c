/* SPDX-License-Identifier: Apache-2.0 */
#include "store/profile_store.h"

#include "gen/profile_sql.h"

enum errc profile_store_list(struct pg *db, struct arena *a, const int64_t window[2],
    struct pg_result **out, struct err *e)
{
	struct pg_args args;

	pg_args_init(&args, a);
	pg_int(&args, window[0]);
	pg_int(&args, window[1]);
	return pg_exec(db, a, &sql_profile_list, &args, out, e);
}

static enum errc by_id(struct pg *db, struct arena *a, const struct pg_stmt *st, const char *id,
    struct pg_result **out, struct err *e)
{
	struct pg_args args;
	enum errc rc;

	pg_args_init(&args, a);
	pg_text(&args, id);
	rc = pg_exec(db, a, st, &args, out, e);
	if (rc == E_NOTFOUND || (rc == E_OK && pg_len(*out) == 0))
		return err_set(e, E_NOTFOUND, "Profile not found");
	return rc;
}

enum errc profile_store_show(struct pg *db, struct arena *a, const char *id,
    struct pg_result **out, struct err *e)
{
	return by_id(db, a, &sql_profile_show, id, out, e);
}

enum errc profile_store_undefault(struct pg *db, struct arena *a, bool of_installation,
    struct err *e)
{
	struct pg_args args;

	pg_args_init(&args, a);
	pg_bool(&args, of_installation);
	return pg_exec(db, a, &sql_profile_undefault, &args, NULL, e);
}

/* A taken name is the column's words, the wire's are the same. */
static enum errc taken(enum errc rc, struct err *e)
{
	return rc != E_CONFLICT ? rc :
	    err_field(e, E_CONFLICT, "name", "A profile of this name exists");
}

enum errc profile_store_insert(struct pg *db, struct arena *a, const char *given,
    bool of_installation, const char **id, struct err *e)
{
	struct pg_args args;
	struct pg_result *r;
	enum errc rc;

	pg_args_init(&args, a);
	pg_text(&args, given);
	pg_bool(&args, of_installation);
	rc = pg_exec(db, a, &sql_profile_insert, &args, &r, e);
	*id = rc == E_OK ? pg_get(r, 0, "id") : NULL;
	return taken(rc, e);
}

enum errc profile_store_lock(struct pg *db, struct arena *a, const char *id,
    bool *of_installation, struct err *e)
{
	struct pg_result *r;
	enum errc rc = by_id(db, a, &sql_profile_lock, id, &r, e);

	*of_installation = rc == E_OK && pg_get_bool(r, 0, "installation");
	return rc;
}

enum errc profile_store_update(struct pg *db, struct arena *a, const char *id,
    const char *patch, struct err *e)
{
	struct pg_args args;

	pg_args_init(&args, a);
	pg_text(&args, id);
	pg_text(&args, patch);
	return taken(pg_exec(db, a, &sql_profile_update, &args, NULL, e), e);
}

enum errc profile_store_in_use(struct pg *db, struct arena *a, const char *id, bool *used,
    struct err *e)
{
	struct pg_result *r;
	enum errc rc = by_id(db, a, &sql_profile_in_use, id, &r, e);

	*used = rc == E_OK && pg_get_bool(r, 0, "used");
	return rc;
}

enum errc profile_store_delete(struct pg *db, struct arena *a, const char *id, struct err *e)
{
	struct pg_result *r;

	return by_id(db, a, &sql_profile_delete, id, &r, e);
}
