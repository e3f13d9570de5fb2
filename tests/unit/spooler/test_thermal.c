/* SPDX-License-Identifier: Apache-2.0 */
/* thermal - what is a fault of a heater, and what is only noise or cooling. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "spooler/thermal.h"

#define S USEC_PER_SEC

static struct thermal t;
static usec_t now;

static void reset(usec_t gain)
{
	thermal_init(&t, gain);
	now = 100 * S;
}

/* So many seconds of reports, one each 2 s, from `from` by `rate` degrees a second. Returns the
 * second of the first fault, -1: none. */
static int run(int seconds, double from, double rate, double target, double max)
{
	for (int s = 0; s < seconds; s += 2) {
		now += 2 * S;
		if (thermal_report(&t, now, from + rate * s, target, max) != THERMAL_FINE)
			return s;
	}
	return -1;
}

static void test_heats(void **state)
{
	(void)state;
	reset(20 * S);
	assert_int_equal(run(200, 20, 1.0, 205, 260), -1);
	assert_int_equal(run(600, 205, 0, 205, 260), -1);
}

static void test_does_not_heat(void **state)
{
	int at;

	(void)state;
	reset(20 * S);
	at = run(100, 20, 0.02, 205, 260);
	assert_in_range(at, 18, 30);
	reset(60 * S); /* a bed has more time */
	at = run(200, 20, 0.02, 60, 120);
	assert_in_range(at, 58, 70);
}

static void test_falls_out(void **state)
{
	int at;

	(void)state;
	reset(20 * S);
	assert_int_equal(run(60, 205, 0, 205, 260), -1);
	at = run(120, 205, -1.5, 205, 260);
	assert_in_range(at, 4, 60);
}

static void test_comes_off(void **state)
{
	int at;

	(void)state;
	reset(20 * S);
	assert_int_equal(run(60, 205, 0, 205, 260), -1);
	at = run(120, 25, 0, 205, 260); /* the sensor itself */
	assert_in_range(at, 4, 60);
}

static void test_runs_away(void **state)
{
	int at;

	(void)state;
	reset(20 * S);
	assert_int_equal(run(60, 205, 0, 205, 300), -1);
	at = run(60, 205, 4, 205, 300);
	assert_in_range(at, 8, 24); /* 15 above for 10 s */
	reset(20 * S);
	assert_int_equal(run(60, 205, 0, 205, 230), -1);
	at = run(60, 205, 8, 205, 230);
	assert_in_range(at, 2, 16);
}

static void test_cooling_is_fine(void **state)
{
	(void)state;
	reset(20 * S);
	assert_int_equal(run(60, 205, 0, 205, 260), -1);
	assert_int_equal(run(100, 205, -0.8, 40, 260), -1);
	assert_int_equal(run(100, 125, -0.8, 0, 260), -1);
}

/* The file changes its target all the time while the heater is dead. */
static void test_changing_target(void **state)
{
	int at = -1;

	(void)state;
	reset(20 * S);
	assert_int_equal(run(60, 205, 0, 205, 260), -1);
	for (int s = 0; s < 90 && at < 0; s += 2) {
		now += 2 * S;
		if (thermal_report(&t, now, 205 - s, 200 + s / 6 % 2 * 6, 260) != THERMAL_FINE)
			at = s;
	}
	assert_in_range(at, 10, 60);
	reset(20 * S); /* a raise while it still heats is no fault */
	assert_int_equal(run(40, 20, 2, 150, 260), -1);
	assert_int_equal(run(40, 100, 1.5, 158, 260), -1);
}

/* Damaged reports, one in four: a digit lost, a digit changed. */
static void test_noise(void **state)
{
	static const double wrong[] = { 20, 5, 905, 1205, 0, 2.05 };

	(void)state;
	reset(20 * S);
	assert_int_equal(run(60, 205, 0, 205, 260), -1);
	for (int i = 0; i < 5000; i++) {
		double v = i % 4 == 0 ? wrong[i / 4 % 6] : 205;
		double target = i % 7 == 0 ? 25 : 205;

		now += 2 * S;
		assert_int_equal(thermal_report(&t, now, v, target, 260), THERMAL_FINE);
	}
}

/* One digit in a hundred is lost, a whole report now and then: what virtual seed 25923 met. */
static void test_noise_of_one_kind(void **state)
{
	static const struct {
		int after; /* s */
		double value;
	} told[] = { { 4, 5 }, { 2, 5 }, { 2, 55 }, { 2, 5 }, { 2, 55 }, { 2, 55 }, { 2, 55 } };

	(void)state;
	reset(60 * S);
	assert_int_equal(run(60, 55, 0, 55, 110), -1);
	for (int round = 0; round < 100; round++)
		for (size_t i = 0; i < sizeof told / sizeof told[0]; i++) {
			now += (usec_t)told[i].after * S;
			assert_int_equal(thermal_report(&t, now, told[i].value, 55, 110), THERMAL_FINE);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_heats),
		cmocka_unit_test(test_does_not_heat),
		cmocka_unit_test(test_falls_out),
		cmocka_unit_test(test_comes_off),
		cmocka_unit_test(test_runs_away),
		cmocka_unit_test(test_cooling_is_fine),
		cmocka_unit_test(test_changing_target),
		cmocka_unit_test(test_noise),
		cmocka_unit_test(test_noise_of_one_kind),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
