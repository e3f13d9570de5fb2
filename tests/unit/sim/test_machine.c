/* SPDX-License-Identifier: Apache-2.0 */
/* Moves, starvation, time-outs, heaters, faults: what the machine behind the protocol does. */
#include "talk.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static bool near(double a, double b)
{
	return fabs(a - b) < 1e-6;
}

static void modes(void **state)
{
	struct talk *t = talk_begin(SIM_MARLIN_21);

	(void)state;
	talk_say(t, "M302 P1\nG1 X10 Y20 Z1 E3 F1200\nG91\nG1 X-2.5 E1\nM82\nG1 E9\n");
	assert_true(near(talk_state(t).x, 7.5) && near(talk_state(t).e, 9));
	assert_true(near(talk_state(t).feed, 1200));
	talk_say(t, "G90\nG92 X100 E0\nG1 X101\nG20\nG1 Y1\nG21\n");
	assert_true(near(talk_state(t).x, 101) && near(talk_state(t).y, 25.4));
	talk_say(t, "G92 E0\nM83\nG1 E2\nG1 E-1\nM221 S50\nG1 E2\nM400\n");
	talk_wait(t, 100);
	assert_true(near(talk_state(t).extruded, 3 + 1 + 5 + 2 - 1 + 1));
	talk_forget(t);
	talk_say(t, "M114\n");
	talk_has(t, "Count X:680 Y:2032 Z:400\n");
	talk_end(t);
}

static void arcs(void **state)
{
	struct talk *t = talk_begin(SIM_MARLIN_21);
	double seconds;

	(void)state;
	talk_say(t, "G1 X10 Y0 F6000\nM400\n");
	talk_wait(t, 5);
	talk_forget(t);
	seconds = (double)t->now;
	talk_say(t, "G3 X0 Y10 I-10 J0\nM113 S0\nM400\n");
	while (talk_count(t, "ok") < 3)
		talk_wait(t, 0.01);
	seconds = ((double)t->now - seconds) / 1e6;
	/* a quarter of 62.8 mm at 100 mm/s, and braking at both ends */
	assert_true(seconds > 0.15 && seconds < 0.4);
	assert_true(near(talk_state(t).x, 0) && near(talk_state(t).y, 10));
	talk_say(t, "G2 X10 Y0 R10\nG2 X1 Y1\n");
	talk_has(t, "Error:G2/G3 bad parameters\nok");
	talk_end(t);
}

/* The endurance line of marlin.md §3: no step lost over 1,500 relative moves. */
static void steps(void **state)
{
	struct talk *t = talk_begin(SIM_MARLIN_BUGFIX);

	(void)state;
	talk_say(t, "M113 S0\nG91\nG1 F6000\n");
	for (int n = 1; n <= 1500; n++) {
		talk_number(t, n, "G1 X0.1");
		talk_forget(t);
	}
	talk_say(t, "M114\n");
	talk_wait(t, 10);
	talk_has(t, "Count X:12000 ");
	assert_int_equal(talk_state(t).starved, 0);
	talk_end(t);
}

static void nominal_speed(void **state)
{
	struct talk *t = talk_begin(SIM_MARLIN_21);
	int64_t began;

	(void)state;
	talk_say(t, "M113 S0\nG91\nG1 F6000\n");
	began = t->now;
	for (int i = 0; i < 333; i++)
		talk_say(t, "G1 X0.3\n"); /* 100 mm at 100 mm/s */
	talk_say(t, "M400\n");
	while (talk_state(t).queued)
		talk_wait(t, 0.001);
	assert_true(t->now - began > 1000000 && t->now - began < 1200000);
	talk_end(t);
}

static void starvation(void **state)
{
	struct talk *t = talk_begin(SIM_MARLIN_21);

	(void)state;
	talk_say(t, "G91\nG1 X1 F600\n"); /* 0.1 s to start, 0.1 s to move */
	talk_wait(t, 0.5);
	talk_say(t, "M105\nG1 X1\n");
	assert_int_equal(talk_state(t).starved, 1);
	assert_true(talk_state(t).worst_gap_usec > 280000 && talk_state(t).worst_gap_usec < 310000);
	talk_wait(t, 1);
	talk_say(t, "G1 X1\n");
	talk_wait(t, 1);
	talk_say(t, "M400\nG1 X1\n"); /* asked for: no move was expected */
	talk_say(t, "G1 X1\nG4 P500\nG1 X1\n");
	talk_wait(t, 3);
	assert_int_equal(talk_state(t).starved, 2);
	assert_non_null(strstr(t->record, "# starved "));
	talk_end(t);
}

static void dead_man(void **state)
{
	struct talk *t = talk_begin(SIM_MARLIN_BUGFIX);

	(void)state;
	talk_say(t, "M155 S0\nM104 S50\nM85 S900\n");
	talk_wait(t, 899);
	assert_false(talk_state(t).killed);
	talk_say(t, "G1 X1\n");
	talk_wait(t, 890);
	for (int i = 0; i < 5; i++) {
		talk_say(t, "M105\n"); /* a query is no move */
		talk_wait(t, 1);
	}
	assert_false(talk_state(t).killed);
	talk_forget(t);
	talk_wait(t, 15);
	talk_has(t, "Error:!! KILL caused by too much inactive time - current command: M105\n"
		    "Error:Printer halted. kill() called!\n");
	assert_true(talk_state(t).killed && talk_state(t).hotend_target == 0);
	assert_non_null(strstr(t->record, "# kill inactivity\n# heaters_off\n"));
	talk_end(t);

	t = talk_begin(SIM_MARLIN_21);
	talk_say(t, "M85 S10\nM85 S0\n");
	talk_wait(t, 1000);
	assert_false(talk_state(t).killed);
	talk_say(t, "M85 S10\nG28\n"); /* homing moves all the time */
	talk_wait(t, 24);
	assert_false(talk_state(t).killed);
	talk_end(t);
}

static void stepper_timeout(void **state)
{
	struct talk *t = talk_begin(SIM_MARLIN_21);

	(void)state;
	talk_say(t, "G28\n");
	talk_wait(t, 25 + 119);
	assert_true(talk_state(t).homed && talk_state(t).steppers_on);
	talk_wait(t, 2);
	assert_false(talk_state(t).homed || talk_state(t).steppers_on);
	talk_say(t, "M18 S0\nG28\n");
	talk_wait(t, 3600);
	assert_true(talk_state(t).homed);
	talk_say(t, "M84 S5\n");
	talk_wait(t, 6);
	assert_false(talk_state(t).homed);
	talk_say(t, "G28\n");
	talk_wait(t, 25.1);
	assert_true(talk_state(t).homed);
	talk_say(t, "M84\n");
	assert_false(talk_state(t).homed);
	talk_end(t);
}

static void time_scale(void **state)
{
	struct sim_conf conf = { .dialect = SIM_MARLIN_21, .speed = 60 };
	struct talk *t = talk_with(&conf);

	(void)state;
	talk_say(t, "G28\n");
	talk_wait(t, 0.45);
	talk_has(t, "ok P15 B3\n");
	talk_wait(t, 2.01); /* 120 s for the machine */
	assert_false(talk_state(t).homed);
	talk_say(t, "M155 S1\n");
	talk_forget(t);
	talk_wait(t, 3.5);
	assert_int_equal(talk_count(t, " T:"), 3); /* the host's seconds */
	talk_end(t);
}

static void thermal(void **state)
{
	struct sim_conf conf = { .dialect = SIM_MARLIN_21,
				 .speed = 1,
				 .faults = { .heater_stuck_at_line = 2 } };
	struct talk *t = talk_with(&conf);

	(void)state;
	talk_say(t, "M113 S0\n");
	talk_number(t, 1, "M109 S200");
	talk_wait(t, 300);
	talk_has(t, "ok N1");
	assert_true(fabs(talk_state(t).hotend - 200) < 1);
	talk_number(t, 2, "M105");
	talk_wait(t, 30);
	assert_true(talk_state(t).hotend < 170);
	talk_wait(t, 20);
	talk_has(t, "Error:Thermal Runaway, system stopped! Heater_ID: 0\n"
		    "Error:Printer halted. kill() called!\n");
	talk_end(t);

	conf.faults.heater_stuck_at_line = 1;
	t = talk_with(&conf);
	talk_number(t, 1, "M104 S200");
	talk_wait(t, 41);
	talk_has(t, "Error:Heating failed, system stopped! Heater_ID: 0\n");
	talk_end(t);

	conf.unprotected = true;
	t = talk_with(&conf);
	talk_number(t, 1, "M104 S200");
	talk_wait(t, 4000);
	talk_has_not(t, "Error");
	assert_false(talk_state(t).killed);
	talk_end(t);
}

static void bed_heats(void **state)
{
	struct talk *t = talk_begin(SIM_MARLIN_21);

	(void)state;
	talk_say(t, "M113 S0\nM190 S60\n");
	talk_forget(t);
	talk_wait(t, 60);
	talk_has_not(t, "ok");
	talk_wait(t, 120);
	talk_has(t, "ok P15 B3\n");
	talk_say(t, "M140 S0\n");
	talk_wait(t, 3600);
	assert_true(talk_state(t).bed < 25);
	talk_end(t);
}

static void reset_at_line(void **state)
{
	struct sim_conf conf = { .dialect = SIM_MARLIN_21,
				 .speed = 1,
				 .faults = { .reset_at_line = 10003 } };
	struct talk *t = talk_with(&conf);

	(void)state;
	talk_number(t, 10000, "M110");
	for (int n = 10001; n <= 10006; n++)
		talk_number(t, n, "G1 X1");
	talk_wait(t, 1);
	talk_has(t, "ok N10002 P14 B3\nstart\n");
	talk_recorded(t, "10000 M110\n10001 G1 X1\n10002 G1 X1\n10003 G1 X1\n# reset\n");
	assert_int_equal(talk_state(t).last_line, 0);
	talk_end(t);
}

static void silence_storm_unplug(void **state)
{
	struct sim_conf conf = { .dialect = SIM_MARLIN_21,
				 .speed = 1,
				 .faults = { .silence_at_line = 1,
					     .silence_usec = 1000000,
					     .storm_at_line = 2,
					     .storm_usec = 1000000,
					     .unplug_at_line = 3,
					     .unplug_usec = 500000,
					     .runaway_at_line = 4 } };
	struct talk *t = talk_with(&conf);

	(void)state;
	talk_number(t, 1, "M107");
	talk_hears(t, "");
	talk_wait(t, 1);
	talk_number(t, 2, "M107");
	talk_hears(t, "ok N2 P15 B3\n");
	for (int i = 0; i < 5; i++)
		talk_number(t, 3, "M107");
	assert_int_equal(talk_count(t, "Error:checksum mismatch, Last Line: 2\nResend: 3\nok\n"),
			 5);
	talk_wait(t, 1);
	talk_forget(t);
	talk_number(t, 3, "M107");
	talk_hears(t, "");
	assert_false(sim_plugged(t->sim));
	talk_wait(t, 0.5);
	assert_true(sim_plugged(t->sim));
	talk_number(t, 4, "M107");
	talk_hears(t, "Error:Thermal Runaway, system stopped! Heater_ID: 0\n"
		      "Error:Printer halted. kill() called!\n//action:poweroff\n");
	talk_recorded(t, "1 M107\n2 M107\n3 M107\n# unplug\n4 M107\n# kill thermal_runaway\n");
	talk_end(t);
}

static void feed_noisy(struct talk *t)
{
	for (int n = 1; n <= 300; n++) {
		talk_number(t, n, "G1 X1.5 Y2.5 F6000");
		talk_wait(t, 0.01);
	}
	talk_wait(t, 1);
}

static const struct sim_conf noisy = { .dialect = SIM_MARLIN_21,
				       .speed = 1,
				       .seed = 7,
				       .faults = { .rx_corrupt_ppm = 3000,
						   .rx_drop_ppm = 2000,
						   .tx_corrupt_ppm = 3000,
						   .tx_drop_ppm = 2000,
						   .lose_ok_ppm = 30000,
						   .dup_ok_ppm = 30000,
						   .spontaneous_ok_ppm = 30000,
						   .garbage_ppm = 30000 } };

static void faults_repeat(void **state)
{
	struct sim_conf other = noisy;
	struct talk *a = talk_with(&noisy), *b = talk_with(&noisy), *c;

	(void)state;
	other.seed = 8;
	c = talk_with(&other);
	feed_noisy(a);
	feed_noisy(b);
	feed_noisy(c);
	assert_int_equal(a->size, b->size);
	assert_memory_equal(a->heard, b->heard, a->size);
	assert_string_equal(a->record, b->record);
	assert_true(a->size != c->size || memcmp(a->heard, c->heard, a->size) != 0);
	talk_end(a);
	talk_end(b);
	talk_end(c);
}

static unsigned oks(unsigned lose, unsigned dup, unsigned spontaneous)
{
	struct sim_conf conf = { .dialect = SIM_MARLIN_PLAIN, .speed = 1, .seed = 3 };
	struct talk *t;
	unsigned n;

	conf.faults.lose_ok_ppm = lose;
	conf.faults.dup_ok_ppm = dup;
	conf.faults.spontaneous_ok_ppm = spontaneous;
	t = talk_with(&conf);
	for (int i = 1; i <= 1000; i++) {
		talk_number(t, i, "M107");
		talk_wait(t, 1);
	}
	assert_int_equal(talk_state(t).executed, 1000);
	n = talk_count(t, "ok\n");
	talk_end(t);
	return n;
}

static void fault_rates(void **state)
{
	(void)state;
	assert_int_equal(oks(0, 0, 0), 1000);
	assert_int_equal(oks(1000000, 0, 0), 0);
	assert_int_equal(oks(0, 1000000, 0), 2000);
	assert_int_equal(oks(0, 0, 1000000), 2000);
	assert_in_range(oks(100000, 0, 0), 870, 930);
}

static void instant(void **state)
{
	struct sim_conf conf = { .dialect = SIM_MARLIN_21, .instant = true };
	struct talk *t = talk_with(&conf);

	(void)state;
	talk_say(t, "G28\nM109 S200\nG4 S100\nG1 X100 E10 F60\nM400\n");
	assert_int_equal(talk_count(t, "ok P15 B"), 5);
	assert_true(near(talk_state(t).x, 100) && near(talk_state(t).extruded, 10));
	assert_true(near(talk_state(t).hotend, 200));
	talk_end(t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(modes),	   cmocka_unit_test(arcs),
		cmocka_unit_test(steps),	   cmocka_unit_test(nominal_speed),
		cmocka_unit_test(starvation),	   cmocka_unit_test(dead_man),
		cmocka_unit_test(stepper_timeout), cmocka_unit_test(time_scale),
		cmocka_unit_test(thermal),	   cmocka_unit_test(bed_heats),
		cmocka_unit_test(reset_at_line),   cmocka_unit_test(silence_storm_unplug),
		cmocka_unit_test(faults_repeat),   cmocka_unit_test(fault_rates),
		cmocka_unit_test(instant),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
