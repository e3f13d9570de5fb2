/* SPDX-License-Identifier: Apache-2.0 */
/* Exactly-continue (design.md §5): an attempt that the last spooler, or the last connection, left
 * unfinished. The printer is asked twice for its count; only when both answers agree and fit the
 * journal does the print go on, with the line after the count. Everything else is a person's. */
#include <stdio.h>
#include <string.h>

#include "spooler/bay_private.h"

/* What the journal knows, before the port or the file is there. */
void bay_recover_load(struct bay *b)
{
	struct journal_attempt a;
	struct bay_saved s;

	if (!journal_attempt(b->journal, &a) || !a.active)
		return;
	b->attempt = a;
	b->want_pause = a.want_pause;
	b->want_cancel = a.want_cancel;
	if (journal_state_get(b->journal, &s, sizeof s) == sizeof s && s.version == 1 &&
	    s.phase != PHASE_NONE) {
		b->s = s;
	} else { /* nothing can be continued without the state, but the job must not vanish */
		b->s.phase = PHASE_PRINT;
		b->s.number = 0;
		snprintf(b->s.reason, sizeof b->s.reason, "operator");
	}
	marlin_learn(b->wire, b->s.dialect);
	b->acked_commands = b->s.place.commands;
}

bool bay_adopt(struct bay *b, usec_t now, struct source *source)
{
	b->now = now;
	if (b->s.phase == PHASE_NONE)
		return false;
	b->source_gone = !source;
	if (source) {
		bay_job_open_source(b, source);
		stream_seek(&b->stream, &b->s.place);
	}
	if (b->link == LINK_RECOVER)
		bay_recover_begin(b);
	bay_pump(b);
	return true;
}

void bay_recover_begin(struct bay *b)
{
	b->link = LINK_RECOVER;
	b->flight = FLIGHT_NONE;
	b->heating = b->asking_place = b->script_settling = false;
	if (b->s.ended_told) {
		bay_job_over(b);
		bay_link_hello(b);
	} else if (b->will_written) {
		bay_job_interrupt(b, "the heaters were switched off while the spooler was away");
	} else if (b->source_gone) {
		bay_job_interrupt(b, "the job's file is gone");
	} else if (b->has_source) {
		marlin_ask(b->wire, b->now);
	}
}

/* What is known beside the journal's lines: as saved, but for what only time and people told. */
bool bay_recover_saved(const struct bay *b, struct bay_saved *out)
{
	struct bay_saved s;

	if (journal_state_get(b->journal, &s, sizeof s) != sizeof s || s.version != 1 ||
	    s.phase == PHASE_NONE)
		return false;
	s.print_time = b->s.print_time;
	s.print_since = b->s.print_since;
	s.filament = b->s.filament;
	s.interrupted = b->s.interrupted;
	memcpy(s.reason, b->s.reason, sizeof s.reason);
	memcpy(s.text, b->s.text, sizeof s.text);
	memcpy(s.display, b->s.display, sizeof s.display);
	*out = s;
	return true;
}

/* Does the count lie where the journal says that it must? */
static bool count_fits(struct bay *b, const struct marlin_event *ev, const struct journal_attempt *a)
{
	uint32_t low = a->acked > a->base ? a->acked : a->base;

	return ev->numbered && b->s.number >= a->base && ev->number >= low && ev->number <= a->last;
}

static void not_continued(struct bay *b)
{
	if (b->s.interrupted) {
		b->confirmed = false;
		bay_command_end(b, b->resume_id, false, "The position is lost; only cancel remains");
		marlin_clear(b->wire);
		bay_link_hello(b);
		return;
	}
	bay_job_interrupt(b, "the printer's count does not fit; its position may be lost");
}

/* From the beginning, by a person's word: the job counts as printing from here on. */
static void told_resumed(struct bay *b)
{
	b->s.printing_told = true;
	bay_report_plain(b, "resumed");
	bay_command_end(b, b->resume_id, true, "");
}

void bay_recover_count(struct bay *b, const struct marlin_event *ev)
{
	struct journal_attempt a;
	struct bay_saved saved;

	if (b->link != LINK_RECOVER || !journal_attempt(b->journal, &a))
		return;
	b->attempt = a;
	if (!a.base_confirmed) {
		if (b->s.interrupted)
			told_resumed(b);
		/* No line of the job can have left: from the beginning, whatever the count is. */
		b->s.interrupted = b->confirmed = false;
		b->s.phase = PHASE_BASE;
		b->off_base = true;
		b->s.script = SCRIPT_NONE;
		bay_link_ready(b);
		return;
	}
	if (!count_fits(b, ev, &a)) {
		not_continued(b);
		return;
	}
	/* Where this process has lived on, its state holds a line that the printer never got. */
	if (bay_recover_saved(b, &saved))
		b->s = saved;
	marlin_count(b->wire, ev->number);
	b->replay_to = ev->number;
	b->replay_at = b->s.number + 1;
	b->link = LINK_REPLAY;
	stream_seek(&b->stream, &b->s.place);
}

/* Reads the file up to the end of the line the printer has; false: its bytes are not here yet. */
static bool replay_file(struct bay *b, const struct journal_line *l)
{
	while (b->stream.place.at < l->next) {
		enum stream_got got = stream_next(&b->stream);

		if (got == STREAM_WAIT)
			return false;
		if (got == STREAM_LINE && b->stream.place.at == l->next)
			track_line(&b->s.track, b->stream.text, b->stream.len);
		if (got == STREAM_END || got == STREAM_CHANGED || got == STREAM_FAILED)
			break;
	}
	b->s.place = b->stream.place;
	return true;
}

static bool replay_line(struct bay *b, const struct journal_line *l)
{
	if (l->origin == JOURNAL_FILE)
		return replay_file(b, l);
	track_line(&b->s.track, l->text, strnlen(l->text, sizeof l->text));
	if (l->origin == JOURNAL_SCRIPT && l->where >> 16 == b->s.serial)
		b->s.step = (uint16_t)(l->where & 0xffff) + 1;
	return true;
}

/* What was sent since the state was written: modes, targets, the place in the file, the step. */
void bay_recover_replay(struct bay *b)
{
	struct journal_line l;

	for (; b->replay_at <= b->replay_to; b->replay_at++) {
		if (!journal_line_get(b->journal, b->replay_at, &l)) {
			not_continued(b);
			return;
		}
		if (!replay_line(b, &l))
			return;
	}
	if (!b->s.dialect.ok_numbered) {
		/* Without numbers a late ok could be taken for the next line's. */
		marlin_settle(b->wire, b->now);
		return;
	}
	bay_recover_done(b);
}

void bay_recover_done(struct bay *b)
{
	bool confirmed = b->confirmed, release = b->release;

	b->confirmed = b->release = false;
	b->acked_commands = b->s.place.commands;
	journal_acked(b->journal, b->replay_to);
	bay_link_ready(b);
	bay_report_note(b, "CUSTOM", "INFO", "Continued at the line the printer waited for");
	if (!confirmed) {
		if (b->s.phase == PHASE_PRINT)
			bay_job_clock(b, true);
		if (b->s.phase == PHASE_PAUSED && b->conf.pause_hotend_timeout > 0)
			bay_timer_set(b, TIMER_HOTEND, b->now + b->conf.pause_hotend_timeout);
		bay_job_save(b);
		if (release)
			bay_script_resume_now(b, false);
		return;
	}
	b->s.interrupted = false;
	if (b->s.phase == PHASE_PAUSED) {
		bay_job_save(b);
		bay_script_resume_now(b, true);
	} else if (b->s.phase == PHASE_PRINT) {
		b->s.phase = PHASE_RESUMING;
		bay_script_begin(b, SCRIPT_REHEAT);
	} else if (b->s.phase == PHASE_START) {
		bay_script_begin(b, SCRIPT_START); /* nothing is printed yet: heat and home anew */
		told_resumed(b);
	} else {
		bay_job_save(b); /* in the middle of a sequence: it goes on at its step */
	}
}
