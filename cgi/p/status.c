/* SPDX-License-Identifier: Apache-2.0 */
/* Family P: what remote printers report (P-19 ... P-21). */
#include <stddef.h>

#include "cgi/answer.h"
#include "cgi/do_report.h"
#include "cgi/doors.h"
#include "cgi/p/fields.h"

struct in_status {
	const char *organization, *printer, *status, *job, *error_code, *error_message;
	struct in_real progress, degrees[5];
	struct in_int layer, layers, elapsed, remaining, rates[2], fans[3];
	struct in_bool online;
	const struct jval *raw;
};

#define AT(member) offsetof(struct in_status, member)
#define COUNT(n, member) { .name = n, .type = F_INT, .min = 0, .max = 2147483647, \
	.flags = FIELD_PATCH | FIELD_NULL, .offset = AT(member) }
#define PERCENT(n, member, most) { .name = n, .type = F_INT, .min = 0, .max = most, \
	.flags = FIELD_PATCH | FIELD_NULL, .offset = AT(member) }
#define DEGREES(n, i) { .name = n, .type = F_REAL, .min = -50, .max = 999.99, \
	.flags = FIELD_PATCH | FIELD_NULL, .offset = AT(degrees[i]) }

static const struct field new_fields[] = {
	{ .name = "printer_id", .type = F_ID, .flags = FIELD_REQUIRED, .offset = AT(printer) },
	{ .name = "organizationId", .type = F_ID, .flags = FIELD_REQUIRED, .offset = AT(organization) },
	{ .name = "status", .type = F_TEXT, .min = 1, .max = 50, .flags = FIELD_REQUIRED | FIELD_PATCH,
	    .offset = AT(status) },
	{ .name = "current_job_id", .type = F_ID, .flags = FIELD_PATCH | FIELD_NULL,
	    .offset = AT(job) },
	{ .name = "progress_percentage", .type = F_REAL, .min = 0, .max = 100,
	    .flags = FIELD_PATCH | FIELD_NULL, .offset = AT(progress) },
	COUNT("current_layer", layer),
	COUNT("total_layers", layers),
	COUNT("time_elapsed_seconds", elapsed),
	COUNT("time_remaining_seconds", remaining),
	DEGREES("nozzle_temp_current", 0),
	DEGREES("nozzle_temp_target", 1),
	DEGREES("bed_temp_current", 2),
	DEGREES("bed_temp_target", 3),
	DEGREES("chamber_temp_current", 4),
	PERCENT("print_speed_percentage", rates[0], 1000),
	PERCENT("flow_rate_percentage", rates[1], 1000),
	PERCENT("part_cooling_fan_speed", fans[0], 100),
	PERCENT("aux_fan_speed", fans[1], 100),
	PERCENT("chamber_fan_speed", fans[2], 100),
	{ .name = "error_code", .type = F_TEXT, .max = 50, .flags = FIELD_PATCH | FIELD_NULL,
	    .offset = AT(error_code) },
	{ .name = "error_message", .type = F_TEXT, .max = 2000,
	    .flags = FIELD_PATCH | FIELD_NULL | FIELD_LINES, .offset = AT(error_message) },
	{ .name = "is_online", .type = F_BOOL, .flags = FIELD_PATCH | FIELD_NULL, .offset = AT(online) },
	{ .name = "raw_status_data", .type = F_JSON, .max = 262144,
	    .flags = FIELD_PATCH | FIELD_NULL, .offset = AT(raw) },
};
static const struct schema new_schema = SCHEMA(new_fields, struct in_status,
    "printer_id, organizationId, and status required");

struct in_latest { const char *organization; };
static const struct field latest_fields[] = {
	ORG(struct in_latest),
};
static const struct schema latest_schema = SCHEMA(latest_fields, struct in_latest,
    "organizationId required");

struct in_history { const char *organization; struct in_int limit, offset; };
static const struct field history_fields[] = {
	ORG(struct in_history),
	WINDOW(struct in_history, "100"),
};
static const struct schema history_schema = SCHEMA(history_fields, struct in_history,
    "organizationId required");

static const struct answer *p_post(struct req *rq)
{
	const struct in_status *in = rq->in;
	struct status_wish w = { .printer = in->printer, .status = in->status, .job = in->job,
		.gives_job = input_given(rq->body, "current_job_id"),
		.json = input_patch(rq->arena, rq->route->input, rq->body) };
	struct pg_result *r;
	const char *id;
	struct err e;

	/* layers alone say nothing of how far the job is */
	if (in->progress.has)
		w.figures = (struct report_figures){ .progress = in->progress, .layer = in->layer,
			.layers = in->layers };
	if (do_report_printer(rq, &w, &id, &e) != E_OK ||
	    status_store_show(rq->app->db, rq->arena, id, &r, &e) != E_OK)
		return answer_error(rq, &e);
	return answer_row(rq, 201, NULL, r, 0);
}

static const struct answer *p_latest(struct req *rq)
{
	const char *printer = req_uuid(rq, "printerId");
	struct pg_result *r;
	struct err e;

	if (printer == NULL)
		return answer_fail(rq, 404, NULL, "No status found");
	pg_last(rq->app->db);
	if (status_store_latest(rq->app->db, rq->arena, printer, &r, &e) != E_OK)
		return answer_error(rq, &e);
	return answer_row(rq, 200, NULL, r, 0);
}

static const struct answer *p_history(struct req *rq)
{
	const struct in_history *in = rq->in;
	const int64_t window[2] = { in->limit.v > 1000 ? 1000 : in->limit.v, in->offset.v };
	const char *printer = req_uuid(rq, "printerId");
	struct pg_result *r;
	struct err e;

	if (printer == NULL)
		return answer_not_found(rq, "Printer");
	pg_last(rq->app->db);
	if (status_store_history(rq->app->db, rq->arena, printer, window, &r, &e) != E_OK)
		return answer_error(rq, &e);
	return answer_rows(rq, r, pg_len(r) == 0 ? 0 : pg_get_int(r, 0, "_total"));
}

#define ROW(method, path, role, schema, handler) \
	{ method, path, role, RATE_P, POOL_API, FAMILY_P, schema, handler, ROUTE_AGENT }
const struct route p_status_routes[] = {
	ROW(METHOD_POST, "/api/printer-status", ROLE_OPERATOR, &new_schema, p_post),
	ROW(METHOD_GET, "/api/printer-status/latest/:printerId", ROLE_VIEWER, &latest_schema,
	    p_latest),
	ROW(METHOD_GET, "/api/printer-status/history/:printerId", ROLE_VIEWER, &history_schema,
	    p_history),
	{ .path = NULL },
};
