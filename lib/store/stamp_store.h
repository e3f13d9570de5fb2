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

struct stamp {
	const char *text;
	usec_t session_left; /* until the session ends; USEC_NEVER: none was named */
};

/* organization, user and session may be NULL: nothing is asked about them. */
enum errc stamp_store_read(struct pg *db, struct arena *a, const char *organization,
    const char *user, const char *session, struct stamp *out, struct err *e) MUST_CHECK;

#endif
