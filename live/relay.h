/* SPDX-License-Identifier: Apache-2.0 */
/* relay - file:upload:* of one socket to the same user's others (contract §6.3).
 * Owns: nothing. Errors: answered on the socket. Blocking: never. */
#ifndef PLATEN_LIVE_RELAY_H
#define PLATEN_LIVE_RELAY_H

#include "live/client.h"

void relay_take(struct client *c, const struct sio_event *ev);

#endif
