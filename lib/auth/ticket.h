/* SPDX-License-Identifier: Apache-2.0 */
/* ticket - small single-purpose proofs: stop tickets, signed media addresses, CSRF tokens.
 *
 * Purpose:  HMAC-SHA256 under keys derived from the token secret, one key per purpose, so that
 *           nothing made for one purpose is accepted for another.
 * Owns:     texts live in the arena given.
 * Errors:   false / E_UNAUTHORIZED. Blocking: never. `now` is wall time. */
#ifndef PLATEN_AUTH_TICKET_H
#define PLATEN_AUTH_TICKET_H

#include <stdint.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/uuid.h"

struct ticket_keys {
	uint8_t stop[32], media[32], csrf[32];
};

struct ticket_stop {
	char printer[UUID_SIZE], user[UUID_SIZE], organization[UUID_SIZE];
	usec_t expires;
};

void ticket_keys_init(struct ticket_keys *k, const char *secret);

const char *ticket_stop_make(const struct ticket_keys *k, const struct ticket_stop *t,
    struct arena *a);
bool ticket_stop_read(const struct ticket_keys *k, const char *text, usec_t now,
    struct ticket_stop *out);

/* path?expires=..[&org=..]&sig=..; whoever holds it may GET the path until then, as a viewer of
 * the organisation (NULL: what is behind the path belongs to no row). The moment is rounded up to
 * the hour so that caches work. */
const char *ticket_media_url(const struct ticket_keys *k, const char *path,
    const char *organization, usec_t until, struct arena *a);

struct ticket_media {
	const char *path, *organization, *expires, *sig; /* as they came; NULL: absent */
};
bool ticket_media_ok(const struct ticket_keys *k, const struct ticket_media *t, usec_t now);

const char *ticket_csrf(const struct ticket_keys *k, const char *session, struct arena *a);
bool ticket_csrf_ok(const struct ticket_keys *k, const char *session, const char *text);

#endif
