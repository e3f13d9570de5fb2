/* SPDX-License-Identifier: Apache-2.0 */
/* The rule of predictions, piece by piece. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "model/predict.h"

static struct prediction of(struct predict_facts f)
{
	struct prediction out;

	if (f.correction == 0)
		f.correction = 1;
	predict(&f, &out);
	return out;
}

static void near(double got, double want)
{
	if (fabs(got - want) > 1e-6)
		fail_msg("%.9f, wanted %.9f", got, want);
}

static void test_sources(void **state)
{
	struct predict_facts f = { .slice_time = 60, .slice_grams = 2, .file_time = 70,
		.file_grams = 3, .volume = 1000, .layer_height = 0.2, .print_speed = 50 };
	struct prediction p = of(f);

	(void)state;
	assert_int_equal(p.source, PREDICT_SLICE);
	near(p.time, 60);
	near(p.grams, 2);
	f.slice_time = f.slice_grams = 0;
	p = of(f);
	assert_int_equal(p.source, PREDICT_GCODE);
	near(p.time, 70);
	near(p.grams, 3);
	f.file_time = f.file_grams = f.volume = 0;
	p = of(f);
	assert_int_equal(p.source, PREDICT_NONE);
	near(p.time, 0);
	near(p.grams, 0);
}

/* What a slice does not say comes from the shape. */
static void test_half_known(void **state)
{
	struct prediction p = of((struct predict_facts){ .slice_time = 60, .volume = 1000,
	    .surface = 1e9, .layer_height = 0.2, .print_speed = 50 });

	(void)state;
	assert_int_equal(p.source, PREDICT_SLICE);
	near(p.time, 60);
	near(p.grams, 1.24); /* nothing but shell: solid */
}

static void test_volume(void **state)
{
	struct predict_facts f = { .volume = 8000, .surface = 2400, .layer_height = 0.2,
		.print_speed = 50, .infill = 20 };
	struct prediction p = of(f);
	double plastic = 8000 * (0.27 + 0.73 * 0.2);

	(void)state;
	near(p.grams, plastic / 1000 * 1.24);
	near(p.time, plastic / (0.2 * 0.45 * 50) * 1.25);
	f.surface = 0; /* a cube of that volume has this surface */
	near(of(f).grams, p.grams);
	f.infill = 250;
	near(of(f).grams, 8 * 1.24);
	f.material = "abs";
	near(of(f).grams, 8 * 1.04);
	f.density = 2;
	near(of(f).grams, 16);
	f.nozzle = 0.8;
	near(of(f).time, 8000 / (0.2 * 0.9 * 50) * 1.25);
	f.print_speed = 0;
	near(of(f).time, 0);
}

static void test_correction(void **state)
{
	struct predict_facts f = { .file_time = 100, .correction = 1.5 };

	(void)state;
	near(of(f).time, 150);
	f.correction = 7;
	near(of(f).time, 200);
	f.correction = 0.1;
	near(of(f).time, 50);
	near(of(f).correction, 0.5);
}

static void test_probability(void **state)
{
	struct predict_facts f = { .finished = 0 };

	(void)state;
	near(of(f).probability, 0.9);
	f = (struct predict_facts){ .finished = 5, .completed = 5 };
	near(of(f).probability, 0.95);
	f = (struct predict_facts){ .finished = 5, .failed = 5 };
	near(of(f).probability, 0.45);
	f = (struct predict_facts){ .finished = 5 }; /* all cancelled */
	near(of(f).probability, 0.9);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sources),
		cmocka_unit_test(test_half_known),
		cmocka_unit_test(test_volume),
		cmocka_unit_test(test_correction),
		cmocka_unit_test(test_probability),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
