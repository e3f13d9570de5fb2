/* SPDX-License-Identifier: Apache-2.0 */
/* board - the whole: time goes from event to event, each at its own instant, so that the outcome
 * does not depend on how often the caller ticks. */
#include "sim/board.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LONGEST	     1e8 /* s: nothing a command asks for lasts longer */
#define BOOT_TIME    0.5
#define STEPPER_TIME 120.0 /* marlin.md §8: "default 120 s, position lost" */
#define KEEPALIVE    2.0   /* marlin.md §0: "HOST_KEEPALIVE (2 s)" */

bool dialect_has_extras(const struct sim *s)
{
	return s->conf.dialect != SIM_MARLIN_PLAIN;
}

static int64_t nsec(const struct sim *s, double seconds)
{
	return (int64_t)ceil(fmin(fmax(seconds, 0), LONGEST) * 1e9 / s->conf.speed);
}

int64_t board_nsec(const struct sim *s, double seconds)
{
	if (s->conf.instant)
		return 0;
	return nsec(s, seconds);
}

int64_t board_after(const struct sim *s, double seconds)
{
	return s->t + board_nsec(s, seconds);
}

int64_t board_rhythm(const struct sim *s, double seconds)
{
	return s->t + (int64_t)(seconds * 1e9);
}

void board_note(struct sim *s, const char *fmt, ...)
{
	char text[160];
	va_list ap;

	if (!s->conf.noted)
		return;
	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	s->conf.noted(s->conf.ctx, s->t / 1000, text);
}

/* What a processor forgets. Temperatures and the heads' places are the world's, not its. */
static void forget(struct sim *s)
{
	struct planner *p = &s->planner;

	memset(&s->queue, 0, sizeof s->queue);
	memset(&s->m, 0, sizeof s->m);
	memset(&s->act, 0, sizeof s->act);
	memset(p->pos, 0, sizeof p->pos);
	for (int i = 0; i < AXES; i++)
		s->m.absolute[i] = true;
	s->m.feed = 1500;
	s->m.cold_limit = 170;
	s->m.speed_percent = s->m.flow_percent = 100;
	s->m.keepalive = KEEPALIVE;
	s->m.stepper_time = STEPPER_TIME;
	s->m.temp_at = s->m.pos_at = NEVER;
	s->killed = s->inject_change = false;
	s->wait_for_user = s->wait_for_heatup = false;
	s->answer = -1;
	s->serial.emergency = EP_RESET;
	serial_rx_clear(s);
	planner_clear(s);
	planner_defaults(s);
	p->cleaning_until = INT64_MIN;
	p->moved_at = s->t;
}

void board_reset(struct sim *s)
{
	board_note(s, "reset");
	forget(s);
	heater_all_off(s);
	s->boot_at = board_after(s, BOOT_TIME);
}

void board_kill(struct sim *s, const char *why)
{
	board_note(s, "kill %s", why);
	serial_say(s, "Error:Printer halted. kill() called!");
	serial_action(s, "poweroff");
	s->killed = true;
	s->act.on = false;
	s->queue.used = 0;
	s->m.steppers_on = false;
	s->m.homed = 0;
	s->m.fan = 0;
	serial_rx_clear(s);
	planner_clear(s);
	heater_all_off(s);
}

static int64_t inactivity_deadline(const struct sim *s, double seconds)
{
	if (seconds <= 0 || s->killed || !planner_idle(s))
		return NEVER;
	return s->planner.moved_at + nsec(s, seconds);
}

static void inactivity(struct sim *s)
{
	if (s->t >= inactivity_deadline(s, s->m.kill_time)) {
		serial_say(s,
			   "Error:!! KILL caused by too much inactive time - current command: %s",
			   s->act.g.text);
		board_kill(s, "inactivity");
	} else if (s->m.steppers_on && s->t >= inactivity_deadline(s, s->m.stepper_time)) {
		motors_off(s);
	}
}

static int64_t sooner(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

static int64_t next_event(const struct sim *s)
{
	int64_t at = sooner(s->heat_at, s->serial.spontaneous_at);

	if (!sim_plugged(s))
		at = sooner(at, s->serial.unplugged_until);
	if (s->boot_at != NEVER)
		return sooner(at, s->boot_at);
	at = sooner(at, planner_deadline(s));
	if (s->killed)
		return at;
	at = sooner(at, command_deadline(s));
	at = sooner(at, sooner(s->m.temp_at, s->m.pos_at));
	at = sooner(at, inactivity_deadline(s, s->m.kill_time));
	if (s->m.steppers_on)
		at = sooner(at, inactivity_deadline(s, s->m.stepper_time));
	return at;
}

static void run(struct sim *s)
{
	bool did = s->boot_at == NEVER;

	while (did) {
		did = queue_parse(s);
		did = command_run(s) || did;
	}
}

static void step(struct sim *s)
{
	if (s->t >= s->boot_at) {
		s->boot_at = NEVER;
		report_banner(s);
	}
	planner_tick(s);
	heater_tick(s);
	serial_spontaneous(s);
	if (s->boot_at != NEVER || s->killed)
		return;
	command_tick(s);
	report_auto(s);
	inactivity(s);
	run(s);
}

static void advance(struct sim *s, int64_t now)
{
	int64_t until = now * 1000, at;

	if (!s->clocked) {
		s->clocked = true;
		s->t = until;
		s->planner.moved_at = until;
	}
	while ((at = next_event(s)) <= until) {
		s->t = at > s->t ? at : s->t;
		step(s);
	}
	s->t = until > s->t ? until : s->t;
}

struct sim *sim_new(const struct sim_conf *conf)
{
	struct sim *s = calloc(1, sizeof *s);

	if (!s)
		abort();
	s->conf = *conf;
	if (!(s->conf.speed >= 1))
		s->conf.speed = 1;
	if (s->conf.extruders < 1)
		s->conf.extruders = 1;
	rng_seed(&s->rng, conf->seed);
	s->serial.open = true;
	s->serial.silent_until = s->serial.unplugged_until = INT64_MIN;
	s->serial.spontaneous_at = s->boot_at = NEVER;
	forget(s);
	heater_init(s);
	if (conf->start_homed) {
		s->m.homed = 7;
		s->m.steppers_on = true;
	}
	return s;
}

void sim_free(struct sim *s)
{
	if (!s)
		return;
	free(s->serial.tx);
	free(s);
}

void sim_open(struct sim *s, int64_t now)
{
	advance(s, now);
	serial_forget_output(s);
	s->serial.open = true;
	if (s->conf.reset_on_open)
		board_reset(s);
}

void sim_close(struct sim *s, int64_t now)
{
	advance(s, now);
	serial_forget_output(s);
	s->serial.open = false;
}

void sim_power_cycle(struct sim *s, int64_t now)
{
	advance(s, now);
	for (int i = 0; i < HEATERS; i++)
		s->heaters[i].stuck = false;
	board_reset(s);
}

static bool deaf(const struct sim *s)
{
	return s->killed || s->boot_at != NEVER || !sim_plugged(s);
}

size_t sim_feed(struct sim *s, int64_t now, const uint8_t *in, size_t size)
{
	size_t taken = 0;
	bool overrun = false;

	advance(s, now);
	for (; taken < size; taken++) {
		uint8_t byte = in[taken];

		if (deaf(s))
			continue;
		if (s->serial.rx_used >= RX_SIZE - 1)
			run(s);
		if (s->serial.rx_used >= RX_SIZE - 1 && s->conf.flow_control)
			break;
		if (!fault_byte(s, s->conf.faults.rx_corrupt_ppm, s->conf.faults.rx_drop_ppm,
				&byte))
			continue;
		emergency_byte(s, byte);
		if (!deaf(s) && !serial_rx_put(s, byte))
			overrun = true;
	}
	if (overrun)
		board_note(s, "rx_overrun");
	run(s);
	return taken;
}

size_t sim_pull(struct sim *s, int64_t now, uint8_t *out, size_t cap)
{
	struct serial *p = &s->serial;
	size_t size;

	advance(s, now);
	size = p->tx_size - p->tx_at;
	if (size > cap)
		size = cap;
	if (size)
		memcpy(out, p->tx + p->tx_at, size);
	p->tx_at += size;
	return size;
}

int64_t sim_deadline(const struct sim *s)
{
	int64_t at = next_event(s);

	return at == NEVER ? INT64_MAX : at / 1000 + (at % 1000 > 0);
}

void sim_tick(struct sim *s, int64_t now)
{
	advance(s, now);
}

bool sim_plugged(const struct sim *s)
{
	return s->t >= s->serial.unplugged_until;
}

void sim_unplug(struct sim *s, int64_t now, int64_t usec)
{
	advance(s, now);
	board_unplug(s, usec);
}

void board_unplug(struct sim *s, int64_t usec)
{
	board_note(s, "unplug");
	serial_forget_output(s);
	s->serial.unplugged_until = s->t + usec * 1000;
}

void sim_set_faults(struct sim *s, const struct sim_faults *faults)
{
	s->conf.faults = *faults;
	for (int i = 0; i < HEATERS && !faults->heater_stuck_at_line; i++)
		s->heaters[i].stuck = false;
}
