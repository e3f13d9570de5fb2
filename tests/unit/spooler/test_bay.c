/* SPDX-License-Identifier: Apache-2.0 */
/* bay - against simple peers by hand; tests/faults/virtual has the printer and the faults. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "sim/sim.h"
#include "spooler/bay.h"
#include "spooler/journal.h"

#define S USEC_PER_SEC

static uint64_t memory[JOURNAL_SIZE / 8];
static struct journal *journal;
static struct bay *bay;
static struct sim *sim;
static usec_t now;
static char sent[1 << 20]; /* all that left */
static size_t sent_size;
static char events[1 << 16];
static uint64_t seen;
static const char *file_text;
static int dead_man;

static enum source_state peek(struct source *s, uint64_t at, const uint8_t **bytes, size_t *size)
{
	(void)s;
	if (at >= strlen(file_text))
		return SOURCE_END;
	*bytes = (const uint8_t *)file_text + at;
	*size = strlen(file_text) - at;
	return SOURCE_READY;
}
static struct source source = { peek, NULL };

static void collect_events(void)
{
	struct journal_event ev;

	while (journal_event_peek(journal, seen, &ev)) {
		size_t len = strlen(events);

		seen = ev.seq;
		snprintf(events + len, sizeof events - len, "%s %s\n", ev.kind, ev.data);
	}
	journal_event_done(journal, seen);
}

static void open_bay(bool fresh)
{
	const struct bay_conf c = { .volume_z = 250, .pause_lift = 10, .pause_bed = 40,
		.extruder_min_temp = 170, .reset_after_stop = true, .max_hotend = 260,
		.dead_man_sec = dead_man };

	memset(memory, 0, sizeof memory);
	events[0] = '\0';
	seen = 0;
	sent_size = 0;
	now = 1000 * S;
	journal = journal_new(memory, sizeof memory, 1);
	bay = bay_new(&c, journal);
	bay_port_up(bay, now, fresh, false);
}

static void close_bay(void)
{
	bay_free(bay);
	journal_free(journal);
	if (sim)
		sim_free(sim);
	sim = NULL;
}

static size_t pulled(char *out, size_t cap)
{
	size_t n = bay_pull(bay, now, (uint8_t *)out, cap);

	if (sent_size + n < sizeof sent) {
		memcpy(sent + sent_size, out, n);
		sent_size += n;
		sent[sent_size] = '\0';
	}
	return n;
}

/* Answers every line with "ok" and knows nothing else, as the peers of benchmarks do. */
static void run_always_ok(int64_t until)
{
	char out[512];
	size_t n;

	while (now < until) {
		now = bay_deadline(bay) < now + S ? bay_deadline(bay) : now + S;
		bay_tick(bay, now);
		while ((n = pulled(out, sizeof out)))
			for (size_t i = 0; i < n; i++)
				if (out[i] == '\n')
					bay_feed(bay, now, (const uint8_t *)"ok\n", 3);
		collect_events();
	}
}

static void run_sim(int64_t until)
{
	char out[512];
	size_t n;

	while (now < until) {
		int64_t at = bay_deadline(bay);

		at = sim_deadline(sim) < at ? sim_deadline(sim) : at;
		now = at < now + S ? (at > now ? at : now) : now + S;
		sim_tick(sim, now);
		bay_tick(bay, now);
		for (int busy = 1; busy;) {
			busy = 0;
			while ((n = pulled(out, sizeof out)))
				sim_feed(sim, now, (const uint8_t *)out, n), busy = 1;
			while ((n = sim_pull(sim, now, (uint8_t *)out, sizeof out)))
				bay_feed(bay, now, (const uint8_t *)out, n), busy = 1;
		}
		collect_events();
	}
}

static enum bay_state state_now(void)
{
	struct bay_live live;

	bay_live(bay, &live);
	return live.state;
}

static void with_sim(enum sim_dialect dialect)
{
	sim = sim_new(&(struct sim_conf){ .dialect = dialect, .speed = 50, .flow_control = true });
	sim_open(sim, 1000 * S);
	open_bay(true);
	run_sim(now + 10 * S);
	assert_int_equal(state_now(), BAY_IDLE);
}

static void start(const char *text, uint32_t lines)
{
	struct bay_job j = { .fence = 3, .source = &source, .base = 50000, .planned_lines = lines,
		.file_homes = true, .file_heats_hotend = true, .file_heats_bed = true };

	file_text = text;
	j.size = strlen(text);
	snprintf(j.attempt_id, sizeof j.attempt_id, "44444444-4444-4444-8444-444444444444");
	assert_true(bay_start(bay, now, &j));
	assert_false(bay_start(bay, now, &j));
}

static void run_lines(const char *lines, const char *id)
{
	struct bay_command c = { .action = BAY_GCODE, .lines = lines };

	snprintf(c.id, sizeof c.id, "%s", id);
	bay_command(bay, now, &c);
}

static void test_always_ok(void **state)
{
	static char text[60000];
	size_t len = 0;

	(void)state;
	open_bay(true);
	run_always_ok(now + 30 * S);
	assert_int_equal(state_now(), BAY_IDLE);
	for (int i = 0; i < 2000; i++)
		len += (size_t)snprintf(text + len, sizeof text - len, "G1 X%d.5 Y%d\n", i % 200, i);
	start(text, 2000);
	run_always_ok(now + 60 * S);
	assert_non_null(strstr(events, "completed"));
	assert_non_null(strstr(sent, " G1 X0.5 Y0*"));
	assert_non_null(strstr(sent, " G1 X199.5 Y1999*"));
	close_bay();
}

static void test_silent(void **state)
{
	char out[512];
	usec_t heard;

	(void)state;
	with_sim(SIM_MARLIN_21);
	start("G28\nM109 S200\nG4 S9999\n", 3);
	run_sim(now + 20 * S);
	heard = now;
	while (!strstr(events, "silent") && now < heard + 100 * S) {
		now += S / 2;
		bay_tick(bay, now);
		while (pulled(out, sizeof out))
			;
		collect_events();
	}
	assert_in_range(now - heard, 58 * S, 62 * S);
	assert_non_null(strstr(events, "heaters may be on"));
	assert_null(strstr(events, "failed")); /* silence alone ends no job */
	close_bay();
}

/* Commands wait while the printer says nothing; what it says then is put in order first, and the
 * end of one command is not yet the time for the next. */
static void test_commands_outlast_silence(void **state)
{
	static char held[4096];
	usec_t until;
	size_t size = 0;

	(void)state;
	with_sim(SIM_MARLIN_BUGFIX);
	run_lines("M115", "11111111-1111-4111-8111-111111111111");
	run_lines("G28", "22222222-2222-4222-8222-222222222222");
	for (until = now + 8 * S; now < until; now += S / 10) {
		bay_tick(bay, now);
		size += pulled(held + size, sizeof held - size);
	}
	sim_tick(sim, now);
	sim_feed(sim, now, (const uint8_t *)held, size);
	run_sim(now + 60 * S);
	assert_non_null(strstr(events, "11111111-1111-4111-8111-111111111111"));
	assert_non_null(strstr(events, "22222222-2222-4222-8222-222222222222"));
	assert_null(strstr(events, "\"failed\""));
	assert_int_equal(state_now(), BAY_IDLE);
	close_bay();
}

static void test_stop(void **state)
{
	uint8_t out[16];
	struct bay_live live;
	struct bay_event ev;
	bool reset = false;

	(void)state;
	with_sim(SIM_MARLIN_BUGFIX);
	start("G28\nG1 X10\nG4 S9999\n", 3);
	run_sim(now + 5 * S);
	assert_int_equal(bay_stop(bay, now, true, "r1", "u1", out, sizeof out), 6);
	assert_memory_equal(out, "\nM112\n", 6);
	sim_feed(sim, now, out, 6);
	collect_events();
	assert_non_null(strstr(events, "failed {\"category\":\"EmergencyStop\""));
	assert_non_null(strstr(events, "stop {\"request\":\"r1\",\"user\":\"u1\",\"written\":true}"));
	bay_live(bay, &live);
	assert_int_equal(live.state, BAY_HALTED);
	assert_string_equal(live.error_code, "EMERGENCY_STOP");
	run_sim(now + 2 * S);
	while (bay_next(bay, &ev))
		reset |= ev.want == BAY_WANT_RESET;
	assert_true(reset);
	sim_power_cycle(sim, now);
	run_sim(now + 5 * S);
	bay_live(bay, &live);
	assert_int_equal(live.state, BAY_IDLE);
	assert_true(live.needs_homing);
	assert_string_equal(live.error_code, "");
	close_bay();
}

static void test_stop_offline(void **state)
{
	uint8_t out[16];

	(void)state;
	with_sim(SIM_MARLIN_21);
	start("G28\nG4 S100\n", 2);
	run_sim(now + 2 * S);
	bay_port_down(bay, now, "gone");
	assert_int_equal(bay_stop(bay, now, false, "r", "u", out, sizeof out), 0);
	collect_events();
	assert_non_null(strstr(events, "EmergencyStop"));
	assert_non_null(strstr(events, "\"written\":false"));
	close_bay();
}

static void test_answers(void **state)
{
	const char *text;

	(void)state;
	with_sim(SIM_MARLIN_21);
	run_lines("G90", "11111111-1111-4111-8111-111111111111");
	run_lines("M114", "22222222-2222-4222-8222-222222222222");
	run_lines("M115", "33333333-3333-4333-8333-333333333333");
	run_lines("M9999", "44444444-4444-4444-8444-444444444444");
	run_sim(now + 2 * S);
	assert_string_equal(bay_result(bay, "11111111-1111-4111-8111-111111111111"), "ok");
	text = bay_result(bay, "22222222-2222-4222-8222-222222222222");
	assert_true(strncmp(text, "X:", 2) == 0);
	assert_string_equal(text + strlen(text) - 3, "\nok");
	text = bay_result(bay, "33333333-3333-4333-8333-333333333333");
	assert_true(strlen(text) > 600 && strstr(text, "Cap:ARCS") && strstr(text, "\nok"));
	assert_non_null(strstr(bay_result(bay, "44444444-4444-4444-8444-444444444444"),
	    "echo:Unknown command: \"M9999\"\nok"));
	assert_null(bay_result(bay, "99999999-9999-4999-8999-999999999999"));
	assert_null(strstr(events, "\"failed\""));
	close_bay();
}

static void test_refusals(void **state)
{
	(void)state;
	with_sim(SIM_MARLIN_21);
	run_lines("M110 N5", "11111111-1111-4111-8111-111111111111");
	run_lines("M104 S300", "22222222-2222-4222-8222-222222222222");
	start("G28\nG4 S100\n", 2);
	run_lines("G28", "33333333-3333-4333-8333-333333333333");
	run_lines("M220 S90", "44444444-4444-4444-8444-444444444444");
	run_sim(now + 200 * S);
	assert_string_equal(bay_result(bay, "11111111-1111-4111-8111-111111111111"),
	    "M110 is not allowed");
	assert_string_equal(bay_result(bay, "22222222-2222-4222-8222-222222222222"),
	    "Beyond the machine's temperature limit");
	assert_string_equal(bay_result(bay, "33333333-3333-4333-8333-333333333333"), "PRINTER_BUSY");
	assert_string_equal(bay_result(bay, "44444444-4444-4444-8444-444444444444"), "ok");
	assert_null(strstr(sent, "M110 N5"));
	assert_null(strstr(sent, "S300"));
	close_bay();
}

static void say(const char *line)
{
	bay_feed(bay, now, (const uint8_t *)line, strlen(line));
}

/* Its own pause: nothing moves, but M85 must not kill a printer that waits for a person. Marlin tells
 * why behind the word. */
static void paused_by_itself(const char *word, const char *reason)
{
	char wanted[80];

	dead_man = 900;
	with_sim(SIM_MARLIN_21);
	start("G28\nG1 X10 F600\nG1 X20\nG1 X30\nG4 S500\nG1 X40\n", 6);
	run_sim(now + 6 * S);
	say(word);
	sent_size = 0;
	sent[0] = '\0';
	run_sim(now + 60 * S);
	snprintf(wanted, sizeof wanted, "paused {\"reason\":\"%s\"", reason);
	assert_non_null(strstr(events, wanted));
	assert_non_null(strstr(sent, "M85 S0"));
	assert_null(strstr(sent, "G1"));
	assert_null(strstr(sent, "M85 S900"));
	say("//action:resumed\n");
	run_sim(now + 10 * S);
	assert_int_not_equal(state_now(), BAY_PAUSED);
	run_sim(now + 60 * S);
	assert_non_null(strstr(sent, "M85 S900"));
	assert_true(strstr(sent, "M85 S900") < strstr(sent, "G1 X40"));
	assert_null(strstr(sent, "M108"));
	assert_non_null(strstr(events, "completed"));
	close_bay();
	dead_man = 0;
}

static void test_paused_by_itself(void **state)
{
	(void)state;
	paused_by_itself("//action:paused\n", "prompt");
	paused_by_itself("//action:paused filament_runout 0\n", "filament");
}

/* A line waits behind the printer's own dialogue: a person's word ends that, then the word holds. */
static void test_dialogue(void **state)
{
	static const enum bay_action actions[] = { BAY_RESUME, BAY_CANCEL };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct bay_command c = { .action = actions[i] };

		with_sim(SIM_MARLIN_21);
		start("G28\nG1 X10 F600\nG4 S500\nG1 X40\n", 4);
		run_sim(now + 6 * S);
		say("//action:paused filament_runout 0\n");
		run_sim(now + S);
		sent_size = 0;
		sent[0] = '\0';
		bay_command(bay, now, &c);
		run_sim(now + 60 * S);
		assert_ptr_equal(strstr(sent, "M108\n"), sent);
		assert_non_null(strstr(events, i == 0 ? "completed" : "cancelled"));
		close_bay();
	}
}

/* Line of one megabyte, no line end, control bytes, oks without end (reliability.md S-096). */
static void test_hostile(void **state)
{
	static const char *const lines[] = { "ok\nok\nok\n", "T:nan /nan B:inf /0\n", "Resend: -5\n",
		"Resend: 99999999999999999999\n", "ok N99999999999\n", "\x1b[2J<b>start</b>\n",
		"X:1e999 Y:2 Z:3 E:4 Count\n", "//action:shutdown\n", "//action:prompt_begin x\n" };
	char out[512];

	(void)state;
	with_sim(SIM_MARLIN_21);
	start("G28\nG4 S1000\n", 2);
	for (int i = 0; i < 20000; i++) {
		const char *l = lines[i % (int)(sizeof lines / sizeof lines[0])];

		bay_feed(bay, now, (const uint8_t *)l, strlen(l));
		bay_feed(bay, now, (const uint8_t *)"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", 44);
		now += 1000;
		bay_tick(bay, now);
		while (pulled(out, sizeof out))
			;
		collect_events();
	}
	assert_null(strstr(events, "completed"));
	close_bay();
}

static void test_names(void **state)
{
	(void)state;
	assert_string_equal(bay_state_name(BAY_OFFLINE), "offline");
	assert_string_equal(bay_state_name(BAY_HALTED), "halted");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_always_ok),
		cmocka_unit_test(test_silent),
		cmocka_unit_test(test_commands_outlast_silence),
		cmocka_unit_test(test_stop),
		cmocka_unit_test(test_stop_offline),
		cmocka_unit_test(test_answers),
		cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_paused_by_itself),
		cmocka_unit_test(test_dialogue),
		cmocka_unit_test(test_hostile),
		cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
