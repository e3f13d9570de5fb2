/* SPDX-License-Identifier: Apache-2.0 */
/* camera_store - cameras as the database knows them: settings, recordings, tickets.
 *
 * Owns:     results belong to the arena.
 * Errors:   as pg_exec(); E_NOTFOUND for a printer out of sight, E_UNAUTHORIZED for a ticket that
 *           is unknown, used or over.
 * Blocking: one round trip each. */
#ifndef PLATEN_STORE_CAMERA_STORE_H
#define PLATEN_STORE_CAMERA_STORE_H

#include "base/uuid.h"
#include "store/pg.h"

/* printer NULL: the default one. One row of l_camera with _recording_id (NULL: none runs). */
enum errc camera_store_show(struct pg *db, struct arena *a, const char *printer,
    bool has_own_url, struct pg_result **out, struct err *e) MUST_CHECK;
enum errc camera_store_set(struct pg *db, struct arena *a, const char *printer,
    const char *patch_json, struct err *e) MUST_CHECK;

/* session NULL: the token named none. */
enum errc camera_store_make_ticket(struct pg *db, struct arena *a, const char *sha256,
    const char *session, int seconds, struct err *e) MUST_CHECK;

struct camera_ticket {
	char user[UUID_SIZE], session[UUID_SIZE], organization[UUID_SIZE]; /* session may be "" */
};
/* Outside a transaction: the ticket is gone whatever follows. */
enum errc camera_store_take_ticket(struct pg *db, struct arena *a, const char *sha256,
    struct camera_ticket *out, struct err *e) MUST_CHECK;

#endif
