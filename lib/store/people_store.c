/* SPDX-License-Identifier: Apache-2.0 */
#include "store/people_store.h"

#include "gen/people_sql.h"

enum errc people_store_list(struct pg *db, struct arena *a, const char *search,
    const int64_t window[2], struct pg_result **out, struct err *e)
{
	struct pg_args args;

	pg_args_init(&args, a);
	pg_text(&args, search);
	pg_int(&args, window[0]);
	pg_int(&args, window[1]);
	return pg_exec(db, a, &sql_people_users, &args, out, e);
}

enum errc people_store_create(struct pg *db, struct arena *a, const struct people_new *in,
    const char **id, struct err *e)
{
	struct pg_args args;
	struct pg_result *r;
	enum errc rc;

	pg_args_init(&args, a);
	pg_text(&args, in->email);
	pg_text(&args, in->username);
	pg_text(&args, in->hash);
	pg_text(&args, in->role);
	rc = pg_exec(db, a, &sql_people_create_user, &args, &r, e);
	*id = rc == E_OK ? pg_get(r, 0, "id") : NULL;
	return rc;
}

enum errc people_store_update(struct pg *db, struct arena *a, const char *id, const char *role,
    const bool *active, struct err *e)
{
	struct pg_args args;

	pg_args_init(&args, a);
	pg_text(&args, id);
	pg_text(&args, role);
	if (active == NULL)
		pg_null(&args);
	else
		pg_bool(&args, *active);
	return pg_exec(db, a, &sql_people_update_user, &args, NULL, e);
}

static enum errc by_id(struct pg *db, struct arena *a, const struct pg_stmt *st, const char *id,
    struct err *e)
{
	struct pg_args args;

	pg_args_init(&args, a);
	pg_text(&args, id);
	return pg_exec(db, a, st, &args, NULL, e);
}

enum errc people_store_delete(struct pg *db, struct arena *a, const char *id, struct err *e)
{
	return by_id(db, a, &sql_people_delete_user, id, e);
}

enum errc people_store_check(struct pg *db, struct arena *a, const char *id, struct err *e)
{
	return by_id(db, a, &sql_people_check_manages, id, e);
}

enum errc people_store_proof(struct pg *db, struct arena *a, struct people_proof *p,
    struct err *e)
{
	struct pg_args args;
	struct pg_result *r;
	enum errc rc;

	pg_args_init(&args, a);
	pg_text(&args, p->session);
	pg_int(&args, p->within_sec);
	rc = pg_exec(db, a, &sql_people_own_hash, &args, &r, e);
	if (rc != E_OK)
		return rc;
	p->hash = pg_get(r, 0, "hash");
	p->is_fresh = pg_get_bool(r, 0, "fresh");
	return E_OK;
}

enum errc people_store_change_password(struct pg *db, struct arena *a, const char *hash,
    const char *session, struct err *e)
{
	struct pg_args args;

	pg_args_init(&args, a);
	pg_text(&args, hash);
	pg_text(&args, session);
	return pg_exec(db, a, &sql_people_change_password, &args, NULL, e);
}

enum errc people_store_reset_password(struct pg *db, struct arena *a, const char *id,
    const char *hash, struct err *e)
{
	struct pg_args args;

	pg_args_init(&args, a);
	pg_text(&args, id);
	pg_text(&args, hash);
	return pg_exec(db, a, &sql_people_reset_password, &args, NULL, e);
}
