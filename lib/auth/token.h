/* SPDX-License-Identifier: Apache-2.0 */
/* token - JSON web tokens: issue and verify (contract §9.1); the only user of libjwt.
 *
 * Purpose:  libjwt 1.10 proves the signature; algorithm, type and all times are checked here,
 *           because it accepts any HMAC with the same key and looks at no claim.
 * Owns:     texts live in the arena given.
 * Errors:   E_UNAUTHORIZED with kind TOKEN_EXPIRED or INVALID_TOKEN; E_INVALID from
 *           token_keys_init() for keys that are missing or short.
 * Blocking: never. `now` is wall time. */
#ifndef PLATEN_AUTH_TOKEN_H
#define PLATEN_AUTH_TOKEN_H

#include "base/arena.h"
#include "base/clock.h"
#include "base/uuid.h"
#include "model/role.h"

struct conf;

enum token_type {
	TOKEN_ACCESS,  /* API calls */
	TOKEN_REFRESH, /* only buys new tokens; own key */
	TOKEN_BROWSER, /* content of a page's session cookie */
};

#define TOKEN_MIN_SECRET 32

struct token_keys {
	const char *access, *refresh;
	usec_t access_ttl, refresh_ttl;
	bool require_exp;
};

struct token_claims {
	char subject[UUID_SIZE];      /* first of userId, sub, id */
	char session[UUID_SIZE];      /* sid, or "" */
	char organization[UUID_SIZE]; /* organizationId, or "" */
	char jti[UUID_SIZE];          /* refresh only */
	const char *email, *username, *role; /* NULL when absent */
	bool is_agent;                /* role AGENT or type agent */
	bool is_own;                  /* carries type and sid: issued here */
	usec_t expires;               /* 0: never */
};

/* Secrets shorter than 32 bytes, sample values and (in production) equal ones are refused. */
enum errc token_keys_init(struct token_keys *k, const struct conf *c, struct err *e) MUST_CHECK;

enum errc token_verify(const struct token_keys *k, enum token_type type, const char *text,
    usec_t now, struct arena *a, struct token_claims *out, struct err *e) MUST_CHECK;
/* Signs; the expiry is now + ttl unless claims->expires is set. */
const char *token_issue(const struct token_keys *k, enum token_type type,
    const struct token_claims *claims, usec_t now, struct arena *a);

#endif
