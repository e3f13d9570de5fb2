/* SPDX-License-Identifier: Apache-2.0 */
/* stamp_store - whether anything changed for an organisation and a user since a kept answer was made.
 *
 * Purpose:  one number that differs after every write to what lists show and to what auth.enter
 *           decides by (sql/schema/080_stamps.sql).
 * Owns:     texts belong to the arena.
 * Errors:   as pg_exec(). Blocking: one round trip. */
#ifndef PLATEN_STORE_STAMP_STORE_H
#define PLATEN_STORE_STAMP_STORE_H

#include "store/pg.h"

/* organization and user may be NULL: nothing is asked about them. */
enum errc stamp_store_read(struct pg *db, struct arena *a, const char *organization,
    const char *user, const char **stamp, struct err *e) MUST_CHECK;
/* How long until this session ends by itself; one that is gone has no time left. */
enum errc stamp_store_session(struct pg *db, struct arena *a, const char *session, usec_t *left,
    struct err *e) MUST_CHECK;

#endif
