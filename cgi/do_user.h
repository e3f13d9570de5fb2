/* SPDX-License-Identifier: Apache-2.0 */
/* do_user - making, changing and deleting accounts; passwords, the own and others'.
 *
 * Contract: inside the request's transaction. Who may manage whom is decided in schema auth.
 * Owns:     texts live in the request's arena.
 * Errors:   E_NOTFOUND, E_DENIED, E_CONFLICT (field: email, username; the last ADMIN; unfinished
 *           jobs); E_UNAUTHORIZED with kind INVALID_CREDENTIALS, then *refusal may be set.
 * Blocking: a password costs a quarter of a second. */
#ifndef PLATEN_CGI_DO_USER_H
#define PLATEN_CGI_DO_USER_H

#include "cgi/req.h"

struct user_wish {
	const char *email, *username, *role;
	const char *password; /* NULL: one is made */
};
/* *made: the password to be told once, or NULL when it was given. */
enum errc do_user_create(struct req *rq, const struct user_wish *w, const char **id,
    const char **made, struct err *e) MUST_CHECK;

struct user_reset {
	const char *id, *password, *current; /* password, current: NULL when not given */
	const char *made;                    /* out, as above */
	const struct answer *refusal;        /* out */
};
enum errc do_user_reset(struct req *rq, struct user_reset *r, struct err *e) MUST_CHECK;

enum errc do_password_change(struct req *rq, const char *current, const char *wanted,
    const struct answer **refusal, struct err *e) MUST_CHECK;

#endif
