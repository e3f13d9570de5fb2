/* SPDX-License-Identifier: Apache-2.0 */
/* Passing values: printer_live at most twice a second and all printers in one statement,
 * printer_status every 10 s and at each change of state, temperature_logs while a job runs.
 * Losing one costs nothing; while the database is away they are not kept. */
#include <math.h>
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
	int under_way;
};

struct batch {
	struct buf text;
	struct json_sink js;
	int rows;
};

static void batch_begin(struct batch *b)
{
	*b = (struct batch){ .text = BUF_INIT };
	json_sink_init(&b->js, &b->text);
	sink_begin_list(&b->js.sink, NULL);
}

static void on_written(void *ctx, enum errc rc, const struct pg_result *r, const struct err *e)
{
	struct telemetry *t = ctx;

	(void)r;
	t->under_way--;
	if (rc != E_OK && rc != E_UNAVAILABLE)
		log_err(e, "writing live values");
}

static void batch_end(struct batch *b, struct telemetry *t, enum spool_batch what)
{
	sink_end_list(&b->js.sink);
	if (b->rows > 0) {
		t->under_way++;
		spool_store_batch(t->sp->db, what, buf_str(&b->text), on_written, t);
	}
	buf_fini(&b->text);
}

static void text_or_null(struct sink *s, const char *name, const char *value)
{
	sink_text(s, name, value[0] == '\0' ? NULL : value);
}

static double rounded(double value)
{
	return isfinite(value) ? round(value * 1000) / 1000 : NAN;
}

static void add_values(struct sink *s, const struct bay_live *l)
{
	sink_text(s, "state", bay_state_name(l->state));
	sink_bool(s, "connected", l->connected);
	sink_real(s, "hotend", rounded(l->hotend));
	sink_real(s, "hotend_target", rounded(l->hotend_target));
	sink_real(s, "bed", rounded(l->bed));
	sink_real(s, "bed_target", rounded(l->bed_target));
	sink_real(s, "chamber", rounded(l->chamber));
	text_or_null(s, "job_id", l->job_id);
	sink_real(s, "progress", rounded(l->progress));
	sink_int(s, "layer", l->layer);
	sink_int(s, "layers", l->layers);
	sink_int(s, "elapsed_sec", l->elapsed_sec);
	sink_int(s, "remaining_sec", l->remaining_sec);
	sink_int(s, "speed_percent", l->speed_percent);
	sink_int(s, "flow_percent", l->flow_percent);
	sink_int(s, "fan_percent", l->fan_percent);
	text_or_null(s, "error_code", l->error_code);
	text_or_null(s, "error_message", l->error_message);
}

static void add_live(struct batch *b, const struct unit *u, const struct bay_live *l)
{
	struct sink *s = &b->js.sink;

	sink_begin_object(s, NULL);
	sink_text(s, "printer_id", u->row.id);
	add_values(s, l);
	sink_bool(s, "needs_homing", l->needs_homing);
	sink_real(s, "chamber_target", rounded(l->chamber_target));
	sink_real(s, "x", l->position_known ? rounded(l->x) : NAN);
	sink_real(s, "y", l->position_known ? rounded(l->y) : NAN);
	sink_real(s, "z", l->position_known ? rounded(l->z) : NAN);
	sink_real(s, "e", l->position_known ? rounded(l->e) : NAN);
	text_or_null(s, "attempt_id", l->attempt_id);
	sink_int(s, "line", l->line);
	sink_int(s, "planned_lines", l->planned_lines);
	text_or_null(s, "firmware", l->firmware);
	text_or_null(s, "display", l->display);
	sink_begin_object(s, "counters");
	sink_int(s, "resends", (int64_t)l->resends);
	sink_int(s, "probes", (int64_t)l->probes);
	sink_int(s, "strayOks", (int64_t)l->stray_oks);
	sink_int(s, "gaps", (int64_t)l->gaps);
	sink_end_object(s);
	sink_end_object(s);
	b->rows++;
}

static void add_status(struct batch *b, const struct unit *u, const struct bay_live *l)
{
	sink_begin_object(&b->js.sink, NULL);
	sink_text(&b->js.sink, "printer_id", u->row.id);
	add_values(&b->js.sink, l);
	sink_end_object(&b->js.sink);
	b->rows++;
}

static void add_temperatures(struct batch *b, const struct bay_live *l)
{
	struct sink *s = &b->js.sink;

	sink_begin_object(s, NULL);
	sink_text(s, "job_id", l->job_id);
	sink_real(s, "hotend", rounded(l->hotend));
	sink_real(s, "hotend_target", rounded(l->hotend_target));
	sink_real(s, "bed", rounded(l->bed));
	sink_real(s, "bed_target", rounded(l->bed_target));
	sink_real(s, "chamber", rounded(l->chamber));
	sink_end_object(s);
	b->rows++;
}

/* A printer that is off is written when it went off, not every 10 s. */
static bool status_is_due(struct unit *u, const struct bay_live *l, usec_t now)
{
	if (u->status_due || l->state != u->live_state)
		return true;
	return l->state != BAY_OFFLINE && now >= u->status_at;
}

static void collect(struct unit *u, struct batch out[3], usec_t now)
{
	struct bay_live l;

	bay_live(u->bay, &l);
	if (status_is_due(u, &l, now)) {
		add_status(&out[SPOOL_STATUS], u, &l);
		u->status_due = false;
		u->status_at = now + STATUS_EVERY;
		u->live_state = l.state;
	}
	if (u->live_due || l.version != u->live_version) {
		add_live(&out[SPOOL_LIVE], u, &l);
		u->live_due = false;
		u->live_version = l.version;
	}
	if (l.job_id[0] != '\0' && isfinite(l.hotend) && now >= u->temperature_at) {
		add_temperatures(&out[SPOOL_TEMPERATURES], &l);
		u->temperature_at = now + conf_duration(u->sp->conf, "log.temperature_interval");
	}
}

static void on_time(void *ctx)
{
	struct telemetry *t = ctx;
	usec_t now = loop_now(t->sp->loop);
	struct batch out[3];

	loop_timer_at(t->timer, now + PACE);
	if (!t->sp->db_up || t->under_way > 0)
		return; /* a slow database gets fewer, newer values */
	for (int i = 0; i < 3; i++)
		batch_begin(&out[i]);
	for (struct unit *u = t->sp->units; u != NULL; u = u->next)
		collect(u, out, now);
	for (int i = 0; i < 3; i++)
		batch_end(&out[i], t, (enum spool_batch)i);
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
