/* SPDX-License-Identifier: Apache-2.0 */
/* The world of one virtual print: wire with delays, source with waits, deaths, a person. */
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "tests/faults/virtual.h"

#define SECOND 1000000
#define WILL_TEXT "\nM104 S0\nM140 S0\nM141 S0\nM107\n"
#define LIMIT  (6 * 3600 * (int64_t)SECOND)

void world_wrong(struct world *w, const char *fmt, ...)
{
	va_list ap;

	if (*w->wrong)
		return;
	va_start(ap, fmt);
	vsnprintf(w->wrong, sizeof w->wrong, fmt, ap);
	va_end(ap);
	if (w->verbose)
		printf("%10.3f WRONG %s\n", (double)w->now / SECOND, w->wrong);
}

unsigned world_count(const struct world *w, const char *kind)
{
	unsigned n = 0;

	for (unsigned i = 0; i < w->told_len; i++)
		n += strcmp(w->told[i].kind, kind) == 0;
	return n;
}

const char *world_data(const struct world *w, const char *kind)
{
	for (unsigned i = w->told_len; i-- > 0;)
		if (strcmp(w->told[i].kind, kind) == 0)
			return w->told[i].data;
	return "";
}

/* ---- the shell's side ---- */

enum source_state world_peek(struct source *s, uint64_t at, const uint8_t **bytes, size_t *size)
{
	struct world *w = s->ctx;
	size_t block = 64 + w->seed % 900;

	if (at >= w->job.size)
		return SOURCE_END;
	if (w->now < w->source_at)
		return SOURCE_WAIT;
	if (w->source_at == 0 && draw_chance(&w->draw, 1)) {
		w->source_at = w->now + 1 + draw_below(&w->draw, 20000);
		return SOURCE_WAIT;
	}
	w->source_at = 0;
	*bytes = (const uint8_t *)w->job.bytes + at;
	*size = block - at % block;
	if (*size > w->job.size - at)
		*size = w->job.size - at;
	return SOURCE_READY;
}

static void configure(const struct world *w, struct bay_conf *c)
{
	memset(c, 0, sizeof *c);
	snprintf(c->printer_id, sizeof c->printer_id, "11111111-1111-4111-8111-111111111111");
	c->volume_x = c->volume_y = 220;
	c->volume_z = 250;
	c->max_hotend = 260;
	c->max_bed = 110;
	c->pause_retract = 2;
	c->pause_lift = 10;
	c->pause_bed = 40;
	/* Half of the long pauses are long enough for the hotend to be switched off. */
	c->pause_hotend_timeout = (w->seed / SCENARIOS) % 2 ? 300 * (usec_t)SECOND : 0;
	c->cancel_disable_steppers = true;
	c->extruder_min_temp = 170;
	c->dead_man_sec = 900;
	c->stepper_timeout_sec = 120;
	c->reset_after_stop = true;
	c->forward_m73 = true;
}

static void born(struct world *w, bool fresh, bool will)
{
	struct bay_conf c;
	struct journal_attempt a;

	configure(w, &c);
	w->journal = journal_new(w->memory, JOURNAL_SIZE, 1000);
	w->bay = bay_new(&c, w->journal);
	w->out_size = 0;
	if (journal_attempt(w->journal, &a) && a.active) {
		w->source_at = 0;
		bay_adopt(w->bay, w->now, &w->source);
	}
	bay_port_up(w->bay, w->now, fresh, will);
	w->reborn_at = INT64_MAX;
}

static void die(struct world *w)
{
	if (w->verbose)
		printf("%10.3f DIES\n", (double)w->now / SECOND);
	bay_free(w->bay);
	journal_free(w->journal);
	w->bay = NULL;
	w->journal = NULL;
	w->out_size = 0;
	w->deaths_left--;
	w->die_in = w->deaths_left ? (int64_t)draw_below(&w->draw, 4000) + 1 : -1;
	w->reborn_at = w->now + 1000 + draw_below(&w->draw, 3 * SECOND);
}

static void fetch_events(struct world *w)
{
	struct journal_event ev;
	uint64_t after = 0;

	while (w->bay && journal_event_peek(w->journal, after, &ev)) {
		after = ev.seq;
		if (w->verbose)
			printf("%10.3f EVENT %s %s\n", (double)w->now / SECOND, ev.kind, ev.data);
		if (w->told_len == EVENTS_MAX) {
			memmove(w->told, w->told + 1, sizeof w->told - sizeof w->told[0]);
			w->told_len--;
		}
		memcpy(w->told[w->told_len].kind, ev.kind, sizeof ev.kind);
		memcpy(w->told[w->told_len++].data, ev.data, sizeof ev.data);
		w->to_compare += strcmp(ev.kind, "resumed") == 0 && w->next > 0 &&
		    w->next < w->job.len;
		if (strcmp(ev.kind, "completed") == 0 || strcmp(ev.kind, "failed") == 0 ||
		    strcmp(ev.kind, "cancelled") == 0)
			w->ended = true;
	}
	if (after)
		journal_event_done(w->journal, after);
}

static void command(struct world *w, enum bay_action action, bool confirm)
{
	struct bay_command c = { .action = action, .confirm = confirm };

	snprintf(c.id, sizeof c.id, "22222222-2222-4222-8222-22222222222%d", (int)action);
	if (w->verbose)
		printf("%10.3f ACT   %d\n", (double)w->now / SECOND, (int)action);
	bay_command(w->bay, w->now, &c);
}

static void gcode(struct world *w, const char *lines)
{
	struct bay_command c = { .action = BAY_GCODE, .lines = lines };

	snprintf(c.id, sizeof c.id, "55555555-5555-4555-8555-55555555555%u", w->answered++ % 10);
	bay_command(w->bay, w->now, &c);
}

/* What the person at the printer does when the time has come. */
static void do_act(struct world *w, enum bay_state state)
{
	uint8_t out[16];

	switch (w->scenario) {
	case PAUSE:
	case PAUSE_DEATHS:
	case MANUAL:
	case BUTTON:
		if (state != BAY_PRINTING)
			return;
		if (w->scenario == MANUAL) {
			gcode(w, "M220 S100\nM105\nM114");
			gcode(w, "G28");
		}
		if (w->scenario == BUTTON)
			sim_press(w->sim, w->now, "pause");
		else
			command(w, BAY_PAUSE, false);
		w->resume_at = w->now + (w->scenario == PAUSE ? 600 : 60) * (int64_t)SECOND;
		break;
	case CANCEL:
	case CANCEL_DEATHS:
	case CANCEL_HEATING:
		command(w, BAY_CANCEL, false);
		break;
	case BUTTON_CANCEL:
		sim_press(w->sim, w->now, "cancel");
		break;
	case STOP:
		w->out_size = bay_stop(w->bay, w->now, w->out_size > 0, "r", "", out, sizeof out);
		memcpy(w->out, out, w->out_size);
		w->out_at = w->now;
		break;
	default:
		break;
	}
	w->act_at_command = -1;
}

static void resume(struct world *w)
{
	if (w->scenario == MANUAL)
		gcode(w, "G91\nG1 Z3 F300\nG90\nG1 X0");
	command(w, BAY_RESUME, false);
	w->resume_at = INT64_MAX;
	if (!w->reference && ++w->pauses < 3 && w->scenario != FILE_PAUSE)
		w->act_at_command = w->next + 5 + draw_below(&w->draw, 40);
}

/* An interrupted print: tried again, and given up where the position is lost. */
static void settle_interrupted(struct world *w)
{
	if (w->confirmed) {
		if (w->scenario == POWER_LOST && strstr(world_data(w, "command"), "position is lost"))
			command(w, BAY_CANCEL, false);
		return;
	}
	w->confirmed = true;
	command(w, BAY_RESUME, false); /* must be refused without a person's word */
	command(w, BAY_RESUME, true);
}

/* One flip makes M1 of M105 or M117, "wait for the user": somebody presses the button. One makes M112
 * of M110: somebody switches it off and on. */
static void look_after(struct world *w)
{
	struct sim_state s;

	if (!world_noisy(w) || w->now < w->press_at)
		return;
	w->press_at = w->now + 30 * (int64_t)SECOND;
	sim_press(w->sim, w->now, "continue");
	sim_state(w->sim, &s);
	if (s.killed && !w->started)
		sim_power_cycle(w->sim, w->now);
}

static void act(struct world *w)
{
	struct bay_live live;

	look_after(w);
	if (!w->bay)
		return;
	bay_live(w->bay, &live);
	if (w->scenario == CANCEL_HEATING && !w->reference && w->act_at_command >= 0 &&
	    live.hotend_target > 0 && live.hotend > 60 && w->next < 5)
		do_act(w, live.state);
	if (!w->reference && w->scenario != CANCEL_HEATING && w->act_at_command >= 0 &&
	    w->next >= w->act_at_command)
		do_act(w, live.state);
	if (live.state != BAY_PAUSED || !w->up)
		return;
	if (w->scenario == FILE_PAUSE && w->resume_at == INT64_MAX)
		w->resume_at = w->now + 20 * (int64_t)SECOND;
	if (world_count(w, "interrupted") && live.connected)
		settle_interrupted(w);
	else if (w->now >= w->resume_at)
		resume(w);
}

/* ---- the wire ---- */

static int64_t earliest(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

static void to_printer(struct world *w)
{
	size_t took, give = w->out_size;

	if (!w->bay && !w->out_size)
		return;
	if (w->die_in >= 0 && (int64_t)give >= w->die_in)
		give = (size_t)w->die_in;
	if (w->pull_in >= 0 && (int64_t)give >= w->pull_in)
		give = (size_t)w->pull_in;
	took = w->up ? sim_feed(w->sim, w->now, w->out, give) : give;
	if (w->pull_in >= 0) {
		w->pull_in -= (int64_t)took;
		if (w->pull_in <= 0) {
			w->pull_in = -1;
			sim_unplug(w->sim, w->now, w->pull_usec);
		}
	}
	memmove(w->out, w->out + took, w->out_size - took);
	w->out_size -= took;
	if (w->die_in >= 0) {
		w->die_in -= (int64_t)took;
		if (w->die_in == 0)
			die(w);
	}
	w->out_at = w->out_size ? w->now + 500 : INT64_MAX;
}

static void from_printer(struct world *w)
{
	if (!w->bay || !w->in_size)
		return;
	if (w->up)
		bay_feed(w->bay, w->now, w->in, w->in_size);
	w->in_size = 0;
	w->in_at = INT64_MAX;
}

static void collect(struct world *w)
{
	size_t n;

	if (w->bay && !w->out_size) {
		w->out_size = bay_pull(w->bay, w->now, w->out, sizeof w->out);
		world_sent(w, w->out, w->out_size);
		if (w->out_size)
			w->out_at = w->now + 50 + draw_below(&w->draw, 300);
	}
	n = sim_pull(w->sim, w->now, w->in + w->in_size, sizeof w->in - w->in_size);
	if (n && !w->in_size)
		w->in_at = w->now + 50 + draw_below(&w->draw, 300);
	w->in_size += n;
}

static void plug(struct world *w)
{
	bool plugged = sim_plugged(w->sim);

	if (plugged == w->up || !w->bay)
		return;
	w->up = plugged;
	w->out_size = w->in_size = 0;
	if (plugged) {
		sim_open(w->sim, w->now);
		bay_port_up(w->bay, w->now, true, false);
	} else {
		bay_port_down(w->bay, w->now, "unplugged");
		sim_close(w->sim, w->now);
		if (w->scenario == POWER_LOST)
			sim_power_cycle(w->sim, w->now);
	}
}

static void wants(struct world *w)
{
	struct bay_event ev;

	while (w->bay && bay_next(w->bay, &ev)) {
		if (ev.want == BAY_WANT_RESET)
			sim_power_cycle(w->sim, w->now);
		else if (ev.want == BAY_WANT_LINE && w->verbose)
			printf("%10.3f %s\n", (double)w->now / SECOND, ev.text);
	}
}

static void step(struct world *w)
{
	int64_t at = sim_deadline(w->sim);

	if (w->bay)
		at = earliest(at, bay_deadline(w->bay));
	at = earliest(at, w->out_size ? w->out_at : INT64_MAX);
	at = earliest(at, w->in_size && w->bay ? w->in_at : INT64_MAX);
	at = earliest(at, w->reborn_at);
	at = earliest(at, w->source_at > w->now ? w->source_at : INT64_MAX);
	at = earliest(at, w->now + SECOND);
	if (at > w->now)
		w->now = at;
	sim_tick(w->sim, w->now);
	plug(w);
	if (w->out_size && w->now >= w->out_at)
		to_printer(w);
	if (w->in_size && w->now >= w->in_at)
		from_printer(w);
	if (w->now >= w->reborn_at) {
		if (w->scenario == WILL)
			sim_feed(w->sim, w->now, (const uint8_t *)WILL_TEXT, sizeof WILL_TEXT - 1);
		born(w, false, w->scenario == WILL);
		bay_watch(w->bay, w->verbose);
	}
	if (w->bay && (w->now >= bay_deadline(w->bay) || w->now == w->source_at))
		bay_tick(w->bay, w->now);
	act(w);
	wants(w);
	fetch_events(w);
	collect(w);
}

static bool idle(struct world *w)
{
	struct bay_live live;

	if (!w->bay)
		return false;
	bay_live(w->bay, &live);
	return live.state == BAY_IDLE;
}

void world_run(struct world *w)
{
	int64_t started, settled = INT64_MAX;

	sim_open(w->sim, w->now);
	w->up = true;
	born(w, true, false);
	bay_watch(w->bay, w->verbose);
	while (!idle(w) && w->now < 1400 * (int64_t)SECOND)
		step(w);
	if (!idle(w)) {
		world_wrong(w, "never became idle");
		return;
	}
	if (!bay_start(w->bay, w->now, &w->bay_job)) {
		world_wrong(w, "did not start");
		return;
	}
	if (w->deaths_left && !w->reference)
		w->die_in = 1 + draw_below(&w->draw, 2500);
	if (w->pull_usec)
		w->pull_in = 1 + draw_below(&w->draw, 2500);
	started = w->now;
	w->started = true;
	w->reset_seen = 0;
	while (w->now < started + LIMIT && !*w->wrong) {
		step(w);
		if (w->ended && settled == INT64_MAX)
			settled = w->now + 30 * (int64_t)SECOND;
		if (w->now > settled && (idle(w) || w->now > settled + 60 * (int64_t)SECOND))
			break;
	}
	sim_state(w->sim, &w->end);
}
