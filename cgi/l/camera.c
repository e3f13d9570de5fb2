/* SPDX-License-Identifier: Apache-2.0 */
/* Family L: cameras as the database knows them (L-35 ... L-40) and tickets for <img>. Pictures
 * come from the live gateway; where none runs the camera, these say so. */
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/conf.h"
#include "base/crypto.h"
#include "cgi/answer.h"
#include "cgi/doors.h"
#include "store/camera_store.h"

#define TICKET_SEC 30

struct in_printer { const char *printer; };
static const struct field printer_fields[] = {
	{ .name = "printerId", .type = F_ID, .flags = FIELD_QUERY,
	    .offset = offsetof(struct in_printer, printer) },
};
static const struct schema printer_schema = SCHEMA(printer_fields, struct in_printer, NULL);

struct in_record { const char *printer, *quality; struct in_int longest; };
static const struct field record_fields[] = {
	{ .name = "printerId", .type = F_ID, .flags = FIELD_QUERY,
	    .offset = offsetof(struct in_record, printer) },
	{ .name = "quality", .type = F_ENUM, .choices = "low|medium|high", .fallback = "medium",
	    .offset = offsetof(struct in_record, quality) },
	{ .name = "maxDuration", .type = F_INT, .min = 1, .max = 86400,
	    .offset = offsetof(struct in_record, longest) },
};
static const struct schema record_schema = SCHEMA(record_fields, struct in_record, NULL);

/* "<w>x<h>" within bounds, or one of the usual names. */
static bool resolution_ok(const char *text)
{
	char *end;
	long w, h;

	if (strcmp(text, "480p") == 0 || strcmp(text, "720p") == 0 || strcmp(text, "1080p") == 0)
		return true;
	if (text[strspn(text, "0123456789x")] != '\0' || *text == 'x' || strlen(text) > 9)
		return false;
	w = strtol(text, &end, 10);
	if (*end != 'x' || end[1] < '0' || end[1] > '9')
		return false;
	h = strtol(end + 1, &end, 10);
	return *end == '\0' && w >= 160 && w <= 3840 && h >= 120 && h <= 2160;
}

struct in_settings { const char *printer, *resolution; struct in_int fps, quality; };
static const struct field settings_fields[] = {
	{ .name = "printerId", .type = F_ID, .flags = FIELD_QUERY,
	    .offset = offsetof(struct in_settings, printer) },
	{ .name = "resolution", .type = F_TEXT, .max = 20, .flags = FIELD_PATCH,
	    .offset = offsetof(struct in_settings, resolution), .check = resolution_ok,
	    .rule = "must be 160x120 to 3840x2160, 480p, 720p or 1080p" },
	{ .name = "fps", .type = F_INT, .min = 1, .max = 60, .flags = FIELD_PATCH,
	    .offset = offsetof(struct in_settings, fps) },
	{ .name = "quality", .type = F_INT, .min = 1, .max = 100, .flags = FIELD_PATCH,
	    .offset = offsetof(struct in_settings, quality) },
};
static const struct schema settings_schema = SCHEMA(settings_fields, struct in_settings, NULL);

static enum errc find(struct req *rq, const char *printer, struct pg_result **row, struct err *e)
{
	const char *own = conf_text(rq->app->conf, "camera.url");

	return camera_store_show(rq->app->db, rq->arena, printer, own != NULL && *own != '\0', row,
	    e);
}

static const struct answer *show(struct req *rq, const char *printer)
{
	struct pg_result *row;
	struct sink *s;
	struct err e;

	if (find(rq, printer, &row, &e) != E_OK)
		return answer_error(rq, &e);
	s = answer_begin(rq, 200);
	rows_members(s, row, 0, req_hooks(rq));
	return answer_end(rq);
}

static const struct answer *l_settings(struct req *rq)
{
	const struct in_printer *in = rq->in;

	return show(rq, in->printer);
}

static const struct answer *l_set(struct req *rq)
{
	const struct in_settings *in = rq->in;
	const char *patch = input_patch(rq->arena, rq->route->input, rq->body);
	struct pg_result *row;
	struct err e;

	if (find(rq, in->printer, &row, &e) != E_OK ||
	    (patch != NULL && camera_store_set(rq->app->db, rq->arena, pg_get(row, 0, "printerId"),
	        patch, &e) != E_OK))
		return answer_error(rq, &e);
	return show(rq, in->printer);
}

static const struct answer *unavailable(struct req *rq, const struct pg_result *row)
{
	return answer_fail(rq, 503, "CAMERA_UNAVAILABLE", pg_get_bool(row, 0, "enabled") ?
	    "The camera is not running" : "No camera is configured");
}

static const struct answer *l_picture(struct req *rq)
{
	const struct in_printer *in = rq->in;
	struct pg_result *row;
	struct err e;

	if (find(rq, in->printer, &row, &e) != E_OK)
		return answer_error(rq, &e);
	return unavailable(rq, row);
}

static const struct answer *l_record_start(struct req *rq)
{
	const struct in_record *in = rq->in;
	struct pg_result *row;
	struct err e;

	if (find(rq, in->printer, &row, &e) != E_OK)
		return answer_error(rq, &e);
	if (pg_get(row, 0, "_recording_id") != NULL)
		return answer_fail(rq, 409, "ALREADY_RECORDING", "Already recording");
	return unavailable(rq, row);
}

static const struct answer *l_record_stop(struct req *rq)
{
	const struct in_printer *in = rq->in;
	struct pg_result *row;
	struct err e;

	if (find(rq, in->printer, &row, &e) != E_OK)
		return answer_error(rq, &e);
	if (pg_get(row, 0, "_recording_id") == NULL)
		return answer_fail(rq, 409, "NOT_RECORDING", "Not recording");
	return unavailable(rq, row);
}

static const struct answer *l_ticket(struct req *rq)
{
	uint8_t bytes[32];
	char ticket[2 * sizeof bytes + 1], sha256[SHA256_HEX_SIZE];
	struct sink *s;
	struct err e;

	crypto_random(bytes, sizeof bytes);
	hex_encode(bytes, sizeof bytes, ticket);
	sha256_hex(ticket, strlen(ticket), sha256);
	if (camera_store_make_ticket(rq->app->db, rq->arena, sha256,
	        rq->who.session[0] == '\0' ? NULL : rq->who.session, TICKET_SEC, &e) != E_OK)
		return answer_error(rq, &e);
	s = answer_begin(rq, 200);
	sink_text(s, "ticket", ticket);
	sink_int(s, "expiresIn", TICKET_SEC);
	return answer_end(rq);
}

#define ROW(method, path, role, rate, pool, schema, handler, flags) \
	{ METHOD_##method, "/api/camera/" path, ROLE_##role, RATE_##rate, POOL_##pool, FAMILY_L, \
	    schema, handler, flags }
const struct route l_camera_routes[] = {
	ROW(GET, "stream", VIEWER, API, API, &printer_schema, l_picture, ROUTE_CAMERA),
	ROW(GET, "snapshot", VIEWER, API, SLOW, &printer_schema, l_picture, ROUTE_CAMERA),
	ROW(POST, "record/start", OPERATOR, CONTROL, SLOW, &record_schema, l_record_start, 0),
	ROW(POST, "record/stop", OPERATOR, CONTROL, SLOW, &printer_schema, l_record_stop, 0),
	ROW(GET, "settings", VIEWER, API, API, &printer_schema, l_settings, 0),
	ROW(POST, "settings", OPERATOR, API, API, &settings_schema, l_set, 0),
	ROW(PUT, "settings", OPERATOR, API, API, &settings_schema, l_set, 0),
	ROW(POST, "ticket", VIEWER, API, API, NULL, l_ticket, 0),
	{ .path = NULL },
};
