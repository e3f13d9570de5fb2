/* SPDX-License-Identifier: Apache-2.0 */
/* Jobs: the list, one job with its history, and what a person may do with it. */
#include <stddef.h>
#include <string.h>

#include "cgi/do_job.h"
#include "cgi/doors.h"
#include "cgi/web/web.h"
#include "store/page_store.h"

#define PAGE_ROWS 50

static const struct answer *jobs(struct req *rq)
{
	int64_t number = web_page_number(rq), window[2] = { PAGE_ROWS, (number - 1) * PAGE_ROWS };
	struct list found;
	struct page *p;
	struct err e;

	if (page_store_jobs(rq->app->db, rq->arena, window, &found, &e) != E_OK)
		return answer_error(rq, &e);
	p = page_new(rq, "Jobs", "jobs");
	web_notice(p);
	sink_begin_list(page_sink(p), "jobs");
	for (int row = 0; row < pg_len(found.rows); row++)
		web_job(p, NULL, found.rows, row);
	sink_end_list(page_sink(p));
	web_pager(p, number, PAGE_ROWS, found.total);
	return page_render(p, 200, "jobs", "jobs");
}

/* The job of the path, or E_NOTFOUND. */
static enum errc find(struct req *rq, struct pg_result **out, struct err *e)
{
	const char *id = req_uuid(rq, "id");

	if (id == NULL)
		return err_set(e, E_NOTFOUND, "Job not found");
	return page_store_job(rq->app->db, rq->arena, id, out, e);
}

static const struct answer *job(struct req *rq)
{
	struct pg_result *r, *events;
	struct page *p;
	struct err e;

	if (find(rq, &r, &e) != E_OK ||
	    page_store_events(rq->app->db, rq->arena, req_uuid(rq, "id"), &events, &e) != E_OK)
		return answer_error(rq, &e);
	p = page_new(rq, pg_get(r, 0, "name"), "jobs");
	web_notice(p);
	web_job(p, "job", r, 0);
	rows_list(page_sink(p), "events", events, NULL);
	return page_render(p, 200, "job", "job");
}

static const struct answer *ask_cancel(struct req *rq)
{
	struct pg_result *r;
	struct page *p;
	struct err e;

	if (find(rq, &r, &e) != E_OK)
		return answer_error(rq, &e);
	p = page_new(rq, "Cancel print", "jobs");
	page_set(p, "question", arena_printf(rq->arena, "Cancel %s?", pg_get(r, 0, "name")));
	page_set(p, "consequence", "Heaters are switched off and the head is parked. What has been printed stays "
	                           "on the bed; the print cannot be continued.");
	page_set(p, "verb", "Cancel print");
	page_set(p, "act", rq->path);
	page_set(p, "back", arena_printf(rq->arena, "/jobs/%s", req_uuid(rq, "id")));
	return page_render(p, 200, "confirm", "");
}

struct in_act {
	struct in_bool confirm;
};
static const struct field act_fields[] = {
	{ .name = "confirm", .type = F_BOOL, .fallback = "false",
	    .offset = offsetof(struct in_act, confirm) },
};
static const struct schema act_schema = SCHEMA(act_fields, struct in_act, NULL);

static const struct answer *act(struct req *rq, enum job_act what, const char *notice)
{
	const struct in_act *in = rq->in;
	const char *id = req_uuid(rq, "id"), *back;
	struct job_acted done;
	struct err e;

	if (id == NULL)
		return answer_not_found(rq, "Job");
	back = arena_printf(rq->arena, "/jobs/%s", id);
	if (do_job_act(rq, id, what, in->confirm.v, &done, &e) != E_OK)
		return e.code == E_NOTFOUND ? answer_error(rq, &e) : web_refused(rq, back, &e);
	return web_done(rq, back, strcmp(done.status, "completed") == 0 ? notice : "pending");
}

static const struct answer *pause(struct req *rq)
{
	return act(rq, JOB_ACT_PAUSE, "paused");
}

static const struct answer *resume(struct req *rq)
{
	return act(rq, JOB_ACT_RESUME, "resumed");
}

static const struct answer *cancel(struct req *rq)
{
	return act(rq, JOB_ACT_CANCEL, "cancelled");
}

struct in_print {
	const char *printer;
};
static const struct field print_fields[] = {
	{ .name = "printer", .type = F_ID, .flags = FIELD_REQUIRED,
	    .offset = offsetof(struct in_print, printer) },
};
static const struct schema print_schema = SCHEMA(print_fields, struct in_print, NULL);

static const struct answer *print(struct req *rq)
{
	const struct in_print *in = rq->in;
	const struct job_start w = { .file = req_uuid(rq, "id"), .target.printer = in->printer };
	const char *id;
	struct err e;

	if (w.file == NULL)
		return answer_not_found(rq, "File");
	if (do_job_start(rq, &w, &id, &e) != E_OK)
		return web_refused(rq, arena_printf(rq->arena, "/files/%s", w.file), &e);
	return web_done(rq, arena_printf(rq->arena, "/jobs/%s", id), "started");
}

#define GET(path, least, handler) { METHOD_GET, path, least, RATE_NONE, POOL_API, FAMILY_WEB, NULL, \
	handler, 0 }
#define ACT(path, schema, handler) { METHOD_POST, path, ROLE_OPERATOR, RATE_CONTROL, POOL_SLOW, \
	FAMILY_WEB, schema, handler, 0 }
const struct route web_job_routes[] = {
	GET("/jobs", ROLE_VIEWER, jobs),
	GET("/jobs/:id", ROLE_VIEWER, job),
	GET("/jobs/:id/cancel", ROLE_OPERATOR, ask_cancel),
	ACT("/jobs/:id/pause", &act_schema, pause),
	ACT("/jobs/:id/resume", &act_schema, resume),
	ACT("/jobs/:id/cancel", &act_schema, cancel),
	{ METHOD_POST, "/files/:id/print", ROLE_OPERATOR, RATE_CONTROL, POOL_SLOW, FAMILY_WEB,
	    &print_schema, print, ROUTE_ONCE },
	{ .path = NULL },
};
