/* SPDX-License-Identifier: Apache-2.0 */
/* loop - one event loop: descriptors, timers, signals, a thread pool for disk work. libuv stays
 * behind this door.
 *
 * Owns:     watches and timers belong to the caller, who frees them before the loop.
 * Units:    usec_t, monotonic (clock_mono).
 * Errors:   none; failing to create a handle ends the process.
 * Blocking: loop_run() only. Callbacks run on the loop's thread and must not block; the work
 *           function of loop_work() runs on a pool thread and may. */
#ifndef PLATEN_RUN_LOOP_H
#define PLATEN_RUN_LOOP_H

#include "base/clock.h"

struct loop;
struct loop_watch;
struct loop_timer;

enum { LOOP_READ = 1, LOOP_WRITE = 2, LOOP_HANGUP = 4 };

struct loop *loop_new(void);
void loop_free(struct loop *l); /* accepts NULL; waits for loop_work(), whose done is still called */
void loop_run(struct loop *l);  /* until loop_stop(), or nothing is left to wait for */
void loop_stop(struct loop *l);
usec_t loop_now(struct loop *l); /* fresh at each call */

/* The descriptor stays the caller's and is made non-blocking; free the watch before closing it.
 * One watch per descriptor. events 0 pauses the watch. HANGUP is reported with READ. */
struct loop_watch *loop_watch_new(struct loop *l, int fd, unsigned events,
    void (*cb)(void *ctx, unsigned events), void *ctx);
void loop_watch_set(struct loop_watch *w, unsigned events);
void loop_watch_free(struct loop_watch *w); /* accepts NULL; safe inside its own callback */

struct loop_timer *loop_timer_new(struct loop *l, void (*cb)(void *ctx), void *ctx);
void loop_timer_at(struct loop_timer *t, usec_t when); /* once; USEC_NEVER stops it */
void loop_timer_free(struct loop_timer *t);            /* accepts NULL; safe inside its callback */

/* For the loop's life. */
void loop_signal(struct loop *l, int signo, void (*cb)(void *ctx, int signo), void *ctx);
void loop_work(struct loop *l, void (*work)(void *ctx), void (*done)(void *ctx), void *ctx);

#endif
