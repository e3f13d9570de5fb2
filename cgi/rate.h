/* SPDX-License-Identifier: Apache-2.0 */
/* rate - fixed windows in memory shared by all workers of this host (classes api and p).
 *
 * Purpose:  count without a round trip. The table is a file in run.dir (tmpfs), mapped by every
 *           worker; it survives restarts of the workers and needs no lock: one 64-bit word holds
 *           window start and count and is exchanged atomically.
 * Owns:     the mapping until the process ends.
 * Units:    window in whole seconds; `now` is monotonic.
 * Errors:   rate_open() only. A full bucket forgets the entry with the fewest hits.
 * Blocking: never after rate_open(). */
#ifndef PLATEN_CGI_RATE_H
#define PLATEN_CGI_RATE_H

#include "base/clock.h"

struct rate_table;

struct rate_verdict {
	bool allowed;
	int64_t limit, remaining;
	int64_t reset_sec; /* until the window ends, at least 1 */
};

enum errc rate_open(const char *path, struct rate_table **out, struct err *e) MUST_CHECK;
void rate_close(struct rate_table *t); /* accepts NULL */
/* Counts one hit of `key`. */
struct rate_verdict rate_take(struct rate_table *t, const char *key, int64_t points, usec_t window,
    usec_t now);

#endif
