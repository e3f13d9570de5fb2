/* SPDX-License-Identifier: Apache-2.0 */
#include "cgi/job_send.h"

#include <string.h>

#include "base/conf.h"
#include "cgi/handover.h"

#define LOOK_AGAIN (500 * USEC_PER_MSEC) /* a wake-up may have been for another file */

/* The analysis of an upload takes a moment; a start right after it waits for that. The job is
 * committed as queued meanwhile, so that nothing is lost if the client goes away. */
static enum errc wait_analysed(struct req *rq, const char *id, struct err *e)
{
	struct pg *db = rq->app->db;
	usec_t until = clock_mono() + conf_duration(rq->app->conf, "http.action_wait");
	bool done = false;
	char rest[64];
	enum errc rc = pg_listen(db, e);

	if (rc == E_OK)
		rc = req_commit(rq, e);
	while (rc == E_OK && !done && clock_mono() < until) {
		usec_t next = clock_mono() + LOOK_AGAIN;

		rc = pg_wait(db, "live", next < until ? next : until, rest, sizeof rest, e);
		if (rc == E_TIMEOUT)
			rc = E_OK;
		if (rc == E_OK)
			rc = req_enter(rq, e);
		if (rc == E_OK)
			rc = job_store_analysed(db, rq->arena, id, &done, e);
		if (rc == E_OK)
			rc = req_commit(rq, e);
	}
	pg_unlisten(db);
	if (rc == E_OK && !done)
		return err_set(e, E_STATE, "The file is not analysed yet");
	return rc == E_OK ? req_enter(rq, e) : rc;
}

/* A refused start must not leave the job it was made for behind in the queue. */
static void forget_job(struct req *rq, const char *id)
{
	struct err e;

	req_rollback(rq);
	if (req_enter(rq, &e) == E_OK && job_store_cancel(rq->app->db, rq->arena, id, &e) == E_OK &&
	    req_commit(rq, &e) == E_OK)
		return;
	req_rollback(rq);
}

static const char *person(struct req *rq)
{
	return arena_printf(rq->arena, "user %s", rq->who.user);
}

/* Queued first and begun afterwards, so that a lost race leaves it so. */
static enum errc wait_or_commit(struct req *rq, const char *id, bool analysed, struct err *e)
{
	enum errc rc;

	if (!analysed)
		return wait_analysed(rq, id, e);
	rc = req_commit(rq, e);
	return rc == E_OK ? req_enter(rq, e) : rc;
}

static enum errc send_local(struct req *rq, const char *id, const struct printer_facts *p,
    bool queue, struct err *e)
{
	struct pg *db = rq->app->db;
	struct job_facts job;
	bool waits = false;
	enum errc rc = job_store_facts(db, rq->arena, id, &job, e);

	if (rc == E_OK)
		rc = job_store_queue(db, rq->arena, id, p->id, e);
	if (rc != E_OK || p->job != NULL || !p->is_connected)
		return rc;
	if (queue || !job.is_analysed) {
		waits = true;
		rc = wait_or_commit(rq, id, job.is_analysed, e);
	}
	if (rc == E_OK)
		rc = job_store_claim(db, rq->arena, id, p->id, person(rq), e);
	if (rc == E_OK || !waits)
		return rc;
	if (queue && (rc == E_BUSY || rc == E_OFFLINE)) {
		req_rollback(rq);
		return req_enter(rq, e);
	}
	forget_job(rq, id);
	return rc;
}

enum errc job_begin_any(struct req *rq, const char *id, struct err *e)
{
	const char *printer = NULL, *words[2] = { NULL, NULL };
	enum errc rc = job_store_claim_any(rq->app->db, rq->arena, id, person(rq), &printer, e);

	if (rc != E_OK || printer != NULL)
		return rc;
	rc = job_store_why(rq->app->db, rq->arena, id, words, e);
	if (rc != E_OK)
		return rc;
	/* `operator`: it stood ready when we asked why, but not when we asked for it */
	if (words[0] == NULL || strcmp(words[0], "busy") == 0 || strcmp(words[0], "operator") == 0)
		return err_set(e, E_BUSY, "Printer is already printing");
	return err_set(e, E_STATE, "%s", words[1]);
}

enum errc job_send_any(struct req *rq, const char *id, bool queue, struct err *e)
{
	struct job_facts job;
	enum errc rc = job_store_facts(rq->app->db, rq->arena, id, &job, e);

	if (rc == E_OK)
		rc = job_store_queue(rq->app->db, rq->arena, id, NULL, e);
	if (rc != E_OK || (queue && !job.is_analysed))
		return rc; /* the end of the analysis wakes the queue */
	if (queue || !job.is_analysed)
		rc = wait_or_commit(rq, id, job.is_analysed, e);
	if (rc == E_OK)
		rc = job_begin_any(rq, id, e);
	if (rc == E_OK)
		return rc;
	if (queue && (rc == E_BUSY || rc == E_STATE)) {
		req_rollback(rq);
		return req_enter(rq, e);
	}
	if (!job.is_analysed)
		forget_job(rq, id);
	return rc;
}

static enum errc send_remote(struct req *rq, const char *id, const struct printer_facts *p,
    struct job_handed *out, struct err *e)
{
	enum errc rc = job_store_queue(rq->app->db, rq->arena, id, p->id, e);

	return rc == E_OK ? handover_send(rq, id, p, out, e) : rc;
}

enum errc job_send(struct req *rq, const char *id, const struct printer_facts *p, bool queue,
    struct job_handed *out, struct err *e)
{
	*out = (struct job_handed){ .how = JOB_SENT_LOCAL };
	return p->is_local ? send_local(rq, id, p, queue, e) : send_remote(rq, id, p, out, e);
}
