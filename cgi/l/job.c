/* SPDX-License-Identifier: Apache-2.0 */
/* Family L: jobs (L-22 ... L-28). */
#include <stddef.h>
#include <string.h>

#include "cgi/answer.h"
#include "cgi/do_job.h"
#include "cgi/doors.h"
#include "cgi/kept.h"
#include "cgi/l/page.h"
#include "cgi/l/target.h"

struct in_list { struct in_page page; const char *status; };
static const struct field list_fields[] = {
	PAGE_FIELDS(struct in_list, page),
	{ .name = "status", .type = F_ENUM, .flags = FIELD_ANYCASE,
	    .choices = "queued|preparing|printing|paused|completed|failed|cancelled",
	    .offset = offsetof(struct in_list, status) },
};
static const struct schema list_schema = SCHEMA(list_fields, struct in_list, NULL);

struct in_current { const char *printer; };
static const struct field current_fields[] = {
	{ .name = "printerId", .type = F_ID, .offset = offsetof(struct in_current, printer) },
};
static const struct schema current_schema = SCHEMA(current_fields, struct in_current, NULL);

struct in_get { struct in_int points; };
static const struct field get_fields[] = {
	{ .name = "temperatureLimit", .type = F_INT, .min = 1, .max = 1000, .fallback = "1000",
	    .offset = offsetof(struct in_get, points) },
};
static const struct schema get_schema = SCHEMA(get_fields, struct in_get, NULL);

struct in_start { const char *file, *slice, *profile, *notes, *priority;
	const struct jval *settings; struct in_real hotend, bed; struct in_bool queue, held;
	struct in_int copies; struct in_target target; };
static const struct field start_fields[] = {
	{ .name = "fileId", .type = F_ID, .flags = FIELD_REQUIRED,
	    .offset = offsetof(struct in_start, file) },
	{ .name = "slicedFileId", .type = F_ID, .flags = FIELD_NULL,
	    .offset = offsetof(struct in_start, slice) },
	TARGET_FIELDS(struct in_start, target),
	{ .name = "copies", .type = F_INT, .min = 1, .max = 1000, .fallback = "1",
	    .offset = offsetof(struct in_start, copies) },
	{ .name = "settings", .type = F_OBJECT, .max = 16384, .flags = FIELD_NULL,
	    .offset = offsetof(struct in_start, settings) },
	{ .name = "settings.profileId", .type = F_ID, .flags = FIELD_NULL,
	    .offset = offsetof(struct in_start, profile) },
	{ .name = "settings.temperature.hotend", .type = F_REAL, .min = 0, .max = 300,
	    .flags = FIELD_NULL, .offset = offsetof(struct in_start, hotend) },
	{ .name = "settings.temperature.bed", .type = F_REAL, .min = 0, .max = 120,
	    .flags = FIELD_NULL, .offset = offsetof(struct in_start, bed) },
	{ .name = "queue", .type = F_BOOL, .fallback = "false",
	    .offset = offsetof(struct in_start, queue) },
	{ .name = "hold", .type = F_BOOL, .fallback = "false",
	    .offset = offsetof(struct in_start, held) },
	{ .name = "notes", .type = F_TEXT, .max = 10000, .flags = FIELD_NULL | FIELD_LINES,
	    .offset = offsetof(struct in_start, notes) },
	{ .name = "priority", .type = F_ENUM, .choices = "low|normal|high|urgent",
	    .fallback = "normal", .offset = offsetof(struct in_start, priority) },
};
static const struct schema start_schema = SCHEMA(start_fields, struct in_start, NULL);

struct in_act { struct in_bool confirm; };
static const struct field act_fields[] = {
	{ .name = "confirm", .type = F_BOOL, .fallback = "false",
	    .offset = offsetof(struct in_act, confirm) },
};
static const struct schema act_schema = SCHEMA(act_fields, struct in_act, NULL);

/* Family L's word to the states of the table. */
static const char *states_of(const char *word)
{
	if (word == NULL)
		return NULL;
	if (strcmp(word, "queued") == 0)
		return "pending,queued";
	return strcmp(word, "preparing") == 0 ? "claimed,preparing" : word;
}

static const struct answer *l_list(struct req *rq)
{
	const struct in_list *in = rq->in;
	int64_t limit = page_limit(&in->page), window[2] = { limit, page_offset(&in->page) };
	struct list found;
	struct err e;

	list_last(rq->app->db, window[1]);
	if (job_store_list_l(rq->app->db, rq->arena, states_of(in->status), window, &found, &e) != E_OK)
		return answer_error(rq, &e);
	kept_unless_waiting(rq, found.rows, "_status");
	return answer_page(rq, "jobs", found.rows, found.total, in->page.page.v, limit);
}

static const struct answer *show(struct req *rq, int status, const char *id)
{
	struct pg_result *r;
	struct err e;

	if (job_store_show_l(rq->app->db, rq->arena, id, &r, &e) != E_OK)
		return answer_error(rq, &e);
	return answer_row(rq, status, "job", r, 0);
}

static const struct answer *l_current(struct req *rq)
{
	const struct in_current *in = rq->in;
	struct printer_facts p;
	struct err e;

	if (printer_store_facts(rq->app->db, rq->arena, in->printer, &p, &e) != E_OK) {
		if (e.code == E_NOTFOUND && in->printer == NULL)
			return answer_null(rq);
		return answer_error(rq, &e);
	}
	return p.job == NULL ? answer_null(rq) : show(rq, 200, p.job);
}

static const struct answer *l_get(struct req *rq)
{
	const struct in_get *in = rq->in;
	const char *id = req_uuid(rq, "id");
	struct pg *db = rq->app->db;
	struct pg_result *job, *events, *temperatures;
	struct sink *s;
	struct err e;

	if (id == NULL)
		return answer_not_found(rq, "Job");
	if (job_store_show_l(db, rq->arena, id, &job, &e) != E_OK ||
	    job_store_events(db, rq->arena, id, &events, &e) != E_OK ||
	    job_store_temperatures(db, rq->arena, id, in->points.v, &temperatures, &e) != E_OK)
		return answer_error(rq, &e);
	s = answer_begin(rq, 200);
	rows_object(s, "job", job, 0, req_hooks(rq));
	rows_list(s, "events", events, req_hooks(rq));
	rows_list(s, "temperatures", temperatures, req_hooks(rq));
	return answer_end(rq);
}

/* Only what is known is kept: preheating reads settings.temperature and settings.profileId. */
static const char *settings_json(struct req *rq, const struct in_start *in)
{
	struct buf text = BUF_INIT;
	struct json_sink js;
	const char *out;

	json_sink_init(&js, &text);
	sink_begin_object(&js.sink, NULL);
	if (in->profile != NULL)
		sink_text(&js.sink, "profileId", in->profile);
	if (in->hotend.has || in->bed.has) {
		sink_begin_object(&js.sink, "temperature");
		if (in->hotend.has)
			sink_real(&js.sink, "hotend", in->hotend.v);
		if (in->bed.has)
			sink_real(&js.sink, "bed", in->bed.v);
		sink_end_object(&js.sink);
	}
	sink_end_object(&js.sink);
	out = arena_str(rq->arena, buf_str(&text));
	buf_fini(&text);
	return out;
}

static const struct answer *begin(struct req *rq, bool later)
{
	const struct in_start *in = rq->in;
	const struct job_start w = { .file = in->file, .slice = in->slice, .profile = in->profile,
		.target = target_of(rq->arena, &in->target), .settings = settings_json(rq, in),
		.notes = in->notes, .priority = in->priority, .copies = in->copies.v,
		.queue = in->queue.v, .later = later, .held = later && in->held.v };
	const char *id;
	struct err e;

	if (do_queue_target(&w.target, &e) != E_OK || do_job_start(rq, &w, &id, &e) != E_OK)
		return answer_error(rq, &e);
	return show(rq, 201, id);
}

static const struct answer *l_start(struct req *rq)
{
	return begin(rq, false);
}

static const struct answer *l_enqueue(struct req *rq)
{
	return begin(rq, true);
}

static const struct answer *act(struct req *rq, enum job_act what)
{
	const struct in_act *in = rq->in;
	const char *id = req_uuid(rq, "id");
	struct job_acted done;
	struct pg_result *r;
	struct sink *s;
	struct err e;
	bool pending;

	if (id == NULL)
		return answer_not_found(rq, "Job");
	if (do_job_act(rq, id, what, in->confirm.v, &done, &e) != E_OK) {
		if (done.hold == NULL)
			return answer_error(rq, &e);
		return answer_fail_details(rq, 409, "INVALID_STATE", e.message,
		    arena_printf(rq->arena, "{\"holdReason\":\"%s\"}", done.hold));
	}
	if (job_store_show_l(rq->app->db, rq->arena, id, &r, &e) != E_OK)
		return answer_error(rq, &e);
	pending = strcmp(done.status, "completed") != 0;
	s = answer_begin(rq, pending ? 202 : 200);
	rows_object(s, "job", r, 0, req_hooks(rq));
	if (pending)
		sink_text(s, "pendingAction", job_act_name(what));
	return answer_end(rq);
}

static const struct answer *l_pause(struct req *rq)
{
	return act(rq, JOB_ACT_PAUSE);
}

static const struct answer *l_resume(struct req *rq)
{
	return act(rq, JOB_ACT_RESUME);
}

static const struct answer *l_cancel(struct req *rq)
{
	return act(rq, JOB_ACT_CANCEL);
}

#define ROW(method, path, role, rate, pool, schema, handler) \
	{ method, path, role, rate, pool, FAMILY_L, schema, handler, 0 }
#define ONCE(path, pool, schema, handler) \
	{ METHOD_POST, path, ROLE_OPERATOR, RATE_CONTROL, pool, FAMILY_L, schema, handler, ROUTE_ONCE }
const struct route l_job_routes[] = {
	{ METHOD_GET, "/api/jobs", ROLE_VIEWER, RATE_API, POOL_API, FAMILY_L, &list_schema, l_list,
	    ROUTE_KEPT },
	ROW(METHOD_GET, "/api/jobs/current", ROLE_VIEWER, RATE_API, POOL_API, &current_schema,
	    l_current),
	ROW(METHOD_GET, "/api/jobs/:id", ROLE_VIEWER, RATE_API, POOL_API, &get_schema, l_get),
	ONCE("/api/jobs/start", POOL_SLOW, &start_schema, l_start),
	ONCE("/api/queue", POOL_SLOW, &start_schema, l_enqueue),
	ROW(METHOD_POST, "/api/jobs/:id/pause", ROLE_OPERATOR, RATE_CONTROL, POOL_SLOW, &act_schema,
	    l_pause),
	ROW(METHOD_POST, "/api/jobs/:id/resume", ROLE_OPERATOR, RATE_CONTROL, POOL_SLOW,
	    &act_schema, l_resume),
	ROW(METHOD_POST, "/api/jobs/:id/cancel", ROLE_OPERATOR, RATE_CONTROL, POOL_SLOW,
	    &act_schema, l_cancel),
	{ .path = NULL },
};
