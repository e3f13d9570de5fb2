/* SPDX-License-Identifier: Apache-2.0 */
/* The printer page's forms: temperatures, moving, homing, a line of G-code. */
#include <stddef.h>
#include <string.h>

#include "cgi/do_manual.h"
#include "cgi/doors.h"
#include "cgi/web/web.h"
#include "model/command_gcode.h"

#define FEED_XY 3000.0 /* mm/min */
#define FEED_Z  300.0
#define FEED_E  120.0

struct in_heat {
	struct in_real hotend, bed;
};
static const struct field heat_fields[] = {
	{ .name = "hotend", .type = F_REAL, .max = 300,
	    .offset = offsetof(struct in_heat, hotend) },
	{ .name = "bed", .type = F_REAL, .max = 120,
	    .offset = offsetof(struct in_heat, bed) },
};
static const struct schema heat_schema = SCHEMA(heat_fields, struct in_heat, NULL);

struct in_move {
	const char *go, *step;
};
static const struct field move_fields[] = {
	{ .name = "go", .type = F_ENUM, .flags = FIELD_REQUIRED, .choices = "X-|X+|Y-|Y+|Z-|Z+|E-|E+",
	    .offset = offsetof(struct in_move, go) },
	{ .name = "step", .type = F_ENUM, .flags = FIELD_REQUIRED, .choices = "0.1|1|10|100",
	    .offset = offsetof(struct in_move, step) },
};
static const struct schema move_schema = SCHEMA(move_fields, struct in_move, NULL);

struct in_home {
	const char *axes;
};
static const struct field home_fields[] = {
	{ .name = "axes", .type = F_ENUM, .flags = FIELD_REQUIRED, .choices = "all|X|Y|Z",
	    .offset = offsetof(struct in_home, axes) },
};
static const struct schema home_schema = SCHEMA(home_fields, struct in_home, NULL);

struct in_line {
	const char *command;
};
static const struct field line_fields[] = {
	{ .name = "command", .type = F_TEXT, .flags = FIELD_REQUIRED | FIELD_TRIM, .min = 1, .max = 100,
	    .offset = offsetof(struct in_line, command) },
};
static const struct schema line_schema = SCHEMA(line_fields, struct in_line, NULL);

static enum errc find(struct req *rq, struct printer_facts *p, struct err *e)
{
	const char *id = req_uuid(rq, "id");

	if (id == NULL)
		return err_set(e, E_NOTFOUND, "Printer not found");
	return manual_printer(rq, id, p, e);
}

/* Back to the printer's page with what came of it. */
static const struct answer *finish(struct req *rq, enum errc rc, const struct control_result *r,
    const struct err *e)
{
	const char *back = arena_printf(rq->arena, "/printers/%s", req_param(rq, "id"));

	if (rc == E_NOTFOUND)
		return answer_error(rq, e);
	if (rc != E_OK)
		return web_refused(rq, back, e);
	return web_done(rq, back, strcmp(r->status, "completed") == 0 ? "sent" : "pending");
}

static const struct answer *temperature(struct req *rq)
{
	const struct in_heat *in = rq->in;
	const struct manual_heat h = { .hotend = in->hotend, .bed = in->bed };
	struct control_result r = { .status = "completed" };
	struct printer_facts p;
	struct err e;
	enum errc rc = find(rq, &p, &e);

	if (rc == E_OK)
		rc = do_manual_heat(rq, &p, &h, &r, &e);
	return finish(rq, rc, &r, &e);
}

static const struct answer *move(struct req *rq)
{
	static const struct { const char *word; double mm; } steps[] = { { "0.1", 0.1 }, { "1", 1 },
		{ "10", 10 }, { "100", 100 } };
	const struct in_move *in = rq->in;
	struct manual_move m = { .axis = in->go[0] };
	struct control_result r = { .status = "completed" };
	struct printer_facts p;
	struct err e;
	enum errc rc = find(rq, &p, &e);

	for (size_t i = 0; i < sizeof steps / sizeof *steps; i++)
		if (strcmp(steps[i].word, in->step) == 0)
			m.distance = in->go[1] == '-' ? -steps[i].mm : steps[i].mm;
	m.feed = m.axis == 'Z' ? FEED_Z : m.axis == 'E' ? FEED_E : FEED_XY;
	if (rc == E_OK)
		rc = do_manual_move(rq, &p, &m, &r, &e);
	return finish(rq, rc, &r, &e);
}

static const struct answer *home(struct req *rq)
{
	const struct in_home *in = rq->in;
	unsigned axes = strcmp(in->axes, "all") == 0 ? 0 : 1u << (in->axes[0] - 'X');
	struct control_result r = { .status = "completed" };
	struct printer_facts p;
	struct err e;
	enum errc rc = find(rq, &p, &e);

	if (rc == E_OK)
		rc = do_manual_home(rq, &p, axes, &r, &e);
	return finish(rq, rc, &r, &e);
}

static const struct answer *line(struct req *rq)
{
	const struct in_line *in = rq->in;
	struct control_result r = { .status = "completed" };
	struct printer_facts p;
	struct err e;
	enum errc rc = find(rq, &p, &e);

	if (rc == E_OK && !command_gcode_ok(in->command))
		rc = err_field(&e, E_INVALID, "command", "Not a G-code command");
	if (rc == E_OK)
		rc = do_manual_line(rq, &p, in->command, true, &r, &e);
	return finish(rq, rc, &r, &e);
}

#define WEB(path, schema, handler) { METHOD_POST, path, ROLE_OPERATOR, RATE_CONTROL, POOL_SLOW, \
	FAMILY_WEB, schema, handler, 0 }
const struct route web_control_routes[] = {
	WEB("/printers/:id/temperature", &heat_schema, temperature),
	WEB("/printers/:id/move", &move_schema, move),
	WEB("/printers/:id/home", &home_schema, home),
	WEB("/printers/:id/command", &line_schema, line),
	{ .path = NULL },
};
