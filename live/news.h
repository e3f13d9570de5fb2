/* SPDX-License-Identifier: Apache-2.0 */
/* news - one-off events: from live_events to the rooms, each once and in order.
 *
 * Purpose:  keeps the cursor, knows what was sent, adds the shapes of jobs and files.
 * Owns:     the queue of events under way.
 * Errors:   an event that cannot be read is logged and skipped. Blocking: never. */
#ifndef PLATEN_LIVE_NEWS_H
#define PLATEN_LIVE_NEWS_H

#include "live/gateway.h"

struct news *news_new(struct gateway *gw);
void news_free(struct news *n); /* accepts NULL */
void news_up(struct news *n, bool up);
void news_read(struct news *n);

#endif
