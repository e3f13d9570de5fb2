/* SPDX-License-Identifier: Apache-2.0 */
/* command - the next accepted line is executed: a table of handlers, one command at a time.
 *
 * A handler that must wait says for what and is called again, one phase on. Meanwhile lines are
 * read and refused as ever: "answered when parsed: at once even during G4, G28 or M109"
 * (marlin.md §3). */
#include "sim/board.h"

#include <stdlib.h>
#include <string.h>

/* When a board knows the command. */
enum known { ALWAYS, EXTRAS, PLAIN, CHAMBER_ONLY };

static const struct row {
	char letter;
	int number;
	enum known known;
	command_fn run;
} rows[] = {
	{ 'G', 1, ALWAYS, cmd_move },
	{ 'G', 0, ALWAYS, cmd_move },
	{ 'G', 2, ALWAYS, cmd_arc },
	{ 'G', 3, ALWAYS, cmd_arc },
	{ 'G', 4, ALWAYS, cmd_dwell },
	{ 'G', 20, ALWAYS, cmd_inches },
	{ 'G', 21, ALWAYS, cmd_mm },
	{ 'G', 28, ALWAYS, cmd_home },
	{ 'G', 90, ALWAYS, cmd_absolute },
	{ 'G', 91, ALWAYS, cmd_relative },
	{ 'G', 92, ALWAYS, cmd_place },
	{ 'M', 0, ALWAYS, cmd_user_stop },
	{ 'M', 1, ALWAYS, cmd_user_stop },
	{ 'M', 17, ALWAYS, cmd_nothing },
	{ 'M', 18, ALWAYS, cmd_motors_off },
	{ 'M', 73, ALWAYS, cmd_nothing },
	{ 'M', 75, ALWAYS, cmd_nothing },
	{ 'M', 76, ALWAYS, cmd_nothing },
	{ 'M', 77, ALWAYS, cmd_nothing },
	{ 'M', 82, ALWAYS, cmd_e_absolute },
	{ 'M', 83, ALWAYS, cmd_e_relative },
	{ 'M', 84, ALWAYS, cmd_motors_off },
	{ 'M', 85, ALWAYS, cmd_inactivity },
	{ 'M', 104, ALWAYS, cmd_hotend },
	{ 'M', 105, ALWAYS, cmd_temperatures },
	{ 'M', 106, ALWAYS, cmd_fan },
	{ 'M', 107, ALWAYS, cmd_fan_off },
	/* With the emergency parser their bytes have acted; the line only gets its ok. */
	{ 'M', 108, EXTRAS, cmd_nothing },
	{ 'M', 112, EXTRAS, cmd_nothing },
	{ 'M', 410, EXTRAS, cmd_nothing },
	{ 'M', 876, EXTRAS, cmd_nothing },
	{ 'M', 108, PLAIN, cmd_stop_waiting },
	{ 'M', 112, PLAIN, cmd_kill },
	{ 'M', 410, PLAIN, cmd_quick_stop },
	{ 'M', 109, ALWAYS, cmd_hotend_wait },
	{ 'M', 110, ALWAYS, cmd_line_number },
	{ 'M', 111, ALWAYS, cmd_debug },
	{ 'M', 113, ALWAYS, cmd_keepalive },
	{ 'M', 114, ALWAYS, cmd_position },
	{ 'M', 115, ALWAYS, cmd_firmware },
	{ 'M', 117, ALWAYS, cmd_nothing },
	{ 'M', 118, ALWAYS, cmd_serial_text },
	{ 'M', 119, ALWAYS, cmd_endstops },
	{ 'M', 140, ALWAYS, cmd_bed },
	{ 'M', 141, CHAMBER_ONLY, cmd_chamber },
	{ 'M', 154, EXTRAS, cmd_pos_every },
	{ 'M', 155, ALWAYS, cmd_temp_every },
	{ 'M', 190, ALWAYS, cmd_bed_wait },
	{ 'M', 191, CHAMBER_ONLY, cmd_chamber_wait },
	{ 'M', 201, ALWAYS, cmd_limits },
	{ 'M', 203, ALWAYS, cmd_limits },
	{ 'M', 204, ALWAYS, cmd_accel },
	{ 'M', 205, ALWAYS, cmd_nothing },
	{ 'M', 211, ALWAYS, cmd_soft_endstops },
	{ 'M', 220, ALWAYS, cmd_speed },
	{ 'M', 221, ALWAYS, cmd_flow },
	{ 'M', 300, ALWAYS, cmd_nothing },
	{ 'M', 301, ALWAYS, cmd_pid },
	{ 'M', 302, ALWAYS, cmd_cold },
	{ 'M', 400, ALWAYS, cmd_sync },
	{ 'M', 420, ALWAYS, cmd_levelling },
	{ 'M', 500, EXTRAS, cmd_nothing },
	{ 'M', 501, EXTRAS, cmd_nothing },
	{ 'M', 600, EXTRAS, cmd_filament_change },
	{ 'M', 999, ALWAYS, cmd_restart },
};

static bool knows(const struct sim *s, enum known known)
{
	switch (known) {
	case ALWAYS:
		return true;
	case EXTRAS:
		return dialect_has_extras(s);
	case PLAIN:
		return !dialect_has_extras(s);
	case CHAMBER_ONLY:
		return s->conf.has_chamber;
	}
	return false;
}

static enum outcome cmd_unknown(struct sim *s, struct active *a)
{
	/* marlin.md §1: "still ok: unknown is not an error" */
	serial_say(s, "echo:Unknown command: \"%s\"", a->g.text);
	return DONE;
}

static command_fn find(const struct sim *s, const struct gcode *g)
{
	if (g->letter == 'T')
		return cmd_tool;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (rows[i].letter == g->letter && rows[i].number == g->number &&
		    knows(s, rows[i].known))
			return rows[i].run;
	return cmd_unknown;
}

enum outcome wait_sync(struct active *a)
{
	a->wait = WAIT_SYNC;
	return WAITING;
}

enum outcome wait_until(struct active *a, int64_t until)
{
	a->wait = WAIT_TIME;
	a->until = until;
	return WAITING;
}

static bool ready(struct sim *s, struct active *a)
{
	if (s->t < s->planner.cleaning_until)
		return false;
	switch (a->wait) {
	case WAIT_NOT:
		return true;
	case WAIT_SLOT:
		return !planner_full(s);
	case WAIT_SYNC:
		return planner_idle(s);
	case WAIT_TIME:
		return s->t >= a->until;
	case WAIT_HEAT:
		return heater_settled(s, a);
	case WAIT_USER:
		return !s->wait_for_user || s->t >= a->until;
	}
	return true;
}

/* A move ends a gap, and what says nothing about motion leaves it be; anything else that waits
 * or places the head means that no move was expected. */
static bool ends_expectation(enum wait wait)
{
	return wait == WAIT_SYNC || wait == WAIT_TIME || wait == WAIT_HEAT || wait == WAIT_USER;
}

static void work(struct sim *s)
{
	struct active *a = &s->act;
	bool injected = a->injected;
	enum outcome outcome;

	a->wait = WAIT_NOT;
	outcome = find(s, &a->g)(s, a);
	if (!a->on)
		return; /* killed or reset on the way */
	if (outcome == WAITING) {
		a->phase++;
		if (ends_expectation(a->wait))
			planner_no_gap(s);
		return;
	}
	a->on = false;
	if (injected)
		return;
	if (outcome == DONE)
		queue_ok(s);
	queue_done(s);
}

static void begin(struct sim *s, const char *line)
{
	struct active *a = &s->act;

	memset(a, 0, sizeof *a);
	gcode_parse(&a->g, line);
	a->on = true;
	a->settle_at = a->report_at = a->until = NEVER;
	a->busy_at = s->m.keepalive > 0 ? board_rhythm(s, s->m.keepalive) : NEVER;
}

static void begin_queued(struct sim *s)
{
	const struct slot *slot = &s->queue.slots[s->queue.head];

	if (s->m.debug & 1)
		serial_say(s, "echo:%s", slot->text);
	begin(s, slot->text);
	s->executed++;
	if (s->conf.executed)
		s->conf.executed(s->conf.ctx, s->t / 1000, slot->number, s->act.g.text);
	fault_at_line(s, slot->number);
}

bool command_run(struct sim *s)
{
	if (s->killed || s->boot_at != NEVER || s->t < s->planner.cleaning_until)
		return false;
	if (!s->act.on) {
		if (s->inject_change) {
			s->inject_change = false;
			board_note(s, "inject M600");
			begin(s, "M600");
			s->act.injected = true;
		} else if (s->queue.used) {
			begin_queued(s);
		} else {
			return false;
		}
	} else if (!ready(s, &s->act)) {
		return false;
	}
	if (s->act.on)
		work(s);
	return true;
}

int64_t command_deadline(const struct sim *s)
{
	const struct active *a = &s->act;
	int64_t at = NEVER;

	if (s->planner.cleaning_until > s->t)
		at = s->planner.cleaning_until;
	if (!a->on)
		return at;
	at = a->busy_at < at ? a->busy_at : at;
	if (a->until > s->t)
		at = a->until < at ? a->until : at;
	at = a->report_at < at ? a->report_at : at;
	if (a->settle_at > s->t)
		at = a->settle_at < at ? a->settle_at : at;
	return at;
}

void command_tick(struct sim *s)
{
	struct active *a = &s->act;

	if (!a->on)
		return;
	if (a->wait == WAIT_HEAT)
		heater_settled(s, a);
	if (s->t >= a->report_at) {
		a->report_at = board_rhythm(s, 1);
		heater_wait_line(s, a);
	}
	if (s->t >= a->busy_at) {
		a->busy_at = board_rhythm(s, s->m.keepalive);
		serial_say(s, "echo:busy: %s",
			   a->wait == WAIT_USER ? "paused for user" : "processing");
	}
}
