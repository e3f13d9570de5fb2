/* SPDX-License-Identifier: Apache-2.0 */
/* token_cache - access tokens this process has verified before.
 *
 * Purpose:  a client shows the same token again and again; parsing and proving it takes as long as
 *           writing an answer. Only what a token says for ever is kept: its expiry is compared each
 *           time, and whether its session still lives is asked of the database as ever.
 * Owns:     copies of at most TOKEN_CACHE_SIZE tokens and their claims.
 * Errors:   as token_verify(); a refusal is never kept.
 * Blocking: never. `now` is wall time. */
#ifndef PLATEN_AUTH_TOKEN_CACHE_H
#define PLATEN_AUTH_TOKEN_CACHE_H

#include "auth/token.h"

#define TOKEN_CACHE_SIZE 32

struct token_cache;

struct token_cache *token_cache_new(const struct token_keys *k); /* the keys outlive it */
void token_cache_free(struct token_cache *c);                    /* accepts NULL */
enum errc token_cache_verify(struct token_cache *c, const char *text, usec_t now, struct arena *a,
    struct token_claims *out, struct err *e) MUST_CHECK;

#endif
