/* SPDX-License-Identifier: Apache-2.0 */
#include "spooler/thermal.h"

#include <math.h>
#include <string.h>

#define GAIN       2.0
#define HYSTERESIS 5.0
#define DEBT_MAX   120.0
#define OVER       15.0
#define OVER_TIME  (10 * USEC_PER_SEC)
#define BEYOND     3u
#define STEP_MAX   (3 * USEC_PER_SEC) /* silence must not be counted as cold */

void thermal_init(struct thermal *t, usec_t gain_time)
{
	memset(t, 0, sizeof *t);
	t->gain_time = gain_time;
}

static void new_target(struct thermal *t, usec_t now, double value, double target)
{
	t->target = target;
	t->debt = 0;
	t->over_since = 0;
	t->armed = value <= target + OVER; /* a hotter one is cooling down: not a runaway */
	t->approaching = target > 0 && value < target - HYSTERESIS;
	t->goal = value + GAIN;
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
			t->goal = value + GAIN;
			t->goal_at = now + t->gain_time;
		} else if (now >= t->goal_at) {
			return THERMAL_NOT_HEATING;
		}
		return THERMAL_FINE;
	}
	t->debt += (t->target - HYSTERESIS - value) * ((double)step / USEC_PER_SEC);
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

enum thermal_verdict thermal_report(struct thermal *t, usec_t now, double value, double target,
    double max)
{
	usec_t step = t->last_at ? now - t->last_at : 0;
	enum thermal_verdict v;

	if (isnan(value))
		return THERMAL_FINE;
	t->last_at = now;
	t->beyond = max > 0 && value > max + OVER ? t->beyond + 1 : 0;
	if (t->beyond >= BEYOND)
		return THERMAL_BEYOND;
	if (isnan(target))
		target = 0;
	if (target != t->target)
		new_target(t, now, value, target);
	if (target <= 0)
		return THERMAL_FINE;
	v = check_heat(t, now, value, step < STEP_MAX ? step : STEP_MAX);
	return v != THERMAL_FINE ? v : check_over(t, now, value);
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
