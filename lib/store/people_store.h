/* SPDX-License-Identifier: Apache-2.0 */
/* people_store - administration of accounts. Who may manage whom, and that an ADMIN stays, is
 * decided by the functions of schema auth; passwords arrive here as hashes.
 *
 * Owns:     results belong to the arena.
 * Errors:   as pg_exec(); E_NOTFOUND for an account out of sight; E_DENIED for one out of reach;
 *           E_CONFLICT for a taken value (field), the last ADMIN, unfinished jobs.
 * Blocking: one round trip each. */
#ifndef PLATEN_STORE_PEOPLE_STORE_H
#define PLATEN_STORE_PEOPLE_STORE_H

#include "store/pg.h"

/* search NULL: all; window: limit, offset. Rows of l_user with _total. */
enum errc people_store_list(struct pg *db, struct arena *a, const char *search,
    const int64_t window[2], struct pg_result **out, struct err *e) MUST_CHECK;

struct people_new {
	const char *email, *username, *hash, *role;
};
enum errc people_store_create(struct pg *db, struct arena *a, const struct people_new *in,
    const char **id, struct err *e) MUST_CHECK;
/* role NULL, active NULL: left as it is. */
enum errc people_store_update(struct pg *db, struct arena *a, const char *id, const char *role,
    const bool *active, struct err *e) MUST_CHECK;
enum errc people_store_delete(struct pg *db, struct arena *a, const char *id,
    struct err *e) MUST_CHECK;
enum errc people_store_check(struct pg *db, struct arena *a, const char *id,
    struct err *e) MUST_CHECK;

struct people_proof {
	const char *session; /* in; NULL: the token names none */
	int64_t within_sec;  /* in: how long a sign-in is fresh */
	const char *hash;    /* out; NULL: no local password */
	bool is_fresh;       /* out */
};
/* What the principal's own password is compared with. */
enum errc people_store_proof(struct pg *db, struct arena *a, struct people_proof *p,
    struct err *e) MUST_CHECK;
/* The principal's own; all its sessions but this one end. */
enum errc people_store_change_password(struct pg *db, struct arena *a, const char *hash,
    const char *session, struct err *e) MUST_CHECK;
/* Somebody else's; all its sessions end. */
enum errc people_store_reset_password(struct pg *db, struct arena *a, const char *id,
    const char *hash, struct err *e) MUST_CHECK;

#endif
