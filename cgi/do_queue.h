/* SPDX-License-Identifier: Apache-2.0 */
/* do_queue - what a person does with jobs that wait: order, hold, change, begin; and once more.
 *
 * Contract: in the request's transaction; the door reads the job afterwards.
 * Owns:     texts live in the request's arena.
 * Errors:   E_NOTFOUND, E_INVALID with field, E_STATE, E_BUSY, E_OFFLINE.
 * Blocking: database; do_queue_start() and do_queue_again() as do_job.h. */
#ifndef PLATEN_CGI_DO_QUEUE_H
#define PLATEN_CGI_DO_QUEUE_H

#include "cgi/req.h"
#include "store/queue_store.h"

/* E_INVALID where more than one of printer, group and any is named. */
enum errc do_queue_target(const struct job_target *t, struct err *e) MUST_CHECK;
enum errc do_queue_move(struct req *rq, const char *id, const char *way, const char *beside,
    struct err *e) MUST_CHECK;
enum errc do_queue_hold(struct req *rq, const char *id, struct err *e) MUST_CHECK;
/* Also what waits because its start expired. */
enum errc do_queue_release(struct req *rq, const char *id, struct err *e) MUST_CHECK;
/* Of a job that has begun only copies and notes can be changed. */
enum errc do_queue_edit(struct req *rq, const char *id, const struct queue_change *c,
    struct err *e) MUST_CHECK;
/* Begins a waiting job now. A printer named here is a person's word that its plate is clear;
 * without one a job of a group begins on a printer that stands ready. */
enum errc do_queue_start(struct req *rq, const char *id, const char *printer, struct err *e)
    MUST_CHECK;
/* A job that is over goes into the queue again, as a new one. */
enum errc do_queue_again(struct req *rq, const char *id, struct queue_again *again,
    struct err *e) MUST_CHECK;

#endif
