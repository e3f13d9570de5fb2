/* SPDX-License-Identifier: Apache-2.0 */
/* The numbering rules of docs/protocol/marlin.md §2, one test each, and the queries of §3. */
#include "talk.h"

#include <stdio.h>
#include <string.h>

static const enum sim_dialect all[] = { SIM_MARLIN_20, SIM_MARLIN_21, SIM_MARLIN_BUGFIX,
					SIM_MARLIN_PLAIN };

#define EACH(t)                             \
	for (unsigned i_ = 0; i_ < 4; i_++) \
		for (struct talk *t = talk_begin(all[i_]); t; talk_end(t), t = NULL)

static void expect_last(struct talk *t, int64_t last)
{
	assert_int_equal(talk_state(t).last_line, last);
}

/* Rule 1: number first, then checksum. */
static void number_before_checksum(void **state)
{
	(void)state;
	EACH(t)
	{
		talk_say(t, "N9 M107*0\n");
		talk_has(
		    t, "Error:Line Number is not Last Line Number+1, Last Line: 0\nResend: 1\nok");
		talk_forget(t);
		talk_say(t, "N1 M107*0\n");
		talk_has(t, "Error:checksum mismatch, Last Line: 0\nResend: 1\nok");
		talk_forget(t);
		talk_say(t, "N1 M107\n");
		talk_has(t, "Error:No Checksum with line number, Last Line: 0\nResend: 1\nok");
		talk_recorded(t, "");
	}
}

/* Rule 2: the refusal overtakes, the queue is kept, the receive buffer is lost. */
static void burst(void **state)
{
	struct talk *t = talk_begin(SIM_MARLIN_21);

	(void)state;
	talk_say(t, "N1 G1 X1*96\nN2 G1 X2*96\nN3 G1 X9*1\nN4 G1 X4*96\n"
		    "N5 G1 X5*96\nN6 G1 X6*96\nN7 G1 X7*96\nN8 G1 X8*96\n");
	talk_hears(t, "Error:checksum mismatch, Last Line: 2\nResend: 3\nok\n"
		      "ok N1 P14 B2\nok N2 P13 B3\n");
	talk_wait(t, 60);
	talk_hears(t, "");
	expect_last(t, 2);
	talk_end(t);
}

static void trickle(void **state)
{
	struct talk *t = talk_begin(SIM_MARLIN_BUGFIX);

	(void)state;
	talk_number(t, 1, "G1 X1");
	talk_number(t, 2, "G1 X2");
	talk_say(t, "N3 G1 X3*0\n");
	talk_forget(t);
	for (int n = 4; n <= 7; n++)
		talk_number(t, n, "G1 X4");
	assert_int_equal(talk_count(t, "Resend: 3\nok\n"), 4);
	talk_number(t, 3, "G1 X3");
	talk_has(t, "ok N3 P12 B3\n");
	talk_end(t);
}

/* Rule 3: 2.0's ok after a Resend carries the number of whatever the slot holds. */
static void stale_number(void **state)
{
	struct talk *t = talk_begin(SIM_MARLIN_20);

	(void)state;
	talk_say(t, "N1 G1 X1*96\nN2 G1 X2*96\nN3 G1 X9*1\n");
	talk_hears(t, "Error:checksum mismatch, Last Line: 2\nResend: 3\nok N1 P15 B2\n"
		      "ok N1 P14 B2\nok N2 P13 B3\n");
	talk_say(t, "M110 N90\n");
	for (int n = 91; n <= 94; n++)
		talk_number(t, n, "M107");
	talk_forget(t);
	talk_say(t, "N1999999999 M105*31\n");
	talk_has(t, "Last Line: 94\nResend: 95\nok N91 ");
	talk_end(t);
}

/* Rule 4: what was accepted is met with silence, by all but 2.0. */
static void repeated(void **state)
{
	(void)state;
	EACH(t)
	{
		for (int n = 1; n <= 4; n++)
			talk_number(t, n, "M107");
		talk_forget(t);
		talk_number(t, 4, "M107");
		talk_number(t, 3, "M107");
		if (all[i_] == SIM_MARLIN_20)
			assert_int_equal(talk_count(t, "Last Line: 4\nResend: 5\nok"), 2);
		else
			talk_hears(t, "");
		talk_forget(t);
		talk_number(t, 2, "M107");
		talk_has(t, "Last Line: 4\nResend: 5\nok");
		talk_recorded(t, "1 M107\n2 M107\n3 M107\n4 M107\n");
	}
}

/* Rule 5: M110 and its two effects. */
static void m110(void **state)
{
	(void)state;
	EACH(t)
	{
		talk_number(t, 0, "M110 N500");
		expect_last(t, 500);
		talk_number(t, 7, "M110");
		expect_last(t, 7);
		talk_say(t, "M110 N20\n");
		expect_last(t, 20);
		talk_forget(t);
		talk_say(t, "M110 N0\nN21 M107*22\nN22 M107*21\n");
		assert_int_equal(talk_count(t, "ok"), 3);
		expect_last(t, 0);
	}
}

/* Rule 6 */
static void m110_in_text(void **state)
{
	(void)state;
	EACH(t)
	{
		talk_say(t, "M110 N22\n");
		talk_forget(t);
		talk_say(t, "N90 M117 M1103*115\n");
		talk_has(t, "ok");
		talk_has_not(t, "Error");
		expect_last(t, 90);
	}
}

/* Rule 7 */
static void large_numbers(void **state)
{
	(void)state;
	EACH(t)
	{
		talk_say(t, "M110 N1234000000\n");
		talk_number(t, 1234000001, "M107");
		expect_last(t, 1234000001);
		talk_has_not(t, "Error");
	}
}

/* Rule 8: 95 bytes pass, one more spoils the checksum, four more hide it. */
static void long_lines(void **state)
{
	char command[120];

	(void)state;
	EACH(t)
	{
		memset(command, 'x', sizeof command);
		memcpy(command, "M117 ", 5);
		/* "N1 " + command + "*" + checksum of two or three digits */
		for (size_t len = 80; len < 100; len++) {
			char line[130];
			unsigned char sum = 0;
			int size = snprintf(line, sizeof line, "N1 %.*s", (int)len, command);

			for (int i = 0; i < size; i++)
				sum ^= (unsigned char)line[i];
			size += snprintf(line + size, sizeof line - (size_t)size, "*%u\n", sum);
			talk_say(t, "M110 N0\n");
			talk_forget(t);
			talk_say(t, line);
			if (size - 1 <= 95)
				talk_has_not(t, "Error");
			else if (strchr(line, '*') - line < 95)
				talk_has(t, "Error:checksum mismatch");
			else
				talk_has(t, "Error:No Checksum");
		}
	}
}

static void long_unnumbered(void **state)
{
	struct talk *t = talk_begin(SIM_MARLIN_21);
	char line[130];

	(void)state;
	memset(line, ' ', sizeof line);
	memcpy(line, "G1 X", 4);
	memcpy(line + 92, "123456\n", 8);
	talk_say(t, line);
	talk_hears(t, "ok P14 B3\n");
	assert_true(talk_state(t).x == 123);
	talk_end(t);
}

/* Rule 9 */
static void comments_and_blanks(void **state)
{
	(void)state;
	EACH(t)
	{
		talk_number(t, 1, "M107");
		talk_forget(t);
		talk_say(t, "N2 G1 X15 ; hello*4\n");
		talk_has(t, "Error:No Checksum with line number, Last Line: 1");
		talk_forget(t);
		talk_say(t, "\n\r\n; only words\n\n");
		talk_hears(t, "");
		talk_say(t, "N2 M107*39 ; after\r\n");
		talk_has_not(t, "Error");
		expect_last(t, 2);
		talk_say(t, "N3M107*6\n");
		talk_has_not(t, "Error");
		expect_last(t, 3);
	}
}

static void junk_before_number(void **state)
{
	static const char *const junk[] = { "n1 G1 X5*0\n", "\tN1 G1 X5*0\n", "\xffN1 G1 X5*0\n" };

	(void)state;
	EACH(t)
	for (size_t i = 0; i < 3; i++) {
		talk_say(t, junk[i]);
		talk_has(t, "echo:Unknown command: \"");
		talk_has(t, "\"\nok");
		talk_has_not(t, "Error");
		expect_last(t, 0);
		assert_true(talk_state(t).x == 0);
		talk_forget(t);
	}
}

static void nul_before_number(void **state)
{
	struct talk *t = talk_begin(SIM_MARLIN_21);

	(void)state;
	assert_int_equal(sim_feed(t->sim, 0, (const uint8_t *)"\0N1 G1 X5*0\n", 12), 12);
	talk_wait(t, 0);
	talk_hears(t, "echo:Unknown command: \"\"\nok P15 B3\n");
	expect_last(t, 0);
	talk_end(t);
}

/* §1: "N is missing for unnumbered lines and also when a numbered line came with a leading
 * space", and an unnumbered checksum is never looked at. */
static void number_in_ok(void **state)
{
	struct talk *t = talk_begin(SIM_MARLIN_BUGFIX);

	(void)state;
	talk_say(t, "N1 G1 X10 F3000*53\n");
	talk_hears(t, "ok N1 P14 B3\n");
	talk_say(t, " N2 M107*39\n");
	talk_hears(t, "ok P14 B3\n");
	expect_last(t, 2);
	talk_say(t, "M105*11\n");
	talk_has(t, "ok T:19.38");
	talk_number(t, 3, "M105");
	talk_has_not(t, "N3");
	talk_end(t);
}

/* §3: the probe is answered when parsed, even while a command blocks; bare M110 waits. */
static void probe(void **state)
{
	(void)state;
	EACH(t)
	{
		talk_say(t, "M110 N16\nM113 S0\n");
		talk_number(t, 17, "G4 S10");
		talk_forget(t);
		talk_say(t, "\nM110\nN1999999999 M105*31\n");
		talk_has(
		    t,
		    "Error:Line Number is not Last Line Number+1, Last Line: 17\nResend: 18\nok");
		talk_has_not(t, "Line: 17\nok");
		talk_forget(t);
		talk_wait(t, 11);
		if (all[i_] == SIM_MARLIN_BUGFIX)
			talk_hears(t, "ok N17 P15 B2\nLine: 17\nok P15 B3\n");
		talk_has_not(t, "Error");
	}
}

static void probe_waits_for_a_slot(void **state)
{
	struct talk *t = talk_begin(SIM_MARLIN_21);

	(void)state;
	talk_say(t, "M113 S0\nG4 S10\nG4 S1\nG4 S1\nG4 S1\n");
	talk_forget(t);
	talk_say(t, "N1999999999 M105*31\n");
	talk_hears(t, "");
	talk_wait(t, 10.1);
	talk_has(t, "Resend: 1\nok\n");
	talk_end(t);
}

static void half_lines(void **state)
{
	struct talk *t = talk_begin(SIM_MARLIN_21);

	(void)state;
	talk_say(t, "M110 N17\n");
	talk_forget(t);
	talk_say(t, "N18 G1 X1");
	talk_say(t, "\n");
	talk_hears(t, "Error:No Checksum with line number, Last Line: 17\nResend: 18\nok\n");
	talk_say(t, "G1 X10");
	talk_say(t, "\n");
	assert_true(talk_state(t).x == 10);
	talk_end(t);
}

static void m999(void **state)
{
	struct talk *t = talk_begin(SIM_MARLIN_21);

	(void)state;
	talk_say(t, "M110 N4\n");
	talk_forget(t);
	talk_say(t, "M999\n");
	talk_hears(t, "Resend: 5\nok\nok P15 B3\n");
	talk_end(t);
}

/* §5: "oks are spaced by execution once queue + planner are full (P0, then B0)" */
static void filling(void **state)
{
	struct talk *t = talk_begin(SIM_MARLIN_BUGFIX);

	(void)state;
	talk_say(t, "M113 S0\nG91\nG1 F60\n");
	talk_forget(t);
	for (int i = 0; i < 19; i++)
		talk_say(t, "G1 X1\n");
	assert_int_equal(talk_count(t, "ok P"), 15);
	talk_has(t, "ok P0 B3\n");
	talk_forget(t);
	talk_wait(t, 1.2);
	talk_hears(t, "ok P0 B0\n");
	talk_end(t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(number_before_checksum),
		cmocka_unit_test(burst),
		cmocka_unit_test(trickle),
		cmocka_unit_test(stale_number),
		cmocka_unit_test(repeated),
		cmocka_unit_test(m110),
		cmocka_unit_test(m110_in_text),
		cmocka_unit_test(large_numbers),
		cmocka_unit_test(long_lines),
		cmocka_unit_test(long_unnumbered),
		cmocka_unit_test(comments_and_blanks),
		cmocka_unit_test(junk_before_number),
		cmocka_unit_test(nul_before_number),
		cmocka_unit_test(number_in_ok),
		cmocka_unit_test(probe),
		cmocka_unit_test(probe_waits_for_a_slot),
		cmocka_unit_test(half_lines),
		cmocka_unit_test(m999),
		cmocka_unit_test(filling),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
