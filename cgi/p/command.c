/* SPDX-License-Identifier: Apache-2.0 */
/* Family P: printer commands (P-14 ... P-18), for people and for the agents of remote printers. */
#include <stddef.h>
#include <string.h>

#include "cgi/answer.h"
#include "cgi/do_command.h"
#include "cgi/doors.h"
#include "cgi/p/fields.h"

#define TYPES "start_print|pause_print|resume_print|stop_print|cancel_print|set_bed_temp|" \
	"set_nozzle_temp|set_chamber_temp|home_all|home_x|home_y|home_z|set_fan_speed|" \
	"set_print_speed|set_flow_rate|camera_on|camera_off|light_on|light_off|load_filament|" \
	"unload_filament|custom_gcode|jog|extrude|retract|calibrate_bed|calibrate_z_offset|" \
	"emergency_stop|home_axes|set_temperatures"
#define STATES "pending|sent|executing|completed|failed|timeout"

struct in_new { const char *organization, *printer, *type; const struct jval *metadata; };
static const struct field new_fields[] = {
	ORG(struct in_new),
	{ .name = "printer_id", .type = F_ID, .flags = FIELD_REQUIRED,
	    .offset = offsetof(struct in_new, printer) },
	{ .name = "command_type", .type = F_ENUM, .flags = FIELD_REQUIRED, .choices = TYPES,
	    .offset = offsetof(struct in_new, type) },
	{ .name = "metadata", .type = F_OBJECT, .max = 65536, .flags = FIELD_NULL,
	    .offset = offsetof(struct in_new, metadata) },
};
static const struct schema new_schema = SCHEMA(new_fields, struct in_new,
    "organizationId, printer_id, and command_type required");

struct in_list { const char *organization, *printer, *status; struct in_int limit, offset; };
static const struct field list_fields[] = {
	ORG(struct in_list),
	{ .name = "printerId", .type = F_ID, .offset = offsetof(struct in_list, printer) },
	{ .name = "status", .type = F_ENUM, .choices = STATES,
	    .offset = offsetof(struct in_list, status) },
	WINDOW(struct in_list, "1000"),
};
static const struct schema list_schema = SCHEMA(list_fields, struct in_list,
    "organizationId required");

/* The organisation may be stated, but need not: then all of the caller's count. */
struct in_pending { const char *organization, *recipient, *printer; struct in_int limit;
	struct in_bool claim; };
static const struct field pending_fields[] = {
	{ .name = "organizationId", .type = F_ID, .offset = offsetof(struct in_pending, organization) },
	{ .name = "recipientId", .type = F_TEXT, .flags = FIELD_REQUIRED, .min = 1, .max = 255,
	    .offset = offsetof(struct in_pending, recipient) },
	{ .name = "printerId", .type = F_ID, .offset = offsetof(struct in_pending, printer) },
	{ .name = "limit", .type = F_INT, .min = 1, .fallback = "100",
	    .offset = offsetof(struct in_pending, limit) },
	{ .name = "claim", .type = F_BOOL, .offset = offsetof(struct in_pending, claim) },
};
static const struct schema pending_schema = SCHEMA(pending_fields, struct in_pending,
    "recipientId required");

struct in_report { const char *organization, *status, *error; const struct jval *result; };
static const struct field report_fields[] = {
	{ .name = "organizationId", .type = F_ID, .offset = offsetof(struct in_report, organization) },
	{ .name = "status", .type = F_ENUM, .flags = FIELD_REQUIRED, .choices = STATES,
	    .offset = offsetof(struct in_report, status) },
	{ .name = "result", .type = F_JSON, .max = 60002, .flags = FIELD_NULL,
	    .offset = offsetof(struct in_report, result) },
	{ .name = "error_message", .type = F_TEXT, .max = 2000, .flags = FIELD_NULL | FIELD_LINES,
	    .offset = offsetof(struct in_report, error) },
};
static const struct schema report_schema = SCHEMA(report_fields, struct in_report,
    "status required");

struct in_org { const char *organization; };
static const struct field org_fields[] = { ORG(struct in_org) };
static const struct schema org_schema = SCHEMA(org_fields, struct in_org,
    "organizationId required");

static const struct answer *show(struct req *rq, int status, const char *id)
{
	struct pg_result *r;
	struct err e;

	if (command_store_show(rq->app->db, rq->arena, id, &r, &e) != E_OK)
		return answer_error(rq, &e);
	return answer_row(rq, status, NULL, r, 0);
}

static const struct answer *p_create(struct req *rq)
{
	const struct in_new *in = rq->in;
	const struct command_wish w = { in->printer, in->type, in->metadata };
	const char *id;
	struct err e;

	if (do_command_create(rq, &w, &id, &e) != E_OK)
		return answer_error(rq, &e);
	return show(rq, 201, id);
}

static const struct answer *p_list(struct req *rq)
{
	const struct in_list *in = rq->in;
	const struct command_filter f = { in->printer, in->status,
		in->limit.v > 1000 ? 1000 : in->limit.v, in->offset.v };
	struct pg_result *r;
	struct err e;

	pg_last(rq->app->db);
	if (command_store_list(rq->app->db, rq->arena, &f, &r, &e) != E_OK)
		return answer_error(rq, &e);
	return answer_rows(rq, r, pg_len(r) == 0 ? 0 : pg_get_int(r, 0, "_total"));
}

/* Looking changes nothing; only `claim` takes, and HEAD never does. */
static const struct answer *p_pending(struct req *rq)
{
	const struct in_pending *in = rq->in;
	const struct command_poll poll = { in->recipient, in->printer,
		in->limit.v > 1000 ? 1000 : in->limit.v };
	bool claim = in->claim.v && !rq->head;
	struct pg_result *r;
	struct err e;
	enum errc rc;

	if (in->claim.v && strcmp(in->recipient, "spooler") == 0) {
		issue_add(rq->arena, &rq->issues, "custom", "claim", "is the spooler's own");
		return answer_issues(rq);
	}
	rc = claim ? command_store_claim(rq->app->db, rq->arena, &poll, &r, &e) :
	             command_store_pending(rq->app->db, rq->arena, &poll, &r, &e);
	return rc == E_OK ? answer_rows(rq, r, pg_len(r)) : answer_error(rq, &e);
}

static size_t characters(const char *text)
{
	size_t n = 0;

	for (; *text != '\0'; text++)
		n += ((unsigned char)*text & 0xc0) != 0x80;
	return n;
}

/* A string as it is, anything else as its text. */
static const char *result_text(struct req *rq, const struct jval *v)
{
	const char *text = v == NULL ? NULL : jval_text(v, NULL);

	if (v != NULL && text == NULL)
		text = jval_print(rq->arena, v);
	if (text != NULL && characters(text) > 10000)
		issue_add(rq->arena, &rq->issues, "too_big", "result", "must be at most 10000 characters");
	return text;
}

static const struct answer *p_report(struct req *rq)
{
	const struct in_report *in = rq->in;
	const struct command_word w = { in->status, result_text(rq, in->result), in->error };
	const char *id = req_uuid(rq, "id");
	struct err e;

	if (rq->issues.len > 0)
		return answer_issues(rq);
	if (id == NULL)
		return answer_not_found(rq, "Command");
	if (do_command_report(rq, id, &w, &e) != E_OK)
		return answer_error(rq, &e);
	return show(rq, 200, id);
}

static const struct answer *p_delete(struct req *rq)
{
	const char *id = req_uuid(rq, "id");
	struct err e;

	if (id == NULL)
		return answer_not_found(rq, "Command");
	if (do_command_delete(rq, id, &e) != E_OK)
		return answer_error(rq, &e);
	return answer_message(rq, "Command deleted successfully");
}

#define ROW(method, path, role, schema, handler, flags) \
	{ method, path, role, RATE_P, POOL_API, FAMILY_P, schema, handler, flags }
const struct route p_command_routes[] = {
	ROW(METHOD_POST, "/api/printer-commands", ROLE_OPERATOR, &new_schema, p_create, 0),
	ROW(METHOD_GET, "/api/printer-commands", ROLE_VIEWER, &list_schema, p_list, ROUTE_AGENT),
	ROW(METHOD_GET, "/api/printer-commands/pending", ROLE_OPERATOR, &pending_schema, p_pending,
	    ROUTE_AGENT | ROUTE_ALL_ORGS),
	ROW(METHOD_PUT, "/api/printer-commands/:id/status", ROLE_OPERATOR, &report_schema, p_report,
	    ROUTE_AGENT | ROUTE_ALL_ORGS),
	ROW(METHOD_DELETE, "/api/printer-commands/:id", ROLE_OPERATOR, &org_schema, p_delete, 0),
	{ .path = NULL },
};
