/* SPDX-License-Identifier: Apache-2.0 */
/* organization_store - organisations, their members and the key of their agents.
 *
 * Contract: organization_store_enter() first: from there on the transaction is about that
 *           organisation, and who may act there is decided.
 * Owns:     results belong to the arena.
 * Errors:   as pg_exec(); E_NOTFOUND for an organisation or member out of sight; E_DENIED;
 *           E_CONFLICT with field `slug`.
 * Blocking: one round trip each. */
#ifndef PLATEN_STORE_ORGANIZATION_STORE_H
#define PLATEN_STORE_ORGANIZATION_STORE_H

#include "store/pg.h"

/* Those of the principal; window: limit, offset. Rows of l_organization with _total. */
enum errc organization_store_list(struct pg *db, struct arena *a, const int64_t window[2],
    struct pg_result **out, struct err *e) MUST_CHECK;
enum errc organization_store_show(struct pg *db, struct arena *a, const char *id,
    struct pg_result **out, struct err *e) MUST_CHECK;
enum errc organization_store_enter(struct pg *db, struct arena *a, const char *id,
    const char *least_role, struct err *e) MUST_CHECK;
enum errc organization_store_create(struct pg *db, struct arena *a, const char *given_json,
    const char **id, struct err *e) MUST_CHECK;
enum errc organization_store_update(struct pg *db, struct arena *a, const char *patch_json,
    struct err *e) MUST_CHECK;
/* The old key is void. */
enum errc organization_store_set_key(struct pg *db, struct arena *a, const char *sha256,
    const char *prefix, struct err *e) MUST_CHECK;

/* Rows of l_member with _total. */
enum errc organization_store_members(struct pg *db, struct arena *a, const int64_t window[2],
    struct pg_result **out, struct err *e) MUST_CHECK;
/* role NULL: the user's own. *is_new false: it was a member before. *out: its row. */
enum errc organization_store_set_member(struct pg *db, struct arena *a,
    const char *const user_role[2], bool *is_new, struct pg_result **out,
    struct err *e) MUST_CHECK;
enum errc organization_store_remove_member(struct pg *db, struct arena *a, const char *user,
    struct err *e) MUST_CHECK;

#endif
