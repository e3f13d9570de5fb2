/* SPDX-License-Identifier: Apache-2.0 */
/* The queue: what waits, in its order, and why; moving, holding, beginning; and the form that puts
 * a file into it. */
#include <stddef.h>
#include <string.h>

#include "cgi/do_job.h"
#include "cgi/do_queue.h"
#include "cgi/doors.h"
#include "cgi/page_format.h"
#include "cgi/web/web.h"
#include "store/group_store.h"
#include "store/page_store.h"

#define PAGE_ROWS 50

static bool is_held(const struct pg_result *r, int row)
{
	const char *hold = pg_get(r, row, "holdReason");

	return hold != NULL && (strcmp(hold, "held") == 0 || strcmp(hold, "start_expired") == 0);
}

/* A button that moves posts the neighbour it was drawn beside: when that has gone meanwhile, the act
 * is refused instead of going astray. */
static void queue_row(struct page *p, const struct pg_result *r, int row, int64_t number)
{
	struct sink *s = page_sink(p);
	const char *hold = pg_get(r, row, "holdReason");

	sink_begin_object(s, NULL);
	rows_members(s, r, row, page_hooks(p));
	web_words(s, page_job_state("QUEUED", hold));
	sink_int(s, "number", number);
	sink_bool(s, "held", is_held(r, row));
	sink_bool(s, "ready", hold != NULL && strcmp(hold, "operator") == 0);
	if (row > 0)
		sink_text(s, "above", pg_get(r, row - 1, "id"));
	if (row + 1 < pg_len(r))
		sink_text(s, "below", pg_get(r, row + 1, "id"));
	sink_end_object(s);
}

static const struct answer *queue(struct req *rq)
{
	int64_t number = web_page_number(rq), first = (number - 1) * PAGE_ROWS;
	const struct queue_filter f = { NULL, NULL, PAGE_ROWS, first };
	struct pg_result *r;
	struct page *p;
	struct err e;

	if (queue_store_list(rq->app->db, rq->arena, &f, &r, &e) != E_OK)
		return answer_error(rq, &e);
	p = page_new(rq, "Queue", "queue");
	web_notice(p);
	sink_begin_list(page_sink(p), "jobs");
	for (int row = 0; row < pg_len(r); row++)
		queue_row(p, r, row, first + row + 1);
	sink_end_list(page_sink(p));
	web_pager(p, number, PAGE_ROWS, pg_len(r) == 0 ? 0 : pg_get_int(r, 0, "_total"));
	return page_render(p, 200, "queue", "queue");
}

static const struct answer *settle(struct req *rq, enum errc rc, const struct err *e,
    const char *notice)
{
	if (rc == E_NOTFOUND)
		return answer_error(rq, e);
	return rc == E_OK ? web_done(rq, "/queue", notice) : web_refused(rq, "/queue", e);
}

struct in_move { const char *to, *before, *after; };
static const struct field move_fields[] = {
	{ .name = "to", .type = F_ENUM, .choices = "top|bottom", .offset = offsetof(struct in_move, to) },
	{ .name = "before", .type = F_ID, .offset = offsetof(struct in_move, before) },
	{ .name = "after", .type = F_ID, .offset = offsetof(struct in_move, after) },
};
static const struct schema move_schema = SCHEMA(move_fields, struct in_move, NULL);

static const struct answer *move(struct req *rq)
{
	const struct in_move *in = rq->in;
	const char *id = req_uuid(rq, "id"), *beside = in->before != NULL ? in->before : in->after;
	const char *way = in->to != NULL ? in->to : in->before != NULL ? "before" : "after";
	struct err e;

	if (id == NULL || (in->to == NULL && beside == NULL))
		return answer_not_found(rq, "Job");
	return settle(rq, do_queue_move(rq, id, way, beside, &e), &e, NULL);
}

static const struct answer *hold(struct req *rq)
{
	const char *id = req_uuid(rq, "id");
	struct err e;

	return id == NULL ? answer_not_found(rq, "Job") :
	                    settle(rq, do_queue_hold(rq, id, &e), &e, "held");
}

static const struct answer *release(struct req *rq)
{
	const char *id = req_uuid(rq, "id");
	struct err e;

	return id == NULL ? answer_not_found(rq, "Job") :
	                    settle(rq, do_queue_release(rq, id, &e), &e, "released");
}

static const struct answer *start(struct req *rq)
{
	const char *id = req_uuid(rq, "id");
	struct err e;

	if (id == NULL)
		return answer_not_found(rq, "Job");
	if (do_queue_start(rq, id, NULL, &e) != E_OK)
		return settle(rq, e.code, &e, NULL);
	return web_done(rq, arena_printf(rq->arena, "/jobs/%s", id), "started");
}

struct in_priority { const char *priority; };
static const struct field priority_fields[] = {
	{ .name = "priority", .type = F_ENUM, .choices = "low|normal|high|urgent",
	    .flags = FIELD_REQUIRED, .offset = offsetof(struct in_priority, priority) },
};
static const struct schema priority_schema = SCHEMA(priority_fields, struct in_priority, NULL);

static const struct answer *priority(struct req *rq)
{
	const struct queue_change c = { .priority = ((const struct in_priority *)rq->in)->priority };
	const char *id = req_uuid(rq, "id");
	struct err e;

	return id == NULL ? answer_not_found(rq, "Job") :
	                    settle(rq, do_queue_edit(rq, id, &c, &e), &e, "saved");
}

static const struct answer *again(struct req *rq)
{
	struct queue_again once_more = { .priority = NULL };
	const char *id = req_uuid(rq, "id");
	struct err e;

	return id == NULL ? answer_not_found(rq, "Job") :
	                    settle(rq, do_queue_again(rq, id, &once_more, &e), &e, "queued");
}

/* where: "any", "group <id>" or "printer <id>": one select says it. */
struct in_add { const char *where, *priority; struct in_int copies; };
static const struct field add_fields[] = {
	{ .name = "where", .type = F_TEXT, .max = 50, .flags = FIELD_REQUIRED,
	    .offset = offsetof(struct in_add, where) },
	{ .name = "copies", .type = F_INT, .min = 1, .max = 1000, .fallback = "1",
	    .offset = offsetof(struct in_add, copies) },
	{ .name = "priority", .type = F_ENUM, .choices = "low|normal|high|urgent",
	    .fallback = "normal", .offset = offsetof(struct in_add, priority) },
};
static const struct schema add_schema = SCHEMA(add_fields, struct in_add, NULL);

static bool target_from(struct req *rq, const char *where, struct job_target *out)
{
	char *id = arena_alloc(rq->arena, UUID_SIZE);

	*out = (struct job_target){ .any = strcmp(where, "any") == 0 };
	if (strncmp(where, "group ", 6) == 0 && uuid_canon(where + 6, id))
		out->group = id;
	else if (strncmp(where, "printer ", 8) == 0 && uuid_canon(where + 8, id))
		out->printer = id;
	return out->any || out->group != NULL || out->printer != NULL;
}

static const struct answer *add(struct req *rq)
{
	const struct in_add *in = rq->in;
	struct job_start w = { .file = req_uuid(rq, "id"), .priority = in->priority,
		.copies = in->copies.v, .later = true };
	const char *id;
	struct err e;

	if (w.file == NULL || !target_from(rq, in->where, &w.target))
		return answer_not_found(rq, "File");
	if (do_job_start(rq, &w, &id, &e) != E_OK)
		return web_refused(rq, arena_printf(rq->arena, "/files/%s", w.file), &e);
	return web_done(rq, "/queue", "queued");
}

#define ACT(path, rate, schema, handler, flags) { METHOD_POST, path, ROLE_OPERATOR, rate, POOL_SLOW, \
	FAMILY_WEB, schema, handler, flags }
const struct route web_queue_routes[] = {
	{ METHOD_GET, "/queue", ROLE_VIEWER, RATE_NONE, POOL_API, FAMILY_WEB, NULL, queue, 0 },
	ACT("/jobs/:id/move", RATE_API, &move_schema, move, 0),
	ACT("/jobs/:id/hold", RATE_API, NULL, hold, 0),
	ACT("/jobs/:id/release", RATE_API, NULL, release, 0),
	ACT("/jobs/:id/priority", RATE_API, &priority_schema, priority, 0),
	ACT("/jobs/:id/start", RATE_CONTROL, NULL, start, ROUTE_ONCE),
	ACT("/jobs/:id/requeue", RATE_CONTROL, NULL, again, ROUTE_ONCE),
	ACT("/files/:id/queue", RATE_CONTROL, &add_schema, add, ROUTE_ONCE),
	{ .path = NULL },
};
