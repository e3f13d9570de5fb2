/* SPDX-License-Identifier: Apache-2.0 */
/* control - control:* becomes a request to the API in the user's name, so that rules, limits and
 * audit exist once. The token is signed for 30 s and names the socket's session.
 *
 * Owns:     a record per request under way; the socket may vanish meanwhile.
 * Errors:   the API's refusals are passed on; SERVICE_UNAVAILABLE when it does not answer.
 * Blocking: never. */
#ifndef PLATEN_LIVE_CONTROL_H
#define PLATEN_LIVE_CONTROL_H

#include "live/client.h"

void control_take(struct client *c, struct arena *a, const struct sio_event *ev);

#endif
