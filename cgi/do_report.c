/* SPDX-License-Identifier: Apache-2.0 */
#include "cgi/do_report.h"

#include <inttypes.h>
#include <string.h>
#include <strings.h>

#include "model/job.h"
#include "store/printer_store.h"

static const char *int_text(struct req *rq, const struct in_int *v)
{
	return v->has ? arena_printf(rq->arena, "%" PRId64, v->v) : NULL;
}

static const char *real_text(struct req *rq, const struct in_real *v)
{
	return v->has ? arena_printf(rq->arena, "%.4f", v->v) : NULL;
}

static enum errc write_job(struct req *rq, const struct status_job *j, enum job_state to,
    const struct report_figures *f, struct err *e)
{
	const struct job_report r = { .status = job_state_name(to),
		.progress = real_text(rq, &f->progress), .layer = int_text(rq, &f->layer),
		.layers = int_text(rq, &f->layers), .minutes = int_text(rq, &f->minutes),
		.grams = real_text(rq, &f->grams), .plates = int_text(rq, &f->plates),
		.reason = f->reason, .starts = to == JOB_PRINTING, .ends = job_is_over(to) };

	return status_store_report(rq->app->db, rq->arena, j->id, &r, e);
}

/* What the history, the browsers and the creator are told of a step. */
static struct job_news news_of(enum job_state from, enum job_state to, const char *reason)
{
	struct job_news n = { .event = "CUSTOM", .severity = "INFO" };

	switch (to) {
	case JOB_PENDING:
	case JOB_QUEUED:
		n.message = "Queued again";
		break;
	case JOB_CLAIMED:
		n.message = "Claimed by an agent";
		break;
	case JOB_PREPARING:
		n.message = "Preparing";
		break;
	case JOB_PRINTING:
		n.event = from == JOB_PAUSED ? "JOB_RESUMED" : "JOB_STARTED";
		n.message = from == JOB_PAUSED ? "Resumed" : "Started";
		n.topic = from == JOB_PAUSED ? "print:resumed" : "print:started";
		break;
	case JOB_PAUSED:
		n = (struct job_news){ "JOB_PAUSED", "INFO", "Paused", "print:paused", "operator", NULL,
			NULL, false };
		break;
	case JOB_COMPLETED:
		n = (struct job_news){ "JOB_COMPLETED", "INFO", "Completed", "print:completed", NULL,
			"PRINT_COMPLETE", "Print completed", false };
		break;
	case JOB_FAILED:
		reason = reason == NULL ? "The agent reported a failure" : reason;
		n = (struct job_news){ "JOB_FAILED", "ERROR", reason, "print:failed", reason,
			"PRINT_FAILED", "Print failed", true };
		break;
	case JOB_CANCELLED:
		n = (struct job_news){ "JOB_CANCELLED", "INFO", "Cancelled", "print:cancelled", NULL,
			NULL, NULL, false };
		break;
	}
	return n;
}

static enum errc move_job(struct req *rq, const struct status_job *j, enum job_state to,
    const struct report_figures *f, struct err *e)
{
	enum job_state from = (enum job_state)job_state_find(j->status);
	struct job_news n = news_of(from, to, f->reason);
	enum errc rc = write_job(rq, j, to, f, e);

	if (rc != E_OK || from == to)
		return rc;
	return status_store_tell(rq->app->db, rq->arena, j->id, &n, e);
}

enum errc do_report_job(struct req *rq, const char *id, const char *status,
    const struct report_figures *f, struct err *e)
{
	enum job_state to = (enum job_state)job_state_find(status);
	struct status_job j;
	enum errc rc = status_store_job(rq->app->db, rq->arena, id, &j, e);

	if (rc != E_OK)
		return rc;
	if (f->plates.has && f->plates.v > j.plates)
		return err_field(e, E_INVALID, "plates_completed", "Invalid plates_completed");
	if (j.is_local && strcmp(j.status, status) != 0)
		return err_set(e, E_STATE, "Printer is managed locally");
	if (!job_may_report((enum job_state)job_state_find(j.status), to))
		return err_set(e, E_STATE, "Cannot change job status from %s to %s", j.status, status);
	return move_job(rq, &j, to, f, e);
}

/* Where a printer's word moves its job: at work or waiting, never to an end (P-11 says that). */
static enum job_state follow(enum job_state now, const char *status)
{
	enum job_state to = strcasecmp(status, "printing") == 0 ? JOB_PRINTING :
	    strcasecmp(status, "paused") == 0 ? JOB_PAUSED : now;

	return now != JOB_PENDING && job_may_report(now, to) ? to : now;
}

static enum errc report_job_of(struct req *rq, const struct status_wish *w, struct err *e)
{
	struct status_job j;
	enum job_state now;
	enum errc rc = status_store_job(rq->app->db, rq->arena, w->job, &j, e);

	if (rc == E_NOTFOUND || (rc == E_OK && j.is_local))
		return err_field(e, E_INVALID, "current_job_id", "Invalid current_job_id");
	if (rc != E_OK)
		return rc;
	now = (enum job_state)job_state_find(j.status);
	/* Another printer's job is not this one's to move. */
	if (job_is_over(now) || (j.printer != NULL && strcmp(j.printer, w->printer) != 0))
		return E_OK;
	return move_job(rq, &j, follow(now, w->status), &w->figures, e);
}

enum errc do_report_printer(struct req *rq, const struct status_wish *w, const char **id,
    struct err *e)
{
	struct pg *db = rq->app->db;
	const struct status_new s = { w->printer, w->json, w->gives_job };
	struct printer_facts p;
	bool alarming;
	enum errc rc = printer_store_facts(db, rq->arena, w->printer, &p, e);

	if (rc == E_OK && !p.is_active)
		return err_set(e, E_NOTFOUND, "Printer not found");
	if (rc == E_OK && p.is_local)
		return err_set(e, E_STATE, "Printer is managed locally");
	/* the job's row before the printer's, as a report on the job itself takes them */
	if (rc == E_OK && w->job != NULL)
		rc = report_job_of(rq, w, e);
	if (rc == E_OK)
		rc = printer_store_lock(db, rq->arena, w->printer, e);
	if (rc == E_OK)
		rc = status_store_insert(db, rq->arena, &s, id, &alarming, e);
	return rc == E_OK && alarming ? status_store_alert(db, rq->arena, *id, e) : rc;
}
