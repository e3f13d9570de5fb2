/* SPDX-License-Identifier: Apache-2.0 */
/* Family P: print jobs (P-07 ... P-13). */
#include <stddef.h>
#include <string.h>

#include "cgi/answer.h"
#include "cgi/do_job.h"
#include "cgi/do_queue.h"
#include "cgi/do_report.h"
#include "cgi/doors.h"
#include "cgi/p/fields.h"
#include "cgi/kept.h"

#define STATES "pending|queued|claimed|preparing|printing|paused|completed|failed|cancelled"

struct in_new { const char *organization, *product, *printer, *group, *priority, *notes;
	const char *model, *material; struct in_bool any; struct in_real nozzle; struct in_int plates; const struct jval *ams, *custom_fields; };
static const struct field new_fields[] = {
	ORG(struct in_new),
	{ .name = "product_id", .type = F_ID, .flags = FIELD_REQUIRED,
	    .offset = offsetof(struct in_new, product) },
	{ .name = "printer_id", .type = F_ID, .flags = FIELD_NULL,
	    .offset = offsetof(struct in_new, printer) },
	{ .name = "group_id", .type = F_ID, .flags = FIELD_NULL,
	    .offset = offsetof(struct in_new, group) },
	{ .name = "any_printer", .type = F_BOOL, .fallback = "false",
	    .offset = offsetof(struct in_new, any) },
	{ .name = "requirements.model", .type = F_TEXT, .min = 1, .max = 100, .flags = FIELD_NULL,
	    .offset = offsetof(struct in_new, model) },
	{ .name = "requirements.material", .type = F_TEXT, .min = 1, .max = 50, .flags = FIELD_NULL,
	    .offset = offsetof(struct in_new, material) },
	{ .name = "requirements.nozzle", .type = F_REAL, .min = 0.05, .max = 5, .flags = FIELD_NULL,
	    .offset = offsetof(struct in_new, nozzle) },
	{ .name = "plates_requested", .type = F_INT, .min = 1, .max = 1000, .fallback = "1",
	    .offset = offsetof(struct in_new, plates) },
	{ .name = "priority", .type = F_ENUM, .choices = "low|normal|high|urgent",
	    .fallback = "normal", .offset = offsetof(struct in_new, priority) },
	{ .name = "ams_configuration", .type = F_OBJECT, .max = 65536, .flags = FIELD_NULL,
	    .offset = offsetof(struct in_new, ams) },
	{ .name = "notes", .type = F_TEXT, .max = 10000, .flags = FIELD_NULL | FIELD_LINES,
	    .offset = offsetof(struct in_new, notes) },
	{ .name = "custom_fields", .type = F_OBJECT, .max = 16384, .flags = FIELD_NULL,
	    .offset = offsetof(struct in_new, custom_fields) },
};
static const struct schema new_schema = SCHEMA(new_fields, struct in_new,
    "organizationId and product_id required");

struct in_send { const char *organization, *printer; };
static const struct field send_fields[] = {
	ORG(struct in_send),
	{ .name = "printerId", .type = F_ID, .flags = FIELD_REQUIRED,
	    .offset = offsetof(struct in_send, printer) },
};
static const struct schema send_schema = SCHEMA(send_fields, struct in_send,
    "organizationId and printerId required");

struct in_list { const char *organization, *status, *printer; struct in_int limit, offset; };
static const struct field list_fields[] = {
	ORG(struct in_list),
	{ .name = "status", .type = F_ENUM, .choices = STATES,
	    .offset = offsetof(struct in_list, status) },
	{ .name = "printerId", .type = F_ID, .offset = offsetof(struct in_list, printer) },
	WINDOW(struct in_list, "1000"),
};
static const struct schema list_schema = SCHEMA(list_fields, struct in_list,
    "organizationId required");

struct in_report { const char *organization, *status; struct report_figures f; };
#define FIGURE(n, t, member, most) { .name = n, .type = t, .min = 0, .max = most, \
	.flags = FIELD_NULL, .offset = offsetof(struct in_report, f.member) }
static const struct field report_fields[] = {
	ORG(struct in_report),
	{ .name = "status", .type = F_ENUM, .flags = FIELD_REQUIRED, .choices = STATES,
	    .offset = offsetof(struct in_report, status) },
	FIGURE("progress_percentage", F_REAL, progress, 100),
	FIGURE("current_layer", F_INT, layer, 2147483647),
	FIGURE("total_layers", F_INT, layers, 2147483647),
	{ .name = "failure_reason", .type = F_TEXT, .max = 2000, .flags = FIELD_NULL | FIELD_LINES,
	    .offset = offsetof(struct in_report, f.reason) },
	FIGURE("actual_print_time_minutes", F_INT, minutes, 35791394),
	FIGURE("actual_filament_used_grams", F_REAL, grams, 99999999.99),
	FIGURE("plates_completed", F_INT, plates, 1000),
};
static const struct schema report_schema = SCHEMA(report_fields, struct in_report,
    "organizationId and status required");

struct in_org { const char *organization; };
static const struct field org_fields[] = { ORG(struct in_org) };
static const struct schema org_schema = SCHEMA(org_fields, struct in_org,
    "organizationId required");

/* Slots carry numbers 1-64, each once, and short words; other keys are kept as they are. */
static bool slots_ok(const struct jval *ams)
{
	const struct jval *slots = jval_get(ams, "slots");
	uint64_t seen = 0;

	if (jval_has(ams, "enabled") && jval_type(jval_get(ams, "enabled")) != JSON_BOOL)
		return false;
	if (!jval_has(ams, "slots"))
		return true;
	if (jval_type(slots) != JSON_LIST || jval_len(slots) > 64)
		return false;
	for (size_t i = 0; i < jval_len(slots); i++) {
		const struct jval *slot = jval_at(slots, i), *n = jval_get(slot, "slot_number");
		const char *type = jval_text(jval_get(slot, "filament_type"), NULL);
		const char *color = jval_text(jval_get(slot, "filament_color"), NULL);

		if (!jval_is_whole(n) || jval_int(n) < 1 || jval_int(n) > 64 ||
		    (seen & 1ull << (jval_int(n) - 1)) != 0 || (type != NULL && strlen(type) > 50) ||
		    (color != NULL && strlen(color) > 50))
			return false;
		seen |= 1ull << (jval_int(n) - 1);
	}
	return true;
}

static const struct answer *show(struct req *rq, int status, const char *id)
{
	struct pg_result *r;
	struct err e;

	if (job_store_row_p(rq->app->db, rq->arena, id, &r, &e) != E_OK)
		return answer_error(rq, &e);
	return answer_row(rq, status, NULL, r, 0);
}

static const char *json_or_null(struct req *rq, const struct jval *v)
{
	return v == NULL ? NULL : jval_print(rq->arena, v);
}

static const struct answer *p_create(struct req *rq)
{
	const struct in_new *in = rq->in;
	const struct job_wish w = { .product = in->product, .target = { .printer = in->printer,
		.group = in->group, .any = in->any.v, .model = in->model, .material = in->material,
		.nozzle = !in->nozzle.has ? NULL : arena_printf(rq->arena, "%.3f", in->nozzle.v) },
		.priority = in->priority, .plates = in->plates.v, .ams = json_or_null(rq, in->ams),
		.notes = in->notes, .custom_fields = json_or_null(rq, in->custom_fields) };
	const char *id;
	struct err e;

	if (in->ams != NULL && !slots_ok(in->ams)) {
		issue_add(rq->arena, &rq->issues, "custom", "ams_configuration", "is not valid");
		return answer_issues(rq);
	}
	if (do_queue_target(&w.target, &e) != E_OK || do_job_create(rq, &w, &id, &e) != E_OK)
		return answer_error(rq, &e);
	return show(rq, 201, id);
}

static const struct answer *p_send(struct req *rq)
{
	const struct in_send *in = rq->in;
	const char *id = req_uuid(rq, "id");
	struct job_handed handed;
	struct sink *s;
	struct err e;

	if (id == NULL)
		return answer_not_found(rq, "Print job");
	if (do_job_send(rq, id, in->printer, &handed, &e) != E_OK) {
		if (strcmp(e.kind, "PRINTER_ERROR") == 0)
			return answer_fail(rq, 500, NULL, e.message); /* the seed knows no 502 */
		return answer_error(rq, &e);
	}
	s = answer_begin(rq, 200);
	sink_text(s, "message", "Job sent to printer backend");
	sink_bool(s, "success", true);
	sink_text(s, "jobId", id);
	sink_text(s, "printerId", in->printer);
	if (handed.how == JOB_SENT_LOCAL) {
		sink_begin_object(s, "backendResponse");
		sink_bool(s, "queued", true);
		sink_text(s, "executor", "spooler");
		sink_end_object(s);
	} else if (handed.answer == NULL) {
		sink_null(s, "backendResponse");
	} else {
		sink_json(s, "backendResponse", handed.answer, strlen(handed.answer));
	}
	return answer_end(rq);
}

static const struct answer *p_report(struct req *rq)
{
	const struct in_report *in = rq->in;
	const char *id = req_uuid(rq, "id");
	struct err e;

	if (id == NULL)
		return answer_not_found(rq, "Print job");
	if (do_report_job(rq, id, in->status, &in->f, &e) != E_OK)
		return answer_error(rq, &e);
	return show(rq, 200, id);
}

static const struct answer *p_list(struct req *rq)
{
	const struct in_list *in = rq->in;
	const struct job_filter f = { in->status, in->printer,
		in->limit.v > 1000 ? 1000 : in->limit.v, in->offset.v };
	struct list found;
	struct err e;

	list_last(rq->app->db, f.offset);
	if (job_store_list_p(rq->app->db, rq->arena, &f, &found, &e) != E_OK)
		return answer_error(rq, &e);
	kept_unless_waiting(rq, found.rows, "status");
	return answer_rows(rq, found.rows, found.total);
}

static const struct answer *p_get(struct req *rq)
{
	const char *id = req_uuid(rq, "id");
	struct pg_result *r;
	struct err e;

	if (id == NULL)
		return answer_not_found(rq, "Print job");
	pg_last(rq->app->db);
	if (job_store_detail_p(rq->app->db, rq->arena, id, &r, &e) != E_OK)
		return answer_error(rq, &e);
	return answer_row(rq, 200, NULL, r, 0);
}

static const struct answer *p_cancel(struct req *rq)
{
	const char *id = req_uuid(rq, "id");
	struct job_acted done;
	struct sink *s;
	struct err e;

	if (id == NULL)
		return answer_not_found(rq, "Print job");
	if (do_job_act(rq, id, JOB_ACT_CANCEL, false, &done, &e) != E_OK) {
		if (e.code == E_NOTFOUND)
			return answer_not_found(rq, "Print job");
		return answer_error(rq, &e);
	}
	s = answer_begin(rq, 200);
	sink_text(s, "message", "Print job cancelled successfully");
	if (strcmp(done.status, "executing") == 0)
		sink_bool(s, "pending", true);
	return answer_end(rq);
}

static const struct answer *p_delete(struct req *rq)
{
	const char *id = req_uuid(rq, "id");
	struct err e;

	if (id == NULL)
		return answer_not_found(rq, "Print job");
	if (do_job_delete(rq, id, &e) != E_OK)
		return answer_error(rq, &e);
	return answer_message(rq, "Print job deleted successfully");
}

#define ROW(method, path, role, pool, schema, handler, flags) \
	{ method, path, role, RATE_P, pool, FAMILY_P, schema, handler, flags }
const struct route p_job_routes[] = {
	ROW(METHOD_POST, "/api/print-jobs", ROLE_OPERATOR, POOL_API, &new_schema, p_create,
	    ROUTE_ONCE),
	ROW(METHOD_GET, "/api/print-jobs", ROLE_VIEWER, POOL_API, &list_schema, p_list,
	    ROUTE_AGENT | ROUTE_KEPT),
	ROW(METHOD_GET, "/api/print-jobs/:id", ROLE_VIEWER, POOL_API, &org_schema, p_get,
	    ROUTE_AGENT),
	ROW(METHOD_POST, "/api/print-jobs/:id/send", ROLE_OPERATOR, POOL_SLOW, &send_schema, p_send,
	    ROUTE_ONCE),
	ROW(METHOD_PUT, "/api/print-jobs/:id/status", ROLE_OPERATOR, POOL_API, &report_schema,
	    p_report, ROUTE_AGENT),
	ROW(METHOD_DELETE, "/api/print-jobs/:id", ROLE_OPERATOR, POOL_API, &org_schema, p_delete, 0),
	ROW(METHOD_POST, "/api/print-jobs/:id/cancel", ROLE_OPERATOR, POOL_SLOW, &org_schema,
	    p_cancel, 0),
	{ .path = NULL },
};
