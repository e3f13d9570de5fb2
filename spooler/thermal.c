/* SPDX-License-Identifier: Apache-2.0 */
#include "spooler/thermal.h"

#include <math.h>
#include <string.h>

#define GAIN       2.0
#define HYSTERESIS 5.0
#define DEBT_MAX   120.0
#define SHORT_MAX  20.0 /* one report counts for no more: a cold one may be a damaged one */
#define RAISE      10.0
#define OVER       15.0
#define OVER_TIME  (10 * USEC_PER_SEC)
#define BEYOND     3u
#define JUMP       10.0
#define JUMP_RATE  5.0 /* degrees a second */
#define DOUBTS     3u
#define STEP_MAX   (3 * USEC_PER_SEC) /* silence must not be counted as cold */

void thermal_init(struct thermal *t, usec_t gain_time)
{
	memset(t, 0, sizeof *t);
	t->gain_time = gain_time;
}

static void new_target(struct thermal *t, usec_t now, double value, double target)
{
	/* A file that changes its target every few seconds must not win time for a dead heater. */
	if (t->target > 0 && value < t->target - HYSTERESIS && target > 0 &&
	    target <= t->target + RAISE) {
		t->target = target;
		t->goal = fmin(t->goal, target);
		return;
	}
	t->target = target;
	t->debt = 0;
	t->over_since = 0;
	t->armed = value <= target + OVER; /* a hotter one is cooling down: not a runaway */
	t->approaching = target > 0 && value < target - HYSTERESIS;
	t->goal = fmin(value + GAIN, target);
	t->goal_at = now + t->gain_time;
}

static enum thermal_verdict check_heat(struct thermal *t, usec_t now, double value, usec_t step)
{
	if (value >= t->target - HYSTERESIS) {
		t->approaching = false;
		t->debt = 0;
		return THERMAL_FINE;
	}
	if (t->approaching) {
		if (value >= t->goal) {
			t->goal = fmin(value + GAIN, t->target);
			t->goal_at = now + t->gain_time;
		} else if (now >= t->goal_at) {
			return THERMAL_NOT_HEATING;
		}
		return THERMAL_FINE;
	}
	t->debt += fmin(t->target - HYSTERESIS - value, SHORT_MAX) * ((double)step / USEC_PER_SEC);
	return t->debt > DEBT_MAX ? THERMAL_LOST : THERMAL_FINE;
}

static enum thermal_verdict check_over(struct thermal *t, usec_t now, double value)
{
	if (value <= t->target + OVER) {
		t->armed = true;
		t->over_since = 0;
		return THERMAL_FINE;
	}
	if (!t->armed)
		return THERMAL_FINE;
	if (!t->over_since)
		t->over_since = now;
	return now - t->over_since >= OVER_TIME ? THERMAL_OVER : THERMAL_FINE;
}

static double middle(double a, double b, double c)
{
	if (a > b) {
		double swap = a;

		a = b;
		b = swap;
	}
	return c <= a ? a : c >= b ? b : c;
}

/* Nothing heats or cools by so much between two reports; a sensor that has come off does, and is
 * believed when it says so again and again. */
static bool plausible(struct thermal *t, usec_t now, double value)
{
	/* A lost report must not make room for a damaged one. */
	usec_t age = now - t->last_at;
	double step = (double)(age < STEP_MAX ? age : STEP_MAX) / USEC_PER_SEC;

	if (t->reports && fabs(value - t->told[0]) > JUMP + JUMP_RATE * step &&
	    t->doubted < DOUBTS) {
		t->doubted++;
		return false;
	}
	t->doubted = 0;
	return true;
}

/* Keeps the report; false until there are enough to tell noise from heat. */
static bool filter(struct thermal *t, double value, double target)
{
	bool settled = target == t->told_target;

	t->value = t->reports < 2 ? value : middle(value, t->told[0], t->told[1]);
	t->told[1] = t->told[0];
	t->told[0] = value;
	t->told_target = target;
	t->reports++;
	return t->reports > 2 && settled;
}

enum thermal_verdict thermal_report(struct thermal *t, usec_t now, double value, double target,
    double max)
{
	usec_t step = t->last_at ? now - t->last_at : 0;
	enum thermal_verdict v;
	bool settled;

	if (isnan(value) || !plausible(t, now, value))
		return THERMAL_FINE;
	settled = filter(t, value, isnan(target) ? 0 : target);
	t->last_at = now;
	t->beyond = max > 0 && t->value > max + OVER ? t->beyond + 1 : 0;
	if (t->beyond >= BEYOND)
		return THERMAL_BEYOND;
	if (!settled)
		return THERMAL_FINE;
	if (t->told_target != t->target)
		new_target(t, now, t->value, t->told_target);
	if (t->target <= 0)
		return THERMAL_FINE;
	v = check_heat(t, now, t->value, step < STEP_MAX ? step : STEP_MAX);
	return v != THERMAL_FINE ? v : check_over(t, now, t->value);
}

const char *thermal_text(enum thermal_verdict v)
{
	switch (v) {
	case THERMAL_FINE:
		return "fine";
	case THERMAL_NOT_HEATING:
		return "does not heat";
	case THERMAL_LOST:
		return "loses its heat";
	case THERMAL_OVER:
		return "is far above its target";
	case THERMAL_BEYOND:
		return "is beyond the machine's limit";
	}
	return "";
}
