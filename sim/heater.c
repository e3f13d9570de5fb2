/* SPDX-License-Identifier: Apache-2.0 */
/* heater - hotend, bed, chamber: first-order physics in steps of half a machine second, waiting
 * for a temperature (M109, M190, M191), and the firmware's own thermal protection. */
#include "sim/board.h"

#include <math.h>
#include <stdio.h>

#define AMBIENT	  19.38 /* the room of the transcripts in marlin.md §1 */
#define STEP	  0.5	/* s */
#define RESIDENCY 10.0	/* marlin.md §1: "W counts down 9..0 at the target" */

struct material {
	const char *id;
	double rate, tau, limit, gain;	     /* degrees/s, s, degrees, power per degree off */
	double hysteresis, period;	     /* runaway: so far below for so long */
	double watch_increase, watch_period; /* heating failed: gained less in so long */
};

static const struct material materials[HEATERS] = {
	[HOTEND] = { "0", 3.0, 120, 260, 0.25, 4, 40, 2, 40 },
	[BED] = { "bed", 0.5, 500, 140, 0.25, 2, 20, 2, 60 },
	[CHAMBER] = { "chamber", 0.15, 800, 60, 1.0, 5, 60, 1, 120 },
};

void heater_init(struct sim *s)
{
	for (int i = 0; i < HEATERS; i++) {
		s->heaters[i].temp = AMBIENT;
		s->heaters[i].watch_at = s->heaters[i].runaway_at = NEVER;
	}
	s->heat_at = NEVER;
}

static void note_all_off(struct sim *s)
{
	bool on = false;

	for (int i = 0; i < HEATERS; i++)
		on = on || s->heaters[i].target > 0;
	if (s->heaters_were_on && !on)
		board_note(s, "heaters_off");
	s->heaters_were_on = on;
}

static void set_target(struct sim *s, enum heater_id id, double target)
{
	struct heater *h = &s->heaters[id];
	const struct material *m = &materials[id];

	h->target = fmin(fmax(target, 0), m->limit); /* silently clamped: marlin.md §1, M104 S400 */
	h->stable = false;
	h->watch_at = h->runaway_at = NEVER;
	if (s->conf.instant) {
		h->temp = h->target > 0 ? h->target : AMBIENT;
		return;
	}
	if (h->target > 0 && h->temp < h->target - (m->watch_increase + 4)) {
		h->watch_temp = h->temp + m->watch_increase;
		h->watch_at = board_after(s, m->watch_period);
	}
	if (s->heat_at == NEVER)
		s->heat_at = board_after(s, STEP);
}

void heater_target(struct sim *s, enum heater_id id, double target)
{
	set_target(s, id, target);
	note_all_off(s);
}

void heater_all_off(struct sim *s)
{
	for (int i = 0; i < HEATERS; i++)
		set_target(s, (enum heater_id)i, 0);
	note_all_off(s);
}

static void step(struct heater *h, const struct material *m)
{
	double hold = (h->target - AMBIENT) / (m->rate * m->tau), power;

	h->pwm = 0;
	if (h->target > 0)
		h->pwm = fmin(fmax(hold + (h->target - h->temp) * m->gain, 0), 1);
	power = h->stuck ? 0 : h->pwm;
	h->temp += (m->rate * power - (h->temp - AMBIENT) / m->tau) * STEP;
}

/* What Marlin prints when it gives up: marlin.md leaves the text to knowledge of the source. */
static void thermal_kill(struct sim *s, const char *what, enum heater_id id)
{
	serial_say(s, "Error:%s, system stopped! Heater_ID: %s", what, materials[id].id);
	board_kill(s, "thermal");
}

static void protect(struct sim *s, enum heater_id id)
{
	struct heater *h = &s->heaters[id];
	const struct material *m = &materials[id];

	if (s->conf.unprotected || s->killed || h->target <= 0)
		return;
	if (s->t >= h->watch_at) {
		if (h->temp < h->watch_temp) {
			thermal_kill(s, "Heating failed", id);
			return;
		}
		h->watch_at = NEVER;
		if (h->temp < h->target - (m->watch_increase + 4)) {
			h->watch_temp = h->temp + m->watch_increase;
			h->watch_at = board_after(s, m->watch_period);
		}
	}
	if (h->temp >= h->target - m->hysteresis) {
		h->stable = true;
		h->runaway_at = NEVER;
	} else if (h->stable && h->runaway_at == NEVER) {
		h->runaway_at = board_after(s, m->period);
	} else if (s->t >= h->runaway_at) {
		thermal_kill(s, "Thermal Runaway", id);
	}
}

void heater_tick(struct sim *s)
{
	bool warm = false;

	if (s->t < s->heat_at)
		return;
	for (int i = 0; i < HEATERS; i++) {
		struct heater *h = &s->heaters[i];

		step(h, &materials[i]);
		if (h->target <= 0 && h->temp - AMBIENT < 0.05)
			h->temp = AMBIENT;
		warm = warm || h->target > 0 || h->temp > AMBIENT;
	}
	for (int i = 0; i < HEATERS; i++)
		protect(s, (enum heater_id)i);
	s->heat_at = warm ? s->heat_at + board_nsec(s, STEP) : NEVER;
}

bool heater_settled(struct sim *s, struct active *a)
{
	const struct heater *h = &s->heaters[a->heater];
	double off = fabs(h->temp - h->target);

	if (!s->wait_for_heatup || s->conf.instant || h->target <= 0)
		return true;
	if (!a->cooling_counts && h->temp > h->target + 1)
		return true;
	if (a->settle_at == NEVER && off < 1)
		a->settle_at = board_after(s, RESIDENCY);
	else if (a->settle_at != NEVER && off > 3)
		a->settle_at = NEVER;
	return s->t >= a->settle_at;
}

void heater_report(const struct sim *s, char *out, size_t cap)
{
	const struct heater *h = s->heaters;
	int at = snprintf(out, cap, "T:%.2f /%.2f B:%.2f /%.2f", h[HOTEND].temp, h[HOTEND].target,
			  h[BED].temp, h[BED].target);

	if (s->conf.has_chamber)
		at += snprintf(out + at, cap - (size_t)at, " C:%.2f /%.2f", h[CHAMBER].temp,
			       h[CHAMBER].target);
	at += snprintf(out + at, cap - (size_t)at, " @:%ld B@:%ld", lround(h[HOTEND].pwm * 127),
		       lround(h[BED].pwm * 127));
	if (s->conf.has_chamber)
		snprintf(out + at, cap - (size_t)at, " C@:%ld", lround(h[CHAMBER].pwm * 127));
}

void heater_wait_line(struct sim *s, const struct active *a)
{
	char temps[200];

	heater_report(s, temps, sizeof temps);
	if (a->settle_at == NEVER) {
		serial_say(s, " %s W:?", temps);
	} else {
		double left = (double)(a->settle_at - s->t) / 1e9 * s->conf.speed;

		serial_say(s, " %s W:%d", temps, (int)fmin(left, RESIDENCY - 1));
	}
}
