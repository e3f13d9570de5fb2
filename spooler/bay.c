/* SPDX-License-Identifier: Apache-2.0 */
/* The bay's verbs, its timers, and the order in which things are sent. */
#include "spooler/bay.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "spooler/bay_private.h"

#define POLL_EVERY  (2 * USEC_PER_SEC)
#define WATCH_EVERY USEC_PER_SEC

static char *copied(const char *text)
{
	char *copy;

	if (!text || !*text)
		return NULL;
	copy = strdup(text);
	if (!copy)
		abort();
	return copy;
}

static usec_t or_default(usec_t value, int64_t sec)
{
	return value > 0 ? value : sec * USEC_PER_SEC;
}

void bay_configure(struct bay *b, const struct bay_conf *conf)
{
	const char *const given[] = { conf->script_start, conf->script_end, conf->script_pause,
		conf->script_resume, conf->script_cancel };
	char *fresh[5];

	for (int i = 0; i < 5; i++) {
		fresh[i] = copied(given[i]);
		free(b->scripts[i]);
		b->scripts[i] = fresh[i];
	}
	b->conf = *conf;
	b->conf.script_start = b->scripts[0];
	b->conf.script_end = b->scripts[1];
	b->conf.script_pause = b->scripts[2];
	b->conf.script_resume = b->scripts[3];
	b->conf.script_cancel = b->scripts[4];
	b->conf.open_wait = or_default(conf->open_wait, 10);
	b->conf.probe_after = or_default(conf->probe_after, 3);
	b->conf.suspect_after = or_default(conf->suspect_after, 15);
	b->conf.alarm_after = or_default(conf->alarm_after, 60);
	b->conf.reconnect_within = or_default(conf->reconnect_within, 30);
	b->version++;
}

/* The wire machine uses up a number of the attempt's for a question of its own. */
static void number_used(void *ctx, uint32_t number, const char *text)
{
	struct bay *b = ctx;
	struct journal_line l = { .number = number, .origin = JOURNAL_COMMAND };
	bool ours = b->s.phase == PHASE_BASE ? number - b->attempt.base < 1000 : !b->off_base;

	if (b->s.phase == PHASE_NONE || b->s.interrupted || !ours)
		return;
	snprintf(l.text, sizeof l.text, "%s", text);
	journal_line_add(b->journal, &l);
}

struct bay *bay_new(const struct bay_conf *conf, struct journal *journal)
{
	struct bay *b = calloc(1, sizeof *b);

	if (!b)
		abort();
	b->journal = journal;
	bay_configure(b, conf);
	b->wire = marlin_new(b->conf.probe_after);
	marlin_on_number(b->wire, number_used, b);
	b->temps = (struct marlin_temps){ NAN, NAN, NAN, NAN, NAN, NAN, false };
	thermal_init(&b->hot, 20 * USEC_PER_SEC);
	thermal_init(&b->bed, 60 * USEC_PER_SEC);
	track_init(&b->s.track);
	for (int t = 0; t < BAY_TIMERS; t++)
		b->timer[t] = USEC_NEVER;
	snprintf(b->will, sizeof b->will, "\nM104 S0\nM140 S0\nM141 S0\nM107\n");
	bay_want(b, BAY_WANT_WILL);
	bay_recover_load(b);
	return b;
}

void bay_free(struct bay *b)
{
	if (!b)
		return;
	marlin_free(b->wire);
	stream_fini(&b->stream);
	bay_command_free(b);
	for (int i = 0; i < 5; i++)
		free(b->scripts[i]);
	free(b);
}

void bay_clock(struct bay *b, usec_t wall_minus_mono)
{
	b->wall_offset = wall_minus_mono;
}

void bay_watch(struct bay *b, bool on)
{
	marlin_watch(b->wire, on);
}

void bay_want(struct bay *b, enum bay_want want)
{
	b->wants |= 1u << want;
}

void bay_timer_set(struct bay *b, enum bay_timer t, usec_t at)
{
	b->timer[t] = at;
}

const char *bay_will(const struct bay *b)
{
	return b->will;
}

/* ---- what is sent next ---- */

void bay_send(struct bay *b, enum bay_flight flight, const char *text, size_t len,
    const struct journal_line *record)
{
	unsigned flags = flight == FLIGHT_COMMAND ? MARLIN_COLLECT : 0;

	b->flight = flight;
	track_line(&b->s.track, text, len);
	if (b->s.phase != PHASE_NONE && !b->s.interrupted && !b->off_base) {
		struct journal_line l = *record;

		l.number = marlin_number(b->wire);
		if (flight != FLIGHT_FILE && len < sizeof l.text)
			memcpy(l.text, text, len);
		journal_line_add(b->journal, &l);
	}
	/* While a count is in question no number may be used up. */
	if (!b->s.interrupted)
		flags |= MARLIN_NUMBERED;
	marlin_send(b->wire, b->now, text, len, flags);
}

/* Harmless as it is whole, but cut by a death M114 may end as M1, and one flipped bit makes M107
 * of M105: numbered wherever the count is ours. */
void bay_query(struct bay *b, const char *text)
{
	const struct journal_line record = { .origin = JOURNAL_COMMAND };

	if (marlin_counting(b->wire)) {
		bay_send(b, FLIGHT_QUERY, text, strlen(text), &record);
		return;
	}
	b->flight = FLIGHT_QUERY;
	marlin_send(b->wire, b->now, text, strlen(text), MARLIN_PLAIN);
}

static bool due(struct bay *b, enum bay_timer t)
{
	if (b->now < b->timer[t])
		return false;
	b->timer[t] = USEC_NEVER;
	return true;
}

static bool send_poll(struct bay *b)
{
	if (due(b, TIMER_POLL)) {
		if (!b->s.autoreport || !b->s.dialect.ok_numbered)
			bay_timer_set(b, TIMER_POLL, b->now + POLL_EVERY);
		bay_query(b, "M105");
		return true;
	}
	if (due(b, TIMER_PLACE)) {
		if (b->s.phase != PHASE_NONE)
			bay_timer_set(b, TIMER_PLACE, b->now + POLL_EVERY);
		bay_query(b, "M114");
		return true;
	}
	return false;
}

static bool send_ready(struct bay *b)
{
	if (b->want_cancel && b->s.phase != PHASE_CANCELLING)
		bay_script_cancel_now(b);
	if (send_poll(b))
		return true;
	if (bay_command_send(b))
		return true;
	if (b->s.interrupted)
		return false;
	if (!marlin_counting(b->wire) && b->s.phase == PHASE_CANCELLING) {
		b->off_base = true; /* cancelled while interrupted: the old numbers are gone */
		marlin_base(b->wire, b->now, BAY_IDLE_BASE);
		return true;
	}
	if (b->s.script != SCRIPT_NONE)
		return bay_script_send(b);
	return bay_job_send(b);
}

static bool send_next(struct bay *b)
{
	switch (b->link) {
	case LINK_DOWN:
	case LINK_WAIT:
	case LINK_HALTED:
	case LINK_RECOVER:
		return false;
	case LINK_HELLO:
	case LINK_LEARN:
	case LINK_BASE:
	case LINK_REPORTS:
		return bay_link_send(b);
	case LINK_REPLAY:
		bay_recover_replay(b);
		return b->link != LINK_REPLAY;
	case LINK_READY:
		return send_ready(b);
	}
	return false;
}

static void acked(struct bay *b, const struct marlin_event *ev)
{
	enum bay_flight flight = b->flight;

	/* A number behind which nothing was set in flight by us is a line put right later. */
	b->flight = FLIGHT_NONE;
	b->version++;
	if (b->s.phase != PHASE_NONE && ev->numbered && !b->off_base)
		journal_acked(b->journal, marlin_certain(b->wire));
	switch (flight) {
	case FLIGHT_NONE:
	case FLIGHT_QUERY:
		break;
	case FLIGHT_LINK:
		bay_link_acked(b);
		break;
	case FLIGHT_SCRIPT:
		bay_script_acked(b);
		break;
	case FLIGHT_FILE:
		bay_job_acked(b);
		break;
	case FLIGHT_COMMAND:
		bay_command_acked(b);
		break;
	}
}

static void terminal(struct bay *b, const char *text)
{
	char *line;

	if (b->line_len == BAY_LINES) { /* a terminal that does not read loses the oldest */
		b->line_first = (b->line_first + 1) % BAY_LINES;
		b->line_len--;
	}
	line = b->lines[(b->line_first + b->line_len++) % BAY_LINES];
	snprintf(line, sizeof b->lines[0], "%.199s", text);
}

static void on_event(struct bay *b, const struct marlin_event *ev)
{
	switch (ev->kind) {
	case MARLIN_ACKED:
		acked(b, ev);
		break;
	case MARLIN_SETTLED:
		if (b->script_settling)
			bay_script_settled(b);
		else
			bay_link_settled(b);
		break;
	case MARLIN_COUNT:
		bay_recover_count(b, ev);
		break;
	case MARLIN_ANSWER:
		bay_command_answer(b, ev->text);
		break;
	case MARLIN_WIRE:
		terminal(b, ev->text);
		break;
	case MARLIN_TEMPS:
	case MARLIN_POSITION:
	case MARLIN_FIRMWARE:
	case MARLIN_CAP:
	case MARLIN_ACTION:
	case MARLIN_BUSY:
	case MARLIN_ERROR:
	case MARLIN_RESET:
	case MARLIN_LOST:
	case MARLIN_FATAL:
	case MARLIN_STORM:
	case MARLIN_HEALED:
		bay_link_event(b, ev);
		break;
	}
}

void bay_pump(struct bay *b)
{
	const struct marlin_event *ev;

	do {
		while ((ev = marlin_next(b->wire)))
			on_event(b, ev);
	} while (b->link != LINK_DOWN && marlin_ready(b->wire) && send_next(b));
}

/* ---- verbs ---- */

size_t bay_feed(struct bay *b, usec_t now, const uint8_t *in, size_t size)
{
	size_t used = 0;

	b->now = now;
	if (b->link == LINK_DOWN)
		return size;
	while (used < size) {
		used += marlin_feed(b->wire, now, in + used, size - used);
		bay_pump(b);
	}
	return used;
}

size_t bay_pull(struct bay *b, usec_t now, uint8_t *out, size_t cap)
{
	size_t size = b->urgent_size < cap ? b->urgent_size : cap;

	b->now = now;
	if (b->link == LINK_DOWN)
		return 0;
	if (size) {
		memcpy(out, b->urgent, size);
		memmove(b->urgent, b->urgent + size, b->urgent_size - size);
		b->urgent_size -= size;
	}
	return size + marlin_pull(b->wire, now, out + size, cap - size);
}

bool bay_next(struct bay *b, struct bay_event *ev)
{
	ev->text[0] = '\0';
	for (unsigned w = BAY_WANT_REOPEN; w <= BAY_WANT_RELEASE; w++) {
		if (b->wants & 1u << w) {
			b->wants &= ~(1u << w);
			ev->want = (enum bay_want)w;
			return true;
		}
	}
	if (!b->line_len)
		return false;
	ev->want = BAY_WANT_LINE;
	memcpy(ev->text, b->lines[b->line_first], sizeof ev->text);
	b->line_first = (b->line_first + 1) % BAY_LINES;
	b->line_len--;
	return true;
}

usec_t bay_deadline(const struct bay *b)
{
	usec_t at = b->link == LINK_DOWN ? USEC_NEVER : marlin_deadline(b->wire);
	usec_t command = bay_command_deadline(b);

	if (command < at)
		at = command;
	for (int t = 0; t < BAY_TIMERS; t++) {
		bool poll = t == TIMER_POLL || t == TIMER_PLACE;

		/* A poll that is due waits for the wire, which has its own deadline. */
		if (poll && (!marlin_ready(b->wire) || b->link != LINK_READY))
			continue;
		if (b->timer[t] < at)
			at = b->timer[t];
	}
	return at;
}

void bay_tick(struct bay *b, usec_t now)
{
	static const enum bay_timer own[] = { TIMER_LINK, TIMER_RESET, TIMER_GONE, TIMER_HOTEND,
		TIMER_HEAT, TIMER_CANCEL };

	b->now = now;
	if (b->link != LINK_DOWN)
		marlin_tick(b->wire, now);
	bay_pump(b);
	if (due(b, TIMER_WATCH)) {
		bay_timer_set(b, TIMER_WATCH, now + WATCH_EVERY);
		bay_link_watch(b);
	}
	for (size_t i = 0; i < sizeof own / sizeof own[0]; i++)
		if (due(b, own[i]))
			bay_link_timer(b, own[i]);
	bay_command_tick(b);
	bay_pump(b);
}
