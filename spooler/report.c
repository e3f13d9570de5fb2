/* SPDX-License-Identifier: Apache-2.0 */
/* Durable events on their way from the journal to the database: in order, one at a time for each
 * printer, dropped from the journal only when the database has them. Who repeats one after a crash
 * hears `duplicate`. */
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/jval.h"
#include "base/log.h"
#include "spooler/shell.h"

#define AGAIN     (1 * USEC_PER_SEC)
#define TRIES_MAX 300 /* five minutes: an upgrade of the schema may be under way */

static bool ends_attempt(const char *kind)
{
	static const char *const kinds[] = { "completed", "failed", "cancelled", "expired", "connected" };

	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (strcmp(kind, kinds[i]) == 0)
			return true;
	return false;
}

/* Not a refusal of this event, but of the time: the database may take it later. */
static bool worth_another_try(struct unit *u, enum errc rc)
{
	if (rc == E_UNAVAILABLE || rc == E_TIMEOUT)
		return true;
	return (rc == E_INTERNAL || rc == E_DENIED) && ++u->report_tries < TRIES_MAX;
}

static void on_applied(void *ctx, enum errc rc, const struct pg_result *r, const struct err *e)
{
	struct unit *u = ctx;
	struct journal_event ev = { .kind = "" };
	uint64_t seq = u->reported;
	bool known = journal_event_peek(u->journal, seq - 1, &ev) && ev.seq == seq;

	u->asked--;
	u->reported = 0;
	if (worth_another_try(u, rc)) {
		if (u->report_tries == 1)
			log_err(e, "an event is not taken by the database");
		u->report_again = loop_now(u->sp->loop) + AGAIN; /* or earlier: when it is back */
		return;
	}
	if (rc != E_OK) {
		/* The database refuses it for good. Kept, it would dam up everything behind it. */
		log_err(e, "an event was refused by the database");
		log_error("%s: lost: %s %s %s", u->row.name, ev.kind, ev.attempt_id, ev.data);
	} else if (strcmp(pg_get(r, 0, "outcome"), "applied") != 0) {
		log_info("%s: event %s is %s", u->row.name, ev.kind, pg_get(r, 0, "outcome"));
	}
	u->report_tries = 0;
	journal_event_done(u->journal, seq);
	u->save_due = true;
	if (known && ends_attempt(ev.kind))
		sched_next(u);
	report_kick(u);
	commands_lost(u);
}

/* The event of a command has the beginning of the answer only; the bay still knows all of it. */
static const char *whole_result(const struct unit *u, struct arena *a, const char *data)
{
	const struct jval *v;
	const char *id, *whole;
	struct buf out = BUF_INIT;
	struct json_sink js;

	if (jval_parse(a, data, strlen(data), &v, NULL) != E_OK)
		return data;
	id = jval_text(jval_get(v, "id"), NULL);
	whole = id == NULL ? NULL : bay_result(u->bay, id);
	if (whole == NULL)
		return data;
	json_sink_init(&js, &out);
	sink_begin_object(&js.sink, NULL);
	sink_text(&js.sink, "id", id);
	sink_text(&js.sink, "status", jval_text(jval_get(v, "status"), NULL));
	sink_text(&js.sink, "result", whole);
	sink_text(&js.sink, "error", jval_text(jval_get(v, "error"), NULL));
	sink_end_object(&js.sink);
	data = arena_str(a, buf_str(&out));
	buf_fini(&out);
	return data;
}

void report_kick(struct unit *u)
{
	struct journal_event ev;
	struct spool_event out;
	struct arena *a;

	if (u->reported != 0 || !u->sp->db_up || u->sp->stopping ||
	    !journal_event_peek(u->journal, 0, &ev))
		return;
	u->reported = ev.seq;
	u->report_again = 0;
	u->asked++;
	a = arena_new(0);
	out = (struct spool_event){ .printer_id = u->row.id, .kind = ev.kind,
		.attempt_id = ev.attempt_id, .data = ev.data[0] == '\0' ? "{}" : ev.data,
		.seq = ev.seq, .at = ev.at, .fence = ev.fence };
	if (strcmp(ev.kind, "command") == 0)
		out.data = whole_result(u, a, out.data);
	spool_store_apply(u->sp->db, &out, on_applied, u);
	arena_free(a);
}
