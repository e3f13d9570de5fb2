/* SPDX-License-Identifier: Apache-2.0 */
/* printer_commands rows: taken by the statement that reads them, handed to the bay, answered by an
 * event of kind `command`. What cannot be handed on is answered here. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/sink.h"
#include "spooler/shell.h"
#include "spooler/translate.h"

static void answer(struct unit *u, const char *id, const char *error)
{
	struct journal_event ev = { .at = clock_wall(), .kind = "command" };
	struct buf data = BUF_INIT;
	struct json_sink js;

	json_sink_init(&js, &data);
	sink_begin_object(&js.sink, NULL);
	sink_text(&js.sink, "id", id);
	sink_text(&js.sink, "status", error == NULL ? "completed" : "failed");
	sink_text(&js.sink, "result", error == NULL ? "ok" : NULL);
	sink_text(&js.sink, "error", error);
	sink_end_object(&js.sink);
	snprintf(ev.data, sizeof ev.data, "%s", buf_str(&data));
	buf_fini(&data);
	unit_event(u, &ev);
}

struct start {
	struct unit *u;
	char command[UUID_SIZE];
};

static void on_started(void *ctx, enum errc rc, const struct pg_result *r, const struct err *e)
{
	struct start *s = ctx;

	(void)r;
	s->u->asked--;
	answer(s->u, s->command, rc == E_OK ? NULL : e->message);
	if (rc == E_OK)
		sched_scan_attempts(s->u->sp, s->u);
	free(s);
}

static void start_job(struct unit *u, const char *command, const char *job, const char *by)
{
	struct start *s = calloc(1, sizeof *s);

	if (s == NULL)
		abort();
	s->u = u;
	snprintf(s->command, sizeof s->command, "%s", command);
	u->asked++;
	spool_store_claim(u->sp->db, (const char *[]){ job, u->row.id, by == NULL ? "spooler" : by },
	    on_started, s);
}

#define LOST_AGAIN (5 * USEC_PER_SEC) /* what a dead spooler's backend still took until then */

static void list_id(struct buf *ids, const char *id)
{
	buf_printf(ids, "%c%s", ids->size == 0 ? '{' : ',', id);
}

static void know(struct unit *u, const char *id)
{
	if (u->lost_next != USEC_NEVER)
		list_id(&u->known, id);
}

static void run_command(struct unit *u, struct arena *a, const struct pg_result *r, int row)
{
	const char *id = pg_get(r, row, "id"), *text = pg_get(r, row, "metadata");
	const char *by = pg_get(r, row, "created_by");
	struct translate_limits limits;
	struct translation t;
	const struct jval *meta = NULL;
	struct bay_live live;
	struct err e;
	enum errc rc = E_OK;

	bay_live(u->bay, &live);
	limits = (struct translate_limits){ .hotend = live.hotend,
		.min_temp = (double)conf_int(u->sp->conf, "extruder.min_temp"),
		.relative = live.relative, .e_relative = live.e_relative };
	if (text != NULL)
		rc = jval_parse(a, text, strlen(text), &meta, &e);
	if (rc == E_OK)
		rc = translate(a, pg_get(r, row, "command_type"), meta, &limits, &t, &e);
	if (rc != E_OK) {
		answer(u, id, e.message);
		return;
	}
	switch (t.what) {
	case TRANSLATED_START:
		start_job(u, id, t.job, by);
		break;
	case TRANSLATED_STOP:
		answer(u, id, port_stop(u, id, by == NULL ? "-" : by) == STOP_WRITTEN
		        ? NULL : "The printer is not connected");
		break;
	case TRANSLATED_BAY:
		snprintf(t.command.id, sizeof t.command.id, "%s", id);
		t.command.timeout = (usec_t)(pg_get_real(r, row, "left_sec") * (double)USEC_PER_SEC);
		if (t.command.timeout < 0)
			t.command.timeout = 0;
		bay_command(u->bay, loop_now(u->sp->loop), &t.command);
		break;
	}
}

static void on_commands(void *ctx, enum errc rc, const struct pg_result *r, const struct err *e)
{
	struct unit *u = ctx;
	struct arena *a = arena_new(0);
	int len = rc == E_OK ? pg_len(r) : 0;
	struct buf ids = BUF_INIT;

	u->asked--;
	u->commands_asked = false;
	if (rc != E_OK && rc != E_UNAVAILABLE)
		log_err(e, "reading commands");
	for (int i = 0; i < len; i++) {
		list_id(&ids, pg_get(r, i, "id"));
		know(u, pg_get(r, i, "id"));
	}
	if (len > 0) {
		buf_char(&ids, '}');
		spool_store_executing(u->sp->db, buf_str(&ids));
	}
	buf_fini(&ids);
	for (int i = 0; i < len; i++)
		run_command(u, a, r, i);
	arena_free(a);
	unit_pump(u);
	if (rc == E_OK && (len > 0 || u->commands_again))
		commands_scan(u); /* there may be more, or one came while this was on its way */
	else
		commands_lost(u);
}

void commands_scan(struct unit *u)
{
	u->commands_again = u->commands_asked;
	if (u->commands_asked || u->sp->stopping)
		return;
	u->commands_asked = true;
	u->asked++;
	spool_store_commands(u->sp->db, u->row.id, on_commands, u);
}

static void on_lost(void *ctx, enum errc rc, const struct pg_result *r, const struct err *e)
{
	struct unit *u = ctx;
	struct arena *a = arena_new(0);

	u->asked--;
	u->lost_asked = false;
	if (rc == E_OK)
		u->lost_next = u->lost_next == 0 ? loop_now(u->sp->loop) + LOST_AGAIN : USEC_NEVER;
	else if (rc != E_UNAVAILABLE)
		log_err(e, "reading the commands of the spooler before");
	for (int i = 0; rc == E_OK && i < pg_len(r); i++) {
		know(u, pg_get(r, i, "id"));
		run_command(u, a, r, i);
	}
	if (u->lost_next == USEC_NEVER)
		buf_fini(&u->known);
	arena_free(a);
	unit_pump(u);
}

void commands_lost(struct unit *u)
{
	struct spooler *sp = u->sp;
	struct journal_event ev;
	struct buf ids = BUF_INIT;

	/* The journal may still hold the end of some; some may be on their way to us. */
	if (u->lost_asked || u->commands_asked || loop_now(sp->loop) < u->lost_next || !sp->db_up ||
	    sp->stopping || journal_event_peek(u->journal, 0, &ev))
		return;
	u->lost_asked = true;
	u->asked++;
	buf_printf(&ids, "%s}", u->known.size == 0 ? "{" : buf_str(&u->known));
	spool_store_lost(sp->db, u->row.id, buf_str(&ids), on_lost, u);
	buf_fini(&ids);
}

static void on_command_printers(void *ctx, enum errc rc, const struct pg_result *r,
    const struct err *e)
{
	struct spooler *sp = ctx;

	(void)e;
	for (int i = 0; rc == E_OK && i < pg_len(r); i++) {
		struct unit *u = unit_find(sp, pg_get(r, i, "printer_id"));

		if (u != NULL)
			commands_scan(u);
	}
}

void commands_scan_all(struct spooler *sp)
{
	spool_store_command_printers(sp->db, sp->host, on_command_printers, sp);
}
