/* SPDX-License-Identifier: Apache-2.0 */
/* Family P: printers (P-02 ... P-06), plate and attention. */
#include <string.h>

#include "cgi/answer.h"
#include "cgi/do_printer.h"
#include "cgi/doors.h"
#include "cgi/p/fields.h"
#include "cgi/p/printer_input.h"

struct in_list { const char *organization, *status; struct in_bool inactive;
	struct in_int limit, offset; };
static const struct field list_fields[] = {
	ORG(struct in_list),
	{ .name = "status", .type = F_TEXT, .min = 1, .max = 50,
	    .offset = offsetof(struct in_list, status) },
	{ .name = "includeInactive", .type = F_BOOL, .offset = offsetof(struct in_list, inactive) },
	WINDOW(struct in_list, "1000"),
};
static const struct schema list_schema = SCHEMA(list_fields, struct in_list,
    "organizationId required");

struct in_org { const char *organization; };
static const struct field org_fields[] = {
	ORG(struct in_org),
};
static const struct schema org_schema = SCHEMA(org_fields, struct in_org,
    "organizationId required");

static const struct answer *p_list(struct req *rq)
{
	const struct in_list *in = rq->in;
	const struct printer_filter f = { in->status, in->inactive.v,
		in->limit.v > 1000 ? 1000 : in->limit.v, in->offset.v };
	struct list found;
	struct err e;

	list_last(rq->app->db, f.offset);
	if (printer_store_list(rq->app->db, rq->arena, &f, &found, &e) != E_OK)
		return answer_error(rq, &e);
	return answer_rows(rq, found.rows, found.total);
}

static const struct answer *p_get(struct req *rq)
{
	const char *id = req_uuid(rq, "id");
	struct pg_result *r;
	struct err e;

	if (id == NULL)
		return answer_not_found(rq, "Printer");
	pg_last(rq->app->db);
	if (printer_store_detail(rq->app->db, rq->arena, id, &r, &e) != E_OK)
		return answer_error(rq, &e);
	return answer_row(rq, 200, NULL, r, 0);
}

static const struct answer *show(struct req *rq, int status, const char *id)
{
	struct pg_result *r;
	struct err e;

	if (printer_store_row(rq->app->db, rq->arena, id, &r, &e) != E_OK)
		return answer_error(rq, &e);
	return answer_row(rq, status, NULL, r, 0);
}

/* Names of the given fields, for the audit. */
static const char *given_fields(struct req *rq)
{
	const struct schema *s = rq->route->input;
	struct buf out = BUF_INIT;
	const char *text;

	for (size_t i = 1; i < s->len; i++)
		if (input_given(rq->body, s->fields[i].name))
			buf_printf(&out, "%s%s", out.size == 0 ? "" : ",", s->fields[i].name);
	text = arena_str(rq->arena, buf_str(&out));
	buf_fini(&out);
	return text;
}

static struct printer_wish wish_of(struct req *rq)
{
	const struct in_printer *in = rq->in;

	return (struct printer_wish){
		.json = input_patch(rq->arena, rq->route->input, rq->body),
		.fields = given_fields(rq),
		.gives_code = input_given(rq->body, "access_code"),
		.gives_password = input_given(rq->body, "mqtt_password"),
		.code = in->access_code,
		.password = in->mqtt_password,
		.gives_host_matters = in->serial_device != NULL || in->baud_rate.has ||
		    in->camera_url != NULL ||
		    (rq->method == METHOD_PUT && (input_given(rq->body, "serial_device") ||
		        input_given(rq->body, "camera_url"))),
		.serial_device = in->serial_device,
		.gives_device = input_given(rq->body, "serial_device"),
		.connection_type = in->connection_type,
		.baud_rate = { in->baud_rate.has, in->baud_rate.v },
		.is_default = { in->is_default.has, in->is_default.v },
		.is_active = { in->is_active.has, in->is_active.v },
		.name = in->name,
	};
}

static const struct answer *p_create(struct req *rq)
{
	const struct printer_wish w = wish_of(rq);
	const char *id;
	struct err e;

	if (do_printer_create(rq, &w, &id, &e) != E_OK)
		return answer_error(rq, &e);
	return show(rq, 201, id);
}

static const struct answer *p_change(struct req *rq)
{
	const struct printer_wish w = wish_of(rq);
	const char *id = req_uuid(rq, "id");
	struct err e;

	if (id == NULL)
		return answer_not_found(rq, "Printer");
	if (w.json == NULL && !w.gives_code && !w.gives_password)
		return answer_fail(rq, 400, NULL, "No valid fields to update");
	if (do_printer_change(rq, id, &w, &e) != E_OK)
		return answer_error(rq, &e);
	return show(rq, 200, id);
}

static const struct answer *p_delete(struct req *rq)
{
	const char *id = req_uuid(rq, "id");
	struct err e;

	if (id == NULL)
		return answer_not_found(rq, "Printer");
	if (do_printer_delete(rq, id, &e) != E_OK)
		return answer_error(rq, &e);
	return answer_message(rq, "Printer deleted successfully");
}

static const struct answer *clear(struct req *rq, bool plate)
{
	const char *id = req_uuid(rq, "id");
	struct err e;

	if (id == NULL)
		return answer_not_found(rq, "Printer");
	if (do_printer_clear(rq, id, plate, &e) != E_OK)
		return answer_error(rq, &e);
	return show(rq, 200, id);
}

static const struct answer *p_plate(struct req *rq)
{
	return clear(rq, true);
}

static const struct answer *p_attention(struct req *rq)
{
	return clear(rq, false);
}

const struct route p_printer_routes[] = {
	{ METHOD_GET, "/api/printers", ROLE_VIEWER, RATE_P, POOL_API, FAMILY_P, &list_schema, p_list,
	    ROUTE_AGENT | ROUTE_KEPT },
	{ METHOD_POST, "/api/printers", ROLE_OPERATOR, RATE_P, POOL_API, FAMILY_P,
	    &printer_new_schema, p_create, 0 },
	{ METHOD_GET, "/api/printers/:id", ROLE_VIEWER, RATE_P, POOL_API, FAMILY_P, &org_schema,
	    p_get, ROUTE_AGENT },
	{ METHOD_PUT, "/api/printers/:id", ROLE_OPERATOR, RATE_P, POOL_API, FAMILY_P,
	    &printer_change_schema, p_change, 0 },
	{ METHOD_DELETE, "/api/printers/:id", ROLE_OPERATOR, RATE_P, POOL_API, FAMILY_P, &org_schema,
	    p_delete, 0 },
	{ METHOD_POST, "/api/printers/:id/plate-cleared", ROLE_OPERATOR, RATE_P, POOL_API, FAMILY_P,
	    &org_schema, p_plate, 0 },
	{ METHOD_POST, "/api/printers/:id/attention-cleared", ROLE_OPERATOR, RATE_P, POOL_API,
	    FAMILY_P, &org_schema, p_attention, 0 },
	{ .path = NULL },
};
