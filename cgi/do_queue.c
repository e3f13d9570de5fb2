/* SPDX-License-Identifier: Apache-2.0 */
#include "cgi/do_queue.h"

#include <string.h>

#include "cgi/job_send.h"
#include "model/job.h"
#include "store/group_store.h"

enum errc do_queue_target(const struct job_target *t, struct err *e)
{
	if ((t->printer != NULL) + (t->group != NULL) + t->any > 1)
		return err_field(e, E_INVALID, t->group != NULL ? "groupId" : "anyPrinter",
		    "A job names one printer, one group, or any printer");
	return E_OK;
}

static bool waits(const struct job_facts *j)
{
	int st = job_state_find(j->status);

	return st == JOB_PENDING || st == JOB_QUEUED;
}

static enum errc find_waiting(struct req *rq, const char *id, const char *verb,
    struct job_facts *j, struct err *e)
{
	enum errc rc = job_store_facts(rq->app->db, rq->arena, id, j, e);

	if (rc == E_OK && !waits(j))
		return err_set(e, E_STATE, "Cannot %s job with status: %s", verb, j->status);
	return rc;
}

enum errc do_queue_move(struct req *rq, const char *id, const char *way, const char *beside,
    struct err *e)
{
	struct job_facts j;
	enum errc rc = find_waiting(rq, id, "move", &j, e);

	return rc == E_OK ? queue_store_move(rq->app->db, rq->arena, id, way, beside, e) : rc;
}

enum errc do_queue_hold(struct req *rq, const char *id, struct err *e)
{
	struct job_facts j;
	enum errc rc = find_waiting(rq, id, "hold", &j, e);

	return rc == E_OK ? queue_store_hold(rq->app->db, rq->arena, id, e) : rc;
}

enum errc do_queue_release(struct req *rq, const char *id, struct err *e)
{
	struct job_facts j;
	enum errc rc = find_waiting(rq, id, "release", &j, e);

	if (rc == E_OK && j.hold == NULL)
		return E_OK;
	return rc == E_OK ? queue_store_release(rq->app->db, rq->arena, id, e) : rc;
}

static enum errc check_target(struct req *rq, const struct job_target *t, struct err *e)
{
	struct printer_facts p;
	enum errc rc = do_queue_target(t, e);

	if (rc == E_OK && t->group != NULL)
		return group_store_exists(rq->app->db, rq->arena, t->group, e);
	if (rc != E_OK || t->any)
		return rc;
	rc = printer_store_facts(rq->app->db, rq->arena, t->printer, &p, e);
	return rc == E_OK && !p.is_active ? err_set(e, E_NOTFOUND, "Printer not found") : rc;
}

/* A job handed over to a remote printer has left: its agent or backend would not learn of it. */
static enum errc check_not_sent(struct req *rq, const struct job_facts *j, struct err *e)
{
	struct printer_facts p;
	enum errc rc;

	if (strcmp(j->status, "queued") != 0 || j->printer == NULL)
		return E_OK;
	rc = printer_store_facts(rq->app->db, rq->arena, j->printer, &p, e);
	return rc == E_OK && !p.is_local ?
	    err_set(e, E_STATE, "The job has been sent to %s: cancel it there", p.name) : rc;
}

enum errc do_queue_edit(struct req *rq, const char *id, const struct queue_change *c,
    struct err *e)
{
	struct job_facts j;
	enum errc rc = job_store_facts(rq->app->db, rq->arena, id, &j, e);

	if (rc == E_OK && (job_is_over(job_state_find(j.status)) ||
	    (!waits(&j) && (c->priority != NULL || c->has_target || c->has_needs))))
		return err_set(e, E_STATE, "Cannot change job with status: %s", j.status);
	if (rc == E_OK && c->copies != 0 && c->copies <= j.copies_done)
		return err_field(e, E_INVALID, "copies", "So many have been printed already");
	if (rc == E_OK && c->has_target)
		rc = check_not_sent(rq, &j, e);
	if (rc == E_OK && c->has_target)
		rc = check_target(rq, &c->target, e);
	return rc == E_OK ? queue_store_edit(rq->app->db, rq->arena, id, c, e) : rc;
}

/* A printer named for a job of a group must be one of it, and fit; who named the printer with the job
 * has chosen. */
static enum errc check_suits(struct req *rq, const struct job_facts *j, const char *printer,
    struct err *e)
{
	const char *const ids[2] = { j->id, printer };
	bool named, fits;
	enum errc rc = queue_store_suits(rq->app->db, rq->arena, ids, &named, &fits, e);

	if (rc == E_OK && !named)
		return err_set(e, E_STATE, "The job is not for this printer");
	if (rc == E_OK && !fits && strcmp(j->target, "printer") != 0)
		return err_set(e, E_STATE, "The job does not fit this printer");
	return rc;
}

enum errc do_queue_start(struct req *rq, const char *id, const char *printer, struct err *e)
{
	struct printer_facts p;
	struct job_handed handed;
	struct job_facts j;
	enum errc rc = find_waiting(rq, id, "start", &j, e);

	if (rc == E_OK && !j.has_gcode)
		return err_set(e, E_STATE, "There is no G-code to print");
	if (rc != E_OK)
		return rc;
	if (printer == NULL)
		printer = j.printer;
	if (printer == NULL && strcmp(j.target, "printer") != 0)
		return job_begin_any(rq, id, e);
	rc = printer_store_facts(rq->app->db, rq->arena, printer, &p, e);
	if (rc == E_OK && (strcmp(j.target, "printer") != 0 || j.printer != NULL))
		rc = check_suits(rq, &j, p.id, e);
	if (rc != E_OK)
		return rc;
	if (!p.is_local)
		return strcmp(j.status, "queued") == 0 ?
		    err_set(e, E_STATE, "The job has been sent to %s", p.name) :
		    job_send(rq, id, &p, true, &handed, e);
	return job_store_claim(rq->app->db, rq->arena, id, p.id,
	    arena_printf(rq->arena, "user %s", rq->who.user), e);
}

enum errc do_queue_again(struct req *rq, const char *id, struct queue_again *again,
    struct err *e)
{
	struct pg *db = rq->app->db;
	const char *local;
	struct printer_facts p = { .is_local = true };
	struct job_handed handed;
	struct job_facts j;
	enum errc rc = job_store_facts(db, rq->arena, id, &j, e);

	if (rc == E_OK && !job_is_over(job_state_find(j.status)))
		return err_set(e, E_STATE, "Cannot requeue job with status: %s", j.status);
	if (rc == E_OK && !j.has_gcode)
		return err_set(e, E_STATE, "There is no G-code to print");
	if (rc != E_OK)
		return rc;
	local = pg_entered(db, "local");
	again->is_local_user = local != NULL && *local == 't';
	rc = queue_store_again(db, rq->arena, id, again, e);
	if (rc == E_OK)
		rc = job_store_created(db, rq->arena, again->id, e);
	if (rc == E_OK && again->file != NULL)
		rc = job_store_count_print(db, rq->arena, again->file, e);
	if (rc == E_OK && strcmp(j.target, "printer") == 0)
		rc = printer_store_facts(db, rq->arena, j.printer, &p, e);
	if (rc != E_OK)
		return rc;
	if (p.id != NULL && !p.is_active)
		return err_set(e, E_STATE, "Its printer is gone");
	return p.is_local ? job_store_queue(db, rq->arena, again->id, p.id, e) :
	                    job_send(rq, again->id, &p, true, &handed, e);
}
