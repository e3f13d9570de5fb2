/* SPDX-License-Identifier: Apache-2.0 */
#include "cgi/job_send.h"

#include <string.h>

#include "base/conf.h"
#include "cgi/do_control.h"

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

static const char *hold_of(const struct printer_facts *p)
{
	if (p->job != NULL)
		return "busy";
	return p->is_connected ? NULL : "offline";
}

static enum errc enqueue(struct req *rq, const char *id, const struct printer_facts *p,
    const char *hold, struct err *e)
{
	const char *const words[2] = { p->id, hold };

	return job_store_queue(rq->app->db, rq->arena, id, words, e);
}

static enum errc send_local(struct req *rq, const char *id, const struct printer_facts *p,
    bool queue, struct err *e)
{
	struct pg *db = rq->app->db;
	struct job_facts job;
	bool waited = false;
	enum errc rc = job_store_facts(db, rq->arena, id, &job, e);

	if (rc == E_OK)
		rc = enqueue(rq, id, p, job.is_analysed ? hold_of(p) : "analyzing", e);
	if (rc != E_OK || hold_of(p) != NULL)
		return rc;
	if (!job.is_analysed) {
		waited = true;
		rc = wait_analysed(rq, id, e);
	} else if (queue) {
		rc = req_commit(rq, e); /* queued first, so that a lost race leaves it so */
		if (rc == E_OK)
			rc = req_enter(rq, e);
		waited = true;
	}
	if (rc == E_OK)
		rc = job_store_claim(db, rq->arena, id, p->id, arena_printf(rq->arena, "user %s",
		    rq->who.user), e);
	if (rc == E_OK || !waited)
		return rc;
	if (queue && (rc == E_BUSY || rc == E_OFFLINE)) {
		req_rollback(rq);
		rc = req_enter(rq, e);
		return rc == E_OK ? enqueue(rq, id, p, "busy", e) : rc;
	}
	forget_job(rq, id);
	return rc;
}

static enum errc send_agent(struct req *rq, const char *id, const struct printer_facts *p,
    struct err *e)
{
	struct pg *db = rq->app->db;
	const char *file, *organization, *url = NULL, *payload, *words[2];
	struct control_wish w = { .type = "start_print", .audit = "command.created" };
	struct control_result r;
	enum errc rc = enqueue(rq, id, p, NULL, e);

	if (rc == E_OK)
		rc = job_store_source_file(db, rq->arena, id, &file, &organization, e);
	if (rc != E_OK)
		return rc;
	if (file != NULL)
		url = arena_printf(rq->arena, "%s%s", req_origin(rq), ticket_media_url(
		    &rq->app->tickets, arena_printf(rq->arena, "/api/files/%s/download", file),
		    organization, clock_wall() + 3600 * USEC_PER_SEC, rq->arena));
	words[0] = p->id;
	words[1] = url;
	rc = job_store_payload(db, rq->arena, id, words, &payload, e);
	if (rc != E_OK)
		return rc;
	w.metadata = payload;
	return do_control(rq, p, &w, &r, e);
}

enum errc job_send(struct req *rq, const char *id, const struct printer_facts *p, bool queue,
    enum job_sent *how, struct err *e)
{
	*how = p->is_local ? JOB_SENT_LOCAL : JOB_SENT_AGENT;
	return p->is_local ? send_local(rq, id, p, queue, e) : send_agent(rq, id, p, e);
}
