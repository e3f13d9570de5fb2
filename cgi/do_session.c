/* SPDX-License-Identifier: Apache-2.0 */
#include "cgi/do_session.h"

#include <string.h>

#include "auth/password.h"
#include "base/conf.h"
#include "base/crypto.h"
#include "store/user_store.h"

static enum errc refused(struct err *e, const char *kind)
{
	err_set(e, E_UNAUTHORIZED, "%s", strcmp(kind, "INVALID_CREDENTIALS") == 0 ?
	    "Invalid credentials" : "Invalid authentication token");
	return err_kind(e, kind);
}

static int rounds(const struct req *rq)
{
	return (int)conf_int(rq->app->conf, "auth.bcrypt_rounds");
}

static const char *hash_of(struct req *rq, const char *token)
{
	char hex[SHA256_HEX_SIZE];

	sha256_hex(token, strlen(token), hex);
	return arena_str(rq->arena, hex);
}

/* Both tokens of a session, from the user's row as it stands in this transaction. */
static void sign_tokens(struct req *rq, const char *session, struct session_grant *g)
{
	struct token_claims c = { .email = pg_get(g->user, 0, "email"),
		.username = pg_get(g->user, 0, "username"), .role = pg_get(g->user, 0, "role") };
	usec_t now = clock_wall();

	uuid_canon(pg_get(g->user, 0, "id"), c.subject);
	uuid_canon(session, c.session);
	uuid_canon(pg_get(g->user, 0, "organizationId"), c.organization);
	g->expires = now + rq->app->keys.refresh_ttl;
	g->access = token_issue(&rq->app->keys, TOKEN_ACCESS, &c, now, rq->arena);
	g->cookie = token_issue(&rq->app->keys, TOKEN_BROWSER, &c, now, rq->arena);
	uuid_new(c.jti);
	g->refresh = token_issue(&rq->app->keys, TOKEN_REFRESH, &c, now, rq->arena);
}

static struct user_session session_row(struct req *rq, const char *session, const char *user,
    const struct session_grant *g)
{
	return (struct user_session){ .id = session, .user = user,
		.token_hash = hash_of(rq, g->access), .refresh_hash = hash_of(rq, g->refresh),
		.expires = g->expires, .ip = rq->ip, .agent = rq->agent };
}

/* A transaction that is the user's from here on, although no token brought it. */
static enum errc become(struct req *rq, const char *user, const char *organization, struct err *e)
{
	struct pg *db = rq->app->db;
	const char *org;
	enum errc rc = pg_begin(db, NULL, e);

	if (rc == E_OK)
		rc = user_store_context(db, rq->arena, rq->ip, rq->agent, e);
	if (rc == E_OK)
		rc = user_store_become(db, rq->arena, user, organization, &org, e);
	return rc;
}

static enum errc open_session(struct req *rq, const char *user, struct session_grant *g,
    struct err *e)
{
	struct pg *db = rq->app->db;
	struct user_session row;
	char session[UUID_SIZE];
	enum errc rc;

	uuid_new(session);
	rc = user_store_touch_login(db, rq->arena, user, e);
	if (rc == E_OK)
		rc = user_store_show(db, rq->arena, user, &g->user, e);
	if (rc == E_OK && pg_len(g->user) == 0)
		rc = refused(e, "USER_NOT_FOUND");
	if (rc != E_OK)
		return rc;
	sign_tokens(rq, session, g);
	row = session_row(rq, session, user, g);
	rc = user_store_open_session(db, rq->arena, &row, e);
	return rc == E_OK ? pg_commit(db, e) : rc;
}

/* One answer for an unknown address, a wrong password and a disabled account. */
static enum errc login_failed(struct req *rq, const struct user_login *found, struct err *e)
{
	struct pg *db = rq->app->db;
	const char *meta = found->id == NULL ? NULL :
	    arena_printf(rq->arena, "{\"userId\":\"%s\"}", found->id);
	enum errc rc = pg_begin(db, NULL, e);

	if (rc == E_OK)
		rc = user_store_context(db, rq->arena, rq->ip, rq->agent, e);
	if (rc == E_OK)
		rc = user_store_audit(db, rq->arena, "auth.login_failed", "Sign-in refused", meta, e);
	if (rc == E_OK)
		rc = pg_commit(db, e);
	return rc == E_OK ? refused(e, "INVALID_CREDENTIALS") : rc;
}

enum errc do_login(struct req *rq, const struct session_login *in, struct session_grant *out,
    struct err *e)
{
	struct user_login found;
	enum errc rc = user_store_find_login(rq->app->db, rq->arena, in->email, &found, e);
	bool right;

	if (rc != E_OK)
		return rc;
	right = password_check(in->password, found.hash, rounds(rq));
	if (!right || !found.is_active)
		return login_failed(rq, &found, e);
	rc = become(rq, found.id, in->organization, e);
	if (rc == E_OK && password_outdated(found.hash, rounds(rq))) {
		const char *hashes[2] = { found.hash,
			password_hash(in->password, rounds(rq), rq->arena) };

		rc = user_store_rehash(rq->app->db, rq->arena, found.id, hashes, e);
	}
	return rc == E_OK ? open_session(rq, found.id, out, e) : rc;
}

enum errc do_register(struct req *rq, const struct session_new *in, struct session_grant *out,
    struct err *e)
{
	const struct conf *c = rq->app->conf;
	struct user_new user = { .email = in->email, .username = in->username,
		.role = conf_text(c, "auth.default_role"),
		.registration = conf_text(c, "auth.registration") };
	const char *id = NULL;
	enum errc rc = password_accept(in->password, e);

	if (rc != E_OK)
		return rc;
	user.hash = password_hash(in->password, rounds(rq), rq->arena);
	rc = pg_begin(rq->app->db, NULL, e);
	if (rc == E_OK)
		rc = user_store_context(rq->app->db, rq->arena, rq->ip, rq->agent, e);
	if (rc == E_OK && in->setup_code != NULL)
		rc = user_store_setup_code_ok(rq->app->db, rq->arena, hash_of(rq, in->setup_code),
		    &user.setup_ok, e);
	if (rc == E_OK)
		rc = user_store_register(rq->app->db, rq->arena, &user, &id, e);
	if (rc == E_OK && id == NULL) {
		err_set(e, E_DENIED, "Registration is closed");
		return err_kind(e, "REGISTRATION_CLOSED");
	}
	if (rc == E_OK) {
		const char *org;

		rc = user_store_become(rq->app->db, rq->arena, id, NULL, &org, e);
	}
	return rc == E_OK ? open_session(rq, id, out, e) : rc;
}

/* What rotate_session() said, as a refusal; the reuse of a token has ended the session, and that
 * must stay. */
static enum errc judge_rotation(struct req *rq, const char *outcome, struct err *e)
{
	enum errc rc = pg_commit(rq->app->db, e);

	if (rc != E_OK || strcmp(outcome, "rotated") == 0)
		return rc;
	return refused(e, strcmp(outcome, "inactive") == 0 ? "USER_NOT_FOUND" : "INVALID_TOKEN");
}

enum errc do_refresh(struct req *rq, const char *token, const char *organization,
    struct session_grant *out, struct err *e)
{
	struct pg *db = rq->app->db;
	struct token_claims claims;
	struct user_session row;
	const char *outcome;
	enum errc rc = token_verify(&rq->app->keys, TOKEN_REFRESH, token, clock_wall(), rq->arena,
	    &claims, e);

	if (rc == E_OK && claims.session[0] == '\0')
		rc = refused(e, "INVALID_TOKEN");
	if (rc != E_OK)
		return rc;
	rc = become(rq, claims.subject, organization, e);
	if (rc == E_DENIED && organization == NULL)
		return refused(e, "USER_NOT_FOUND");
	if (rc == E_OK)
		rc = user_store_show(db, rq->arena, claims.subject, &out->user, e);
	if (rc == E_OK && pg_len(out->user) == 0)
		rc = refused(e, "USER_NOT_FOUND");
	if (rc != E_OK)
		return rc;
	sign_tokens(rq, claims.session, out);
	row = session_row(rq, claims.session, claims.subject, out);
	rc = user_store_rotate_session(db, rq->arena, &row, hash_of(rq, token), &outcome, e);
	return rc == E_OK ? judge_rotation(rq, outcome, e) : rc;
}

enum errc do_logout(struct req *rq, struct err *e)
{
	if (rq->who.session[0] == '\0')
		return E_OK;
	return user_store_close_session(rq->app->db, rq->arena, rq->who.session, e);
}

const char *session_cookie(struct req *rq, const struct session_grant *grant)
{
	long long age = grant == NULL ? 0 : (long long)((grant->expires - clock_wall()) /
	    USEC_PER_SEC);

	return arena_printf(rq->arena, "%s=%s; Path=/; Max-Age=%lld; HttpOnly; SameSite=Lax%s",
	    req_cookie_name(rq), grant == NULL ? "" : grant->cookie, age,
	    req_is_https(rq) ? "; Secure" : "");
}
