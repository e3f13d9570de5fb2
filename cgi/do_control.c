/* SPDX-License-Identifier: Apache-2.0 */
#include "cgi/do_control.h"

#include <string.h>

#include "base/conf.h"
#include "base/metrics.h"

/* From the command's row to its end, as the caller waits for it. */
static void count_wait(const char *type, usec_t began)
{
	static const double buckets[] = { 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 0 };
	static const struct metric wait = { "platen_command_duration_seconds",
		"Time from a command to its end at a local printer", METRIC_HISTOGRAM, buckets };
	struct buf labels = BUF_INIT;

	metrics_label(&labels, "type", type);
	metrics_observe(&wait, buf_str(&labels), (double)(clock_mono() - began) / USEC_PER_SEC);
	buf_fini(&labels);
}

static bool is_over(const char *status)
{
	return strcmp(status, "completed") == 0 || strcmp(status, "failed") == 0 ||
	    strcmp(status, "timeout") == 0;
}

/* The end of our command is announced as `done <id>`; others' ends come by too. */
static enum errc wait_done(struct req *rq, const char *id, usec_t wait, struct err *e)
{
	usec_t until = clock_mono() + wait;
	char rest[64];
	enum errc rc;

	do
		rc = pg_wait(rq->app->db, "done", until, rest, sizeof rest, e);
	while (rc == E_OK && strcmp(rest, id) != 0);
	return rc;
}

static enum errc read_outcome(struct req *rq, struct control_result *out, struct err *e)
{
	struct command_row row;
	enum errc rc = req_enter(rq, e);

	if (rc == E_OK)
		rc = command_store_find(rq->app->db, rq->arena, out->id, &row, e);
	if (rc != E_OK)
		return rc;
	out->status = row.status;
	out->result = row.result;
	out->error = row.error;
	if (!is_over(row.status))
		out->status = "executing";
	return E_OK;
}

enum errc do_control(struct req *rq, const struct printer_facts *p, const struct control_wish *w,
    struct control_result *out, struct err *e)
{
	const struct command_new c = { .printer = p->id, .type = w->type, .metadata = w->metadata,
		.recipient = p->recipient, .is_local = p->is_local,
		.timeout = conf_duration(rq->app->conf, "commands.timeout"),
		.audit = w->audit == NULL ? "printer.command" : w->audit };
	bool waits = p->is_local && w->wait > 0;
	usec_t began = clock_mono();
	enum errc rc;

	*out = (struct control_result){ .status = "pending" };
	if (p->is_local && !p->is_connected)
		return err_set(e, E_OFFLINE, "Printer is not connected");
	/* LISTEN takes effect with this transaction's COMMIT, and the spooler sees the command only
	 * after it: no end can slip through between. */
	rc = waits ? pg_listen(rq->app->db, e) : E_OK;
	if (rc == E_OK)
		rc = command_store_insert(rq->app->db, rq->arena, &c, &out->id, e);
	if (rc == E_OK)
		rc = req_commit(rq, e);
	if (rc != E_OK)
		return rc;
	if (!waits)
		return req_enter(rq, e);
	rc = wait_done(rq, out->id, w->wait, e);
	pg_unlisten(rq->app->db);
	if (rc == E_OK)
		count_wait(w->type, began);
	if (rc != E_OK && rc != E_TIMEOUT)
		return rc;
	return read_outcome(rq, out, e);
}

enum errc control_judge(const struct control_result *r, struct err *e)
{
	if (strcmp(r->status, "timeout") == 0) {
		err_set(e, E_TIMEOUT, "The printer did not answer in time");
		return err_kind(e, "COMMAND_TIMEOUT");
	}
	if (strcmp(r->status, "failed") != 0)
		return E_OK;
	if (r->error == NULL)
		err_set(e, E_IO, "The printer refused the command");
	else if (strcmp(r->error, "PRINTER_OFFLINE") == 0 ||
	    strcmp(r->error, "The printer is not connected") == 0)
		return err_set(e, E_OFFLINE, "Printer is not connected");
	else if (strcmp(r->error, "PRINTER_BUSY") == 0)
		return err_set(e, E_BUSY, "Printer is already printing");
	else if (strcmp(r->error, "INVALID_STATE") == 0)
		return err_set(e, E_STATE, "Not possible in the job's state");
	else
		err_set(e, E_IO, "%s", r->error);
	return err_kind(e, "PRINTER_ERROR");
}
