/* SPDX-License-Identifier: Apache-2.0 */
/* Family L: printer control (L-06 ... L-10, L-12 ... L-14). */
#include <stddef.h>
#include <string.h>

#include "cgi/answer.h"
#include "cgi/do_job.h"
#include "cgi/do_manual.h"
#include "cgi/doors.h"
#include "model/command_gcode.h"

#define PRINTER(in) { .name = "printerId", .type = F_ID, .flags = FIELD_QUERY, \
	.offset = offsetof(in, printer) }

struct in_printer { const char *printer; };
static const struct field printer_fields[] = { PRINTER(struct in_printer) };
static const struct schema printer_schema = SCHEMA(printer_fields, struct in_printer, NULL);

struct in_command { const char *printer, *command; struct in_bool wait; };
static const struct field command_fields[] = {
	PRINTER(struct in_command),
	{ .name = "command", .type = F_TEXT, .flags = FIELD_REQUIRED, .min = 1, .max = 100,
	    .offset = offsetof(struct in_command, command), .check = command_gcode_ok,
	    .rule = "Invalid G-code command format" },
	{ .name = "wait", .type = F_BOOL, .fallback = "true",
	    .offset = offsetof(struct in_command, wait) },
};
static const struct schema command_schema = SCHEMA(command_fields, struct in_command, NULL);

struct in_home { const char *printer; const struct jval *axes; };
static const struct field home_fields[] = {
	PRINTER(struct in_home),
	{ .name = "axes", .type = F_JSON, .max = 200, .offset = offsetof(struct in_home, axes) },
};
static const struct schema home_schema = SCHEMA(home_fields, struct in_home, NULL);

struct in_move { const char *printer, *axis; struct in_real distance, speed; };
static const struct field move_fields[] = {
	PRINTER(struct in_move),
	{ .name = "axis", .type = F_ENUM, .flags = FIELD_REQUIRED, .choices = "X|Y|Z|E",
	    .offset = offsetof(struct in_move, axis) },
	{ .name = "distance", .type = F_REAL, .flags = FIELD_REQUIRED, .min = -200, .max = 200,
	    .offset = offsetof(struct in_move, distance) },
	{ .name = "speed", .type = F_REAL, .flags = FIELD_REQUIRED, .min = 1, .max = 10000,
	    .offset = offsetof(struct in_move, speed) },
};
static const struct schema move_schema = SCHEMA(move_fields, struct in_move, NULL);

struct in_heat { const char *printer; struct in_real hotend, bed, chamber; };
static const struct field heat_fields[] = {
	PRINTER(struct in_heat),
	{ .name = "hotend", .type = F_REAL, .min = 0, .max = 300,
	    .offset = offsetof(struct in_heat, hotend) },
	{ .name = "bed", .type = F_REAL, .min = 0, .max = 120,
	    .offset = offsetof(struct in_heat, bed) },
	{ .name = "chamber", .type = F_REAL, .min = 0, .max = 80,
	    .offset = offsetof(struct in_heat, chamber) },
};
static const struct schema heat_schema = SCHEMA(heat_fields, struct in_heat, NULL);

static const struct answer *l_status(struct req *rq)
{
	const struct in_printer *in = rq->in;
	struct printer_facts p;
	struct pg_result *status, *job = NULL;
	struct sink *s;
	struct err e;

	if (manual_printer(rq, in->printer, &p, &e) != E_OK ||
	    printer_store_status(rq->app->db, rq->arena, p.id, &status, &e) != E_OK ||
	    (p.job != NULL && job_store_show_l(rq->app->db, rq->arena, p.job, &job, &e) != E_OK))
		return answer_error(rq, &e);
	s = answer_begin(rq, 200);
	rows_members(s, status, 0, req_hooks(rq));
	if (job == NULL)
		sink_null(s, "currentJob");
	else
		rows_object(s, "currentJob", job, 0, req_hooks(rq));
	return answer_end(rq);
}

static const struct answer *outcome(struct req *rq, const struct control_result *r,
    const char *response)
{
	struct sink *s = answer_begin(rq, strcmp(r->status, "pending") == 0 && response == NULL ? 202 :
	                                                                                    200);

	if (response != NULL)
		sink_text(s, "response", response);
	sink_text(s, "commandId", r->id);
	sink_text(s, "status", r->status);
	return answer_end(rq);
}

static const struct answer *finish(struct req *rq, enum errc rc, const struct control_result *r,
    const struct err *e)
{
	return rc == E_OK ? outcome(rq, r, NULL) : answer_error(rq, e);
}

static const struct answer *l_command(struct req *rq)
{
	const struct in_command *in = rq->in;
	struct printer_facts p;
	struct control_result r;
	struct err e;

	if (manual_printer(rq, in->printer, &p, &e) != E_OK)
		return answer_error(rq, &e);
	if (do_manual_line(rq, &p, in->command, in->wait.v, &r, &e) != E_OK) {
		if (e.code == E_TIMEOUT && r.id != NULL)
			return answer_fail_details(rq, 504, "COMMAND_TIMEOUT", "No answer in time",
			    arena_printf(rq->arena, "{\"commandId\":\"%s\"}", r.id));
		return answer_error(rq, &e);
	}
	if (!in->wait.v)
		return outcome(rq, &r, "queued");
	if (strcmp(r.status, "pending") == 0)
		return outcome(rq, &r, NULL);
	return outcome(rq, &r, r.result == NULL ? "ok" : r.result);
}

/* "all" or a list of X, Y, Z; repeats are ignored. */
static bool read_axes(const struct jval *axes, unsigned *out)
{
	const char *word = jval_text(axes, NULL);

	*out = 0;
	if (axes == NULL || (word != NULL && strcmp(word, "all") == 0))
		return true;
	if (jval_type(axes) != JSON_LIST || jval_len(axes) == 0)
		return false;
	for (size_t i = 0; i < jval_len(axes); i++) {
		const char *axis = jval_text(jval_at(axes, i), NULL);

		if (axis == NULL || strlen(axis) != 1 || strchr("XYZ", *axis) == NULL)
			return false;
		*out |= 1u << (*axis - 'X');
	}
	return true;
}

static const struct answer *l_home(struct req *rq)
{
	const struct in_home *in = rq->in;
	struct control_result r;
	struct printer_facts p;
	unsigned axes;
	struct err e;
	enum errc rc;

	if (!read_axes(in->axes, &axes)) {
		issue_add(rq->arena, &rq->issues, "custom", "axes",
		    "must be \"all\" or a list of X, Y, Z");
		return answer_issues(rq);
	}
	rc = manual_printer(rq, in->printer, &p, &e);
	if (rc == E_OK)
		rc = do_manual_home(rq, &p, axes, &r, &e);
	return finish(rq, rc, &r, &e);
}

static const struct answer *l_move(struct req *rq)
{
	const struct in_move *in = rq->in;
	const struct manual_move m = { *in->axis, in->distance.v, in->speed.v };
	struct control_result r;
	struct printer_facts p;
	struct err e;
	enum errc rc = manual_printer(rq, in->printer, &p, &e);

	if (rc == E_OK)
		rc = do_manual_move(rq, &p, &m, &r, &e);
	return finish(rq, rc, &r, &e);
}

static const struct answer *l_temperature(struct req *rq)
{
	const struct in_heat *in = rq->in;
	const struct manual_heat h = { in->hotend, in->bed, in->chamber };
	struct control_result r;
	struct printer_facts p;
	struct err e;
	enum errc rc = manual_printer(rq, in->printer, &p, &e);

	if (rc == E_OK)
		rc = do_manual_heat(rq, &p, &h, &r, &e);
	if (rc == E_INVALID && rq->issues.len > 0)
		return answer_issues(rq);
	return finish(rq, rc, &r, &e);
}

static const struct answer *act(struct req *rq, enum job_act what)
{
	const struct in_printer *in = rq->in;
	struct printer_facts p;
	struct job_acted done;
	struct pg_result *r;
	struct sink *s;
	struct err e;

	if (manual_printer(rq, in->printer, &p, &e) != E_OK)
		return answer_error(rq, &e);
	if (p.job == NULL)
		return answer_fail(rq, 409, "INVALID_STATE", "There is no active job");
	if (do_job_act(rq, p.job, what, false, &done, &e) != E_OK)
		return done.hold == NULL ? answer_error(rq, &e) : answer_fail_details(rq, 409,
		    "INVALID_STATE", e.message, arena_printf(rq->arena, "{\"holdReason\":\"%s\"}",
		    done.hold));
	if (job_store_show_l(rq->app->db, rq->arena, p.job, &r, &e) != E_OK)
		return answer_error(rq, &e);
	s = answer_begin(rq, strcmp(done.status, "pending") == 0 ? 202 : 200);
	rows_object(s, "job", r, 0, req_hooks(rq));
	sink_text(s, "commandId", done.command);
	sink_text(s, "status", done.status);
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

#define ROW(path, schema, handler) { METHOD_POST, path, ROLE_OPERATOR, RATE_CONTROL, POOL_SLOW, \
	FAMILY_L, schema, handler, 0 }
const struct route l_control_routes[] = {
	{ METHOD_GET, "/api/printer/status", ROLE_VIEWER, RATE_API, POOL_API, FAMILY_L,
	    &printer_schema, l_status, 0 },
	ROW("/api/printer/command", &command_schema, l_command),
	ROW("/api/printer/home", &home_schema, l_home),
	ROW("/api/printer/move", &move_schema, l_move),
	ROW("/api/printer/temperature", &heat_schema, l_temperature),
	ROW("/api/printer/pause", &printer_schema, l_pause),
	ROW("/api/printer/resume", &printer_schema, l_resume),
	ROW("/api/printer/cancel", &printer_schema, l_cancel),
	{ .path = NULL },
};
