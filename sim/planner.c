/* SPDX-License-Identifier: Apache-2.0 */
/* planner - 16 blocks, look-ahead by junction deviation, trapezoids; when does each move end?
 *
 * Good enough to tell a host that keeps up from one that does not: segments join at speed as
 * long as the next one is there in time, and a block that ends with nothing behind it has braked
 * to a stop. Left out on purpose: Marlin's SLOWDOWN, which would hide starvation. */
#include "sim/board.h"

#include <math.h>
#include <string.h>

#define MIN_SPEED2	   (0.05 * 0.05) /* MINIMUM_PLANNER_SPEED */
#define JUNCTION_DEVIATION 0.013
#define FIRST_MOVE_DELAY   0.1 /* BLOCK_DELAY_FOR_1ST_MOVE, ends early with 3 blocks */
#define CLEANING_TIME	   1.0 /* marlin.md §4: the ok of M410 "came 1.0 and 1.5 s later" */

static struct block *at(struct planner *p, unsigned i)
{
	return &p->ring[(p->tail + i) % PLANNER_BLOCKS];
}

bool planner_full(const struct sim *s)
{
	return s->planner.used >= PLANNER_BLOCKS - 1;
}

bool planner_idle(const struct sim *s)
{
	return !s->planner.used;
}

unsigned planner_free(const struct sim *s)
{
	return PLANNER_BLOCKS - 1 - s->planner.used;
}

void planner_no_gap(struct sim *s)
{
	s->planner.dry_at = NEVER;
}

void planner_defaults(struct sim *s)
{
	static const double feeds[AXES] = { 300, 300, 5, 25 };
	static const double accels[AXES] = { 3000, 3000, 100, 10000 };
	struct planner *p = &s->planner;

	memcpy(p->max_feed, feeds, sizeof feeds);
	memcpy(p->max_accel, accels, sizeof accels);
	p->accel = p->travel_accel = 3000;
}

void planner_place(struct sim *s, const double pos[AXES])
{
	memcpy(s->planner.pos, pos, sizeof s->planner.pos);
}

void planner_clear(struct sim *s)
{
	s->planner.tail = s->planner.used = 0;
	s->planner.running = false;
	planner_no_gap(s);
}

static double junction_speed2(const struct block *before, const struct block *b)
{
	double cosine = 0, half, speed2;

	for (int i = 0; i < AXES; i++)
		cosine -= before->unit[i] * b->unit[i];
	if (cosine > 0.999999)
		return MIN_SPEED2;
	half = sqrt(0.5 * (1 - fmax(cosine, -0.999999)));
	speed2 = fmin(before->accel, b->accel) * JUNCTION_DEVIATION * half / (1 - half);
	return fmax(MIN_SPEED2, speed2);
}

/* The entry of the first block not yet running is settled; all behind it may still rise. */
static void recalculate(struct planner *p)
{
	unsigned first = p->running ? 1 : 0;
	double exit2 = MIN_SPEED2;

	for (unsigned i = p->used - 1; i > first; i--) {
		struct block *b = at(p, i);

		b->entry2 = fmin(b->max_entry2, exit2 + 2 * b->accel * b->len);
		exit2 = b->entry2;
	}
	for (unsigned i = first + 1; i < p->used; i++) {
		const struct block *before = at(p, i - 1);

		at(p, i)->entry2 =
		    fmin(at(p, i)->entry2, before->entry2 + 2 * before->accel * before->len);
	}
}

static void count_gap(struct sim *s)
{
	struct planner *p = &s->planner;
	int64_t gap;

	if (p->dry_at == NEVER)
		return;
	gap = s->t - p->dry_at;
	p->dry_at = NEVER;
	p->starved++;
	if (gap > p->worst_gap)
		p->worst_gap = gap;
	board_note(s, "starved %lld", (long long)gap / 1000);
}

static void measure(const struct planner *p, struct block *b, double feed)
{
	const double *d = b->delta;
	bool moves = d[0] != 0 || d[1] != 0 || d[2] != 0;

	b->len = moves ? sqrt(d[0] * d[0] + d[1] * d[1] + d[2] * d[2]) : fabs(d[3]);
	b->nominal = feed;
	b->accel = moves && d[3] == 0 ? p->travel_accel : p->accel;
	for (int i = 0; i < AXES; i++) {
		double share = fabs(d[i]) / b->len;

		b->unit[i] = moves && i == 3 ? 0 : d[i] / b->len;
		if (share * b->nominal > p->max_feed[i])
			b->nominal = p->max_feed[i] / share;
		if (share * b->accel > p->max_accel[i])
			b->accel = p->max_accel[i] / share;
	}
	b->nominal = fmax(b->nominal, 0.05);
}

void planner_add(struct sim *s, const double target[AXES], double feed_mm_s)
{
	struct planner *p = &s->planner;
	struct block *b = at(p, p->used), *before = p->used ? at(p, p->used - 1) : NULL;
	double biggest = 0;

	for (int i = 0; i < AXES; i++) {
		b->from[i] = p->pos[i];
		b->delta[i] = target[i] - p->pos[i];
		biggest = fmax(biggest, fabs(b->delta[i]));
	}
	if (biggest < 1e-6)
		return;
	memcpy(p->pos, target, sizeof p->pos);
	b->extruded = b->delta[3] * s->m.flow_percent / 100;
	s->m.steppers_on = true;
	p->moved_at = s->t;
	if (s->conf.instant) {
		p->extruded += b->extruded;
		return;
	}
	count_gap(s);
	measure(p, b, feed_mm_s * s->m.speed_percent / 100);
	b->max_entry2 = MIN_SPEED2;
	if (before)
		b->max_entry2 =
		    fmin(junction_speed2(before, b),
			 fmin(b->nominal * b->nominal, before->nominal * before->nominal));
	b->entry2 = p->running && p->used == 1 ? p->exit2 : MIN_SPEED2;
	if (!p->used++)
		p->deliver_at = board_after(s, FIRST_MOVE_DELAY);
	recalculate(p);
	planner_tick(s);
}

static double trapezoid_seconds(const struct block *b, double exit2)
{
	double a = b->accel, v0 = sqrt(b->entry2), v1 = sqrt(exit2), vn = b->nominal;
	double up = (vn * vn - b->entry2) / (2 * a), down = (vn * vn - exit2) / (2 * a), peak;

	if (up + down <= b->len)
		return (vn - v0) / a + (vn - v1) / a + (b->len - up - down) / vn;
	peak = sqrt((2 * a * b->len + b->entry2 + exit2) / 2);
	if (peak < v0 || peak < v1)
		return 2 * b->len / (v0 + v1);
	return (peak - v0) / a + (peak - v1) / a;
}

static void finish(struct sim *s)
{
	struct planner *p = &s->planner;

	p->extruded += at(p, 0)->extruded;
	p->tail = (p->tail + 1) % PLANNER_BLOCKS;
	p->used--;
	p->running = false;
	p->moved_at = p->ends;
	/* Dry because of the host only if no command is being worked on or waiting. */
	if (!p->used && !s->act.on && !s->queue.used)
		p->dry_at = p->ends;
}

void planner_tick(struct sim *s)
{
	struct planner *p = &s->planner;

	while (p->used) {
		struct block *b = at(p, 0);

		if (p->running) {
			if (s->t < p->ends)
				return;
			finish(s);
			continue;
		}
		if (s->t < p->deliver_at && p->used < 3)
			return;
		p->deliver_at = 0;
		p->exit2 = p->used > 1 ? at(p, 1)->entry2 : MIN_SPEED2;
		/* A block that follows another starts where that one ended, however late we look.
		 */
		p->started = s->t;
		p->ends = p->started + board_nsec(s, trapezoid_seconds(b, p->exit2));
		p->running = true;
	}
}

int64_t planner_deadline(const struct sim *s)
{
	const struct planner *p = &s->planner;

	if (p->running)
		return p->ends;
	return p->used ? p->deliver_at : NEVER;
}

/* marlin.md §4: "M410 empties the planner only." The tool stays where the stop found it. */
void planner_quick_stop(struct sim *s)
{
	struct planner *p = &s->planner;

	if (p->used) {
		const struct block *b = at(p, 0);
		double part = 0;

		if (p->running && p->ends > p->started)
			part = (double)(s->t - p->started) / (double)(p->ends - p->started);
		for (int i = 0; i < AXES; i++)
			p->pos[i] = b->from[i] + b->delta[i] * part;
		p->extruded += b->extruded * part;
	}
	planner_clear(s);
	for (int i = 0; i < AXES; i++)
		s->m.pos[i] = p->pos[i] + s->m.shift[i];
	p->cleaning_until = board_after(s, CLEANING_TIME);
	board_note(s, "quick_stop");
}
