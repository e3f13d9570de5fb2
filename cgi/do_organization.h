/* SPDX-License-Identifier: Apache-2.0 */
/* do_organization - organisations, their members, the key of their agents.
 *
 * Contract: inside the request's transaction; after organization_at() it is about that one.
 * Owns:     texts live in the request's arena.
 * Errors:   E_NOTFOUND for one that the caller does not belong to; E_DENIED; E_CONFLICT (slug).
 * Blocking: a few round trips. */
#ifndef PLATEN_CGI_DO_ORGANIZATION_H
#define PLATEN_CGI_DO_ORGANIZATION_H

#include "cgi/req.h"

struct organization_wish {
	const char *json;        /* the given fields, checked; NULL: none */
	bool gives_host_matters; /* what only the installation's ADMIN may set */
};
enum errc do_organization_change(struct req *rq, const char *id,
    const struct organization_wish *w, struct err *e) MUST_CHECK;

struct organization_key {
	const char *id, *current; /* current: the caller's password, or NULL */
	const char *key;          /* out: told once, only its hash is kept */
	const struct answer *refusal; /* out */
};
enum errc do_organization_key(struct req *rq, struct organization_key *k,
    struct err *e) MUST_CHECK;

#endif
