/* SPDX-License-Identifier: Apache-2.0 */
#include "cgi/do_job.h"

#include <string.h>

#include "base/conf.h"
#include "base/log.h"
#include "cgi/do_control.h"
#include "cgi/do_slice.h"
#include "cgi/handover.h"
#include "cgi/job_send.h"
#include "store/files.h"
#include "store/group_store.h"
#include "store/handover_store.h"
#include "store/queue_store.h"

static bool is_local_user(const struct req *rq)
{
	const char *local = pg_entered(rq->app->db, "local");

	return local != NULL && *local == 't';
}

static enum errc find_printer(struct req *rq, const char *id, struct printer_facts *p,
    struct err *e)
{
	enum errc rc = printer_store_facts(rq->app->db, rq->arena, id, p, e);

	if (rc == E_OK && !p->is_active)
		return err_set(e, E_NOTFOUND, "Printer not found");
	return rc;
}

/* Sees what speaks against a start before a job is made; spool.claim() sees it again. */
static enum errc check_start(const struct printer_facts *p, bool queue, struct err *e)
{
	if (queue)
		return E_OK;
	if (p->job != NULL)
		return err_set(e, E_BUSY, "Printer is already printing");
	if (p->is_local && !p->is_connected)
		return err_set(e, E_OFFLINE, "Printer is not connected");
	if (!p->is_local && (strcmp(p->state, "printing") == 0 || strcmp(p->state, "paused") == 0))
		return err_set(e, E_BUSY, "Printer is already printing");
	return E_OK;
}

static enum errc find_source(struct req *rq, const struct job_start *w, struct job_source *src,
    struct err *e)
{
	enum errc rc = job_store_file(rq->app->db, rq->arena, w->file, w->slice, src, e);

	if (rc != E_OK)
		return rc;
	if (!src->slice_ok)
		return err_set(e, E_NOTFOUND, "Slice not found");
	if (!src->printable && w->profile == NULL) {
		err_field(e, E_INVALID, "fileId", "A model must be sliced before it can be printed");
		return err_kind(e, "SLICE_REQUIRED");
	}
	return E_OK;
}

/* A model is sliced first; *waits: the job has to wait for that. */
static enum errc slice_first(struct req *rq, const struct job_start *w, const char **slice,
    struct job_source *src, bool *waits, struct err *e)
{
	const struct slice_ask ask = { .file = w->file, .profile = w->profile };
	bool is_ready = true;
	enum errc rc = E_OK;

	*slice = w->slice;
	*waits = false;
	if (src->printable)
		return E_OK;
	rc = do_slice_for_job(rq, &ask, slice, &is_ready, e);
	if (rc == E_INVALID)
		return err_field(e, E_INVALID, "settings.profileId", "Profile not found");
	*waits = !is_ready;
	return rc == E_OK && is_ready ?
	    job_store_file(rq->app->db, rq->arena, w->file, *slice, src, e) : rc;
}

static enum errc make(struct req *rq, struct job_new *job, const char **id, struct err *e)
{
	enum errc rc = E_OK;

	job->status = "pending";
	job->is_local_user = is_local_user(rq);
	if (job->priority == NULL)
		job->priority = "normal";
	if (job->target.group != NULL)
		rc = group_store_exists(rq->app->db, rq->arena, job->target.group, e);
	if (rc == E_OK)
		rc = job_store_insert(rq->app->db, rq->arena, job, id, e);
	return rc == E_OK ? job_store_created(rq->app->db, rq->arena, *id, e) : rc;
}

static enum errc put_later(struct req *rq, const char *id, const struct job_start *w,
    const struct printer_facts *p, struct err *e)
{
	enum errc rc = job_store_queue(rq->app->db, rq->arena, id, p->id, e);

	return rc == E_OK && w->held ? queue_store_hold(rq->app->db, rq->arena, id, e) : rc;
}

/* Where the job goes. What waits for its slice is begun by nobody until that is ready; a remote
 * printer's job stays pending, because an agent or a backend would take it at once. */
static enum errc dispose(struct req *rq, const char *id, const struct job_start *w,
    const struct printer_facts *p, bool is_slicing, struct err *e)
{
	bool named = p->id != NULL, remote = named && !p->is_local;
	struct job_handed handed;

	if (is_slicing && remote)
		return E_OK;
	if (is_slicing || (w->later && !remote))
		return put_later(rq, id, w, p, e);
	return named ? job_send(rq, id, p, w->queue || w->later, &handed, e) :
	               job_send_any(rq, id, w->queue, e);
}

enum errc do_job_start(struct req *rq, const struct job_start *w, const char **id, struct err *e)
{
	struct printer_facts p = { .id = NULL };
	struct job_source src;
	struct job_new job;
	const char *slice;
	bool is_slicing, named = w->target.group == NULL && !w->target.any;
	enum errc rc = find_source(rq, w, &src, e);

	if (rc == E_OK && named)
		rc = find_printer(rq, w->target.printer, &p, e);
	if (rc == E_OK && named)
		rc = check_start(&p, w->queue || w->later, e);
	if (rc == E_OK)
		rc = slice_first(rq, w, &slice, &src, &is_slicing, e);
	if (rc != E_OK)
		return rc;
	job = (struct job_new){ .file = w->file, .slice = slice, .target = w->target,
		.priority = w->priority, .plates = w->copies == 0 ? 1 : w->copies,
		.settings = w->settings, .notes = w->notes, .layers = src.layers,
		.estimated = src.estimated };
	job.target.printer = p.id;
	rc = make(rq, &job, id, e);
	if (rc != E_OK)
		return rc;
	rc = dispose(rq, *id, w, &p, is_slicing, e);
	/* Last: starts that race for a printer must not wait for one another at the file. */
	return rc == E_OK ? job_store_count_print(rq->app->db, rq->arena, w->file, e) : rc;
}

enum errc do_job_create(struct req *rq, const struct job_wish *w, const char **id, struct err *e)
{
	struct job_source src;
	struct printer_facts p = { .id = NULL };
	struct job_new job;
	enum errc rc = job_store_product(rq->app->db, rq->arena, w->product, &src, e);

	if (rc == E_OK && w->target.printer != NULL)
		rc = find_printer(rq, w->target.printer, &p, e);
	if (rc != E_OK)
		return rc;
	job = (struct job_new){ .target = w->target, .product = w->product, .file = src.file,
		.priority = w->priority, .plates = w->plates, .ams = w->ams, .notes = w->notes,
		.custom_fields = w->custom_fields, .layers = src.layers, .estimated = src.estimated };
	return make(rq, &job, id, e);
}

enum errc do_job_send(struct req *rq, const char *id, const char *printer,
    struct job_handed *out, struct err *e)
{
	struct printer_facts p;
	struct job_facts job;
	enum errc rc = job_store_facts(rq->app->db, rq->arena, id, &job, e);

	if (rc == E_NOTFOUND)
		return err_set(e, E_NOTFOUND, "Print job not found");
	if (rc == E_OK && strcmp(job.status, "pending") != 0 && strcmp(job.status, "failed") != 0)
		return err_set(e, E_STATE, "Cannot send job with status: %s", job.status);
	if (rc == E_OK)
		rc = find_printer(rq, printer, &p, e);
	if (rc == E_OK && !job.has_gcode)
		return err_set(e, E_INVALID, "Product has no GCODE file");
	if (rc == E_OK)
		rc = job_send(rq, id, &p, true, out, e);
	return rc == E_OK && job.file != NULL ?
	    job_store_count_print(rq->app->db, rq->arena, job.file, e) : rc;
}

/* ---- pause, resume, cancel ---- */

static const char *const act_names[] = { "pause", "resume", "cancel" };
static const char *const act_types[] = { "pause_print", "resume_print", "cancel_print" };

const char *job_act_name(enum job_act act)
{
	return act_names[act];
}

static bool is_one_of(const char *word, const char *list)
{
	size_t len = strlen(word);

	for (const char *p = list; *p != '\0'; p += strcspn(p, " "), p += *p == ' ')
		if (strcspn(p, " ") == len && memcmp(p, word, len) == 0)
			return true;
	return false;
}

static enum errc wrong_state(const struct job_facts *j, enum job_act act, struct err *e)
{
	return err_set(e, E_STATE, "Cannot %s job with status: %s", act_names[act], j->status);
}

/* *idle: the job is in the wanted state already, nothing needs to happen. */
static enum errc check_act(const struct job_facts *j, enum job_act act, bool *idle, struct err *e)
{
	*idle = false;
	switch (act) {
	case JOB_ACT_PAUSE:
		*idle = strcmp(j->status, "paused") == 0;
		return *idle || is_one_of(j->status, "preparing printing") ? E_OK :
		                                                              wrong_state(j, act, e);
	case JOB_ACT_RESUME:
		*idle = strcmp(j->status, "printing") == 0;
		return *idle || strcmp(j->status, "paused") == 0 ? E_OK : wrong_state(j, act, e);
	case JOB_ACT_CANCEL:
		return is_one_of(j->status, "completed failed cancelled") ? wrong_state(j, act, e) : E_OK;
	}
	return E_INTERNAL;
}

static enum errc command(struct req *rq, const struct job_facts *j, enum job_act act, bool confirm,
    struct job_acted *out, struct err *e)
{
	struct control_wish w = { .type = act_types[act],
		.metadata = arena_printf(rq->arena, "{\"job_id\":\"%s\"%s}", j->id,
		    confirm ? ",\"confirm\":true" : ""),
		.wait = conf_duration(rq->app->conf, "http.action_wait"),
		.audit = act == JOB_ACT_PAUSE ? "job.paused" : act == JOB_ACT_RESUME ? "job.resumed" :
		    "job.cancel_requested" };
	struct control_result r;
	struct printer_facts p;
	enum errc rc = printer_store_facts(rq->app->db, rq->arena, j->printer, &p, e);

	if (rc == E_OK)
		rc = do_control(rq, &p, &w, &r, e);
	if (rc != E_OK)
		return rc;
	out->command = r.id;
	out->status = r.status;
	if (strcmp(r.status, "failed") == 0 && r.error != NULL && act == JOB_ACT_RESUME)
		return err_set(e, E_STATE, "%s", r.error);
	return control_judge(&r, e);
}

/* A job no printer of ours works on: cancelled by one statement. On a remote printer whoever has
 * it is told as well. */
static enum errc cancel_row(struct req *rq, const struct job_facts *j,
    const struct printer_facts *p, struct job_acted *out, struct err *e)
{
	struct handover_end end = { .job = j->id, .why = "Job cancelled" };
	enum errc rc = handover_store_known(rq->app->db, rq->arena, j->id, &end.known, e);

	if (rc == E_OK)
		rc = job_store_cancel(rq->app->db, rq->arena, j->id, e);
	if (rc != E_OK || j->printer == NULL || p->is_local)
		return rc;
	rc = handover_recall(rq, p, &end, e);
	out->command = end.command;
	return rc;
}

static enum errc next_plate(struct req *rq, const struct job_facts *j, struct err *e)
{
	return job_store_claim(rq->app->db, rq->arena, j->id, j->printer, rq->who.user, e);
}

enum errc do_job_act(struct req *rq, const char *id, enum job_act act, bool confirm,
    struct job_acted *out, struct err *e)
{
	struct job_facts j;
	struct printer_facts p = { .is_local = false };
	bool idle;
	enum errc rc = job_store_facts(rq->app->db, rq->arena, id, &j, e);

	*out = (struct job_acted){ .status = "completed" };
	if (rc == E_OK)
		rc = check_act(&j, act, &idle, e);
	if (rc != E_OK || idle)
		return rc;
	if (act == JOB_ACT_RESUME && j.hold != NULL && strcmp(j.hold, "next_plate") == 0)
		return next_plate(rq, &j, e);
	if (act == JOB_ACT_RESUME && j.hold != NULL && strcmp(j.hold, "interrupted") == 0 && !confirm) {
		out->hold = j.hold;
		return err_set(e, E_STATE, "The print was interrupted: confirm that it may go on");
	}
	if (j.printer != NULL)
		rc = printer_store_facts(rq->app->db, rq->arena, j.printer, &p, e);
	if (rc != E_OK)
		return rc;
	if (act == JOB_ACT_CANCEL && (is_one_of(j.status, "pending queued") || !p.is_local))
		return cancel_row(rq, &j, &p, out, e);
	return command(rq, &j, act, confirm, out, e);
}

/* ---- deleting ---- */

static void remove_films(struct req *rq, const struct pg_result *films)
{
	struct err e;

	for (int i = 0; i < pg_len(films); i++)
		if (files_remove(rq->app->files, pg_get(films, i, "video_path"), "", &e) != E_OK)
			log_err(&e, "removing a deleted job's film");
}

static enum errc forget(struct req *rq, const struct job_facts *j, struct err *e)
{
	struct handover_end end = { .job = j->id, .why = "Job deleted" };
	struct printer_facts p = { .is_local = true };
	enum errc rc = handover_store_known(rq->app->db, rq->arena, j->id, &end.known, e);

	end.known = end.known && strcmp(j->status, "queued") == 0;
	if (rc == E_OK && j->printer != NULL)
		rc = printer_store_facts(rq->app->db, rq->arena, j->printer, &p, e);
	if (rc == E_OK)
		rc = job_store_delete(rq->app->db, rq->arena, j->id, e);
	return rc == E_OK && !p.is_local ? handover_recall(rq, &p, &end, e) : rc;
}

enum errc do_job_delete(struct req *rq, const char *id, struct err *e)
{
	struct pg_result *films;
	struct job_facts j;
	enum errc rc = job_store_facts(rq->app->db, rq->arena, id, &j, e);

	if (rc == E_NOTFOUND)
		return err_set(e, E_NOTFOUND, "Print job not found");
	if (rc != E_OK)
		return rc;
	if (is_one_of(j.status, "claimed preparing printing paused"))
		return err_set(e, E_STATE, "Cannot delete job while %s", j.status);
	rc = job_store_films(rq->app->db, rq->arena, id, &films, e);
	if (rc == E_OK)
		rc = forget(rq, &j, e);
	if (rc == E_OK)
		rc = req_commit(rq, e);
	if (rc == E_OK)
		remove_films(rq, films);
	return rc;
}
