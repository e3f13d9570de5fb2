/* SPDX-License-Identifier: Apache-2.0 */
/* admit - who may connect: access token, page session with CSRF token, or demo (contract §6.2).
 *
 * Purpose:  reads CONNECT's payload and the handshake's credentials, asks the database, then
 *           client_admit() or client_refuse(). One public sentence for every refusal.
 * Owns:     a small record while the database is asked; the client may vanish meanwhile.
 * Errors:   database away: the transport is closed, so that the client comes back by itself.
 * Blocking: never. */
#ifndef PLATEN_LIVE_ADMIT_H
#define PLATEN_LIVE_ADMIT_H

#include "live/client.h"

void admit_begin(struct client *c, struct arena *a, const struct jval *auth);

#endif
