/* SPDX-License-Identifier: Apache-2.0 */
/* feed - from the database to the hub: NOTIFY wakes, statements read, the board is written.
 *
 * Purpose:  live values whose seq moved; events after a cursor, each exactly once and in order;
 *           callers whose session or role changed. LISTEN, then scan, then serve; a sweep every
 *           ten seconds covers what was missed and what only time changes (stale printers).
 * Owns:     its timers and the queue of events under way.
 * Units:    usec_t.
 * Errors:   the database being away is waited out; after it crashed (unlogged tables are empty)
 *           print:* events are derived from print_events.
 * Blocking: never. */
#ifndef PLATEN_LIVE_FEED_H
#define PLATEN_LIVE_FEED_H

#include "live/gateway.h"

struct feed *feed_new(struct gateway *gw);
void feed_free(struct feed *f); /* accepts NULL; after the connection is gone */

/* The connection's ops. */
void feed_up(struct feed *f, bool up);
void feed_notify(struct feed *f, const char *topic, const char *rest);

/* Without sockets nothing is read between sweeps; the first one wakes the feed. */
void feed_wake(struct feed *f);
bool feed_is_fresh(const struct feed *f);

#endif
