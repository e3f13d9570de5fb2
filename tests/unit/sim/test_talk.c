/* SPDX-License-Identifier: Apache-2.0 */
/* The conversations of docs/protocol/marlin.md §1, §4, §5: what each firmware says. */
#include "talk.h"

#include <string.h>

#define COLD "T:19.38 /0.00 B:19.38 /0.00 @:0 B@:0"

static void banner(void **state)
{
	struct sim_conf conf = { .dialect = SIM_MARLIN_BUGFIX, .reset_on_open = true };
	struct talk *t = talk_with(&conf);

	(void)state;
	talk_say(t, "M105\n"); /* while it boots nobody reads */
	talk_wait(t, 1);
	talk_has(t, "start\nPowerUp\nMarlin bugfix-2.1.x\necho: Last Updated:");
	talk_has(t, "echo:EEPROM version mismatch (EEPROM=? Marlin=V90)\n"
		    "//action:notification Err: EEPROM Version\n"
		    "//action:notification Hardcoded Default Settings Loaded\n"
		    "echo:Hardcoded Default Settings Loaded\n//action:prompt_end\n");
	talk_has_not(t, "ok");
	talk_recorded(t, "# reset\n");
	talk_end(t);
}

static void no_banner_when_late(void **state)
{
	struct talk *t = talk_begin(SIM_MARLIN_21);

	(void)state;
	talk_wait(t, 5);
	talk_hears(t, "");
	talk_end(t);
}

static void firmware(void **state)
{
	struct talk *t = talk_begin(SIM_MARLIN_BUGFIX);

	(void)state;
	talk_say(t, "M115\n");
	assert_memory_equal(t->heard, "FIRMWARE_NAME:Marlin bugfix-2.1.x (", 35);
	assert_int_equal(talk_count(t, "\nCap:"), 36);
	talk_has(t, "PROTOCOL_VERSION:1.0 MACHINE_TYPE:SimRap 1.4 KINEMATICS:Cartesian "
		    "EXTRUDER_COUNT:1 UUID:");
	talk_has(t, "Cap:EEPROM:1\n");
	talk_has(t, "Cap:AUTOREPORT_POS:1\nCap:AUTOREPORT_TEMP:1\n");
	talk_has(t, "Cap:EMERGENCY_PARSER:1\n");
	talk_has(t, "Cap:PROMPT_SUPPORT:1\n");
	talk_has(t, "area:{full:{min:{x:0.00,");
	talk_has(t, "\nok P15 B3\n");
	talk_end(t);

	t = talk_begin(SIM_MARLIN_PLAIN);
	talk_say(t, "M115\n");
	talk_has(t, "Cap:EMERGENCY_PARSER:0\n");
	talk_has(t, "Cap:AUTOREPORT_TEMP:1\n");
	talk_has(t, "\nok\n");
	talk_has_not(t, "P15");
	talk_end(t);
}

static void reports(void **state)
{
	struct talk *t = talk_begin(SIM_MARLIN_BUGFIX);

	(void)state;
	talk_say(t, "M105\n");
	talk_hears(t, "ok " COLD "\n");
	talk_say(t, "M155 S1\n");
	talk_hears(t, "ok P15 B3\n");
	talk_wait(t, 2.5);
	talk_hears(t, " " COLD "\n " COLD "\n");
	talk_say(t, "M155 S0\nM114\n");
	talk_hears(t, "ok P15 B2\nX:0.00 Y:0.00 Z:0.00 E:0.00 Count X:0 Y:0 Z:0\nok P15 B3\n");
	talk_wait(t, 5);
	talk_hears(t, "");
	talk_say(t, "M154 S2\n");
	talk_wait(t, 2);
	talk_hears(t, "ok P15 B3\nX:0.00 Y:0.00 Z:0.00 E:0.00 Count X:0 Y:0 Z:0\n");
	talk_end(t);

	t = talk_begin(SIM_MARLIN_20);
	talk_say(t, "M114\n");
	talk_has(t, "X:0.000000 Y:0.000000 Z:0.000000 E:0.000000 Count X:0 Y:0 Z:0\n");
	talk_end(t);
}

static void homing(void **state)
{
	struct talk *t = talk_begin(SIM_MARLIN_BUGFIX);
	struct sim_conf broken = { .speed = 1, .dialect = SIM_MARLIN_21 };

	(void)state;
	talk_say(t, "G28\n");
	talk_wait(t, 5);
	talk_hears(t, "echo:busy: processing\necho:busy: processing\n");
	talk_wait(t, 25);
	talk_has(t, "X:0.00 Y:0.00 Z:5.00 E:0.00 Count X:0 Y:0 Z:2000\nok P15 B3\n");
	assert_true(talk_state(t).homed);
	talk_forget(t);
	talk_say(t, "M113 S0\nG28\n");
	talk_wait(t, 30);
	talk_has_not(t, "busy");
	talk_end(t);

	broken.faults.homing_fails = true;
	t = talk_with(&broken);
	talk_say(t, "M113 S0\nG28\n");
	talk_wait(t, 30);
	talk_hears(t, "ok P15 B2\necho:Homing Failed\nError:Printer halted. kill() called!\n"
		      "//action:poweroff\n");
	talk_end(t);
}

static void never_an_error(void **state)
{
	struct talk *t = talk_begin(SIM_MARLIN_BUGFIX);

	(void)state;
	talk_number(t, 1, "M9999");
	talk_hears(t, "echo:Unknown command: \"M9999\"\nok N1 P15 B3\n");
	talk_number(t, 2, "G1 E5");
	talk_hears(t, "echo: cold extrusion prevented\nok N2 P15 B3\n");
	assert_true(talk_state(t).e == 5 && talk_state(t).extruded == 0);
	talk_say(t, "M104 S400\n");
	talk_hears(t, "ok P15 B3\n");
	talk_say(t, "M105\n");
	talk_hears(t, "ok T:19.38 /260.00 B:19.38 /0.00 @:0 B@:0\n");
	talk_say(t, "M141 S40\n");
	talk_has(t, "Unknown command: \"M141 S40\"");
	talk_end(t);
}

static void heating(void **state)
{
	struct talk *t = talk_begin(SIM_MARLIN_BUGFIX);

	(void)state;
	talk_number(t, 1, "M109 S45");
	talk_wait(t, 1.5);
	talk_has(t, " T:19.38 /45.00 B:19.38 /0.00 @:0 B@:0 W:?\n");
	assert_int_equal(talk_count(t, "W:?"), 2);
	talk_wait(t, 30);
	assert_in_range(talk_count(t, "echo:busy: processing\n"), 8, 12);
	for (const char *w = "9876543210"; *w; w++) {
		char part[8] = "W:?\n";

		part[2] = *w;
		talk_has(t, part);
	}
	talk_has(t, "\nok N1 P15 B3\n");
	talk_end(t);
}

static void heating_broken_off(void **state)
{
	struct talk *t = talk_begin(SIM_MARLIN_21);

	(void)state;
	talk_say(t, "M109 S200\n");
	talk_wait(t, 3);
	talk_forget(t);
	talk_say(t, "M108\n");
	talk_hears(t, "ok P15 B2\nok P15 B3\n");
	talk_end(t);
}

static void user_stop(void **state)
{
	struct talk *t = talk_begin(SIM_MARLIN_BUGFIX);

	(void)state;
	talk_say(t, "M110 N1\n");
	talk_forget(t);
	talk_number(t, 2, "M0 Click me");
	talk_hears(t, "echo:Click me\n//action:prompt_end\n//action:prompt_begin Click me\n"
		      "//action:prompt_button Continue\n//action:prompt_show\n");
	talk_wait(t, 5);
	talk_hears(t, "echo:busy: paused for user\necho:busy: paused for user\n");
	talk_say(t, "M876 S0\n");
	talk_hears(t, "ok N2 P15 B2\nok P15 B3\n");
	talk_end(t);
}

static void filament_change(void **state)
{
	struct sim_conf conf = { .speed = 1, .dialect = SIM_MARLIN_BUGFIX };
	struct talk *t = talk_with(&conf);

	(void)state;
	talk_say(t, "M302 P1\nM113 S0\nM600\n");
	talk_wait(t, 4);
	talk_has(t, "//action:paused\n");
	talk_has(t, "//action:prompt_begin Nozzle Parked\n//action:prompt_button Continue\n");
	talk_forget(t);
	talk_say(t, "M876 S0\n");
	talk_has(t, "//action:prompt_button PurgeMore\n//action:prompt_button Continue\n");
	talk_forget(t);
	talk_say(t, "M876 S0\n");
	talk_has(t, "//action:prompt_button PurgeMore\n");
	talk_forget(t);
	talk_say(t, "M876 S1\n");
	talk_has(
	    t,
	    "//action:prompt_end\n//action:resumed\nok P15 B0\nok P15 B1\nok P15 B2\nok P15 B3\n");
	talk_end(t);
}

static void panel(void **state)
{
	struct talk *t = talk_begin(SIM_MARLIN_BUGFIX);

	(void)state;
	sim_press(t->sim, t->now, "pause");
	sim_press(t->sim, t->now, "cancel");
	talk_wait(t, 0);
	talk_hears(t, "//action:pause\n//action:cancel\n");
	talk_say(t, "M302 P1\n");
	sim_press(t->sim, t->now, "runout");
	talk_wait(t, 4);
	talk_has(t, "//action:paused filament_runout 0\n");
	talk_has(t, "//action:prompt_begin Nozzle Parked\n");
	talk_recorded(t, "- M302 P1\n# inject M600\n");
	talk_end(t);
}

static void killed(void **state)
{
	static const char *const ways[] = { "M112\n", "N6 M112*19\n", "N1 M112*0\n" };

	(void)state;
	for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
		struct talk *t = talk_begin(SIM_MARLIN_BUGFIX);

		talk_say(t, "M104 S200\n");
		talk_forget(t);
		talk_say(t, ways[i]);
		talk_hears(t, "echo:M112 Shutdown\nError:Printer halted. kill() called!\n"
			      "//action:poweroff\n");
		talk_say(t, "M105\nN1999999999 M105*31\n");
		talk_wait(t, 100);
		talk_hears(t, "");
		talk_recorded(t, "- M104 S200\n# kill M112\n# heaters_off\n");
		assert_true(talk_state(t).killed);
		sim_power_cycle(t->sim, t->now);
		talk_wait(t, 1);
		talk_has(t, "start\n");
		talk_end(t);
	}
}

/* Without the emergency parser an M112 must be read first, and a numbered one waits its turn. */
static void killed_plain(void **state)
{
	struct talk *t = talk_begin(SIM_MARLIN_PLAIN);

	(void)state;
	talk_say(t, "G4 S10\n");
	talk_number(t, 1, "M112");
	talk_wait(t, 5);
	assert_false(talk_state(t).killed);
	talk_say(t, "M112\n");
	assert_true(talk_state(t).killed);
	talk_has(t, "echo:M112 Shutdown\nError:Printer halted. kill() called!\n");
	talk_has_not(t, "//action");
	talk_end(t);
}

/* §4: "moves 18 to 24 were planned and run after the stop (M114: X:120)" */
static void quick_stop(void **state)
{
	struct talk *t = talk_begin(SIM_MARLIN_BUGFIX);
	struct sim_state st;

	(void)state;
	talk_say(t, "G91\nG1 F60\n");
	for (int i = 0; i < 19; i++)
		talk_say(t, "G1 X5\n");
	talk_wait(t, 1);
	assert_int_equal(talk_state(t).queued, 4); /* full planner, full queue */
	talk_forget(t);
	talk_say(t, "M410\n");
	talk_hears(t, "");
	st = talk_state(t);
	assert_int_equal(st.planned, 0);
	assert_true(st.x > 0 && st.x < 5);
	talk_wait(t, 0.9);
	talk_hears(t, "");
	talk_wait(t, 0.2);
	/* the four waiting lines go on, then comes the ok of M410 */
	assert_int_equal(talk_count(t, "ok P"), 5);
	assert_true(talk_state(t).x > st.x + 19.9 && talk_state(t).x < st.x + 20.1);
	talk_end(t);
}

/* §4: M410 "stuck behind the job lines" when more than the receive buffer is on its way. */
static void stuffed_pipe(void **state)
{
	struct talk *t = talk_begin(SIM_MARLIN_21);
	static const uint8_t line[] = "G1 X5          \n";
	size_t taken;
	unsigned whole = 0;

	(void)state;
	talk_say(t, "G91\nG1 F1\n");
	do {
		taken = sim_feed(t->sim, t->now, line, sizeof line - 1);
		whole += taken == sizeof line - 1;
	} while (taken == sizeof line - 1 && whole < 100);
	/* 15 planned, 4 queued, 7 whole lines in 127 bytes, part of the eighth */
	assert_int_equal(whole, 26);
	assert_int_equal(sim_feed(t->sim, t->now, (const uint8_t *)"\nM410\n", 6), 0);
	assert_int_equal(talk_state(t).planned, 15);
	talk_end(t);
}

static void uart_drops(void **state)
{
	struct sim_conf conf = { .dialect = SIM_MARLIN_21, .speed = 1 };
	struct talk *t = talk_with(&conf);

	(void)state;
	talk_say(t, "G91\nG1 F60\nM113 S0\n");
	for (int i = 1; i <= 15 + 4 + 16; i++)
		talk_number(t, i, "G1 X5");
	assert_non_null(strstr(t->record, "# rx_overrun\n"));
	talk_forget(t);
	talk_wait(t, 600);
	talk_has_not(t, "ok N29 ");
	talk_say(t, "\n"); /* what is left of the line that was cut */
	talk_has(t, "Error:");
	talk_end(t);
}

static void texts(void **state)
{
	struct talk *t = talk_begin(SIM_MARLIN_21);

	(void)state;
	talk_say(t, "M118 hello\n");
	talk_hears(t, "hello\r\nok P15 B3\n");
	talk_say(t, "M118 A1 E0 action\n");
	talk_hears(t, "//action\r\nok P15 B3\n");
	talk_say(t, "M118 E1 x\n");
	talk_hears(t, "echo:x\r\nok P15 B3\n");
	talk_say(t, "M117 Layer 3\n");
	talk_hears(t, "ok P15 B3\n");
	talk_say(t, "M111 S1\n");
	talk_hears(t, "echo:DEBUG:ECHO\nok P15 B3\n");
	talk_number(t, 1, "M107");
	talk_hears(t, "echo:N1 M107*36\nok N1 P15 B3\n");
	talk_end(t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(banner),	cmocka_unit_test(no_banner_when_late),
		cmocka_unit_test(firmware),	cmocka_unit_test(reports),
		cmocka_unit_test(homing),	cmocka_unit_test(never_an_error),
		cmocka_unit_test(heating),	cmocka_unit_test(heating_broken_off),
		cmocka_unit_test(user_stop),	cmocka_unit_test(filament_change),
		cmocka_unit_test(panel),	cmocka_unit_test(killed),
		cmocka_unit_test(killed_plain), cmocka_unit_test(quick_stop),
		cmocka_unit_test(stuffed_pipe), cmocka_unit_test(uart_drops),
		cmocka_unit_test(texts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
