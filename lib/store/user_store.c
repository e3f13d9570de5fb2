/* SPDX-License-Identifier: Apache-2.0 */
#include "store/user_store.h"

#include <string.h>

#include "gen/user_sql.h"

enum errc user_store_context(struct pg *db, struct arena *a, const char *ip, const char *agent,
    struct err *e)
{
	struct pg_args args;

	pg_args_init(&args, a);
	pg_text(&args, ip);
	pg_text(&args, agent);
	return pg_exec(db, a, &sql_user_context, &args, NULL, e);
}

enum errc user_store_rate(struct pg *db, struct arena *a, const char *key, struct user_rate *rate,
    struct err *e)
{
	struct pg_args args;
	struct pg_result *r;
	enum errc rc;

	pg_args_init(&args, a);
	pg_text(&args, key);
	pg_int(&args, rate->points);
	pg_int(&args, rate->window_sec);
	rc = pg_exec(db, a, &sql_user_rate, &args, &r, e);
	if (rc != E_OK)
		return rc;
	rate->allowed = pg_get_bool(r, 0, "allowed");
	rate->remaining = pg_get_int(r, 0, "remaining");
	rate->reset_sec = pg_get_int(r, 0, "reset_seconds");
	return E_OK;
}

enum errc user_store_find_login(struct pg *db, struct arena *a, const char *email,
    struct user_login *out, struct err *e)
{
	struct pg_args args;
	struct pg_result *r;
	enum errc rc;

	*out = (struct user_login){ 0 };
	pg_args_init(&args, a);
	pg_text(&args, email);
	rc = pg_exec(db, a, &sql_user_find_login, &args, &r, e);
	if (rc != E_OK || pg_len(r) == 0)
		return rc;
	out->id = pg_get(r, 0, "id");
	out->username = pg_get(r, 0, "username");
	out->email = pg_get(r, 0, "email");
	out->hash = pg_get(r, 0, "password_hash");
	out->role = pg_get(r, 0, "role");
	out->organization = pg_get(r, 0, "default_organization_id");
	out->is_active = pg_get_bool(r, 0, "is_active");
	return E_OK;
}

enum errc user_store_setup_code_ok(struct pg *db, struct arena *a, const char *hash, bool *ok,
    struct err *e)
{
	struct pg_args args;
	struct pg_result *r;
	enum errc rc;

	pg_args_init(&args, a);
	pg_text(&args, hash);
	rc = pg_exec(db, a, &sql_user_setup_ok, &args, &r, e);
	*ok = rc == E_OK && pg_get_bool(r, 0, "ok");
	return rc;
}

enum errc user_store_register(struct pg *db, struct arena *a, const struct user_new *in,
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
	pg_bool(&args, in->setup_ok);
	pg_text(&args, in->registration);
	rc = pg_exec(db, a, &sql_user_register, &args, &r, e);
	*id = rc == E_OK ? pg_get(r, 0, "id") : NULL;
	return rc;
}

static void session_args(struct pg_args *args, const struct user_session *s)
{
	pg_text(args, s->token_hash);
	pg_text(args, s->refresh_hash);
	pg_real(args, (double)s->expires / (double)USEC_PER_SEC);
	pg_text(args, s->ip);
	pg_text(args, s->agent);
}

enum errc user_store_open_session(struct pg *db, struct arena *a, const struct user_session *s,
    struct err *e)
{
	struct pg_args args;

	pg_args_init(&args, a);
	pg_text(&args, s->id);
	pg_text(&args, s->user);
	session_args(&args, s);
	return pg_exec(db, a, &sql_user_open_session, &args, NULL, e);
}

enum errc user_store_rotate_session(struct pg *db, struct arena *a, const struct user_session *s,
    const char *old_refresh_hash, const char **outcome, struct err *e)
{
	struct pg_args args;
	struct pg_result *r;
	enum errc rc;

	pg_args_init(&args, a);
	pg_text(&args, s->id);
	pg_text(&args, old_refresh_hash);
	session_args(&args, s);
	rc = pg_exec(db, a, &sql_user_rotate_session, &args, &r, e);
	*outcome = rc == E_OK ? pg_get(r, 0, "outcome") : NULL;
	return rc;
}

static enum errc by_id(struct pg *db, struct arena *a, const struct pg_stmt *st, const char *id,
    struct pg_result **out, struct err *e)
{
	struct pg_args args;

	pg_args_init(&args, a);
	pg_text(&args, id);
	return pg_exec(db, a, st, &args, out, e);
}

enum errc user_store_close_session(struct pg *db, struct arena *a, const char *session,
    struct err *e)
{
	return by_id(db, a, &sql_user_close_session, session, NULL, e);
}

enum errc user_store_become(struct pg *db, struct arena *a, const char *user,
    const char *wanted_org, const char **org, struct err *e)
{
	struct pg_args args;
	struct pg_result *r;
	enum errc rc;

	pg_args_init(&args, a);
	pg_text(&args, user);
	pg_text(&args, wanted_org);
	rc = pg_exec(db, a, &sql_user_become, &args, &r, e);
	*org = rc == E_OK ? pg_get(r, 0, "organization_id") : NULL;
	return rc;
}

enum errc user_store_touch_login(struct pg *db, struct arena *a, const char *user, struct err *e)
{
	return by_id(db, a, &sql_user_touch_login, user, NULL, e);
}

enum errc user_store_rehash(struct pg *db, struct arena *a, const char *user,
    const char *const hashes[2], struct err *e)
{
	struct pg_args args;

	pg_args_init(&args, a);
	pg_text(&args, user);
	pg_text(&args, hashes[0]);
	pg_text(&args, hashes[1]);
	return pg_exec(db, a, &sql_user_rehash, &args, NULL, e);
}

enum errc user_store_show(struct pg *db, struct arena *a, const char *user,
    struct pg_result **out, struct err *e)
{
	return by_id(db, a, &sql_user_show, user, out, e);
}

enum errc user_store_audit(struct pg *db, struct arena *a, const char *event,
    const char *description, const char *metadata_json, struct err *e)
{
	struct pg_args args;

	pg_args_init(&args, a);
	pg_text(&args, event);
	pg_text(&args, description);
	pg_text(&args, metadata_json);
	return pg_exec(db, a, &sql_user_audit, &args, NULL, e);
}

enum errc user_store_ping(struct pg *db, struct arena *a, const char *backend_url,
    bool *is_healthy, struct err *e)
{
	struct pg_args args;
	struct pg_result *r;
	enum errc rc;

	pg_args_init(&args, a);
	pg_text(&args, backend_url);
	rc = pg_exec(db, a, &sql_user_ping, &args, &r, e);
	*is_healthy = rc == E_OK && pg_get_bool(r, 0, "healthy");
	return rc;
}
