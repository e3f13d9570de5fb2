/* SPDX-License-Identifier: Apache-2.0 */
/* status_store - what agents report: status rows of remote printers, and how jobs get on there.
 * Contract: inside the caller's transaction. Owns: results and texts belong to the arena.
 * Errors: as pg_exec(); E_NOTFOUND. Blocking: one round trip each. */
#ifndef PLATEN_STORE_STATUS_STORE_H
#define PLATEN_STORE_STATUS_STORE_H

#include "store/pg.h"

enum errc status_store_show(struct pg *db, struct arena *a, const char *id,
    struct pg_result **out, struct err *e) MUST_CHECK;
enum errc status_store_latest(struct pg *db, struct arena *a, const char *printer,
    struct pg_result **out, struct err *e) MUST_CHECK; /* E_NOTFOUND "No status found" */
/* window: limit, offset; column _total. */
enum errc status_store_history(struct pg *db, struct arena *a, const char *printer,
    const int64_t window[2], struct pg_result **out, struct err *e) MUST_CHECK;

struct status_new {
	const char *printer;
	const char *json; /* the row's columns, validated */
	bool gives_job;   /* current_job_id is among them, perhaps null */
};
/* The row, and the printer's own row after it. *alarming: an error that the row before had not. */
enum errc status_store_insert(struct pg *db, struct arena *a, const struct status_new *s,
    const char **id, bool *alarming, struct err *e) MUST_CHECK;
enum errc status_store_alert(struct pg *db, struct arena *a, const char *id, struct err *e)
    MUST_CHECK;

struct status_job {
	const char *id, *status, *printer; /* printer: or NULL */
	int64_t plates;
	bool is_local; /* its printer is a spooler's */
};
/* Holds the job's row until the transaction ends; E_NOTFOUND "Print job not found". */
enum errc status_store_job(struct pg *db, struct arena *a, const char *id,
    struct status_job *out, struct err *e) MUST_CHECK;

struct job_report {
	const char *status;
	const char *progress, *layer, *layers, *minutes, *grams, *plates; /* numbers, or NULL: keep */
	const char *reason;
	bool starts, ends; /* effects of the life cycle */
};
enum errc status_store_report(struct pg *db, struct arena *a, const char *id,
    const struct job_report *r, struct err *e) MUST_CHECK;

/* What the world is told of a job's step. */
struct job_news {
	const char *event, *severity, *message;
	const char *topic, *reason; /* print:*, or NULL */
	const char *note, *title;   /* notification to the creator, or NULL */
	bool alert;
};
enum errc status_store_tell(struct pg *db, struct arena *a, const char *id,
    const struct job_news *n, struct err *e) MUST_CHECK;

#endif
