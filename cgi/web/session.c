/* SPDX-License-Identifier: Apache-2.0 */
/* Signing in and out in a browser. */
#include <stddef.h>
#include <string.h>

#include "auth/password.h"
#include "cgi/do_session.h"
#include "cgi/doors.h"
#include "cgi/limit.h"
#include "cgi/web/web.h"

struct in_sign_in {
	const char *email, *password, *next;
};
static const struct field sign_in_fields[] = {
	{ .name = "email", .type = F_TEXT, .flags = FIELD_TRIM, .max = 255,
	    .offset = offsetof(struct in_sign_in, email) },
	{ .name = "password", .type = F_TEXT, .flags = FIELD_BYTES | FIELD_RAW, .max = PASSWORD_MAX,
	    .offset = offsetof(struct in_sign_in, password) },
	{ .name = "next", .type = F_TEXT, .max = 500, .offset = offsetof(struct in_sign_in, next) },
};
static const struct schema sign_in_schema = SCHEMA(sign_in_fields, struct in_sign_in, NULL);

/* Only a path of this server: no host, no scheme, nothing a browser would read as one. */
static const char *safe_next(const char *next)
{
	if (next == NULL || next[0] != '/' || next[1] == '/' || next[1] == '\\' ||
	    strpbrk(next, "\\\r\n\t") != NULL)
		return "/";
	return next;
}

static const struct answer *form(struct req *rq, int status, const char *problem)
{
	const struct in_sign_in *in = rq->in;
	struct page *p = page_new(rq, "Sign in", "");

	page_set(p, "next", safe_next(in->next));
	page_set(p, "email", in->email);
	page_set(p, "problem", problem);
	return page_render(p, status, "sign-in", "");
}

static const struct answer *show(struct req *rq)
{
	return form(rq, 200, NULL);
}

static const struct answer *sign_in(struct req *rq)
{
	const struct in_sign_in *in = rq->in;
	const struct session_login login = { in->email, in->password, NULL };
	const struct answer *refusal;
	struct session_grant g;
	struct answer *an;
	struct err e;

	if (in->email == NULL || in->password == NULL)
		return form(rq, 422, "Enter your e-mail address and your password.");
	refusal = limit_account(rq, in->email);
	if (refusal != NULL)
		return form(rq, 429, "Too many attempts. Wait a quarter of an hour.");
	if (do_login(rq, &login, &g, &e) != E_OK) {
		if (e.code == E_UNAUTHORIZED)
			return form(rq, 422, "E-mail address or password is wrong.");
		return answer_error(rq, &e);
	}
	answer_redirect(rq, safe_next(in->next));
	an = rq->answer;
	answer_header(an, "Set-Cookie", session_cookie(rq, &g));
	return an;
}

static const struct answer *sign_out(struct req *rq)
{
	struct err e;

	if (do_logout(rq, &e) != E_OK)
		return answer_error(rq, &e);
	answer_redirect(rq, "/sign-in");
	answer_header(rq->answer, "Set-Cookie", session_cookie(rq, NULL));
	return rq->answer;
}

const struct route web_session_routes[] = {
	{ METHOD_GET, "/sign-in", ROLE_ANYONE, RATE_NONE, POOL_API, FAMILY_WEB, &sign_in_schema, show,
	    0 },
	{ METHOD_POST, "/sign-in", ROLE_ANYONE, RATE_AUTH, POOL_SLOW, FAMILY_WEB, &sign_in_schema,
	    sign_in, 0 },
	{ METHOD_POST, "/sign-out", ROLE_VIEWER, RATE_API, POOL_API, FAMILY_WEB, NULL, sign_out, 0 },
	{ .path = NULL },
};
