/* SPDX-License-Identifier: Apache-2.0 */
/* user_store - accounts, sessions, rate limits and the context of an audited transaction.
 *
 * Purpose:  what happens before there is a principal runs through SECURITY DEFINER functions of
 *           schema auth; passwords and tokens arrive here as hashes.
 * Owns:     results belong to the arena.
 * Errors:   as pg_exec(); user_store_register(): E_CONFLICT with field for a taken value.
 * Blocking: one round trip each. */
#ifndef PLATEN_STORE_USER_STORE_H
#define PLATEN_STORE_USER_STORE_H

#include "base/uuid.h"
#include "store/pg.h"

/* Address and browser of this transaction's audit rows; the first statement of an act. */
enum errc user_store_context(struct pg *db, struct arena *a, const char *ip, const char *agent,
    struct err *e) MUST_CHECK;

struct user_rate {
	int64_t points, window_sec; /* in */
	bool allowed;               /* out */
	int64_t remaining, reset_sec;
};
/* Its own transaction, so that a refused request counts too. */
enum errc user_store_rate(struct pg *db, struct arena *a, const char *key, struct user_rate *rate,
    struct err *e) MUST_CHECK;

struct user_login {
	const char *id, *username, *email, *hash, *role, *organization; /* id NULL: unknown */
	bool is_active;
};
enum errc user_store_find_login(struct pg *db, struct arena *a, const char *email,
    struct user_login *out, struct err *e) MUST_CHECK;

struct user_new {
	const char *email, *username, *hash, *role;
	bool setup_ok;            /* the one-time code of an empty installation was right */
	const char *registration; /* "open", "closed", "admin" */
};
/* Is this the hash of the one-time code of an installation without accounts? */
enum errc user_store_setup_code_ok(struct pg *db, struct arena *a, const char *hash, bool *ok,
    struct err *e) MUST_CHECK;
/* *id NULL: registration is closed. */
enum errc user_store_register(struct pg *db, struct arena *a, const struct user_new *in,
    const char **id, struct err *e) MUST_CHECK;

struct user_session {
	const char *id, *user;
	const char *token_hash, *refresh_hash;
	usec_t expires; /* wall */
	const char *ip, *agent;
};
enum errc user_store_open_session(struct pg *db, struct arena *a, const struct user_session *s,
    struct err *e) MUST_CHECK;
/* *outcome: rotated, reuse, gone, inactive. */
enum errc user_store_rotate_session(struct pg *db, struct arena *a, const struct user_session *s,
    const char *old_refresh_hash, const char **outcome, struct err *e) MUST_CHECK;
enum errc user_store_close_session(struct pg *db, struct arena *a, const char *session,
    struct err *e) MUST_CHECK;

/* The rest of the transaction is this user's; wanted_org may be NULL. *org: where it landed. */
enum errc user_store_become(struct pg *db, struct arena *a, const char *user,
    const char *wanted_org, const char **org, struct err *e) MUST_CHECK;
enum errc user_store_touch_login(struct pg *db, struct arena *a, const char *user,
    struct err *e) MUST_CHECK;
enum errc user_store_rehash(struct pg *db, struct arena *a, const char *user,
    const char *const hashes[2], struct err *e) MUST_CHECK; /* old, new */
/* One row of l_user, or no row. */
enum errc user_store_show(struct pg *db, struct arena *a, const char *user,
    struct pg_result **out, struct err *e) MUST_CHECK;
enum errc user_store_audit(struct pg *db, struct arena *a, const char *event,
    const char *description, const char *metadata_json, struct err *e) MUST_CHECK;
/* Is the database there at all, and was the printer backend at this address (or NULL) lately? */
enum errc user_store_ping(struct pg *db, struct arena *a, const char *backend_url,
    bool *is_healthy, struct err *e) MUST_CHECK;

#endif
