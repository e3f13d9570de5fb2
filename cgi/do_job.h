/* SPDX-License-Identifier: Apache-2.0 */
/* do_job - making, starting, pausing, resuming and cancelling jobs, for every door.
 *
 * Contract: begins in the request's transaction; may commit it, wait, and begin a new one, so the
 *           door reads the job's row afterwards. There is one start (spool.claim) and one way to
 *           each act, whatever the door.
 * Owns:     texts live in the request's arena.
 * Errors:   E_NOTFOUND, E_INVALID with field, E_STATE, E_BUSY, E_OFFLINE, and what the printer
 *           says (E_IO with kind PRINTER_ERROR).
 * Blocking: up to http.action_wait, a hand-over up to printer_backend.timeout. Pool slow. */
#ifndef PLATEN_CGI_DO_JOB_H
#define PLATEN_CGI_DO_JOB_H

#include "cgi/req.h"
#include "store/job_store.h"
#include "store/printer_store.h"

struct job_start {
	const char *file, *slice; /* slice: or NULL */
	const char *profile;      /* that a model without a slice is sliced with first; or NULL */
	struct job_target target; /* nothing named: the default printer */
	const char *settings, *notes, *priority;
	int64_t copies; /* 0: one */
	bool queue;     /* wait behind an active job instead of refusing */
	bool later;     /* into the queue, even when a printer is free */
	bool held;      /* with later: a person lets it go on */
};
/* Makes the job and starts it (local printer) or hands it to the printer's agent. */
enum errc do_job_start(struct req *rq, const struct job_start *w, const char **id,
    struct err *e) MUST_CHECK;

struct job_wish {
	const char *product, *priority;
	struct job_target target;
	int64_t plates;
	const char *ams, *notes, *custom_fields;
};
enum errc do_job_create(struct req *rq, const struct job_wish *w, const char **id,
    struct err *e) MUST_CHECK;

enum job_sent { JOB_SENT_LOCAL, JOB_SENT_AGENT, JOB_SENT_BACKEND };
struct job_handed {
	enum job_sent how;  /* who prints it */
	const char *answer; /* the backend's JSON object, or NULL */
};
/* A pending or failed job goes to a printer. A backend that does not take it: E_IO with kind
 * PRINTER_ERROR, and the job is committed as failed. */
enum errc do_job_send(struct req *rq, const char *id, const char *printer,
    struct job_handed *out, struct err *e) MUST_CHECK;

enum job_act { JOB_ACT_PAUSE, JOB_ACT_RESUME, JOB_ACT_CANCEL };
struct job_acted {
	const char *command; /* its row, or NULL where none was needed */
	const char *status;  /* of the command; "completed" where none was needed */
	const char *hold;    /* with E_STATE: why a person must confirm, or NULL */
};
enum errc do_job_act(struct req *rq, const char *id, enum job_act act, bool confirm,
    struct job_acted *out, struct err *e) MUST_CHECK;
const char *job_act_name(enum job_act act); /* "pause" ... */

/* With its history and its film; not while a printer works on it. */
enum errc do_job_delete(struct req *rq, const char *id, struct err *e) MUST_CHECK;

#endif
