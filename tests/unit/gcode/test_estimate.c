/* SPDX-License-Identifier: Apache-2.0 */
/* Modal state and the time of moves (R-242, R-243; contract §5.5, App. C). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "gcode/analysis.h"
#include "gcode/estimate.h"
#include "gcode/modal.h"

static double seconds(const char *text, double acceleration)
{
	struct analysis *a = analysis_new(acceleration);
	double s;

	analysis_feed(a, text, strlen(text));
	analysis_end(a);
	s = analysis_estimate(a);
	analysis_free(a);
	return s;
}

/* Without acceleration: the seed's rule. */
static void seed_formula(void **state)
{
	static const struct {
		const char *text;
		double seconds;
	} rows[] = {
		{ "G1 X100 F1200\n", 5 },
		{ "G1 X1000\n", 60 },                        /* 1000 mm/min at first */
		{ "G10\nG17\nG100\nG1 X100 F1200\nG11\n", 5 }, /* not moves */
		{ "G1 X100 F1200 ; X900 Y900\n", 5 },        /* comments are not words */
		{ "G1 X100 F1200\nG1 X200\n", 10 },          /* F is modal */
		{ "G0 X100 F1200\nG00 X0\nG01 X100\n", 15 },
		{ "G91\nG1 X100 F1200\nG1 X100\n", 10 },
		{ "G92 X100\nG1 X100 F1200\nG1 X200\n", 5 }, /* the place has a new name */
		{ "G1 X50 F1200\nG92 X0\nG1 X50\nG92\nG1 X50\n", 8 },
		{ "G20\nG1 X10 F47.244094488\n", 13 },       /* 254 mm at 1200 mm/min */
		{ "G20\nG21\nG1 X100 F1200\n", 5 },
		{ "G1 E100 F1200\n", 5 },                    /* only filament */
		{ "M83\nG1 E50 F1200\nG1 E50\n", 5 },
		{ "M82\nG1 E50 F1200\nG1 E50\n", 3 },
		{ "G1 X60 Y80 F1200\n", 5 },
		{ "G4 S7\n", 7 },
		{ "G4 P2500\nG4 P500\n", 3 },
		{ "G28\n", 15 },
		{ "M109 S200\nM190 S60\nG28\n", 15 },        /* heating is not counted */
		{ "G1 X100 F0\n", 6 },                       /* F0 is no speed */
		{ "g1 x100 f1200\n", 5 },
		{ "G1X100F1200\n", 5 },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (seconds(rows[i].text, 0) != rows[i].seconds)
			fail_msg("%s: %g s", rows[i].text, seconds(rows[i].text, 0));
}

/* Quarter, half and whole circles, by centre and by radius, helix. */
static void arcs(void **state)
{
	static const struct {
		const char *text;
		double length;
	} rows[] = {
		{ "G3 X0 Y100 I-100 J0", 50 * M_PI },
		{ "G2 X0 Y100 I-100 J0", 150 * M_PI },
		{ "G3 X100 Y0 I-100 J0", 200 * M_PI },
		{ "G3 X-100 Y0 R100", 100 * M_PI },
		{ "G3 X0 Y100 R100", 50 * M_PI },
		{ "G3 X0 Y100 R-100", 150 * M_PI },
		{ "G2 X0 Y100 R100", 50 * M_PI },
		{ "G3 X0 Y100 Z200 I-100 J0", 254.3109 },
		{ "G2 X0 Y100", 141.42135 },      /* no centre: straight */
		{ "G3 X0 Y100 R1", 141.42135 },   /* cannot reach: straight */
	};
	struct modal m;
	struct motion out;
	struct command c;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		modal_init(&m);
		m.pos[AXIS_X] = 100;
		command_parse(rows[i].text, strlen(rows[i].text), &c);
		assert_true(modal_step(&m, &c, &out));
		if (fabs(out.length - rows[i].length) > 1e-3)
			fail_msg("%s: %g, not %g", rows[i].text, out.length, rows[i].length);
	}
}

static void arc_box(void **state)
{
	struct modal m;
	struct motion out;
	struct command c;
	static const char whole[] = "G2 I-100 J0 E5";

	(void)state;
	modal_init(&m);
	m.pos[AXIS_X] = 100;
	command_parse(whole, strlen(whole), &c);
	assert_true(modal_step(&m, &c, &out));
	assert_true(fabs(out.low[AXIS_X] + 100) < 1e-9 && fabs(out.high[AXIS_X] - 100) < 1e-9);
	assert_true(fabs(out.low[AXIS_Y] + 100) < 1e-9 && fabs(out.high[AXIS_Y] - 100) < 1e-9);
}

static void modes(void **state)
{
	static const char *const lines[] = { "G1 X10 Y10 Z1 E5", "G91", "G1 X1 E1", "M83", "G90",
		"G1 X5 E2", "M82", "G1 E1", "G92 E0", "G1 E3", "G92 X0 Y0", "G1 X1 Y1", "G92.1",
		"G1 X1 Y1", "G28 X", "T2", "M204 P500 T900", "M204 S100" };
	struct modal m;
	struct motion out;
	struct command c;
	size_t i;

	(void)state;
	modal_init(&m);
	for (i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		command_parse(lines[i], strlen(lines[i]), &c);
		(void)modal_step(&m, &c, &out);
		if (i == 2)
			assert_true(m.pos[AXIS_X] == 11 && m.pos[AXIS_E] == 6);
		if (i == 5)
			assert_true(m.pos[AXIS_X] == 5 && m.pos[AXIS_E] == 8); /* M83 outlives G90 */
		if (i == 7)
			assert_true(m.pos[AXIS_E] == 1);
		if (i == 9)
			assert_true(m.pos[AXIS_E] == 4 && out.e == 3);
		if (i == 11)
			assert_true(m.pos[AXIS_X] == 6 && m.pos[AXIS_Y] == 11);
		if (i == 13)
			assert_true(m.pos[AXIS_X] == 1 && m.pos[AXIS_Y] == 1);
		if (i == 14)
			assert_true(m.pos[AXIS_X] == 0 && m.pos[AXIS_Y] == 1);
		if (i == 16)
			assert_true(m.accel_print == 500 && m.accel_travel == 900);
	}
	assert_int_equal(m.tool, 2);
	assert_true(m.accel_print == 100);
}

static double exact(const char *text)
{
	struct estimate t;
	struct modal m;
	struct motion out;
	struct command c;
	const char *p = text, *end;

	estimate_init(&t, 1000);
	modal_init(&m);
	for (; *p != '\0'; p = end + 1) {
		end = strchr(p, '\n');
		command_parse(p, (size_t)(end - p), &c);
		if (modal_step(&m, &c, &out))
			estimate_move(&t, &out, m.accel_print);
	}
	return estimate_end(&t);
}

static void trapezoids(void **state)
{
	char many[64 * 300] = "G1 X0 F6000\n";
	double s;
	int i;

	(void)state;
	/* 100 mm at 100 mm/s and 1000 mm/s2: 5 mm to get going, 5 mm to stop: 0.9 + 2 x 0.1 s */
	assert_true(fabs(exact("G1 X100 F6000\n") - 1.1) < 1e-9);
	/* 1 mm: never reaches its speed: 2 x sqrt(1 / 1000) */
	assert_true(fabs(exact("G1 X1 F6000\n") - 2 * sqrt(1e-3)) < 1e-9);
	/* straight on: as if it were one; round a corner: as two */
	assert_true(fabs(exact("G1 X50 F6000\nG1 X100\n") - 1.1) < 1e-9);
	assert_true(fabs(exact("G1 X50 F6000\nG1 X50 Y50\n") - 1.2) < 1e-9);
	assert_true(fabs(exact("G1 X50 F6000\nG1 X0\n") - 1.2) < 1e-9);
	assert_true(fabs(exact("G1 X50 F6000\nG1 X98 Y14\n") - 1.1) < 1e-9); /* 16 degrees */
	/* half the acceleration */
	assert_true(fabs(exact("M204 P500\nG1 X100 F6000\n") - 1.2) < 1e-9);
	/* many short pieces, more than the window holds: no slower than the whole */
	for (i = 1; i <= 1000; i++)
		snprintf(many + strlen(many), sizeof(many) - strlen(many), "G1 X%.1f\n", i / 10.0);
	s = exact(many);
	assert_true(s >= 1.1 - 1e-9 && s < 1.2);
	/* never faster than without acceleration */
	assert_true(seconds(many, 1000) >= seconds(many, 0));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(seed_formula),
		cmocka_unit_test(arcs),
		cmocka_unit_test(arc_box),
		cmocka_unit_test(modes),
		cmocka_unit_test(trapezoids),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
