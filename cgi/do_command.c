/* SPDX-License-Identifier: Apache-2.0 */
#include "cgi/do_command.h"

#include <string.h>

#include "base/conf.h"
#include "cgi/do_stop.h"
#include "model/command.h"
#include "model/command_gcode.h"
#include "model/command_meta.h"
#include "store/printer_store.h"

#define STOP "emergency_stop"

static enum errc check_metadata(const struct printer_facts *p, const struct command_wish *w,
    struct err *e)
{
	const struct command_bounds b = { (double)p->max_nozzle, (double)p->max_bed,
		{ p->volume[0], p->volume[1], p->volume[2] } };

	return p->is_local ? command_meta_check(w->type, w->metadata, &b, e) :
	                     command_meta_bounds(w->type, w->metadata, &b, e);
}

/* The printer's own storage is an ADMIN's, whatever the door (do_manual_line). */
static enum errc check_lines(struct req *rq, const struct command_wish *w, struct err *e)
{
	const struct jval *v = jval_get(w->metadata, "gcode");
	size_t len = jval_type(v) == JSON_LIST ? jval_len(v) : 1;

	if (strcmp(w->type, "custom_gcode") != 0 || req_role(rq) == ROLE_ADMIN)
		return E_OK;
	for (size_t i = 0; i < len; i++) {
		const char *line = jval_text(jval_type(v) == JSON_LIST ? jval_at(v, i) : v, NULL);

		if (line != NULL && command_gcode_is_storage(line + strspn(line, " \t")))
			return err_set(e, E_DENIED, "Insufficient permissions");
	}
	return E_OK;
}

/* The stop does not wait for a spooler that reads the table: its row only tells what happened. */
static enum errc book_stop(struct req *rq, const char *id, enum errc stopped, struct err *e)
{
	const struct command_report rep = { .status = stopped == E_OK ? "completed" : "failed",
		.error = stopped == E_OK ? NULL : "Printer is not connected",
		.is_sent = stopped == E_OK, .is_ended = true };

	return command_store_report(rq->app->db, rq->arena, id, &rep, e);
}

enum errc do_command_create(struct req *rq, const struct command_wish *w, const char **id,
    struct err *e)
{
	struct pg *db = rq->app->db;
	struct printer_facts p;
	struct command_new c;
	enum errc rc = printer_store_facts(db, rq->arena, w->printer, &p, e), stopped = E_OK;
	bool stops;

	if (rc == E_OK && !p.is_active)
		return err_set(e, E_NOTFOUND, "Printer not found");
	if (rc == E_OK)
		rc = check_metadata(&p, w, e);
	if (rc == E_OK)
		rc = check_lines(rq, w, e);
	if (rc != E_OK)
		return rc;
	stops = p.is_local && strcmp(w->type, STOP) == 0;
	if (stops)
		stopped = do_stop(rq, &(struct stop_wish){ p.id, NULL, rq->who.user }, e);
	c = (struct command_new){ .printer = p.id, .type = w->type,
		.metadata = w->metadata == NULL ? NULL : jval_print(rq->arena, w->metadata),
		.recipient = p.recipient, .is_local = p.is_local,
		.timeout = conf_duration(rq->app->conf, "commands.timeout"),
		.audit = "command.created" };
	rc = command_store_insert(db, rq->arena, &c, id, e);
	return rc == E_OK && stops ? book_stop(rq, *id, stopped, e) : rc;
}

static enum errc wrong_step(const char *from, const char *to, struct err *e)
{
	return err_set(e, E_STATE, "Cannot change command status from %s to %s", from, to);
}

/* Nobody has looked since its time was over; what an agent says now comes too late. */
static enum errc expire(struct req *rq, const char *id, const char *wanted, struct err *e)
{
	const struct command_report rep = { .status = "timeout", .error = "No answer in time",
		.is_ended = true };
	enum errc rc = command_store_report(rq->app->db, rq->arena, id, &rep, e);

	if (rc == E_OK)
		rc = req_commit(rq, e);
	return rc == E_OK ? wrong_step("timeout", wanted, e) : rc;
}

enum errc do_command_report(struct req *rq, const char *id, const struct command_word *w,
    struct err *e)
{
	struct command_report rep = { .status = w->status, .result = w->result, .error = w->error };
	struct command_facts now;
	const struct edge *step;
	enum errc rc = command_store_facts(rq->app->db, rq->arena, id, &now, e);

	if (rc != E_OK)
		return rc;
	if (now.is_local)
		return err_set(e, E_STATE, "Printer is managed locally");
	if (now.is_late)
		return expire(rq, id, w->status, e);
	step = command_report((enum command_state)command_state_find(now.status),
	    (enum command_state)command_state_find(w->status));
	if (step == NULL)
		return wrong_step(now.status, w->status, e);
	rep.is_sent = (step->effects & COMMAND_FX_SENT) != 0;
	rep.is_ended = (step->effects & COMMAND_FX_ENDED) != 0;
	return command_store_report(rq->app->db, rq->arena, id, &rep, e);
}

enum errc do_command_delete(struct req *rq, const char *id, struct err *e)
{
	struct command_facts now;
	enum errc rc = command_store_facts(rq->app->db, rq->arena, id, &now, e);

	if (rc != E_OK)
		return rc;
	if (strcmp(now.status, "executing") == 0)
		return err_set(e, E_STATE, "Cannot delete command while executing");
	return command_store_delete(rq->app->db, rq->arena, id, e);
}
