/* SPDX-License-Identifier: Apache-2.0 */
/* Pause, resume, cancel: the sequences, step by step. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "spooler/bay_private.h"

#define HEAT_PATIENCE (600 * USEC_PER_SEC)
#define HOT_WITHIN    2.0
#define CANCEL_WAIT   (60 * USEC_PER_SEC)
#define OUT_OF_FILAMENT "The printer is out of filament"

static void write_script(struct bay *b, enum script_kind kind)
{
	const struct journal_attempt *a = &b->attempt;
	struct bay_saved *s = &b->s;
	double hotend = a->hotend_override > 0 ? a->hotend_override : a->hotend_preheat;
	double bed = a->bed_override > 0 ? a->bed_override : a->bed_preheat;

	switch (kind) {
	case SCRIPT_NONE:
		s->script_text[0] = '\0';
		break;
	case SCRIPT_START:
		script_start(s->script_text, &b->conf, &(struct script_job){ hotend, bed,
		    !a->file_heats_hotend, !a->file_heats_bed, !a->file_homes });
		break;
	case SCRIPT_HALT:
		script_halt(s->script_text, s->track.inches);
		break;
	case SCRIPT_PARK:
		script_park(s->script_text, &b->conf, &s->pause,
		    fmax(b->hot.value, b->temps.hotend) >= b->conf.extruder_min_temp);
		break;
	case SCRIPT_RESUME:
		script_resume(s->script_text, &b->conf, &s->pause);
		break;
	case SCRIPT_REHEAT:
		script_reheat(s->script_text, &b->conf, &s->track);
		break;
	case SCRIPT_CANCEL:
		script_cancel(s->script_text, &b->conf, &s->track);
		break;
	case SCRIPT_FINISH:
		script_finish(s->script_text, &b->conf);
		break;
	case SCRIPT_HOLD:
		script_hold(s->script_text, &b->conf);
		break;
	case SCRIPT_RELEASE:
		script_release(s->script_text, &b->conf);
		break;
	}
}

void bay_script_begin(struct bay *b, enum script_kind kind)
{
	journal_want(b->journal, b->want_pause, b->want_cancel);
	write_script(b, kind);
	b->s.script = (uint8_t)kind;
	b->s.serial++;
	b->s.step = 0;
	b->heating = b->asking_place = b->script_settling = false;
	bay_job_save(b);
	b->version++;
}

/* ---- the steps with `@` ---- */

static bool near(double value, double target)
{
	return target <= 0 || fabs(value - target) <= HOT_WITHIN;
}

bool bay_script_hot(const struct bay *b)
{
	const struct track *t = &b->s.track;

	/* The report must be newer than the order, or it tells the old temperature. */
	return b->temps_at > b->heat_since && near(b->bed.value, t->bed) &&
	    near(b->hot.value, t->hotend[t->tool % TRACK_TOOLS]);
}

static bool step_heat(struct bay *b)
{
	if (!b->heating) {
		b->heating = true;
		b->heat_since = b->now;
		bay_timer_set(b, TIMER_HEAT, b->now + HEAT_PATIENCE);
	}
	if (!bay_script_hot(b))
		return false;
	b->heating = false;
	bay_timer_set(b, TIMER_HEAT, USEC_NEVER);
	b->s.step++;
	return true;
}

static bool step_where(struct bay *b)
{
	if (!b->asking_place) {
		b->asking_place = true;
		b->placed = false;
	}
	bay_query(b, "M114");
	return true;
}

static bool same_place(const struct marlin_position *a, const struct marlin_position *c)
{
	return a->x == c->x && a->y == c->y && a->z == c->z && a->e == c->e;
}

/* Two answers alike: one damaged figure must not become the place to come back to. */
void bay_script_place(struct bay *b, const struct marlin_position *p)
{
	if (!b->asking_place)
		return;
	if (!b->placed || !same_place(p, &b->where)) {
		b->placed = true;
		b->where = *p;
		return;
	}
	b->asking_place = false;
	b->s.step++;
	track_place(&b->s.track, p->x, p->y, p->z, p->e);
}

void bay_script_settled(struct bay *b)
{
	b->script_settling = false;
	b->s.step++;
}

static void end_paused(struct bay *b)
{
	b->s.phase = PHASE_PAUSED;
	b->s.script = SCRIPT_NONE;
	bay_report_paused(b);
	bay_job_save(b);
	bay_command_end(b, b->pause_id, true, "");
	if (b->conf.pause_hotend_timeout > 0)
		bay_timer_set(b, TIMER_HOTEND, b->now + b->conf.pause_hotend_timeout);
}

static void end_resumed(struct bay *b)
{
	b->s.phase = PHASE_PRINT;
	b->s.script = SCRIPT_NONE;
	b->s.filament = false;
	bay_job_clock(b, true);
	bay_report_plain(b, "resumed");
	bay_job_save(b);
	bay_command_end(b, b->resume_id, true, "");
}

static void end_cancelled(struct bay *b)
{
	b->s.step++;
	bay_timer_set(b, TIMER_CANCEL, USEC_NEVER);
	if (!b->s.ended_told)
		bay_report_ended(b, "cancelled", NULL, NULL);
	b->s.ended_told = true;
	bay_job_save(b);
	bay_command_end(b, b->cancel_id, true, "");
}

static bool step_word(struct bay *b, const char *word, size_t len)
{
	char w[16];

	snprintf(w, sizeof w, "%.*s", (int)len, word);
	if (strcmp(w, "@settle") == 0) {
		b->script_settling = true;
		marlin_settle(b->wire, b->now);
	} else if (strcmp(w, "@where") == 0) {
		return step_where(b);
	} else if (strcmp(w, "@heat") == 0) {
		return step_heat(b);
	} else if (strcmp(w, "@paused") == 0) {
		end_paused(b);
	} else if (strcmp(w, "@resumed") == 0) {
		end_resumed(b);
	} else if (strcmp(w, "@cancelled") == 0) {
		end_cancelled(b);
	} else if (strcmp(w, "@completed") == 0) {
		bay_job_clock(b, false);
		bay_report_ended(b, "completed", NULL, NULL);
		bay_job_over(b);
	} else {
		b->s.step++;
	}
	return true;
}

/* The last step is done. */
static bool script_end(struct bay *b)
{
	enum script_kind kind = (enum script_kind)b->s.script;

	b->s.script = SCRIPT_NONE;
	switch (kind) {
	case SCRIPT_START:
		b->s.phase = PHASE_PRINT;
		bay_job_clock(b, true);
		bay_job_save(b);
		return true;
	case SCRIPT_HALT:
		b->s.pause.found.known = 15;
		memcpy(b->s.pause.found.at, b->s.track.at, sizeof b->s.track.at);
		b->s.pause.filament = b->s.filament;
		b->s.pause.firmware = false;
		bay_script_begin(b, SCRIPT_PARK);
		return true;
	case SCRIPT_CANCEL:
		bay_job_over(b);
		return true;
	case SCRIPT_NONE:
	case SCRIPT_PARK:
	case SCRIPT_RESUME:
	case SCRIPT_REHEAT:
	case SCRIPT_FINISH:
	case SCRIPT_HOLD:
	case SCRIPT_RELEASE:
		break;
	}
	return false;
}

bool bay_script_send(struct bay *b)
{
	struct journal_line record = { .origin = JOURNAL_SCRIPT };
	const char *line;
	size_t len;

	if (!script_step(b->s.script_text, b->s.step, &line, &len))
		return script_end(b);
	if (line[0] == '@')
		return step_word(b, line, len);
	record.where = (uint64_t)b->s.serial << 16 | b->s.step;
	bay_send(b, FLIGHT_SCRIPT, line, len, &record);
	return true;
}

void bay_script_acked(struct bay *b)
{
	b->s.step++;
}

/* ---- acts ---- */

void bay_script_pause_now(struct bay *b, const char *reason, const char *text)
{
	if (b->s.phase != PHASE_PRINT || b->s.interrupted || b->want_pause)
		return;
	snprintf(b->s.reason, sizeof b->s.reason, "%s", reason);
	snprintf(b->s.text, sizeof b->s.text, "%.90s", text ? text : "");
	b->s.filament = strcmp(reason, "filament") == 0;
	b->want_pause = true;
	journal_want(b->journal, true, b->want_cancel);
}

/* The firmware has paused by itself (its own filament change): move nothing. Only the dead-man must
 * not kill a printer that waits for a person. */
void bay_script_paused(struct bay *b, bool filament)
{
	if (b->s.phase != PHASE_PRINT || b->s.interrupted)
		return;
	snprintf(b->s.reason, sizeof b->s.reason, "%s",
	    filament || strncmp(b->stream.text, "M600", 4) == 0 ? "filament" : "prompt");
	snprintf(b->s.text, sizeof b->s.text, "The printer has paused by itself");
	b->s.pause.found = b->s.track;
	b->s.pause.firmware = true;
	bay_job_clock(b, false);
	end_paused(b);
	bay_script_begin(b, SCRIPT_HOLD);
}

static bool recovering(const struct bay *b)
{
	return b->link == LINK_RECOVER || b->link == LINK_REPLAY;
}

/* A line waits behind the firmware's own dialogue, which waits for somebody; nobody knows what the
 * spooler before this one had sent. */
bool bay_script_dialogue(const struct bay *b)
{
	return b->s.phase == PHASE_PAUSED && b->s.pause.firmware &&
	    (b->flight != FLIGHT_NONE || recovering(b));
}

void bay_script_resume_now(struct bay *b, bool person)
{
	if (b->s.phase != PHASE_PAUSED || b->s.interrupted)
		return;
	bay_timer_set(b, TIMER_HOTEND, USEC_NEVER);
	if (b->s.pause.firmware) {
		if (person && bay_script_dialogue(b))
			marlin_urgent(b->wire, b->now, "M108");
		if (b->flight == FLIGHT_SCRIPT)
			b->flight = FLIGHT_QUERY; /* a step of the sequence that ends here */
		b->s.pause.firmware = false;
		b->s.phase = PHASE_RESUMING;
		bay_script_begin(b, SCRIPT_RELEASE);
		return;
	}
	b->s.phase = PHASE_RESUMING;
	bay_script_begin(b, SCRIPT_RESUME);
}

/* Heaters and place as they were before the resume. */
void bay_script_cancel_resume(struct bay *b)
{
	if (b->s.phase != PHASE_RESUMING)
		return;
	b->s.phase = PHASE_PAUSED;
	b->s.script = SCRIPT_NONE;
	bay_job_save(b);
	bay_command_end(b, b->resume_id, false, "The printer does not get hot");
	bay_report_alert(b, "warning", "Resume failed", "The printer did not get hot in 10 minutes.");
}

void bay_script_cancel_now(struct bay *b)
{
	b->want_cancel = false;
	if (b->s.phase == PHASE_NONE || b->s.phase == PHASE_CANCELLING)
		return;
	if (b->conf.cancel_quickstop && b->s.phase == PHASE_PRINT)
		marlin_urgent(b->wire, b->now, "M410");
	bay_job_clock(b, false);
	b->s.interrupted = false; /* no number matters any more */
	b->s.phase = PHASE_CANCELLING;
	b->want_pause = false;
	bay_script_begin(b, SCRIPT_CANCEL);
	bay_timer_set(b, TIMER_CANCEL, b->now + CANCEL_WAIT);
}

/* ---- what the printer asks for ---- */

static bool is(const char *text, size_t len, const char *word)
{
	return strlen(word) == len && memcmp(text, word, len) == 0;
}

/* The first word decides; Marlin tells why behind it ("paused filament_runout 0"). */
void bay_script_action(struct bay *b, const char *text)
{
	size_t len = strcspn(text, " ");
	bool filament = strncmp(text + len, " filament_runout", 16) == 0;

	if (recovering(b) && is(text, len, "resumed"))
		b->release = b->s.phase == PHASE_PAUSED && b->s.pause.firmware;
	if (b->link != LINK_READY)
		return;
	if (is(text, len, "pause"))
		bay_script_pause_now(b, filament ? "filament" : "operator", filament ? OUT_OF_FILAMENT :
		    "Paused at the printer");
	else if (is(text, len, "out_of_filament"))
		bay_script_pause_now(b, "filament", OUT_OF_FILAMENT);
	else if (is(text, len, "paused"))
		bay_script_paused(b, filament);
	else if (is(text, len, "resume") || is(text, len, "resumed"))
		bay_script_resume_now(b, false);
	else if (is(text, len, "cancel"))
		b->want_cancel = b->s.phase != PHASE_NONE;
	else if (strncmp(text, "prompt_begin ", 13) == 0)
		bay_report_note(b, "CUSTOM", "INFO", text + 13);
	else if (strncmp(text, "notification ", 13) == 0) {
		snprintf(b->s.display, sizeof b->s.display, "%.90s", text + 13);
		b->version++;
	}
}
