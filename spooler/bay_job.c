/* SPDX-License-Identifier: Apache-2.0 */
/* A job's way: base, start script, the lines of its file, its end. */
#include <stdio.h>
#include <string.h>

#include "spooler/bay_private.h"

#define STARVED (10 * USEC_PER_MSEC)

usec_t bay_job_elapsed(const struct bay *b)
{
	return b->s.print_time + (b->s.print_since ? b->now - b->s.print_since : 0);
}

void bay_job_clock(struct bay *b, bool running)
{
	b->s.print_time = bay_job_elapsed(b);
	b->s.print_since = running ? b->now : 0;
}

void bay_job_save(struct bay *b)
{
	b->s.version = 1;
	b->s.number = marlin_number(b->wire) - 1;
	b->s.dialect = marlin_dialect(b->wire);
	b->saved_at = b->s.number;
	journal_state_put(b->journal, &b->s, sizeof b->s);
}

void bay_job_open_source(struct bay *b, struct source *source)
{
	const struct stream_conf conf = {
		.hotend_override = b->attempt.hotend_override,
		.bed_override = b->attempt.bed_override,
		.max_hotend = b->conf.max_hotend,
		.max_bed = b->conf.max_bed,
		.forward_m73 = b->conf.forward_m73,
		.use_m600 = b->conf.pause_use_m600,
	};

	stream_fini(&b->stream);
	stream_init(&b->stream, source, &conf);
	b->has_source = true;
}

static void attempt_from(struct journal_attempt *a, const struct bay_job *job)
{
	memset(a, 0, sizeof *a);
	memcpy(a->job_id, job->job_id, sizeof a->job_id);
	memcpy(a->attempt_id, job->attempt_id, sizeof a->attempt_id);
	a->fence = job->fence;
	a->base = job->base;
	a->planned_lines = job->planned_lines;
	a->size = job->size;
	a->planned_layers = job->planned_layers;
	a->estimated_sec = job->estimated_sec;
	a->hotend_override = job->hotend_override;
	a->bed_override = job->bed_override;
	a->hotend_preheat = job->hotend_preheat;
	a->bed_preheat = job->bed_preheat;
	a->file_homes = job->file_homes;
	a->file_heats_hotend = job->file_heats_hotend;
	a->file_heats_bed = job->file_heats_bed;
	a->more_plates = job->more_plates;
}

/* Everything of the attempt before; what was learned of the printer stays. */
static void forget_job(struct bay *b)
{
	struct bay_saved *s = &b->s;

	s->phase = PHASE_NONE;
	s->script = SCRIPT_NONE;
	s->interrupted = s->printing_told = s->extruding_told = s->filament = false;
	s->ended_told = false;
	s->serial = s->step = 0;
	memset(&s->place, 0, sizeof s->place);
	s->place.left_sec = s->place.percent = -1;
	memset(&s->pause, 0, sizeof s->pause);
	s->print_time = s->print_since = 0;
	s->reason[0] = s->text[0] = s->script_text[0] = '\0';
	s->track.extruded = false;
	b->acked_commands = 0;
	b->starved_since = 0;
	b->gaps = 0;
	b->storm_since = 0;
	b->want_pause = b->want_cancel = b->heating = b->asking_place = b->storm_told = false;
	b->script_settling = b->has_source = b->source_gone = b->confirmed = false;
	b->release = false;
	b->will_written = b->off_base = false;
}

bool bay_start(struct bay *b, usec_t now, const struct bay_job *job)
{
	b->now = now;
	if (b->link != LINK_READY || b->s.phase != PHASE_NONE)
		return false;
	forget_job(b);
	b->off_base = true; /* until the attempt's own numbers count */
	attempt_from(&b->attempt, job);
	b->s.phase = PHASE_BASE;
	b->counted = marlin_counters(b->wire);
	bay_job_save(b); /* before the attempt: an attempt never meets another one's state */
	journal_begin(b->journal, &b->attempt);
	bay_job_open_source(b, job->source);
	stream_seek(&b->stream, &b->s.place);
	bay_report_plain(b, "preparing");
	bay_pump(b);
	return true;
}

/* The base is set and confirmed: numbers name this attempt's lines from here on. */
void bay_job_begin_file(struct bay *b)
{
	b->off_base = false;
	b->s.phase = PHASE_START;
	bay_script_begin(b, SCRIPT_START);
}

static void request_pause(struct bay *b)
{
	bool filament = strncmp(b->stream.text, "M600", 4) == 0;
	const char *words = strchr(b->stream.text, ' ');

	bay_script_pause_now(b, filament ? "filament" : "prompt",
	    words ? words + 1 : filament ? "Filament change" : "Pause in the file");
}

static void stop_in_file(struct bay *b)
{
	b->urgent_size = (size_t)snprintf((char *)b->urgent, sizeof b->urgent, "M112\n");
	bay_link_halt(b, "EMERGENCY_STOP", "M112 in the file");
	bay_job_fail(b, "EmergencyStop", "M112 in the file");
	if (b->conf.reset_after_stop)
		bay_timer_set(b, TIMER_RESET, b->now + USEC_PER_SEC);
}

static void send_line(struct bay *b)
{
	const struct journal_line record = { .origin = JOURNAL_FILE, .where = b->stream.where,
		.next = b->stream.place.at };

	b->s.place = b->stream.place;
	if (b->stream.mark && *b->stream.display)
		memcpy(b->s.display, b->stream.display, sizeof b->s.display);
	bay_send(b, FLIGHT_FILE, b->stream.text, b->stream.len, &record);
}

static void starved(struct bay *b, bool waiting)
{
	if (waiting) {
		if (!b->starved_since)
			b->starved_since = b->now;
		return;
	}
	if (b->starved_since && b->now - b->starved_since >= STARVED)
		b->gaps++;
	b->starved_since = 0;
}

/* The file cannot go on: heaters off, aside, and the job has failed. */
static void fail_file(struct bay *b)
{
	bay_report_ended(b, "failed", "GcodeError", b->stream.text);
	b->s.ended_told = true;
	b->s.phase = PHASE_CANCELLING;
	bay_job_clock(b, false);
	bay_script_begin(b, SCRIPT_CANCEL);
}

static bool next_line(struct bay *b)
{
	enum stream_got got = stream_next(&b->stream);

	starved(b, got == STREAM_WAIT);
	switch (got) {
	case STREAM_LINE:
		send_line(b);
		return true;
	case STREAM_PAUSE:
		b->s.place = b->stream.place;
		request_pause(b);
		return true;
	case STREAM_STOP:
		stop_in_file(b);
		return true;
	case STREAM_WAIT:
		return false;
	case STREAM_END:
		b->s.place = b->stream.place;
		b->s.phase = PHASE_FINISHING;
		bay_script_begin(b, SCRIPT_FINISH);
		return true;
	case STREAM_CHANGED:
	case STREAM_FAILED:
		fail_file(b);
		return true;
	}
	return false;
}

bool bay_job_send(struct bay *b)
{
	switch ((enum bay_phase)b->s.phase) {
	case PHASE_BASE:
		journal_base_sent(b->journal);
		marlin_base(b->wire, b->now, b->attempt.base);
		return true;
	case PHASE_PRINT:
		if (b->want_pause) {
			b->want_pause = false;
			b->s.phase = PHASE_PAUSING;
			b->s.pause.found = b->s.track;
			bay_job_clock(b, false);
			bay_script_begin(b, SCRIPT_HALT);
			return true;
		}
		if (marlin_number(b->wire) - b->saved_at > BAY_SAVE_EVERY)
			bay_job_save(b);
		return next_line(b);
	case PHASE_NONE:
	case PHASE_START:
	case PHASE_PAUSING:
	case PHASE_PAUSED:
	case PHASE_RESUMING:
	case PHASE_CANCELLING:
	case PHASE_FINISHING:
		break;
	}
	return false;
}

void bay_job_acked(struct bay *b)
{
	b->acked_commands = b->s.place.commands;
	if (!b->s.printing_told) {
		b->s.printing_told = true;
		bay_report_plain(b, "printing");
		bay_job_save(b); /* told once, whoever dies now */
	}
	if (b->s.track.extruded && !b->s.extruding_told) {
		b->s.extruding_told = true;
		bay_report_plain(b, "extruding");
		bay_job_save(b);
	}
}

void bay_job_over(struct bay *b)
{
	static const enum bay_timer job_timers[] = { TIMER_GONE, TIMER_HOTEND, TIMER_HEAT,
		TIMER_CANCEL };

	journal_end(b->journal);
	stream_fini(&b->stream);
	bay_want(b, BAY_WANT_RELEASE);
	bay_command_end(b, b->pause_id, false, "The job has ended");
	bay_command_end(b, b->resume_id, false, "The job has ended");
	bay_command_end(b, b->cancel_id, true, "");
	forget_job(b);
	for (size_t i = 0; i < sizeof job_timers / sizeof job_timers[0]; i++)
		bay_timer_set(b, job_timers[i], USEC_NEVER);
	if (b->link == LINK_READY)
		b->link = LINK_BASE;
	b->version++;
}

void bay_job_fail(struct bay *b, const char *category, const char *reason)
{
	if (b->s.phase == PHASE_NONE)
		return;
	/* Already told: a cancelled job that is still being put to rest. */
	if (!b->s.ended_told)
		bay_report_ended(b, "failed", category, reason);
	bay_job_over(b);
}

void bay_job_interrupt(struct bay *b, const char *reason)
{
	struct bay_saved saved;

	if (b->s.phase == PHASE_NONE || b->s.interrupted)
		return;
	if (b->s.ended_told) { /* it was over already, only parking was left */
		bay_job_over(b);
		return;
	}
	bay_job_clock(b, false);
	b->s.interrupted = true;
	b->confirmed = b->release = false;
	/* With the number of the last save, not with what has left since: the count decides later. */
	saved = b->s;
	bay_recover_saved(b, &saved);
	journal_state_put(b->journal, &saved, sizeof saved);
	bay_report_reason(b, "interrupted", reason, NULL);
	bay_report_attention(b, "interrupted");
	bay_report_alert(b, "critical", "Print interrupted", reason);
	bay_command_end(b, b->pause_id, false, reason);
	bay_command_end(b, b->resume_id, false, reason);
	if (b->link == LINK_RECOVER || b->link == LINK_REPLAY) {
		marlin_clear(b->wire);
		bay_link_hello(b);
	}
	b->version++;
}

void bay_job_abandon(struct bay *b)
{
	if (b->s.phase == PHASE_NONE)
		return;
	if (!b->s.ended_told)
		bay_report_ended(b, "cancelled", NULL, NULL);
	bay_report_alert(b, "warning", "Cancelled without the printer",
	    "The printer does not listen; heaters may be on.");
	bay_job_over(b);
	if (b->link == LINK_DOWN || b->link == LINK_HALTED)
		return;
	marlin_clear(b->wire);
	bay_link_hello(b);
}
