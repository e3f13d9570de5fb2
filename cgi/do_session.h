/* SPDX-License-Identifier: Apache-2.0 */
/* do_session - signing in and out, for every door.
 *
 * Purpose:  a grant is a row of `sessions` and the tokens that name it: an access and a refresh
 *           token for API clients, a cookie text for pages.
 * Owns:     texts live in the request's arena.
 * Errors:   E_UNAUTHORIZED with kind INVALID_CREDENTIALS, INVALID_TOKEN, TOKEN_EXPIRED or
 *           USER_NOT_FOUND; E_DENIED with kind REGISTRATION_CLOSED; E_CONFLICT with field.
 * Blocking: a password check burns a quarter of a second, whoever asks. */
#ifndef PLATEN_CGI_DO_SESSION_H
#define PLATEN_CGI_DO_SESSION_H

#include "cgi/req.h"

struct session_grant {
	const char *access, *refresh;
	const char *cookie;     /* value of the cookie named req_cookie_name() */
	usec_t expires;         /* of session and cookie, wall time */
	struct pg_result *user; /* one row of l_user */
};

struct session_login {
	const char *email, *password;
	const char *organization; /* wanted, or NULL */
};
enum errc do_login(struct req *rq, const struct session_login *in, struct session_grant *out,
    struct err *e) MUST_CHECK;

struct session_new {
	const char *email, *username, *password, *setup_code; /* code NULL: none given */
};
enum errc do_register(struct req *rq, const struct session_new *in, struct session_grant *out,
    struct err *e) MUST_CHECK;

enum errc do_refresh(struct req *rq, const char *token, const char *organization,
    struct session_grant *out, struct err *e) MUST_CHECK;
/* Ends the session of rq->who, inside its transaction. */
enum errc do_logout(struct req *rq, struct err *e) MUST_CHECK;

/* The Set-Cookie value for a grant; NULL grant: forget the cookie. */
const char *session_cookie(struct req *rq, const struct session_grant *grant);

#endif
