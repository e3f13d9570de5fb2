/* SPDX-License-Identifier: Apache-2.0 */
#include "store/ctl_store.h"

#include "gen/ctl_sql.h"

/* One statement with up to three texts, in a transaction that may write past row security where
 * the roles could not be made (platen.service). */
static enum errc act(struct pg *db, struct arena *a, const struct pg_stmt *st,
    const char *const value[3], struct pg_result **out, struct err *e)
{
	struct arena *own = arena_new(0);
	struct pg_args args;
	enum errc rc = pg_begin(db, NULL, e);

	pg_args_init(&args, own);
	for (int i = 0; i < st->params; i++)
		pg_text(&args, value[i]);
	if (rc == E_OK)
		rc = pg_exec(db, own, &sql_ctl_service, NULL, NULL, e);
	pg_last(db);
	if (rc == E_OK)
		rc = pg_exec(db, a == NULL ? own : a, st, &args, out, e);
	if (rc == E_OK)
		rc = pg_commit(db, e);
	pg_rollback(db);
	arena_free(own);
	return rc;
}

static enum errc act_on(struct pg *db, const struct pg_stmt *st, const char *one, const char *two,
    struct err *e)
{
	return act(db, NULL, st, (const char *const[]){ one, two, NULL }, NULL, e);
}

enum errc ctl_store_server(struct pg *db, struct arena *a, struct ctl_server *out, struct err *e)
{
	struct pg_result *r;
	enum errc rc = pg_exec(db, a, &sql_ctl_server, NULL, &r, e);

	if (rc != E_OK)
		return rc;
	out->version = pg_get_int(r, 0, "version");
	out->version_text = pg_get(r, 0, "version_text");
	out->login = pg_get(r, 0, "login");
	out->database = pg_get(r, 0, "database");
	out->superuser = pg_get_bool(r, 0, "superuser");
	out->migrated = pg_get_bool(r, 0, "migrated");
	return E_OK;
}

enum errc ctl_store_lock(struct pg *db, struct err *e)
{
	return pg_exec(db, NULL, &sql_ctl_lock, NULL, NULL, e);
}

enum errc ctl_store_is_applied(struct pg *db, struct arena *a, const char *version, bool *applied,
    struct err *e)
{
	struct pg_result *r;
	struct pg_args args;
	enum errc rc;

	pg_args_init(&args, a);
	pg_text(&args, version);
	rc = pg_exec(db, a, &sql_ctl_is_applied, &args, &r, e);
	if (rc == E_OK)
		*applied = pg_get_bool(r, 0, "applied");
	return rc;
}

enum errc ctl_store_apply(struct pg *db, const char *version, const char *script, struct err *e)
{
	struct arena *a = arena_new(0);
	struct pg_args args;
	enum errc rc = pg_begin(db, NULL, e);

	pg_args_init(&args, a);
	pg_text(&args, version);
	if (rc == E_OK)
		rc = pg_script(db, script, e);
	if (rc == E_OK && version != NULL)
		rc = pg_exec(db, a, &sql_ctl_applied, &args, NULL, e);
	if (rc == E_OK)
		rc = pg_commit(db, e);
	pg_rollback(db);
	arena_free(a);
	return rc;
}

/* Utility commands take no parameters: the server itself quotes the names into their text. */
static enum errc command(struct pg *db, const struct pg_stmt *st, const char *const value[3],
    bool *made, struct err *e)
{
	struct arena *a = arena_new(0);
	struct pg_result *r;
	enum errc rc = act(db, a, st, value, &r, e);
	const char *text = rc == E_OK ? pg_get(r, 0, "command") : NULL;

	if (made != NULL)
		*made = text != NULL;
	if (text != NULL)
		rc = pg_script(db, text, e);
	arena_free(a);
	return rc;
}

enum errc ctl_store_role(struct pg *db, const char *name, const char *options,
    const char *verifier, struct err *e)
{
	return command(db, &sql_ctl_role_command, (const char *const[]){ name, options, verifier },
	    NULL, e);
}

enum errc ctl_store_grant(struct pg *db, const char *role, const char *member, struct err *e)
{
	return command(db, &sql_ctl_grant_command, (const char *const[]){ role, member, NULL },
	    NULL, e);
}

enum errc ctl_store_database(struct pg *db, const char *name, const char *owner, bool *made,
    struct err *e)
{
	return command(db, &sql_ctl_database_command, (const char *const[]){ name, owner, NULL },
	    made, e);
}

enum errc ctl_store_has_users(struct pg *db, bool *any, struct err *e)
{
	struct arena *a = arena_new(0);
	struct pg_result *r;
	enum errc rc = act(db, a, &sql_ctl_has_users, NULL, &r, e);

	if (rc == E_OK)
		*any = pg_get_bool(r, 0, "any");
	arena_free(a);
	return rc;
}

enum errc ctl_store_setup_code(struct pg *db, const char *sha256, struct err *e)
{
	return act_on(db, &sql_ctl_setup_code, sha256, NULL, e);
}

enum errc ctl_store_find_user(struct pg *db, struct arena *a, const char *who,
    struct ctl_user *out, struct err *e)
{
	struct pg_result *r;
	enum errc rc = act(db, a, &sql_ctl_user_find, (const char *const[]){ who, NULL, NULL }, &r,
	    e);

	if (rc != E_OK)
		return rc;
	if (pg_len(r) == 0)
		return err_set(e, E_NOTFOUND, "There is no user %s", who);
	out->id = pg_get(r, 0, "id");
	out->email = pg_get(r, 0, "email");
	out->username = pg_get(r, 0, "username");
	out->role = pg_get(r, 0, "role");
	out->is_active = pg_get_bool(r, 0, "is_active");
	out->other_admin = pg_get_bool(r, 0, "other_admin");
	return E_OK;
}

enum errc ctl_store_add_user(struct pg *db, const struct ctl_user *in, const char *hash,
    struct err *e)
{
	struct arena *a = arena_new(0);
	struct pg_result *r;
	struct pg_args args;
	enum errc rc;

	pg_args_init(&args, a);
	pg_text(&args, in->email);
	pg_text(&args, in->username);
	pg_text(&args, hash);
	pg_text(&args, in->role);
	rc = pg_exec(db, a, &sql_ctl_user_add, &args, &r, e);
	arena_free(a);
	return rc;
}

enum errc ctl_store_users(struct pg *db, struct arena *a, struct pg_result **out, struct err *e)
{
	return act(db, a, &sql_ctl_user_list, NULL, out, e);
}

enum errc ctl_store_set_active(struct pg *db, const char *id, bool active, struct err *e)
{
	return act_on(db, &sql_ctl_user_active, id, active ? "t" : "f", e);
}

enum errc ctl_store_set_role(struct pg *db, const char *id, const char *role, struct err *e)
{
	return act_on(db, &sql_ctl_user_role, id, role, e);
}

enum errc ctl_store_set_password(struct pg *db, const char *id, const char *hash, struct err *e)
{
	return act_on(db, &sql_ctl_user_password, id, hash, e);
}

enum errc ctl_store_seen(struct pg *db, int64_t *seen, bool *by_role, struct err *e)
{
	struct arena *a = arena_new(0);
	struct pg_result *r;
	enum errc rc = pg_exec(db, a, &sql_ctl_seen_without_organisation, NULL, &r, e);

	if (rc == E_OK) {
		*seen = pg_get_int(r, 0, "seen");
		*by_role = pg_get_bool(r, 0, "by_role");
	}
	arena_free(a);
	return rc;
}

enum errc ctl_store_unlocked(struct pg *db, struct arena *a, const char **names, struct err *e)
{
	struct pg_result *r;
	enum errc rc = pg_exec(db, a, &sql_ctl_unlocked_tables, NULL, &r, e);

	if (rc == E_OK)
		*names = pg_get(r, 0, "names");
	return rc;
}

enum errc ctl_store_devices(struct pg *db, struct arena *a, struct pg_result **out, struct err *e)
{
	return act(db, a, &sql_ctl_devices, NULL, out, e);
}
