/* SPDX-License-Identifier: Apache-2.0 */
/* fault - what goes wrong, drawn from a generator of our own so that a seed names a run.
 * The generator is xoshiro256**, seeded through splitmix64. */
#include "sim/board.h"

static uint64_t rotl(uint64_t x, int k)
{
	return (x << k) | (x >> (64 - k));
}

void rng_seed(struct rng *r, uint64_t seed)
{
	for (int i = 0; i < 4; i++) {
		uint64_t z = seed += 0x9e3779b97f4a7c15u;

		z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
		z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
		r->s[i] = z ^ (z >> 31);
	}
}

uint64_t rng_next(struct rng *r)
{
	uint64_t result = rotl(r->s[1] * 5, 7) * 9;
	uint64_t t = r->s[1] << 17;

	r->s[2] ^= r->s[0];
	r->s[3] ^= r->s[1];
	r->s[1] ^= r->s[2];
	r->s[0] ^= r->s[3];
	r->s[2] ^= t;
	r->s[3] = rotl(r->s[3], 45);
	return result;
}

/* No draw at rate 0: turning one fault on does not move the draws of a run without it. */
bool fault_hits(struct sim *s, unsigned ppm)
{
	return ppm && rng_next(&s->rng) % 1000000 < ppm;
}

bool fault_byte(struct sim *s, unsigned corrupt_ppm, unsigned drop_ppm, uint8_t *byte)
{
	if (fault_hits(s, drop_ppm))
		return false;
	if (fault_hits(s, corrupt_ppm))
		*byte ^= (uint8_t)(1u << (rng_next(&s->rng) & 7));
	return true;
}

static bool due(int64_t *at_line, int64_t number)
{
	if (*at_line <= 0 || *at_line != number)
		return false;
	*at_line = 0;
	return true;
}

void fault_at_line(struct sim *s, int64_t number)
{
	struct sim_faults *f = &s->conf.faults;

	if (number < 0)
		return;
	if (due(&f->silence_at_line, number))
		s->serial.silent_until = s->t + f->silence_usec * 1000;
	if (due(&f->storm_at_line, number))
		s->queue.storm_until = s->t + f->storm_usec * 1000;
	if (due(&f->unplug_at_line, number))
		board_unplug(s, f->unplug_usec);
	if (due(&f->heater_stuck_at_line, number))
		s->heaters[HOTEND].stuck = true;
	if (due(&f->runaway_at_line, number)) {
		serial_say(s, "Error:Thermal Runaway, system stopped! Heater_ID: 0");
		board_kill(s, "thermal_runaway");
	}
	if (due(&f->reset_at_line, number))
		board_reset(s);
}
