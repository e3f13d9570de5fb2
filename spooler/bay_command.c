/* SPDX-License-Identifier: Apache-2.0 */
/* Commands of people: lines in order with their answers, and the acts pause, resume, cancel. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gcode/command.h"
#include "gcode/line.h"
#include "spooler/bay_private.h"

#define ANSWER_MAX 16384u

static void keep_result(struct bay *b, const char *id, const char *text)
{
	struct bay_done *d = &b->done[b->done_next++ % BAY_RESULTS];

	snprintf(d->id, sizeof d->id, "%s", id);
	buf_clear(&d->text);
	buf_text(&d->text, text);
}

const char *bay_result(const struct bay *b, const char *command_id)
{
	for (unsigned i = 0; i < BAY_RESULTS; i++)
		if (*command_id && strcmp(b->done[i].id, command_id) == 0)
			return buf_str(&b->done[i].text);
	return NULL;
}

/* id: the field that held it; it is emptied. */
void bay_command_end(struct bay *b, char *id, bool ok, const char *text)
{
	char whose[UUID_SIZE];

	if (!*id)
		return;
	memcpy(whose, id, sizeof whose);
	*id = '\0';
	keep_result(b, whose, text);
	bay_report_command(b, whose, ok, text);
}

static void drop_first(struct bay *b)
{
	free(b->commands[0].lines);
	memmove(b->commands, b->commands + 1, (BAY_COMMANDS - 1) * sizeof b->commands[0]);
	b->commands_len--;
	memset(&b->commands[b->commands_len], 0, sizeof b->commands[0]);
}

void bay_command_fail_all(struct bay *b, const char *error)
{
	while (b->commands_len) {
		bay_command_end(b, b->commands[0].id, false, error);
		drop_first(b);
	}
	bay_command_end(b, b->pause_id, false, error);
	bay_command_end(b, b->resume_id, false, error);
	bay_command_end(b, b->cancel_id, false, error);
	buf_clear(&b->answer);
	if (b->flight == FLIGHT_COMMAND)
		b->flight = FLIGHT_NONE;
}

void bay_command_free(struct bay *b)
{
	while (b->commands_len)
		drop_first(b);
	buf_fini(&b->answer);
	for (unsigned i = 0; i < BAY_RESULTS; i++)
		buf_fini(&b->done[i].text);
}

/* ---- what may be sent now (contract §4.9) ---- */

static bool listed(unsigned number, const unsigned *list, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (list[i] == number)
			return true;
	return false;
}

static bool allowed_printing(const struct command *c)
{
	static const unsigned m[] = { 104, 105, 106, 107, 114, 115, 117, 118, 140, 141, 155, 220, 221,
		290, 300, 355, 851 };

	return c->letter == 'M' && listed(c->number, m, sizeof m / sizeof m[0]);
}

static bool allowed_paused(const struct bay *b, const struct command *c)
{
	static const unsigned m[] = { 82, 83, 600, 701, 702 };

	if (allowed_printing(c))
		return true;
	if (c->letter == 'M')
		return listed(c->number, m, sizeof m / sizeof m[0]);
	if (c->letter != 'G')
		return false;
	if (c->number == 90 || c->number == 91)
		return true;
	if (c->number > 1 || COMMAND_HAS(c, 'X') || COMMAND_HAS(c, 'Y'))
		return false;
	/* Up only: down might be into the print. */
	return !COMMAND_HAS(c, 'Z') || (b->s.track.relative && COMMAND_VALUE(c, 'Z') >= 0);
}

static bool too_hot(const struct bay *b, const struct command *c)
{
	double v = COMMAND_HAS(c, 'S') ? COMMAND_VALUE(c, 'S') :
	    COMMAND_HAS(c, 'R') ? COMMAND_VALUE(c, 'R') : 0;

	if (c->letter != 'M')
		return false;
	if (c->number == 104 || c->number == 109)
		return b->conf.max_hotend > 0 && v > b->conf.max_hotend;
	if (c->number == 140 || c->number == 190)
		return b->conf.max_bed > 0 && v > b->conf.max_bed;
	return false;
}

static const char *refusal(const struct bay *b, const char *cmd, size_t len)
{
	struct command c;

	if (len > GCODE_COMMAND_MAX)
		return "The line is too long for the printer";
	if (memmem(cmd, len, "M110", 4))
		return "M110 is not allowed";
	command_parse(cmd, len, &c);
	if (too_hot(b, &c))
		return "Beyond the machine's temperature limit";
	if (b->s.phase == PHASE_NONE)
		return NULL;
	if (b->s.phase == PHASE_PAUSED || b->s.interrupted)
		return allowed_paused(b, &c) ? NULL : "PRINTER_BUSY";
	return allowed_printing(&c) ? NULL : "PRINTER_BUSY";
}

/* ---- the queue ---- */

static void end_first(struct bay *b)
{
	bay_command_end(b, b->commands[0].id, !b->commands[0].failed, buf_str(&b->answer));
	buf_clear(&b->answer);
	drop_first(b);
}

/* In the middle of a sequence only what is allowed while printing may come between. */
bool bay_command_send(struct bay *b)
{
	struct journal_line record = { .origin = JOURNAL_COMMAND, .where = b->command_serial };
	char cmd[128];

	while (b->commands_len) {
		struct bay_cmd *c = &b->commands[0];
		size_t raw = strcspn(c->next, "\n"), len;
		const char *why;

		if (!*c->next) {
			end_first(b);
			continue;
		}
		len = gcode_strip(c->next, raw, cmd, sizeof cmd);
		c->next += raw + (c->next[raw] == '\n');
		if (!len || (len < sizeof cmd && gcode_dropped(cmd, len) && b->s.phase != PHASE_NONE))
			continue;
		why = len < sizeof cmd ? refusal(b, cmd, len) : "The line is too long for the printer";
		if (why) {
			bay_command_end(b, c->id, false, why);
			buf_clear(&b->answer);
			drop_first(b);
			continue;
		}
		bay_send(b, FLIGHT_COMMAND, cmd, len, &record);
		return true;
	}
	return false;
}

void bay_command_answer(struct bay *b, const char *text)
{
	if (b->flight != FLIGHT_COMMAND || b->answer.size > ANSWER_MAX)
		return;
	if (b->answer.size)
		buf_char(&b->answer, '\n');
	buf_text(&b->answer, text);
}

void bay_command_acked(struct bay *b)
{
	bay_timer_set(b, TIMER_PLACE, b->now);
	if (b->s.phase != PHASE_NONE && !b->off_base && !b->s.interrupted)
		bay_job_save(b); /* what a person changed must not hang on the line ring */
	/* The next one waits for its turn: an acknowledgement may come while the wire is in doubt. */
	if (b->commands_len && !*b->commands[0].next)
		end_first(b);
}

static void enqueue(struct bay *b, const struct bay_command *cmd)
{
	struct bay_cmd *c;
	char id[UUID_SIZE];

	if (b->commands_len == BAY_COMMANDS) {
		memcpy(id, cmd->id, sizeof id);
		bay_command_end(b, id, false, "Too many commands are waiting");
		return;
	}
	c = &b->commands[b->commands_len++];
	memset(c, 0, sizeof *c);
	memcpy(c->id, cmd->id, sizeof c->id);
	c->lines = strdup(cmd->lines ? cmd->lines : "");
	if (!c->lines)
		abort();
	c->next = c->lines;
	c->deadline = cmd->timeout > 0 ? b->now + cmd->timeout : USEC_NEVER;
	b->command_serial++;
}

usec_t bay_command_deadline(const struct bay *b)
{
	usec_t at = USEC_NEVER;

	for (unsigned i = 0; i < b->commands_len; i++)
		if (b->commands[i].deadline < at)
			at = b->commands[i].deadline;
	return at;
}

/* Nobody waits any longer; a line that is on the wire goes on. */
void bay_command_tick(struct bay *b)
{
	for (unsigned i = 0; i < b->commands_len; i++) {
		struct bay_cmd *c = &b->commands[i];

		if (b->now < c->deadline)
			continue;
		c->deadline = USEC_NEVER;
		c->next = c->lines + strlen(c->lines);
		bay_command_end(b, c->id, false, "COMMAND_TIMEOUT");
	}
}

/* ---- acts ---- */

bool bay_command_waits(const char *text, size_t len)
{
	struct command c;

	command_parse(text, len, &c);
	return c.letter == 'M' && (c.number == 109 || c.number == 190 || c.number == 191 ||
	    c.number == 303 || c.number == 0 || c.number == 1 || c.number == 600);
}

static void do_pause(struct bay *b, const struct bay_command *cmd)
{
	char id[UUID_SIZE];

	memcpy(id, cmd->id, sizeof id);
	if (b->s.phase == PHASE_PAUSED && !b->s.interrupted) {
		bay_command_end(b, id, true, "");
	} else if (b->s.interrupted || (b->s.phase != PHASE_PRINT && b->s.phase != PHASE_PAUSING)) {
		bay_command_end(b, id, false, "INVALID_STATE");
	} else {
		bay_command_end(b, b->pause_id, true, "");
		memcpy(b->pause_id, id, sizeof id);
		bay_script_pause_now(b, "operator", cmd->lines);
	}
}

/* A death lies behind us: the port, then the count, will be there soon. */
static bool not_yet(const struct bay *b)
{
	return b->link == LINK_RECOVER || b->link == LINK_REPLAY || (b->link == LINK_DOWN && !b->up_at);
}

static void do_resume(struct bay *b, const struct bay_command *cmd)
{
	char id[UUID_SIZE];

	memcpy(id, cmd->id, sizeof id);
	if (b->s.phase == PHASE_PRINT && !b->s.interrupted) {
		bay_command_end(b, id, true, "");
		return;
	}
	if (!b->s.interrupted && (b->s.phase == PHASE_RESUMING ||
	    (not_yet(b) && b->s.phase == PHASE_PAUSED))) {
		bay_command_end(b, b->resume_id, true, "");
		memcpy(b->resume_id, id, sizeof id);
		b->release = b->s.phase == PHASE_PAUSED;
		if (bay_script_dialogue(b))
			marlin_urgent(b->wire, b->now, "M108");
		return;
	}
	if (b->link != LINK_READY || b->s.phase == PHASE_NONE ||
	    (b->s.interrupted ? !cmd->confirm : b->s.phase != PHASE_PAUSED)) {
		bay_command_end(b, id, false, b->link != LINK_READY ? "PRINTER_OFFLINE" : "INVALID_STATE");
		return;
	}
	memcpy(b->resume_id, id, sizeof id);
	if (!b->s.interrupted) {
		bay_script_resume_now(b, true);
		return;
	}
	if (!b->has_source || b->s.phase == PHASE_RESUMING) {
		bay_command_end(b, b->resume_id, false, "The position is lost; only cancel remains");
		return;
	}
	b->confirmed = true;
	b->will_written = false;
	b->link = LINK_RECOVER;
	b->flight = FLIGHT_NONE;
	marlin_ask(b->wire, b->now);
}

/* Where nobody listens the job is over at once; else the sequence begins at the next ok, which
 * M108 brings on when the printer waits for heat or for a person. */
static void do_cancel(struct bay *b, const struct bay_command *cmd)
{
	bool dialogue = bay_script_dialogue(b);
	const char *line;
	size_t len;

	if (b->s.phase == PHASE_NONE) {
		char id[UUID_SIZE];

		memcpy(id, cmd->id, sizeof id);
		bay_command_end(b, id, false, "INVALID_STATE");
		return;
	}
	bay_command_end(b, b->cancel_id, true, "");
	memcpy(b->cancel_id, cmd->id, sizeof b->cancel_id);
	if (b->link == LINK_DOWN || b->link == LINK_HALTED) {
		bay_job_abandon(b);
		return;
	}
	if (b->s.phase == PHASE_CANCELLING)
		return;
	b->want_cancel = true;
	journal_want(b->journal, b->want_pause, true);
	bay_timer_set(b, TIMER_CANCEL, b->now + 60 * USEC_PER_SEC);
	if (!dialogue && (b->link == LINK_RECOVER || b->link == LINK_REPLAY)) {
		bay_job_interrupt(b, "cancelled while recovering");
	} else if (dialogue ||
	    (b->flight == FLIGHT_FILE && bay_command_waits(b->stream.text, b->stream.len))) {
		marlin_urgent(b->wire, b->now, "M108");
	} else if (b->flight == FLIGHT_SCRIPT &&
	    script_step(b->s.script_text, b->s.step, &line, &len) && bay_command_waits(line, len)) {
		marlin_urgent(b->wire, b->now, "M108");
	}
}

static void do_lines(struct bay *b, const struct bay_command *cmd)
{
	char id[UUID_SIZE];

	memcpy(id, cmd->id, sizeof id);
	if (b->link == LINK_DOWN || b->link == LINK_HALTED) {
		bay_command_end(b, id, false, b->link == LINK_DOWN ? "PRINTER_OFFLINE" : "Printer halted");
	} else if (cmd->out_of_band) {
		marlin_urgent(b->wire, b->now, cmd->lines);
		bay_command_end(b, id, true, "ok");
	} else {
		enqueue(b, cmd);
	}
}

void bay_command(struct bay *b, usec_t now, const struct bay_command *cmd)
{
	char id[UUID_SIZE];

	b->now = now;
	switch (cmd->action) {
	case BAY_GCODE:
		do_lines(b, cmd);
		break;
	case BAY_PAUSE:
		do_pause(b, cmd);
		break;
	case BAY_RESUME:
		do_resume(b, cmd);
		break;
	case BAY_CANCEL:
		do_cancel(b, cmd);
		break;
	case BAY_RECONNECT:
		memcpy(id, cmd->id, sizeof id);
		bay_want(b, BAY_WANT_REOPEN);
		bay_command_end(b, id, true, "");
		break;
	}
	bay_pump(b);
}
