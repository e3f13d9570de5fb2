/* SPDX-License-Identifier: Apache-2.0 */
/* events - what clients say (contract §6.3): subscriptions, relays; control:* goes to control.c.
 * Owns: nothing. Errors: answered on the socket as `error {code, message}` and in the ack.
 * Blocking: never. */
#ifndef PLATEN_LIVE_EVENTS_H
#define PLATEN_LIVE_EVENTS_H

#include "live/client.h"

void events_take(struct client *c, struct arena *a, const struct sio_event *ev);

/* The object an event carries: NULL argument reads as an empty one; false: something else came
 * and VALIDATION_ERROR was answered. */
bool events_object(struct client *c, const struct sio_event *ev, const struct jval **out);
/* Ack {success: false, error} when asked for, and `error`. */
void events_fail(struct client *c, const struct sio_event *ev, const char *code,
    const char *message);

#endif
