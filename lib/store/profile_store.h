/* SPDX-License-Identifier: Apache-2.0 */
/* profile_store - print profiles: the organisation's own and the installation's.
 *
 * Owns:     results belong to the arena.
 * Errors:   as pg_exec(); E_NOTFOUND; E_CONFLICT with field `name`; E_DENIED for a profile of the
 *           installation in the hands of others than its ADMIN.
 * Blocking: one round trip each. */
#ifndef PLATEN_STORE_PROFILE_STORE_H
#define PLATEN_STORE_PROFILE_STORE_H

#include "store/pg.h"

/* window: limit, offset. Rows of l_profile with _total. */
enum errc profile_store_list(struct pg *db, struct arena *a, const int64_t window[2],
    struct pg_result **out, struct err *e) MUST_CHECK;
enum errc profile_store_show(struct pg *db, struct arena *a, const char *id,
    struct pg_result **out, struct err *e) MUST_CHECK;
/* No profile of this scope is the default any more. */
enum errc profile_store_undefault(struct pg *db, struct arena *a, bool of_installation,
    struct err *e) MUST_CHECK;
enum errc profile_store_insert(struct pg *db, struct arena *a, const char *given_json,
    bool of_installation, const char **id, struct err *e) MUST_CHECK;
/* Nobody else changes it until the transaction ends. */
enum errc profile_store_lock(struct pg *db, struct arena *a, const char *id,
    bool *of_installation, struct err *e) MUST_CHECK;
enum errc profile_store_update(struct pg *db, struct arena *a, const char *id,
    const char *patch_json, struct err *e) MUST_CHECK;
enum errc profile_store_in_use(struct pg *db, struct arena *a, const char *id, bool *used,
    struct err *e) MUST_CHECK;
enum errc profile_store_delete(struct pg *db, struct arena *a, const char *id,
    struct err *e) MUST_CHECK;

#endif
