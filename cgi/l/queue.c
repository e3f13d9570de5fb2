/* SPDX-License-Identifier: Apache-2.0 */
/* Family L: the queue (an extension, architecture.md §3.13). POST /api/queue stands beside the start
 * it shares its body with (l/job.c). */
#include <stddef.h>

#include "cgi/answer.h"
#include "cgi/do_queue.h"
#include "cgi/doors.h"
#include "cgi/l/page.h"
#include "cgi/l/target.h"

struct in_list { struct in_page page; const char *printer, *group; };
static const struct field list_fields[] = {
	PAGE_FIELDS(struct in_list, page),
	{ .name = "printerId", .type = F_ID, .offset = offsetof(struct in_list, printer) },
	{ .name = "groupId", .type = F_ID, .offset = offsetof(struct in_list, group) },
};
static const struct schema list_schema = SCHEMA(list_fields, struct in_list, NULL);

struct in_move { const char *to, *before, *after; };
static const struct field move_fields[] = {
	{ .name = "to", .type = F_ENUM, .choices = "top|bottom|up|down",
	    .offset = offsetof(struct in_move, to) },
	{ .name = "before", .type = F_ID, .offset = offsetof(struct in_move, before) },
	{ .name = "after", .type = F_ID, .offset = offsetof(struct in_move, after) },
};
static const struct schema move_schema = SCHEMA(move_fields, struct in_move, NULL);

struct in_edit { struct in_target target; const struct jval *needs; const char *priority, *notes;
	struct in_int copies; };
static const struct field edit_fields[] = {
	TARGET_FIELDS(struct in_edit, target),
	{ .name = "requirements", .type = F_OBJECT, .max = 4096, .flags = FIELD_NULL,
	    .offset = offsetof(struct in_edit, needs) },
	{ .name = "priority", .type = F_ENUM, .choices = "low|normal|high|urgent",
	    .offset = offsetof(struct in_edit, priority) },
	{ .name = "copies", .type = F_INT, .min = 1, .max = 1000,
	    .offset = offsetof(struct in_edit, copies) },
	{ .name = "notes", .type = F_TEXT, .max = 10000, .flags = FIELD_LINES,
	    .offset = offsetof(struct in_edit, notes) },
};
static const struct schema edit_schema = SCHEMA(edit_fields, struct in_edit, NULL);

struct in_begin { const char *printer; };
static const struct field begin_fields[] = {
	{ .name = "printerId", .type = F_ID, .flags = FIELD_NULL,
	    .offset = offsetof(struct in_begin, printer) },
};
static const struct schema begin_schema = SCHEMA(begin_fields, struct in_begin, NULL);

struct in_again { const char *priority; struct in_int copies; };
static const struct field again_fields[] = {
	{ .name = "priority", .type = F_ENUM, .choices = "low|normal|high|urgent",
	    .offset = offsetof(struct in_again, priority) },
	{ .name = "copies", .type = F_INT, .min = 1, .max = 1000,
	    .offset = offsetof(struct in_again, copies) },
};
static const struct schema again_schema = SCHEMA(again_fields, struct in_again, NULL);

static const struct answer *q_list(struct req *rq)
{
	const struct in_list *in = rq->in;
	int64_t limit = page_limit(&in->page);
	const struct queue_filter f = { in->printer, in->group, limit, page_offset(&in->page) };
	struct pg_result *r;
	struct err e;

	pg_last(rq->app->db);
	if (queue_store_list(rq->app->db, rq->arena, &f, &r, &e) != E_OK)
		return answer_error(rq, &e);
	return answer_page(rq, "jobs", r, pg_len(r) == 0 ? 0 : pg_get_int(r, 0, "_total"),
	    in->page.page.v, limit);
}

/* The job after the act, or the refusal. */
static const struct answer *after(struct req *rq, enum errc rc, struct err *e, const char *id)
{
	struct pg_result *r;

	if (rc == E_OK)
		rc = job_store_show_l(rq->app->db, rq->arena, id, &r, e);
	return rc == E_OK ? answer_row(rq, 200, "job", r, 0) : answer_error(rq, e);
}

static const struct answer *q_move(struct req *rq)
{
	const struct in_move *in = rq->in;
	const char *id = req_uuid(rq, "id"), *beside = in->before != NULL ? in->before : in->after;
	const char *way = in->to != NULL ? in->to : in->before != NULL ? "before" : "after";
	struct err e;

	if (id == NULL)
		return answer_not_found(rq, "Job");
	if ((in->to != NULL) + (in->before != NULL) + (in->after != NULL) != 1) {
		issue_add(rq->arena, &rq->issues, "custom", "to", "give one of to, before, after");
		return answer_issues(rq);
	}
	return after(rq, do_queue_move(rq, id, way, beside, &e), &e, id);
}

static const struct answer *q_hold(struct req *rq)
{
	const char *id = req_uuid(rq, "id");
	struct err e;

	return id == NULL ? answer_not_found(rq, "Job") : after(rq, do_queue_hold(rq, id, &e), &e, id);
}

static const struct answer *q_release(struct req *rq)
{
	const char *id = req_uuid(rq, "id");
	struct err e;

	return id == NULL ? answer_not_found(rq, "Job") :
	                    after(rq, do_queue_release(rq, id, &e), &e, id);
}

static const struct answer *q_edit(struct req *rq)
{
	const struct in_edit *in = rq->in;
	const char *id = req_uuid(rq, "id");
	struct queue_change c = { .priority = in->priority, .copies = in->copies.v,
		.notes = in->notes, .target = target_of(rq->arena, &in->target),
		.has_needs = input_given(rq->body, "requirements") };
	struct err e;

	if (id == NULL)
		return answer_not_found(rq, "Job");
	c.has_target = c.target.printer != NULL || c.target.group != NULL || c.target.any;
	if (c.priority == NULL && c.copies == 0 && c.notes == NULL && !c.has_needs && !c.has_target) {
		issue_add(rq->arena, &rq->issues, "custom", "", "Nothing to change");
		return answer_issues(rq);
	}
	return after(rq, do_queue_edit(rq, id, &c, &e), &e, id);
}

static const struct answer *q_start(struct req *rq)
{
	const struct in_begin *in = rq->in;
	const char *id = req_uuid(rq, "id");
	struct err e;

	return id == NULL ? answer_not_found(rq, "Job") :
	                    after(rq, do_queue_start(rq, id, in->printer, &e), &e, id);
}

static const struct answer *q_again(struct req *rq)
{
	const struct in_again *in = rq->in;
	const char *id = req_uuid(rq, "id");
	struct queue_again again = { .priority = in->priority, .copies = in->copies.v };
	struct pg_result *r;
	struct err e;

	if (id == NULL)
		return answer_not_found(rq, "Job");
	if (do_queue_again(rq, id, &again, &e) != E_OK ||
	    job_store_show_l(rq->app->db, rq->arena, again.id, &r, &e) != E_OK)
		return answer_error(rq, &e);
	return answer_row(rq, 201, "job", r, 0);
}

#define ACT(method, path, pool, schema, handler, flags) \
	{ method, path, ROLE_OPERATOR, RATE_API, pool, FAMILY_L, schema, handler, flags }
const struct route l_queue_routes[] = {
	{ METHOD_GET, "/api/queue", ROLE_VIEWER, RATE_API, POOL_API, FAMILY_L, &list_schema, q_list, 0 },
	ACT(METHOD_POST, "/api/jobs/:id/move", POOL_API, &move_schema, q_move, 0),
	ACT(METHOD_POST, "/api/jobs/:id/hold", POOL_API, NULL, q_hold, 0),
	ACT(METHOD_POST, "/api/jobs/:id/release", POOL_API, NULL, q_release, 0),
	ACT(METHOD_PATCH, "/api/jobs/:id", POOL_API, &edit_schema, q_edit, 0),
	{ METHOD_POST, "/api/jobs/:id/start", ROLE_OPERATOR, RATE_CONTROL, POOL_SLOW, FAMILY_L,
	    &begin_schema, q_start, ROUTE_ONCE },
	ACT(METHOD_POST, "/api/jobs/:id/requeue", POOL_SLOW, &again_schema, q_again, ROUTE_ONCE),
	{ .path = NULL },
};
