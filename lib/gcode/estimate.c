/* SPDX-License-Identifier: Apache-2.0 */
#include "gcode/estimate.h"

#include <math.h>
#include <string.h>

#define COS_45 0.70710678118654752

void estimate_init(struct estimate *t, double acceleration)
{
	memset(t, 0, sizeof(*t));
	t->acceleration = acceleration;
}

/* fmin() is a call here, and looks for NaN, which cannot come. */
static inline double lesser(double a, double b)
{
	return a < b ? a : b;
}

static inline double square(double v)
{
	return v * v;
}

/* Seconds of one move entered and left at the given squared speeds. */
static double trapezoid(const struct estimate_move *m, double entry, double leave)
{
	double top = square(m->speed), peak = (entry + leave) / 2 + m->accel * m->length;
	double in = sqrt(entry), out = sqrt(leave), high, ramp;

	if (peak <= top) {
		high = sqrt(peak);
		return (2 * high - in - out) / m->accel;
	}
	ramp = ((top - entry) + (top - leave)) / (2 * m->accel);
	return (2 * m->speed - in - out) / m->accel + (m->length - ramp) / m->speed;
}

/* Works out the window as if the path ended there and takes the time of its first `take` moves:
 * behind those the end has hardly any say. */
static void settle(struct estimate *t, int take)
{
	double leave[ESTIMATE_WINDOW + 1], out;
	int i;

	leave[t->len] = 0.0;
	for (i = t->len - 1; i >= 0; i--)
		leave[i] = lesser(t->moves[i].limit,
		    leave[i + 1] + 2 * t->moves[i].accel * t->moves[i].length);
	for (i = 0; i < take; i++) {
		const struct estimate_move *m = &t->moves[i];

		out = lesser(leave[i + 1], t->entry + 2 * m->accel * m->length);
		t->seconds += trapezoid(m, lesser(t->entry, square(m->speed)),
		    lesser(out, square(m->speed)));
		t->entry = out;
	}
	memmove(t->moves, t->moves + take, (size_t)(t->len - take) * sizeof(t->moves[0]));
	t->len -= take;
	if (t->len == 0)
		t->leave_length = t->entry = 0.0;
}

/* Highest squared speed at which the joint to a move may be passed. */
static double junction(const struct estimate *t, const double enter[3], double length, double speed)
{
	double dot;

	if (t->leave_length <= 0.0 || length <= 0.0)
		return 0.0;
	dot = t->leave[0] * enter[0] + t->leave[1] * enter[1] + t->leave[2] * enter[2];
	if (dot <= COS_45 * t->leave_length * length)
		return 0.0;
	return square(lesser(speed, t->leave_speed));
}

void estimate_move(struct estimate *t, const struct motion *m, double accel)
{
	double length = m->length > 0.0 ? m->length : fabs(m->e), speed = m->feed / 60.0, in, out;
	struct estimate_move *next;

	if (!(length > 0.0) || !(speed > 0.0) || !isfinite(length))
		return;
	if (t->acceleration <= 0.0) {
		t->seconds += length / m->feed * 60.0;
		return;
	}
	if (t->len == ESTIMATE_WINDOW)
		settle(t, ESTIMATE_WINDOW / 2);
	if (m->length > 0.0 && !m->arc) {
		in = out = length; /* a straight move's direction is as long as its path */
	} else {
		in = sqrt(square(m->enter[0]) + square(m->enter[1]) + square(m->enter[2]));
		out = sqrt(square(m->leave[0]) + square(m->leave[1]) + square(m->leave[2]));
	}
	next = &t->moves[t->len];
	next->length = length;
	next->speed = speed;
	next->accel = accel > 0.0 ? accel : t->acceleration;
	next->limit = junction(t, m->enter, in, speed);
	t->len++;
	memcpy(t->leave, m->leave, sizeof(t->leave));
	t->leave_length = out;
	t->leave_speed = speed;
}

void estimate_stop(struct estimate *t, double seconds)
{
	settle(t, t->len);
	if (seconds > 0.0 && isfinite(seconds))
		t->seconds += seconds;
}

double estimate_end(struct estimate *t)
{
	settle(t, t->len);
	return t->seconds;
}
