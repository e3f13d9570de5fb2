/* SPDX-License-Identifier: Apache-2.0 */
/* One printer: state, terminal, adding one, saying that it is clear or looked after. */
#include <stddef.h>

#include "base/sink.h"
#include "cgi/do_printer.h"
#include "cgi/doors.h"
#include "cgi/web/web.h"
#include "store/page_store.h"

static enum errc find(struct req *rq, struct pg_result **out, struct err *e)
{
	const char *id = req_uuid(rq, "id");

	if (id == NULL)
		return err_set(e, E_NOTFOUND, "Printer not found");
	return page_store_printer(rq->app->db, rq->arena, id, out, e);
}

static const struct answer *printer(struct req *rq)
{
	struct pg_result *r, *jobs, *commands;
	const char *id = req_uuid(rq, "id");
	struct page *p;
	struct err e;

	if (find(rq, &r, &e) != E_OK ||
	    page_store_printer_jobs(rq->app->db, rq->arena, id, &jobs, &e) != E_OK ||
	    page_store_commands(rq->app->db, rq->arena, id, &commands, &e) != E_OK)
		return answer_error(rq, &e);
	p = page_new(rq, pg_get(r, 0, "name"), "fleet");
	web_notice(p);
	web_printer(p, "printer", r, 0);
	page_set(p, "stop_ticket", web_stop_ticket(rq, id));
	sink_begin_list(page_sink(p), "jobs");
	for (int row = 0; row < pg_len(jobs); row++)
		web_job(p, NULL, jobs, row);
	sink_end_list(page_sink(p));
	rows_list(page_sink(p), "commands", commands, NULL);
	return page_render(p, 200, "printer", "printer terminal");
}

/* The confirmation page of the stop button, for browsers without scripts. */
static const struct answer *ask_stop(struct req *rq)
{
	struct pg_result *r;
	struct page *p;
	struct err e;

	if (find(rq, &r, &e) != E_OK)
		return answer_error(rq, &e);
	p = page_new(rq, "Emergency stop", "fleet");
	web_printer(p, "printer", r, 0);
	page_set(p, "stop_ticket", web_stop_ticket(rq, req_uuid(rq, "id")));
	return page_render(p, 200, "stop", "");
}

struct in_new {
	const char *name, *serial_device;
	struct in_int baud_rate;
	struct in_real x, y, z;
};
static const struct field new_fields[] = {
	{ .name = "name", .type = F_TEXT, .flags = FIELD_REQUIRED | FIELD_TRIM, .min = 1, .max = 255,
	    .offset = offsetof(struct in_new, name) },
	{ .name = "serial_device", .type = F_TEXT, .flags = FIELD_REQUIRED | FIELD_TRIM, .min = 2,
	    .max = 255, .offset = offsetof(struct in_new, serial_device) },
	{ .name = "baud_rate", .type = F_INT, .min = 2400, .max = 2000000, .fallback = "115200",
	    .offset = offsetof(struct in_new, baud_rate) },
	{ .name = "max_build_volume_x", .type = F_REAL, .flags = FIELD_ABOVE_MIN, .max = 99999999.99,
	    .offset = offsetof(struct in_new, x) },
	{ .name = "max_build_volume_y", .type = F_REAL, .flags = FIELD_ABOVE_MIN, .max = 99999999.99,
	    .offset = offsetof(struct in_new, y) },
	{ .name = "max_build_volume_z", .type = F_REAL, .flags = FIELD_ABOVE_MIN, .max = 99999999.99,
	    .offset = offsetof(struct in_new, z) },
};
static const struct schema new_schema = SCHEMA(new_fields, struct in_new, NULL);

static const struct answer *new_form(struct req *rq, int status, const char *problem)
{
	struct pg_result *r;
	struct page *p;
	struct err e;

	/* A statement, so that the transaction has entered and the page knows whose it is. */
	if (page_store_printers(rq->app->db, rq->arena, &r, &e) != E_OK)
		return answer_error(rq, &e);
	p = page_new(rq, "Add a printer", "fleet");
	page_set(p, "problem", problem);
	if (rq->in != NULL) {
		const struct in_new *in = rq->in;

		page_set(p, "form.name", in->name);
		page_set(p, "form.serial_device", in->serial_device);
	}
	return page_render(p, status, "printer-new", "");
}

static const struct answer *ask_new(struct req *rq)
{
	return new_form(rq, 200, NULL);
}

static const char *new_json(struct req *rq, const struct in_new *in)
{
	struct buf out = BUF_INIT;
	struct json_sink js;
	const char *text;

	json_sink_init(&js, &out);
	sink_begin_object(&js.sink, NULL);
	sink_text(&js.sink, "name", in->name);
	sink_text(&js.sink, "connection_type", "usb");
	sink_text(&js.sink, "serial_device", in->serial_device);
	sink_int(&js.sink, "baud_rate", in->baud_rate.v);
	if (in->x.has)
		sink_real(&js.sink, "max_build_volume_x", in->x.v);
	if (in->y.has)
		sink_real(&js.sink, "max_build_volume_y", in->y.v);
	if (in->z.has)
		sink_real(&js.sink, "max_build_volume_z", in->z.v);
	sink_end_object(&js.sink);
	text = arena_str(rq->arena, buf_str(&out));
	buf_fini(&out);
	return text;
}

static const struct answer *add(struct req *rq)
{
	const struct in_new *in = rq->in;
	const struct printer_wish w = {
		.json = new_json(rq, in),
		.fields = "name,serial_device,baud_rate",
		.gives_host_matters = true,
		.serial_device = in->serial_device,
		.gives_device = true,
		.name = in->name,
	};
	const char *id;
	struct err e;

	if (do_printer_create(rq, &w, &id, &e) == E_OK)
		return web_done(rq, arena_printf(rq->arena, "/printers/%s", id), "added");
	if (e.code != E_INVALID && e.code != E_CONFLICT)
		return answer_error(rq, &e);
	req_rollback(rq);
	if (req_begin(rq, NULL) != E_OK)
		return web_problem(rq, 503, "SERVICE_UNAVAILABLE", e.message);
	return new_form(rq, 422, arena_str(rq->arena, e.message));
}

static const struct answer *clear(struct req *rq, bool plate)
{
	const char *id = req_uuid(rq, "id");
	struct err e;

	if (id == NULL)
		return answer_not_found(rq, "Printer");
	if (do_printer_clear(rq, id, plate, &e) != E_OK)
		return web_refused(rq, arena_printf(rq->arena, "/printers/%s", id), &e);
	return web_done(rq, arena_printf(rq->arena, "/printers/%s", id), plate ? "plate" : "attention");
}

static const struct answer *plate(struct req *rq)
{
	return clear(rq, true);
}

static const struct answer *attention(struct req *rq)
{
	return clear(rq, false);
}

#define WEB(method, path, least, rate, schema, handler) \
	{ method, path, least, rate, POOL_API, FAMILY_WEB, schema, handler, 0 }
const struct route web_printer_routes[] = {
	WEB(METHOD_GET, "/printers/new", ROLE_ADMIN, RATE_NONE, NULL, ask_new),
	WEB(METHOD_POST, "/printers", ROLE_ADMIN, RATE_API, &new_schema, add),
	WEB(METHOD_GET, "/printers/:id", ROLE_VIEWER, RATE_NONE, NULL, printer),
	WEB(METHOD_GET, "/printers/:id/stop", ROLE_OPERATOR, RATE_NONE, NULL, ask_stop),
	WEB(METHOD_POST, "/printers/:id/plate-cleared", ROLE_OPERATOR, RATE_CONTROL, NULL, plate),
	WEB(METHOD_POST, "/printers/:id/attention-cleared", ROLE_OPERATOR, RATE_CONTROL, NULL, attention),
	{ .path = NULL },
};
