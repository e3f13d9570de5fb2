/* SPDX-License-Identifier: Apache-2.0 */
/* do_report - what agents tell: how a remote printer is, and how its job gets on.
 *
 * Contract: inside the request's transaction. What a spooler owns is refused: its printers and
 *           jobs report themselves.
 * Owns:     nothing; texts live in the request's arena.
 * Errors:   E_NOTFOUND, E_INVALID with field, E_STATE.
 * Blocking: a few round trips. */
#ifndef PLATEN_CGI_DO_REPORT_H
#define PLATEN_CGI_DO_REPORT_H

#include "cgi/req.h"
#include "store/status_store.h"

/* Figures that are not given stay as they are. */
struct report_figures {
	struct in_real progress, grams;
	struct in_int layer, layers, minutes, plates;
	const char *reason; /* or NULL */
};

/* A job's state, as somebody else saw it (P-11). */
enum errc do_report_job(struct req *rq, const char *id, const char *status,
    const struct report_figures *f, struct err *e) MUST_CHECK;

struct status_wish {
	const char *printer, *status;
	const char *job;  /* current_job_id, or NULL */
	bool gives_job;   /* it is in the body, perhaps null */
	const char *json; /* the row's columns, validated */
	struct report_figures figures; /* of the job */
};
/* A printer's state (P-19): the row, the printer's own row, its job, the browsers. */
enum errc do_report_printer(struct req *rq, const struct status_wish *w, const char **id,
    struct err *e) MUST_CHECK;

#endif
