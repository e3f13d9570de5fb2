/* SPDX-License-Identifier: Apache-2.0 */
/* Family L: registering, signing in and out (L-01 ... L-05), the own password. */
#include <stddef.h>
#include <string.h>

#include "cgi/answer.h"
#include "cgi/do_session.h"
#include "cgi/do_user.h"
#include "cgi/doors.h"
#include "cgi/l/account.h"
#include "cgi/limit.h"
#include "store/user_store.h"

struct in_register { const char *email, *username, *password, *setup_code; };
static const struct field register_fields[] = {
	ACCOUNT_EMAIL(FIELD_REQUIRED, offsetof(struct in_register, email)),
	ACCOUNT_USERNAME(FIELD_REQUIRED, offsetof(struct in_register, username)),
	ACCOUNT_PASSWORD("password", FIELD_REQUIRED, offsetof(struct in_register, password)),
	{ .name = "setupCode", .type = F_TEXT, .flags = FIELD_NULL, .max = 200,
	    .offset = offsetof(struct in_register, setup_code) },
};
static const struct schema register_schema = SCHEMA(register_fields, struct in_register, NULL);

struct in_login { const char *email, *password, *organization; };
static const struct field login_fields[] = {
	{ .name = "email", .type = F_TEXT, .flags = FIELD_REQUIRED | FIELD_TRIM, .min = 1, .max = 255,
	    .offset = offsetof(struct in_login, email) },
	{ .name = "password", .type = F_TEXT, .flags = FIELD_REQUIRED | FIELD_BYTES | FIELD_RAW,
	    .min = 1, .max = PASSWORD_MAX, .offset = offsetof(struct in_login, password) },
	{ .name = "organizationId", .type = F_ID, .flags = FIELD_NULL,
	    .offset = offsetof(struct in_login, organization) },
};
static const struct schema login_schema = SCHEMA(login_fields, struct in_login, NULL);

struct in_refresh { const char *token, *organization; };
static const struct field refresh_fields[] = {
	{ .name = "refreshToken", .type = F_TEXT, .flags = FIELD_REQUIRED, .min = 1, .max = 4096,
	    .offset = offsetof(struct in_refresh, token) },
	{ .name = "organizationId", .type = F_ID, .flags = FIELD_NULL,
	    .offset = offsetof(struct in_refresh, organization) },
};
static const struct schema refresh_schema = SCHEMA(refresh_fields, struct in_refresh, NULL);

struct in_change { const char *current, *wanted; };
static const struct field change_fields[] = {
	ACCOUNT_PROOF(FIELD_REQUIRED, offsetof(struct in_change, current)),
	ACCOUNT_PASSWORD("newPassword", FIELD_REQUIRED, offsetof(struct in_change, wanted)),
};
static const struct schema change_schema = SCHEMA(change_fields, struct in_change, NULL);

/* data {user?, accessToken, refreshToken}; message, user and tokens again at the top, where the
 * public front end reads them. */
static const struct answer *granted(struct req *rq, int status, const struct session_grant *g,
    const char *message)
{
	bool with_user = strcmp(message, "Token refreshed") != 0;
	struct sink *s = answer_begin(rq, status);

	if (with_user)
		rows_object(s, "user", g->user, 0, req_hooks(rq));
	sink_text(s, "accessToken", g->access);
	sink_text(s, "refreshToken", g->refresh);
	sink_end_object(s);
	sink_text(s, "message", message);
	rows_object(s, "user", g->user, 0, req_hooks(rq));
	sink_begin_object(s, "tokens");
	sink_text(s, "accessToken", g->access);
	sink_text(s, "refreshToken", g->refresh);
	sink_end_object(s);
	sink_end_object(s);
	return rq->answer;
}

static const struct answer *l_register(struct req *rq)
{
	const struct in_register *in = rq->in;
	const struct session_new user = { in->email, in->username, in->password, in->setup_code };
	const struct answer *refusal = limit_account(rq, in->email);
	struct session_grant g;
	struct err e;

	if (refusal != NULL)
		return refusal;
	if (do_register(rq, &user, &g, &e) != E_OK)
		return answer_error(rq, &e);
	return granted(rq, 201, &g, "Registration successful");
}

static const struct answer *l_login(struct req *rq)
{
	const struct in_login *in = rq->in;
	const struct session_login login = { in->email, in->password, in->organization };
	const struct answer *refusal = limit_account(rq, in->email);
	struct session_grant g;
	struct err e;

	if (refusal != NULL)
		return refusal;
	if (do_login(rq, &login, &g, &e) != E_OK)
		return answer_error(rq, &e);
	return granted(rq, 200, &g, "Login successful");
}

static const struct answer *l_refresh(struct req *rq)
{
	const struct in_refresh *in = rq->in;
	struct session_grant g;
	struct err e;

	if (do_refresh(rq, in->token, in->organization, &g, &e) != E_OK)
		return answer_error(rq, &e);
	return granted(rq, 200, &g, "Token refreshed");
}

static const struct answer *l_logout(struct req *rq)
{
	struct err e;

	if (do_logout(rq, &e) != E_OK)
		return answer_error(rq, &e);
	return answer_true(rq);
}

static const struct answer *l_me(struct req *rq)
{
	struct pg_result *r;
	struct err e;

	pg_last(rq->app->db);
	if (user_store_show(rq->app->db, rq->arena, rq->who.user, &r, &e) != E_OK)
		return answer_error(rq, &e);
	if (pg_len(r) == 0)
		return answer_fail(rq, 401, "USER_NOT_FOUND", "User not found or inactive");
	return answer_row(rq, 200, "user", r, 0);
}

/* This session goes on, the user's others end. */
static const struct answer *l_change_password(struct req *rq)
{
	const struct in_change *in = rq->in;
	const struct answer *refusal;
	struct err e;

	if (do_password_change(rq, in->current, in->wanted, &refusal, &e) != E_OK)
		return refusal != NULL ? refusal : answer_error(rq, &e);
	return answer_true(rq);
}

#define ANYONE ROLE_ANYONE
const struct route l_session_routes[] = {
	{ METHOD_POST, "/api/auth/register", ANYONE, RATE_AUTH, POOL_SLOW, FAMILY_L,
	    &register_schema, l_register, 0 },
	{ METHOD_POST, "/api/auth/login", ANYONE, RATE_AUTH, POOL_SLOW, FAMILY_L, &login_schema,
	    l_login, 0 },
	{ METHOD_POST, "/api/auth/refresh", ANYONE, RATE_API, POOL_API, FAMILY_L, &refresh_schema,
	    l_refresh, 0 },
	{ METHOD_POST, "/api/auth/logout", ROLE_VIEWER, RATE_API, POOL_API, FAMILY_L, NULL,
	    l_logout, 0 },
	{ METHOD_POST, "/api/auth/change-password", ROLE_VIEWER, RATE_AUTH, POOL_SLOW, FAMILY_L,
	    &change_schema, l_change_password, 0 },
	{ METHOD_GET, "/api/auth/me", ROLE_VIEWER, RATE_API, POOL_API, FAMILY_L, NULL, l_me, 0 },
	{ METHOD_GET, "/api/auth/profile", ROLE_VIEWER, RATE_API, POOL_API, FAMILY_L, NULL, l_me, 0 },
	{ .path = NULL },
};
