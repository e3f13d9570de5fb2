/* SPDX-License-Identifier: Apache-2.0 */
/* job_send - brings a job to its printer: a claim for a local one, a hand-over for a remote one.
 * Contract, errors, blocking: as do_job.h. Owns nothing. */
#ifndef PLATEN_CGI_JOB_SEND_H
#define PLATEN_CGI_JOB_SEND_H

#include "cgi/do_job.h"

/* queue: a printer that cannot begin now leaves the job queued with the reason; otherwise that is
 * a refusal. In the transaction that holds the job's row. */
enum errc job_send(struct req *rq, const char *id, const struct printer_facts *p, bool queue,
    struct job_handed *out, struct err *e) MUST_CHECK;
/* The same for a job of a group or of any printer: one that stands ready takes it. */
enum errc job_send_any(struct req *rq, const char *id, bool queue, struct err *e) MUST_CHECK;
/* Begins a waiting job that names no printer; E_BUSY or, with the reason,
 * E_STATE when none is ready. */
enum errc job_begin_any(struct req *rq, const char *id, struct err *e) MUST_CHECK;

#endif
