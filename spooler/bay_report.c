/* SPDX-License-Identifier: Apache-2.0 */
/* Durable events (docs/architecture.md §3.4) and the live picture. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/sink.h"
#include "spooler/bay_private.h"

/* Longest prefix of whole characters that still fits into an event once it is quoted. */
static size_t fitting(const char *text, size_t max)
{
	size_t len = strnlen(text, max);

	while (len && ((unsigned char)text[len] & 0xC0) == 0x80)
		len--;
	return len;
}

static void push(struct bay *b, const char *kind, const char *data, bool of_attempt)
{
	struct journal_event ev = { .at = b->now + b->wall_offset };

	snprintf(ev.kind, sizeof ev.kind, "%s", kind);
	snprintf(ev.data, sizeof ev.data, "%s", data);
	if (of_attempt) {
		memcpy(ev.attempt_id, b->attempt.attempt_id, sizeof ev.attempt_id);
		ev.fence = b->attempt.fence;
	}
	journal_event_push(b->journal, &ev);
	b->version++;
	bay_want(b, BAY_WANT_REPORT);
}

struct shape {
	struct json_sink js;
	struct buf out;
};

static struct sink *shape_begin(struct shape *sh)
{
	sh->out = (struct buf)BUF_INIT;
	json_sink_init(&sh->js, &sh->out);
	sink_begin_object(&sh->js.sink, NULL);
	return &sh->js.sink;
}

static void shape_push(struct bay *b, struct shape *sh, const char *kind, bool of_attempt)
{
	struct journal_event *ev;

	sink_end_object(&sh->js.sink);
	/* An object that would be cut is no object: its caller bounds the texts, this is the net. */
	push(b, kind, sh->out.size < sizeof ev->data ? buf_str(&sh->out) : "{}", of_attempt);
	buf_fini(&sh->out);
}

/* A text member bounded so that quoting cannot burst the event. */
static void member(struct sink *s, const char *name, const char *text, size_t max)
{
	struct buf quoted = BUF_INIT;
	size_t len = fitting(text, max);

	for (;;) {
		buf_clear(&quoted);
		json_quote(&quoted, text, len);
		if (quoted.size <= max + 2 || !len)
			break;
		len = fitting(text, len / 2);
	}
	sink_json(s, name, buf_str(&quoted), quoted.size);
	buf_fini(&quoted);
}

void bay_report_plain(struct bay *b, const char *kind)
{
	push(b, kind, "{}", true);
}

void bay_report_gone(struct bay *b, const char *why)
{
	struct shape sh;
	struct sink *s = shape_begin(&sh);

	member(s, "why", why, 200);
	shape_push(b, &sh, "disconnected", false);
}

void bay_report_reason(struct bay *b, const char *kind, const char *reason, const char *text)
{
	struct shape sh;
	struct sink *s = shape_begin(&sh);

	member(s, "reason", reason, 100);
	if (text && *text)
		member(s, "text", text, 200);
	shape_push(b, &sh, kind, true);
}

void bay_report_connected(struct bay *b)
{
	struct shape sh;
	struct sink *s = shape_begin(&sh);

	member(s, "firmware", b->s.firmware, 100);
	sink_begin_object(s, "capabilities");
	sink_bool(s, "autoreportTemp", b->s.autoreport);
	sink_bool(s, "emergencyParser", b->s.emergency);
	sink_bool(s, "okNumbered", b->s.dialect.ok_numbered);
	sink_bool(s, "answersProbe", b->s.dialect.answers);
	sink_end_object(s);
	shape_push(b, &sh, "connected", false);
}

void bay_report_paused(struct bay *b)
{
	const struct track *t = &b->s.pause.found;
	struct shape sh;
	struct sink *s = shape_begin(&sh);

	member(s, "reason", b->s.reason, 24);
	if (*b->s.text)
		member(s, "text", b->s.text, 90);
	sink_real(s, "x", t->at[TRACK_X]);
	sink_real(s, "y", t->at[TRACK_Y]);
	sink_real(s, "z", t->at[TRACK_Z]);
	sink_real(s, "e", t->at[TRACK_E]);
	sink_real(s, "feedrate", t->feed);
	sink_bool(s, "absolute_xyz", !t->relative);
	sink_bool(s, "absolute_e", !t->e_relative);
	sink_text(s, "units", t->inches ? "inch" : "mm");
	sink_int(s, "tool", t->tool);
	sink_real(s, "hotend_target", t->hotend[t->tool % TRACK_TOOLS]);
	sink_real(s, "bed_target", t->bed);
	sink_real(s, "chamber_target", t->chamber_used ? t->chamber : NAN);
	sink_int(s, "fan_speed", t->fan);
	sink_int(s, "file_offset", (int64_t)b->s.place.at);
	sink_int(s, "line_no", b->s.place.commands);
	sink_int(s, "layer", stream_layer(&b->stream));
	shape_push(b, &sh, "paused", true);
}

static void counters(struct bay *b, struct sink *s)
{
	struct marlin_counters c = marlin_counters(b->wire);

	sink_begin_object(s, "counters");
	sink_int(s, "lines", (int64_t)(c.lines - b->counted.lines));
	sink_int(s, "resends", (int64_t)(c.resends - b->counted.resends));
	sink_int(s, "probes", (int64_t)(c.probes - b->counted.probes));
	sink_int(s, "strayOks", (int64_t)(c.stray_oks - b->counted.stray_oks));
	sink_int(s, "lostOks", (int64_t)(c.lost_oks - b->counted.lost_oks));
	sink_int(s, "gaps", (int64_t)b->gaps);
	sink_end_object(s);
}

void bay_report_ended(struct bay *b, const char *kind, const char *category, const char *reason)
{
	struct shape sh;
	struct sink *s = shape_begin(&sh);
	struct journal_attempt a;

	if (category)
		member(s, "category", category, 40);
	if (reason)
		member(s, "reason", reason, 160);
	sink_int(s, "elapsed", bay_job_elapsed(b) / USEC_PER_SEC);
	if (b->attempt.size)
		sink_real(s, "filamentFraction",
		    (double)b->s.place.at / (double)b->attempt.size);
	if (journal_attempt(b->journal, &a))
		sink_int(s, "lastNumber", a.last);
	counters(b, s);
	shape_push(b, &sh, kind, true);
}

void bay_report_command(struct bay *b, const char *id, bool ok, const char *text)
{
	struct shape sh;
	struct sink *s = shape_begin(&sh);

	sink_text(s, "id", id);
	sink_text(s, "status", ok ? "completed" : "failed");
	if (text)
		member(s, ok ? "result" : "error", text, 480);
	shape_push(b, &sh, "command", false);
}

void bay_report_attention(struct bay *b, const char *value)
{
	struct shape sh;
	struct sink *s = shape_begin(&sh);

	sink_text(s, "value", value);
	shape_push(b, &sh, "attention", false);
}

void bay_report_alert(struct bay *b, const char *type, const char *title, const char *message)
{
	struct shape sh;
	struct sink *s = shape_begin(&sh);

	sink_text(s, "type", type);
	member(s, "title", title, 100);
	member(s, "message", message, 300);
	shape_push(b, &sh, "alert", false);
}

void bay_report_note(struct bay *b, const char *type, const char *severity, const char *message)
{
	struct shape sh;
	struct sink *s;

	if (b->s.phase == PHASE_NONE)
		return;
	s = shape_begin(&sh);
	sink_text(s, "type", type);
	sink_text(s, "severity", severity);
	member(s, "message", message, 300);
	shape_push(b, &sh, "note", true);
}

void bay_report_stop(struct bay *b, const char *request, const char *who, bool written)
{
	struct shape sh;
	struct sink *s = shape_begin(&sh);

	member(s, "request", request ? request : "", 80);
	member(s, "user", who ? who : "", 80);
	sink_bool(s, "written", written);
	shape_push(b, &sh, "stop", false);
}

/* ---- the live picture ---- */

static enum bay_state phase_state(const struct bay *b)
{
	if (b->s.interrupted)
		return BAY_PAUSED;
	switch ((enum bay_phase)b->s.phase) {
	case PHASE_NONE:
		return BAY_IDLE;
	case PHASE_BASE:
	case PHASE_START:
		return BAY_PREPARING;
	case PHASE_PRINT:
		return b->storm_told ? BAY_PAUSED : BAY_PRINTING;
	case PHASE_PAUSING:
		return BAY_PAUSING;
	case PHASE_PAUSED:
		return BAY_PAUSED;
	case PHASE_RESUMING:
		return BAY_RESUMING;
	case PHASE_CANCELLING:
		return BAY_CANCELLING;
	case PHASE_FINISHING:
		return BAY_FINISHING;
	}
	return BAY_IDLE;
}

static enum bay_state state_of(const struct bay *b)
{
	switch (b->link) {
	case LINK_DOWN:
		return BAY_OFFLINE;
	case LINK_WAIT:
	case LINK_HELLO:
	case LINK_LEARN:
	case LINK_BASE:
	case LINK_REPORTS:
		if (b->s.phase != PHASE_NONE)
			return phase_state(b);
		/* Setting the numbering back after a job is the last part of finishing it. */
		return b->connected ? BAY_FINISHING : BAY_CONNECTING;
	case LINK_READY:
		return phase_state(b);
	case LINK_RECOVER:
	case LINK_REPLAY:
		return BAY_RECOVERING;
	case LINK_HALTED:
		return BAY_HALTED;
	}
	return BAY_OFFLINE;
}

const char *bay_state_name(enum bay_state st)
{
	static const char *const names[] = { "offline", "connecting", "idle", "preparing", "printing",
		"pausing", "paused", "resuming", "cancelling", "finishing", "recovering", "halted" };

	return names[st];
}

static int64_t remaining(const struct bay *b, double progress)
{
	double elapsed = (double)(bay_job_elapsed(b) / USEC_PER_SEC);

	if (b->s.phase == PHASE_NONE)
		return -1;
	if (b->s.place.left_sec >= 0)
		return b->s.place.left_sec;
	if (progress >= 1)
		return (int64_t)(elapsed * (100 - progress) / progress);
	return b->attempt.estimated_sec ? (int64_t)b->attempt.estimated_sec : -1;
}

static void live_job(const struct bay *b, struct bay_live *out)
{
	struct marlin_counters c = marlin_counters(b->wire);

	memcpy(out->job_id, b->attempt.job_id, sizeof out->job_id);
	memcpy(out->attempt_id, b->attempt.attempt_id, sizeof out->attempt_id);
	out->line = b->acked_commands;
	out->planned_lines = b->attempt.planned_lines;
	if (out->planned_lines)
		out->progress = 100.0 * out->line / out->planned_lines;
	if (out->progress > 100)
		out->progress = 100;
	out->layer = stream_layer(&b->stream);
	out->layers = b->attempt.planned_layers;
	out->elapsed_sec = bay_job_elapsed(b) / USEC_PER_SEC;
	out->resends = c.resends - b->counted.resends;
	out->probes = c.probes - b->counted.probes;
	out->stray_oks = c.stray_oks - b->counted.stray_oks;
	out->gaps = b->gaps;
}

struct bay_total bay_total(const struct bay *b)
{
	struct marlin_counters c = marlin_counters(b->wire);

	return (struct bay_total){ .lines = c.lines, .resends = c.resends, .probes = c.probes,
		.connected = b->connected && b->link != LINK_DOWN };
}

void bay_live(const struct bay *b, struct bay_live *out)
{
	const struct track *t = &b->s.track;

	memset(out, 0, sizeof *out);
	out->version = b->version;
	out->state = state_of(b);
	out->connected = b->connected && b->link != LINK_DOWN;
	out->needs_homing = b->needs_homing && !t->homed;
	out->hotend = b->temps.hotend;
	out->hotend_target = b->temps.hotend_target;
	out->bed = b->temps.bed;
	out->bed_target = b->temps.bed_target;
	out->chamber = b->temps.chamber;
	out->chamber_target = b->temps.chamber_target;
	out->position_known = b->place_known;
	out->x = b->place.x;
	out->y = b->place.y;
	out->z = b->place.z;
	out->e = b->place.e;
	out->relative = t->relative;
	out->e_relative = t->e_relative;
	out->elapsed_sec = -1;
	if (b->s.phase != PHASE_NONE)
		live_job(b, out);
	out->remaining_sec = remaining(b, out->progress);
	out->speed_percent = t->speed;
	out->flow_percent = t->flow;
	out->fan_percent = (t->fan * 100 + 127) / 255;
	memcpy(out->error_code, b->error_code, sizeof out->error_code);
	memcpy(out->error_message, b->error_message, sizeof out->error_message);
	memcpy(out->firmware, b->s.firmware, sizeof out->firmware);
	memcpy(out->display, b->s.display, sizeof out->display);
}
