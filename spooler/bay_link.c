/* SPDX-License-Identifier: Apache-2.0 */
/* The link: port, identification, reports, resets, fatal errors, emergency stop, silence. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "spooler/bay_private.h"

#define OPEN_QUIET   (500 * USEC_PER_MSEC) /* a board that resets on open has begun by then */
#define BANNER_QUIET (300 * USEC_PER_MSEC)
#define ERROR_EVERY  (10 * USEC_PER_SEC)
#define STORM_TOLD   (10 * USEC_PER_SEC)

static const struct journal_line by_command = { .origin = JOURNAL_COMMAND };

/* First the count is asked and set, so that M115 goes out numbered: one damaged byte makes M1,
 * "wait for the user", of it. */
void bay_link_hello(struct bay *b)
{
	b->link = LINK_LEARN;
	b->flight = FLIGHT_NONE;
	b->hellos = 0;
	bay_timer_set(b, TIMER_LINK, b->now + b->conf.open_wait);
}

static void wait_for_board(struct bay *b, usec_t how_long)
{
	b->link = LINK_WAIT;
	b->flight = FLIGHT_NONE;
	bay_timer_set(b, TIMER_LINK, b->now + how_long);
}

void bay_port_up(struct bay *b, usec_t now, bool fresh, bool will_written)
{
	b->now = now;
	b->up_at = now;
	b->fresh = fresh;
	b->will_written = b->will_written || will_written;
	b->connected = b->suspect = b->silent = false;
	b->urgent_size = 0;
	b->flight = FLIGHT_NONE;
	marlin_clear(b->wire);
	bay_timer_set(b, TIMER_WATCH, now + USEC_PER_SEC);
	bay_timer_set(b, TIMER_GONE, USEC_NEVER);
	b->version++;
	if (b->s.phase != PHASE_NONE && !b->s.interrupted)
		bay_recover_begin(b);
	else if (fresh)
		wait_for_board(b, OPEN_QUIET);
	else
		bay_link_hello(b);
	bay_pump(b);
}

void bay_port_down(struct bay *b, usec_t now, const char *why)
{
	b->now = now;
	if (b->link == LINK_DOWN)
		return;
	if (b->connected) {
		bay_report_gone(b, why ? why : "the port is gone");
		if (b->s.phase != PHASE_NONE)
			bay_report_alert(b, "warning", "Printer disconnected",
			    "The printer is gone in the middle of a print; heaters may be on.");
	}
	b->link = LINK_DOWN;
	b->connected = false;
	b->place_known = false;
	b->urgent_size = 0;
	b->flight = FLIGHT_NONE;
	marlin_clear(b->wire);
	bay_job_clock(b, false);
	bay_command_fail_all(b, "PRINTER_OFFLINE");
	for (int t = 0; t < BAY_TIMERS; t++)
		if (t != TIMER_HOTEND)
			bay_timer_set(b, t, USEC_NEVER);
	if (b->s.phase != PHASE_NONE && !b->s.interrupted)
		bay_timer_set(b, TIMER_GONE, now + b->conf.reconnect_within);
	b->version++;
}

/* ---- identification ---- */

bool bay_link_send(struct bay *b)
{
	switch (b->link) {
	case LINK_LEARN:
		marlin_settle(b->wire, b->now);
		return true;
	case LINK_BASE:
		marlin_base(b->wire, b->now, BAY_IDLE_BASE);
		return true;
	case LINK_HELLO:
		b->hellos++;
		bay_query(b, "M115");
		b->flight = FLIGHT_LINK;
		return true;
	case LINK_REPORTS:
		if (!b->s.autoreport || !b->s.dialect.ok_numbered || b->s.phase != PHASE_NONE) {
			bay_link_ready(b);
			return true;
		}
		bay_send(b, FLIGHT_LINK, "M155 S2", 7, &by_command);
		return true;
	case LINK_DOWN:
	case LINK_WAIT:
	case LINK_READY:
	case LINK_RECOVER:
	case LINK_REPLAY:
	case LINK_HALTED:
		break;
	}
	return false;
}

static enum bay_link after_base(const struct bay *b)
{
	return b->connected ? LINK_REPORTS : LINK_HELLO;
}

void bay_link_acked(struct bay *b)
{
	if (b->link == LINK_REPORTS)
		bay_link_ready(b);
	else if (b->link == LINK_HELLO && (*b->s.firmware || b->hellos >= 3))
		b->link = LINK_REPORTS;
}

void bay_link_settled(struct bay *b)
{
	b->s.dialect = marlin_dialect(b->wire);
	if (b->link == LINK_LEARN) {
		/* The count of an unfinished attempt must stay what it is. */
		b->link = b->s.phase != PHASE_NONE ? LINK_HELLO : LINK_BASE;
	} else if (b->link == LINK_BASE) {
		b->link = after_base(b);
	} else if (b->link == LINK_REPLAY) {
		bay_recover_done(b);
	} else if (b->s.phase == PHASE_BASE) {
		journal_base_confirmed(b->journal);
		bay_job_begin_file(b);
	}
}

void bay_link_ready(struct bay *b)
{
	b->link = LINK_READY;
	bay_timer_set(b, TIMER_LINK, USEC_NEVER);
	if (!b->s.autoreport || !b->s.dialect.ok_numbered)
		bay_timer_set(b, TIMER_POLL, b->now);
	bay_timer_set(b, TIMER_PLACE, b->now);
	if (b->connected)
		return;
	b->connected = true;
	b->error_code[0] = b->error_message[0] = '\0';
	bay_report_connected(b);
}

/* ---- what the printer says ---- */

void bay_link_halt(struct bay *b, const char *code, const char *message)
{
	marlin_drop(b->wire);
	b->flight = FLIGHT_NONE;
	b->link = LINK_HALTED;
	b->needs_homing = true;
	snprintf(b->error_code, sizeof b->error_code, "%s", code);
	snprintf(b->error_message, sizeof b->error_message, "%s", message);
	bay_command_fail_all(b, message);
	b->version++;
}

static const char *halt_code(enum marlin_fatal f)
{
	switch (f) {
	case MARLIN_FATAL_RUNAWAY:
		return "THERMAL_RUNAWAY";
	case MARLIN_FATAL_HEATING:
		return "HEATING_FAILED";
	case MARLIN_FATAL_SENSOR:
		return "TEMPERATURE_SENSOR";
	case MARLIN_FATAL_POSITION:
		return "POSITION_ERROR";
	case MARLIN_FATAL_STOP:
		return "EMERGENCY_STOP";
	case MARLIN_FATAL_NONE:
	case MARLIN_FATAL_OTHER:
		return "FIRMWARE";
	}
	return "FIRMWARE";
}

static bool is_thermal(enum marlin_fatal f)
{
	return f == MARLIN_FATAL_RUNAWAY || f == MARLIN_FATAL_HEATING || f == MARLIN_FATAL_SENSOR;
}

static void on_fatal(struct bay *b, const struct marlin_event *ev)
{
	char text[160];

	if (b->link == LINK_HALTED)
		return; /* the second line of the same death, or the echo of our own stop */
	snprintf(text, sizeof text, "%.150s", ev->text);
	bay_link_halt(b, halt_code(ev->fatal), text);
	bay_job_fail(b, marlin_fatal_category(ev->fatal), text);
	bay_report_attention(b, is_thermal(ev->fatal) ? "thermal" : "firmware");
	bay_report_alert(b, "critical", "Printer stopped", text);
}

static void on_heat(struct bay *b, const char *what, enum thermal_verdict v)
{
	char text[120];

	snprintf(text, sizeof text, "%s %s", what, thermal_text(v));
	/* The wire machine's bytes are dropped: M112 must not stand behind them. */
	b->urgent_size = (size_t)snprintf((char *)b->urgent, sizeof b->urgent, "\nM112\n");
	bay_link_halt(b, "THERMAL_RUNAWAY", text);
	bay_job_fail(b, "ThermalRunaway", text);
	bay_report_attention(b, "thermal");
	bay_report_alert(b, "critical", "Heater stopped", text);
	if (b->conf.reset_after_stop)
		bay_timer_set(b, TIMER_RESET, b->now + USEC_PER_SEC);
}

static void on_temps(struct bay *b, const struct marlin_temps *t)
{
	enum thermal_verdict hot, bed;

	b->temps = *t;
	b->temps_at = b->now;
	b->version++;
	if (b->link != LINK_READY && b->link != LINK_REPLAY && b->link != LINK_RECOVER)
		return;
	hot = thermal_report(&b->hot, b->now, t->hotend, t->hotend_target, b->conf.max_hotend);
	bed = thermal_report(&b->bed, b->now, t->bed, t->bed_target, b->conf.max_bed);
	if (hot != THERMAL_FINE)
		on_heat(b, "Hotend", hot);
	else if (bed != THERMAL_FINE)
		on_heat(b, "Bed", bed);
}

static void on_cap(struct bay *b, const char *text)
{
	if (strcmp(text, "AUTOREPORT_TEMP:1") == 0)
		b->s.autoreport = true;
	else if (strcmp(text, "EMERGENCY_PARSER:1") == 0)
		b->s.emergency = true;
}

/* "Marlin 2.1.2 (date) SOURCE_CODE_URL:..." to "Marlin 2.1.2". */
static void on_firmware(struct bay *b, const char *text)
{
	size_t len = strlen(text);
	const char *end = strstr(text, " SOURCE_CODE_URL");
	const char *date = strstr(text, " (");

	if (end)
		len = (size_t)(end - text);
	if (date && (size_t)(date - text) < len)
		len = (size_t)(date - text);
	if (len >= sizeof b->s.firmware)
		len = sizeof b->s.firmware - 1;
	memcpy(b->s.firmware, text, len);
	b->s.firmware[len] = '\0';
}

/* The board began anew: nothing of a job survives that. */
static void on_reset(struct bay *b, const char *how)
{
	bool job = b->s.phase != PHASE_NONE && !b->s.interrupted;

	b->needs_homing = true;
	b->connected = false; /* until it has answered again */
	b->flight = FLIGHT_NONE;
	if (job && (b->link == LINK_RECOVER || b->link == LINK_REPLAY)) {
		bay_job_interrupt(b, how);
	} else if (job) {
		bay_job_fail(b, "PrinterReset", how);
		bay_report_attention(b, "reset");
	}
	if (b->s.phase == PHASE_NONE)
		track_init(&b->s.track);
	bay_command_fail_all(b, "PRINTER_RESET");
	wait_for_board(b, BANNER_QUIET);
}

static void on_storm(struct bay *b, bool begins)
{
	if (begins) {
		b->storm_since = b->now;
		return;
	}
	b->storm_since = 0;
	if (b->storm_told && b->s.phase == PHASE_PRINT) {
		bay_report_plain(b, "resumed");
		bay_job_clock(b, true);
	}
	b->storm_told = false;
}

void bay_link_event(struct bay *b, const struct marlin_event *ev)
{
	b->version++;
	switch (ev->kind) {
	case MARLIN_TEMPS:
		on_temps(b, &ev->temps);
		break;
	case MARLIN_POSITION:
		b->place = ev->position;
		b->place_known = true;
		bay_script_place(b, &ev->position);
		break;
	case MARLIN_FIRMWARE:
		on_firmware(b, ev->text);
		break;
	case MARLIN_CAP:
		on_cap(b, ev->text);
		break;
	case MARLIN_ACTION:
		bay_script_action(b, ev->text);
		break;
	case MARLIN_ERROR:
		if (b->now >= b->error_after) { /* a bad wire must not fill the job's history */
			bay_report_note(b, "CUSTOM", "WARNING", ev->text);
			b->error_after = b->now + ERROR_EVERY;
		}
		break;
	case MARLIN_RESET:
		on_reset(b, "the printer has started anew");
		break;
	case MARLIN_LOST:
		on_reset(b, "the printer has lost its count; it must have been reset");
		break;
	case MARLIN_FATAL:
		on_fatal(b, ev);
		break;
	case MARLIN_STORM:
		on_storm(b, true);
		break;
	case MARLIN_HEALED:
		on_storm(b, false);
		break;
	case MARLIN_BUSY:
	case MARLIN_ACKED:
	case MARLIN_SETTLED:
	case MARLIN_COUNT:
	case MARLIN_ANSWER:
	case MARLIN_WIRE:
		break;
	}
}

/* ---- emergency stop ---- */

size_t bay_stop(struct bay *b, usec_t now, bool partial, const char *request, const char *who,
    uint8_t *out, size_t cap)
{
	bool up = b->link != LINK_DOWN;
	size_t size = 0;

	b->now = now;
	if (up && cap >= 6) {
		if (partial)
			out[size++] = '\n';
		memcpy(out + size, "M112\n", 5);
		size += 5;
	}
	b->urgent_size = 0;
	if (request)
		bay_report_stop(b, request, who, up);
	if (up)
		bay_link_halt(b, "EMERGENCY_STOP", "Emergency stop");
	else
		bay_command_fail_all(b, "Emergency stop");
	bay_job_fail(b, "EmergencyStop", "Emergency stop");
	if (request)
		bay_report_alert(b, "critical", "Emergency stop", up ? "The printer was stopped." :
		    "The printer is not connected: switch it off.");
	if (up && b->conf.reset_after_stop)
		bay_timer_set(b, TIMER_RESET, now + USEC_PER_SEC);
	return size;
}

void bay_attention_cleared(struct bay *b, usec_t now)
{
	b->now = now;
	if (b->link != LINK_HALTED)
		b->error_code[0] = b->error_message[0] = '\0';
	b->version++;
}

/* ---- time ---- */

void bay_link_timer(struct bay *b, enum bay_timer t)
{
	switch (t) {
	case TIMER_LINK:
		if (b->link == LINK_WAIT) {
			bay_link_hello(b);
		} else if (b->link == LINK_HELLO || b->link == LINK_LEARN || b->link == LINK_BASE ||
		    b->link == LINK_REPORTS) {
			marlin_drop(b->wire); /* whatever it was, it did not answer: from the beginning */
			bay_link_hello(b);
		}
		break;
	case TIMER_RESET:
		bay_want(b, BAY_WANT_RESET);
		break;
	case TIMER_GONE:
		bay_job_interrupt(b, "the printer was away too long");
		break;
	case TIMER_HOTEND:
		bay_command(b, b->now, &(struct bay_command){ .action = BAY_GCODE, .lines = "M104 S0" });
		break;
	case TIMER_HEAT:
		b->heating = false;
		bay_script_cancel_resume(b);
		break;
	case TIMER_CANCEL:
		bay_job_abandon(b);
		break;
	case TIMER_POLL:
	case TIMER_PLACE:
	case TIMER_WATCH:
	case BAY_TIMERS:
		break;
	}
}

static void watch_silence(struct bay *b)
{
	usec_t heard = marlin_heard(b->wire), age;

	if (heard < b->up_at)
		heard = b->up_at;
	age = b->now - heard;
	if (age < b->conf.suspect_after) {
		if (b->silent)
			b->error_code[0] = b->error_message[0] = '\0';
		b->suspect = b->silent = false;
		return;
	}
	if (!b->suspect) {
		b->suspect = true;
		bay_report_note(b, "CUSTOM", "WARNING", "The printer does not answer");
	}
	if (age >= b->conf.alarm_after && !b->silent) {
		bool hot = b->temps.hotend_target > 0 || b->temps.bed_target > 0;

		b->silent = true;
		snprintf(b->error_code, sizeof b->error_code, "SILENT");
		snprintf(b->error_message, sizeof b->error_message, "No answer for %d s%s",
		    (int)(age / USEC_PER_SEC), hot ? "; heaters may be on" : "");
		b->version++;
		bay_report_attention(b, "silent");
		bay_report_alert(b, "critical", "Printer is silent", b->error_message);
	}
}

void bay_link_watch(struct bay *b)
{
	if ((b->connected && b->link != LINK_HALTED) || b->link == LINK_RECOVER)
		watch_silence(b);
	if (b->storm_since && !b->storm_told && b->now - b->storm_since >= STORM_TOLD &&
	    b->s.phase == PHASE_PRINT && !b->s.interrupted) {
		b->storm_told = true;
		bay_job_clock(b, false);
		bay_report_reason(b, "paused", "attention",
		    "The printer refuses a line again and again; the print goes on when it takes it");
		bay_report_attention(b, "resend_storm");
		bay_report_alert(b, "warning", "Bad connection",
		    "The printer refuses a line again and again.");
	}
	if (b->s.phase == PHASE_PRINT)
		b->version++; /* the clock of the print */
}
