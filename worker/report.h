/* SPDX-License-Identifier: Apache-2.0 */
/* report - tells errors to Sentry (contract §10.2), one process beside the slots.
 *
 * Purpose:  every program hands its error lines to a socket (base/log.h, log_tap) and goes on; this
 *           one sends each as an event, at most one in a second. Only with core.environment
 *           production and sentry.dsn.
 * Sent:     time, level, component, message, code, request id, release, host. Never the cause's
 *           text, bodies or settings; what looks like a secret was covered by the log.
 * Loses:    what comes faster than the queue of the socket holds, and what Sentry does not take.
 * Owns:     run.dir/sentry.sock. Blocking: up to its time-out at each event, nobody else. */
#ifndef PLATEN_WORKER_REPORT_H
#define PLATEN_WORKER_REPORT_H

#include "base/conf.h"

struct arena;
struct buf;

/* Where and with which key; E_INVALID: not a DSN. */
struct report_target { const char *url, *auth; };
enum errc report_target(struct arena *a, const char *dsn, struct report_target *out,
    struct err *e) MUST_CHECK;
/* The envelope of one line of the log; E_FORMAT: not such a line. */
enum errc report_envelope(struct arena *a, const char *line, size_t size, struct buf *out,
    struct err *e) MUST_CHECK;

_Noreturn void report_run(const struct conf *conf);

#endif
