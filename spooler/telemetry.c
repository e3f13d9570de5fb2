/* SPDX-License-Identifier: Apache-2.0 */
/* Passing values: printer_live at most twice a second and all printers in one statement,
 * printer_status every 10 s and at each change of state, temperature_logs while a job runs.
 * Losing one costs nothing; while the database is away they are not kept. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/sink.h"
#include "spooler/shell.h"

#define PACE         (500 * USEC_PER_MSEC)
#define STATUS_EVERY (10 * USEC_PER_SEC)

struct telemetry {
	struct spooler *sp;
	struct loop_timer *timer;
	bool under_way;
};

static void on_written(void *ctx, enum errc rc, const struct pg_result *r, const struct err *e)
{
	struct telemetry *t = ctx;

	(void)r;
	t->under_way = false;
	if (rc != E_OK && rc != E_UNAVAILABLE)
		log_err(e, "writing live values");
}

static void text_or_null(struct sink *s, const char *name, const char *value)
{
	sink_text(s, name, value[0] == '\0' ? NULL : value);
}

static void count_or_null(struct sink *s, const char *name, int64_t value, bool known)
{
	if (known)
		sink_int(s, name, value);
	else
		sink_null(s, name);
}

static double rounded(double value)
{
	return isfinite(value) ? round(value * 1000) / 1000 : NAN;
}

static void add_values(struct sink *s, const struct bay_live *l)
{
	bool job = l->job_id[0] != '\0';

	sink_text(s, "state", bay_state_name(l->state));
	sink_bool(s, "connected", l->connected);
	sink_real(s, "hotend", rounded(l->hotend));
	sink_real(s, "hotend_target", rounded(l->hotend_target));
	sink_real(s, "bed", rounded(l->bed));
	sink_real(s, "bed_target", rounded(l->bed_target));
	sink_real(s, "chamber", rounded(l->chamber));
	text_or_null(s, "job_id", l->job_id);
	sink_real(s, "progress", job ? rounded(l->progress) : NAN);
	count_or_null(s, "layer", l->layer, job && (l->layer > 0 || l->layers > 0));
	count_or_null(s, "layers", l->layers, job && l->layers > 0);
	count_or_null(s, "elapsed_sec", l->elapsed_sec, job && l->elapsed_sec >= 0);
	count_or_null(s, "remaining_sec", l->remaining_sec, job && l->remaining_sec >= 0);
	sink_int(s, "speed_percent", l->speed_percent);
	sink_int(s, "flow_percent", l->flow_percent);
	sink_int(s, "fan_percent", l->fan_percent);
	text_or_null(s, "error_code", l->error_code);
	text_or_null(s, "error_message", l->error_message);
}

static void add_row(struct sink *s, const struct unit *u, const struct bay_live *l)
{
	sink_text(s, "printer_id", u->row.id);
	add_values(s, l);
	sink_bool(s, "needs_homing", l->needs_homing);
	sink_real(s, "chamber_target", rounded(l->chamber_target));
	sink_real(s, "x", l->position_known ? rounded(l->x) : NAN);
	sink_real(s, "y", l->position_known ? rounded(l->y) : NAN);
	sink_real(s, "z", l->position_known ? rounded(l->z) : NAN);
	sink_real(s, "e", l->position_known ? rounded(l->e) : NAN);
	text_or_null(s, "attempt_id", l->attempt_id);
	count_or_null(s, "line", l->line, l->job_id[0] != '\0');
	count_or_null(s, "planned_lines", l->planned_lines, l->job_id[0] != '\0');
	text_or_null(s, "firmware", l->firmware);
	text_or_null(s, "display", l->display);
	sink_begin_object(s, "counters");
	sink_int(s, "resends", (int64_t)l->resends);
	sink_int(s, "probes", (int64_t)l->probes);
	sink_int(s, "strayOks", (int64_t)l->stray_oks);
	sink_int(s, "gaps", (int64_t)l->gaps);
	sink_end_object(s);
}

/* A session without a port knows nothing of why. */
static void tell_refusal(const struct unit *u, struct bay_live *l)
{
	if (u->port == UNIT_OPEN || u->refused[0] == '\0' || l->error_message[0] != '\0')
		return;
	snprintf(l->error_code, sizeof l->error_code, "PORT");
	snprintf(l->error_message, sizeof l->error_message, "%.199s", u->refused);
}

/* A printer that is off is written when it went off, not every 10 s. */
static bool status_is_due(struct unit *u, const struct bay_live *l, usec_t now)
{
	if (u->status_due || l->state != u->live_state)
		return true;
	return l->state != BAY_OFFLINE && now >= u->status_at;
}

/* true: the printer has something to write. */
static bool collect(struct unit *u, struct sink *s, usec_t now)
{
	struct bay_live l;
	bool record, log;

	bay_live(u->bay, &l);
	tell_refusal(u, &l);
	record = status_is_due(u, &l, now);
	log = l.job_id[0] != '\0' && isfinite(l.hotend) && now >= u->temperature_at;
	if (!record && !log && !u->live_due && l.version == u->live_version)
		return false;
	sink_begin_object(s, NULL);
	add_row(s, u, &l);
	sink_bool(s, "record", record);
	sink_bool(s, "log", log);
	sink_end_object(s);
	u->live_due = false;
	u->live_version = l.version;
	if (record) {
		u->status_due = false;
		u->status_at = now + STATUS_EVERY;
		u->live_state = l.state;
	}
	if (log)
		u->temperature_at = now + conf_duration(u->sp->conf, "log.temperature_interval");
	return true;
}

static void on_time(void *ctx)
{
	struct telemetry *t = ctx;
	usec_t now = loop_now(t->sp->loop);
	struct buf text = BUF_INIT;
	struct json_sink js;

	loop_timer_at(t->timer, now + PACE);
	figures_add(t->sp);
	if (!t->sp->db_up || t->under_way)
		return; /* a slow database gets fewer, newer values */
	json_sink_init(&js, &text);
	sink_begin_list(&js.sink, NULL);
	for (struct unit *u = t->sp->units; u != NULL; u = u->next)
		t->under_way |= collect(u, &js.sink, now);
	sink_end_list(&js.sink);
	if (t->under_way)
		spool_store_live(t->sp->db, buf_str(&text), on_written, t);
	buf_fini(&text);
}

void telemetry_all(struct spooler *sp)
{
	for (struct unit *u = sp->units; u != NULL; u = u->next)
		u->live_due = true;
}

struct telemetry *telemetry_new(struct spooler *sp)
{
	struct telemetry *t = calloc(1, sizeof *t);

	if (t == NULL)
		abort();
	t->sp = sp;
	t->timer = loop_timer_new(sp->loop, on_time, t);
	loop_timer_at(t->timer, loop_now(sp->loop) + PACE / 5);
	return t;
}

void telemetry_free(struct telemetry *t)
{
	if (t == NULL)
		return;
	loop_timer_free(t->timer);
	free(t);
}
