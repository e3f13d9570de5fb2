/* SPDX-License-Identifier: Apache-2.0 */
#include "cgi/do_manual.h"

#include <ctype.h>
#include <string.h>

#include "base/conf.h"
#include "base/sink.h"
#include "cgi/do_stop.h"
#include "cgi/input_value.h"
#include "model/command_gcode.h"

enum errc manual_printer(struct req *rq, const char *printer, struct printer_facts *out,
    struct err *e)
{
	enum errc rc = printer_store_facts(rq->app->db, rq->arena, printer, out, e);

	if (rc == E_OK && !out->is_active)
		return err_set(e, E_NOTFOUND, "Printer not found");
	return rc;
}

static enum errc busy(struct err *e)
{
	return err_set(e, E_BUSY, "Printer is already printing");
}

static bool is_paused(const struct printer_facts *p)
{
	return p->job != NULL && strcmp(p->job_status, "paused") == 0;
}

static enum errc run(struct req *rq, const struct printer_facts *p, const struct control_wish *w,
    struct control_result *out, struct err *e)
{
	enum errc rc = do_control(rq, p, w, out, e);

	return rc == E_OK ? control_judge(out, e) : rc;
}

static enum errc act(struct req *rq, const struct printer_facts *p, const char *type,
    const char *metadata, struct control_result *out, struct err *e)
{
	const struct control_wish w = { .type = type, .metadata = metadata,
		.wait = conf_duration(rq->app->conf, "http.action_wait") };

	return run(rq, p, &w, out, e);
}

static enum errc stop(struct req *rq, const struct printer_facts *p, struct control_result *out,
    struct err *e)
{
	const struct stop_wish w = { p->id, NULL, rq->who.user };

	*out = (struct control_result){ .status = "completed", .result = "ok" };
	return do_stop(rq, &w, e);
}

/* Capitals, blanks for tabs: nothing is left that JSON would have to escape. */
static const char *plain_line(struct req *rq, const char *line)
{
	char *text = arena_str(rq->arena, line);

	for (char *c = text; *c != '\0'; c++)
		*c = *c == '\t' ? ' ' : (char)toupper((unsigned char)*c);
	return text;
}

/* The command has run, but the firmware would not have it: its own line says so. */
static enum errc judge_answer(struct req *rq, const struct control_result *r, struct err *e)
{
	for (const char *p = r->result; p != NULL && *p != '\0';) {
		size_t len = strcspn(p, "\n");

		if (strncmp(p, "Error:", 6) == 0 || strncmp(p, "!!", 2) == 0) {
			err_set(e, E_IO, "%s", arena_strn(rq->arena, p, len));
			return err_kind(e, "PRINTER_ERROR");
		}
		p += len + (p[len] == '\n');
	}
	return E_OK;
}

enum errc do_manual_line(struct req *rq, const struct printer_facts *p, const char *line,
    bool wait, struct control_result *out, struct err *e)
{
	const char *text = plain_line(rq, line);
	const struct control_wish w = { .type = "custom_gcode",
		.metadata = arena_printf(rq->arena, "{\"gcode\":\"%s\"}", text),
		.wait = wait ? conf_duration(rq->app->conf, "http.command_wait") : 0 };
	enum errc rc;

	*out = (struct control_result){ .status = "pending" };
	if (command_gcode_is(text, "M112") && p->is_local)
		return stop(rq, p, out, e);
	if (p->job != NULL && !command_gcode_fits_job(text, is_paused(p)))
		return busy(e);
	if (command_gcode_is_storage(text) && req_role(rq) != ROLE_ADMIN)
		return err_set(e, E_DENIED, "Insufficient permissions");
	rc = do_control(rq, p, &w, out, e);
	if (rc != E_OK)
		return rc;
	if (wait && (strcmp(out->status, "executing") == 0 || strcmp(out->status, "timeout") == 0)) {
		err_set(e, E_TIMEOUT, "No answer in time");
		return err_kind(e, "COMMAND_TIMEOUT");
	}
	if (!wait)
		return E_OK;
	rc = control_judge(out, e);
	return rc == E_OK ? judge_answer(rq, out, e) : rc;
}

enum errc do_manual_home(struct req *rq, const struct printer_facts *p, unsigned axes,
    struct control_result *out, struct err *e)
{
	struct buf list = BUF_INIT;
	const char *metadata;

	if (p->job != NULL)
		return busy(e);
	if (axes == 0)
		return act(rq, p, "home_all", "{}", out, e);
	for (unsigned i = 0; i < 3; i++)
		if ((axes & 1u << i) != 0)
			buf_printf(&list, "%s\"%c\"", list.size == 0 ? "" : ",", "XYZ"[i]);
	metadata = arena_printf(rq->arena, "{\"axes\":[%s]}", buf_str(&list));
	buf_fini(&list);
	return act(rq, p, "home_axes", metadata, out, e);
}

enum errc do_manual_move(struct req *rq, const struct printer_facts *p,
    const struct manual_move *m, struct control_result *out, struct err *e)
{
	bool harmless = m->axis == 'E' || (m->axis == 'Z' && m->distance > 0);

	if (p->job != NULL && !(is_paused(p) && harmless))
		return busy(e);
	return act(rq, p, "jog", arena_printf(rq->arena, "{\"%c\":%.6g,\"feedrate\":%.6g}",
	    tolower((unsigned char)m->axis), m->distance, m->feed), out, e);
}

static void check_limit(struct req *rq, const char *name, const struct in_real *v, int64_t most)
{
	if (v->has && most > 0 && v->v > (double)most)
		issue_more(rq->arena, &rq->issues, &(struct issue){ "too_big", name,
		    arena_printf(rq->arena, "must be at most %lld on this printer", (long long)most),
		    arena_printf(rq->arena, ",\"maximum\":%lld,\"inclusive\":true", (long long)most),
		    false });
}

static void heater(struct sink *s, const char *name, const struct in_real *v)
{
	if (v->has)
		sink_real(s, name, v->v);
}

enum errc do_manual_heat(struct req *rq, const struct printer_facts *p,
    const struct manual_heat *h, struct control_result *out, struct err *e)
{
	struct buf text = BUF_INIT;
	struct json_sink js;
	const char *metadata;

	*out = (struct control_result){ .status = "completed" };
	check_limit(rq, "hotend", &h->hotend, p->max_nozzle);
	check_limit(rq, "bed", &h->bed, p->max_bed);
	if (rq->issues.len > 0)
		return err_set(e, E_INVALID, "Temperature above this printer's limit");
	/* Nothing asked is done anywhere; a printer that listens has its row of it like any call. */
	if (!h->hotend.has && !h->bed.has && !h->chamber.has && !(p->is_local && p->is_connected))
		return E_OK;
	json_sink_init(&js, &text);
	sink_begin_object(&js.sink, NULL);
	heater(&js.sink, "hotend", &h->hotend);
	heater(&js.sink, "bed", &h->bed);
	heater(&js.sink, "chamber", &h->chamber);
	sink_end_object(&js.sink);
	metadata = arena_str(rq->arena, buf_str(&text));
	buf_fini(&text);
	return act(rq, p, "set_temperatures", metadata, out, e);
}
