/* SPDX-License-Identifier: Apache-2.0 */
/* script - the sequences of contract §4.4 to §4.6, and people's own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "spooler/script.h"

static char text[SCRIPT_MAX];

static struct bay_conf conf(void)
{
	return (struct bay_conf){ .volume_z = 250, .pause_retract = 2, .pause_lift = 10, .pause_bed = 40,
		.extruder_min_temp = 170, .cancel_disable_steppers = true, .dead_man_sec = 900,
		.stepper_timeout_sec = 120 };
}

static struct script_pause pause_at(double z)
{
	struct script_pause p = { .found = { .at = { 101.5, 20.25, z, 3.25 }, .feed = 1800, .bed = 60,
	    .hotend = { 210 }, .fan = 128, .homed = true, .known = 15, .speed = 100, .flow = 100 } };

	return p;
}

static void test_start(void **state)
{
	struct bay_conf c = conf();

	(void)state;
	script_start(text, &c, &(struct script_job){ 205, 60, true, true, true });
	assert_string_equal(text, "M85 S900\nM18 S0\nM140 S60\nM104 S205\nM190 S60\nM109 S205\nG28\n");
	script_start(text, &c, &(struct script_job){ 205, 60, false, false, false });
	assert_string_equal(text, "M85 S900\nM18 S0\n"); /* the file does it all itself */
	script_start(text, &c, &(struct script_job){ 205, 60, false, true, true });
	assert_string_equal(text, "M85 S900\nM18 S0\nM140 S60\nM190 S60\nG28\n");
}

static void test_pause(void **state)
{
	struct bay_conf c = conf();
	struct script_pause p = pause_at(5);

	(void)state;
	script_halt(text, false);
	assert_string_equal(text, "M400\n@settle\nM105\n@where\n");
	script_park(text, &c, &p, true);
	assert_string_equal(text, "M83\nG1 E-2 F1800\nG91\nG1 Z10 F300\nG90\nG1 X0 Y0 F3000\nM140 S40\n"
	    "M85 S0\n@paused\n");
	p = pause_at(245);
	script_park(text, &c, &p, false); /* cold: no retraction; no higher than the machine */
	assert_string_equal(text, "G91\nG1 Z5 F300\nG90\nG1 X0 Y0 F3000\nM140 S40\nM85 S0\n@paused\n");
	p = pause_at(5);
	p.found.homed = false;
	script_park(text, &c, &p, false); /* not homed: nothing moves */
	assert_string_equal(text, "G91\nG90\nM140 S40\nM85 S0\n@paused\n");
}

static void test_resume(void **state)
{
	struct bay_conf c = conf();
	struct script_pause p = pause_at(5);

	(void)state;
	script_park(text, &c, &p, true);
	script_resume(text, &c, &p);
	assert_string_equal(text, "M85 S900\nM140 S60\nM104 S210\n@heat\nG90\nG1 X101.5 Y20.25 F3000\n"
	    "G1 Z5 F300\nM83\nG1 E2 F1800\nM106 S128\nG92 E3.25\nG1 F1800\nG90\nM82\n@settle\n@resumed\n");
	p.found.relative = p.found.e_relative = p.found.inches = true;
	script_resume(text, &c, &p);
	assert_non_null(strstr(text, "@heat\nG21\nG90\n"));
	assert_non_null(strstr(text, "G92 E3.25\nG1 F1800\nG20\nG91\nM83\n@settle\n"));
	p.found.feed = 0;
	script_resume(text, &c, &p);
	assert_non_null(strstr(text, "G92 E3.25\nG1 F1500\nG20\n")); /* the board's own, not ours */
}

static void test_cancel(void **state)
{
	struct bay_conf c = conf();
	struct script_pause p = pause_at(5);

	(void)state;
	script_cancel(text, &c, &p.found);
	assert_string_equal(text, "M104 S0\nM140 S0\nM107\n@cancelled\nG91\nG1 Z10 F300\nG90\n"
	    "G1 X0 Y0 F3000\nM84\nG90\nM82\nM85 S0\nM18 S120\n");
	p.found.homed = false;
	p.found.chamber_used = true;
	script_cancel(text, &c, &p.found);
	assert_string_equal(text, "M104 S0\nM140 S0\nM141 S0\nM107\n@cancelled\nM84\nG90\nM82\nM85 S0\n"
	    "M18 S120\n");
}

/* A person's script: figures filled in; nothing that a job may not send. */
static void test_own(void **state)
{
	struct bay_conf c = conf();
	struct script_pause p = pause_at(5);

	(void)state;
	c.script_pause = "G1 X{x} Z{z} ; home\nM110 N0\nM112\n@where\nG1 E-{retract}\n{nonsense}\n\n";
	script_park(text, &c, &p, true);
	assert_string_equal(text, "G1 X101.5 Z5\nG1 E-2\nM85 S0\n@paused\n");
}

static void test_steps(void **state)
{
	const char *line;
	size_t len;

	(void)state;
	assert_true(script_step("M400\n@settle\n", 1, &line, &len));
	assert_int_equal(len, 7);
	assert_memory_equal(line, "@settle", 7);
	assert_false(script_step("M400\n@settle\n", 2, &line, &len));
	assert_false(script_step("", 0, &line, &len));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_start),
		cmocka_unit_test(test_pause),
		cmocka_unit_test(test_resume),
		cmocka_unit_test(test_cancel),
		cmocka_unit_test(test_own),
		cmocka_unit_test(test_steps),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
